/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/server.h
 * server: which dialect a server speaks, from its address or its own word. */
#ifndef BOT_FORGE_SERVER_H
#define BOT_FORGE_SERVER_H
struct buf;
struct dialect;
struct err;
struct transport;
struct transport_options;

/* What name says; "auto": by the shape of the address (api.github.com, /api/v3, /api/v1), else
 * by how the server describes the repository at repo ("/repos/OWNER/NAME", encoded), which both
 * dialects have: one request. -ERR_CONFIG for other names. */
int server_dialect(const struct dialect **ret, const char *name, const char *repo,
                   const struct transport_options *options, struct err *err);

/* Appends "Gitea 1.22.0" or "Forgejo 11.0.0", nothing where there is no such answer. */
int server_add_name(struct buf *out, struct transport *t, struct err *err);

#endif
