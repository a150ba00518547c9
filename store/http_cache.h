/* SPDX-License-Identifier: Apache-2.0
 * store/http_cache.h
 * http_cache: validators for conditional requests, by who asked and for what.
 * Holds no bodies: what a 304 stands for is in the nouns' tables already. A validator is put in
 * the transaction of the rows it stands for. */
#ifndef STORE_HTTP_CACHE_H
#define STORE_HTTP_CACHE_H
#include <stdint.h>

#include "store/db.h"

struct http_validator {
    const char *token_id; /* digest of the token's identity, never the token */
    const char *url;      /* path and query */
    const char *accept;
    const char *etag, *last_modified; /* "" when the forge sent none */
    int64_t used_at;
};

int http_cache_put(struct db *db, const struct http_validator *v, struct err *err);
/* Only token_id, url and accept of the key are looked at. -ERR_NOTFOUND */
int http_cache_get(struct db *db, const struct http_validator *key,
                   int (*fn)(void *ctx, const struct http_validator *v, struct err *err),
                   void *ctx, struct err *err);
int http_cache_expire(struct db *db, int64_t used_before_at, struct err *err);

#endif
