/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/app.h
 * app: a GitHub App as who we are.
 * Its key signs short-lived proofs (JWT, RS256), by which it learns its name and where it is
 * installed, and gets a token that is good for an hour and for our repository only. The token
 * is renewed when less than five minutes of it are left, and stands nowhere but in memory. The
 * account that acts is "SLUG[bot]". */
#ifndef BOT_FORGE_APP_H
#define BOT_FORGE_APP_H
#include <stddef.h>
#include <stdint.h>

struct app;
struct buf;
struct err;
struct transport;

struct app_options {
    const char *id;           /* client id or number of the App */
    const char *key;          /* PEM */
    const char *owner, *name; /* of the repository */
};
/* -ERR_CONFIG for a key that is none. */
int app_new(struct app **ret, const struct app_options *options, struct err *err);
void app_free(struct app *app); /* NULL is fine */

const char *app_id(const struct app *app);

/* Sees to it that t has a token with some life in it. -ERR_AUTH: the forge does not take the
 * proof; -ERR_DENIED: not installed on the repository, or suspended. */
int app_renew(struct app *app, struct transport *t, struct err *err);

/* After app_renew. "SLUG[bot]"; borrowed. */
const char *app_login(const struct app *app);

/* What the installation may do with a thing, by GitHub's name: "contents", "issues",
 * "pull_requests", "statuses". After app_renew. */
enum app_access { APP_NONE, APP_READ, APP_WRITE };
enum app_access app_access(const struct app *app, const char *thing);

#endif
