/* SPDX-License-Identifier: Apache-2.0
 * cli/connect.h
 * connect: the forge that hearth.yml names, ready to be asked about one repository after the
 * other. Owns the HTTP client, the token and the handle, all of them gone after
 * connect_finish. */
#ifndef CLI_CONNECT_H
#define CLI_CONNECT_H
#include <stdint.h>

struct app;
struct db;
struct err;
struct forge;
struct http_client;

struct connection {
    struct forge *forge;
    struct http_client *http; /* of all repositories: its connections stay open between them */
    char *token, *app_key;    /* one of them */
    char *owner, *name;       /* of the repository */
    int64_t deadline_ms;      /* of the cycle that begins now, in clock time */
};

/* c is zeroed, or has served another repository. app has a configuration; validators and
 * budgets go to db. repository: "owner/name". deadline_ms: in clock time. -ERR_CONFIG when no
 * forge is configured or the token is not where it should be. */
int connect_forge(struct connection *c, const struct app *app, struct db *db,
                  const char *repository, int64_t deadline_ms, struct err *err);
/* When a cycle that begins now has to end. */
int64_t connect_deadline_ms(const struct app *app);
void connect_finish(struct connection *c); /* zeroed is fine */

#endif
