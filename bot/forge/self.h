/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/self.h
 * self: where our own account stands, and what it may do, by kind of token. For bot/forge/.
 * A person's token is asked about under /user. A GitHub App and an Actions job's token have no
 * user of their own there: their account is looked up by its login. */
#ifndef BOT_FORGE_SELF_H
#define BOT_FORGE_SELF_H
struct buf;
struct err;
struct forge;
struct forge_repo;

/* "/user" or "/users/LOGIN". */
int self_add_path(struct buf *out, struct forge *f, struct err *err);

/* The forge's word on what a person may do says nothing of an App: its installation does. Of a
 * job's token nobody tells, so it is tried. */
int self_set_rights(struct forge_repo *repo, struct forge *f, struct err *err);

#endif
