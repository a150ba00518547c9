/* SPDX-License-Identifier: Apache-2.0
 * store/access_token.h
 * access_token: who may do what over the network, in hub.db. The token itself is nowhere: a
 * row is found by the SHA-256 of what a client sends. */
#ifndef STORE_ACCESS_TOKEN_H
#define STORE_ACCESS_TOKEN_H
#include <stdint.h>

#include "store/db.h"
#include "store/namespace.h"

struct access_token {
    int64_t id;
    const char *person;
    const char *label;
    enum member_role scope;
    const char *only_in;                        /* a namespace or namespace/name; "" for all */
    int64_t created_at, expires_at, revoked_at; /* 0: never, not */
};
typedef int access_token_fn(void *ctx, const struct access_token *token, struct err *err);

/* digest: 64 hex digits. id and revoked_at are not looked at. */
int access_token_add(struct db *db, const char *digest, const struct access_token *token,
                     int64_t *ret_id, struct err *err);
int access_token_find(struct db *db, const char *digest, access_token_fn *fn, void *ctx,
                      struct err *err); /* -ERR_NOTFOUND */
/* Of a person, "" for all; the oldest first. */
int access_token_each(struct db *db, const char *person, access_token_fn *fn, void *ctx,
                      struct err *err);
/* -ERR_NOTFOUND when there is none, or it is revoked already. */
int access_token_revoke(struct db *db, int64_t id, int64_t at, struct err *err);

#endif
