/* SPDX-License-Identifier: Apache-2.0
 * cli/hub_access.h
 * hub_access: the hub beside hearth.yml, for commands that work on it without the network.
 * hub.db may be in use by `hearth serve`: transactions are short, and wait for each other. */
#ifndef CLI_HUB_ACCESS_H
#define CLI_HUB_ACCESS_H

struct app;
struct db;
struct err;

/* hub.db for reading and writing; the caller closes it. */
int hub_access_open_db(struct db **ret, const struct app *app, struct err *err);

#endif
