/* SPDX-License-Identifier: Apache-2.0
 * cli/hub_access.h
 * hub_access: the hub beside hearth.yml, for commands that work on it without the network.
 * Who may run them may do everything. hub.db may be in use by `hearth serve`: transactions are
 * short, and wait for each other. */
#ifndef CLI_HUB_ACCESS_H
#define CLI_HUB_ACCESS_H
#include "hub/web/access.h"

struct app;
struct cmd_args;
struct db;
struct err;
struct hub_repo;

/* hub.db for reading and writing; the caller closes it. */
int hub_access_open_db(struct db **ret, const struct app *app, struct err *err);

/* -ERR_USAGE for an organisation where a person is wanted, and the other way round; a name that
 * is not known yet may become either. */
int hub_access_check_kind(struct db *db, const char *name, enum namespace_kind wanted,
                          struct err *err);

struct hub_access {
    struct access *access;
    struct principal who; /* of scope admin */
    char *hub_dir;
};
int hub_access_open(struct hub_access *ret, const struct app *app, struct err *err);
void hub_access_close(struct hub_access *hub); /* NULL and zeroed are fine */

/* A check of what the command line says: -ERR_RANGE and -ERR_REFUSED are -ERR_USAGE there. */
int hub_access_usage(int rc);

/* Opens the repository "namespace/name" of an operand; --dataset says which kind. -ERR_USAGE
 * for what is no such name. */
int hub_access_open_repo(struct hub_repo **ret, const struct hub_access *hub, const char *id,
                         enum hosted_kind kind, struct err *err);
enum hosted_kind hub_access_kind(const struct cmd_args *args);

#endif
