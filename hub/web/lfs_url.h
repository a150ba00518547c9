/* SPDX-License-Identifier: Apache-2.0
 * hub/web/lfs_url.h
 * lfs_url: addresses that carry their own right, for clients that send no token with a file.
 * Every field of the grant is signed; a grant is good for one object, one use of it, until it
 * expires. Private to hub/web. */
#ifndef HUB_WEB_LFS_URL_H
#define HUB_WEB_LFS_URL_H
#include <stdint.h>

#include "base/hash.h"
#include "store/hosted_repo.h"

struct buf;
struct err;

enum { LFS_ID_SIZE = 194, LFS_UPLOAD_SIZE = 33 };

struct lfs_grant {
    const char *use; /* "get", "put", "part", "parts" */
    char oid[SHA256_HEX_SIZE];
    char repo[LFS_ID_SIZE];       /* "namespace/name" */
    char upload[LFS_UPLOAD_SIZE]; /* names an upload in parts; "" for one in a piece */
    enum hosted_kind kind;
    int64_t size, chunk; /* bytes of the object, and of each part but the last */
    int64_t part;        /* from 1; 0: none */
    int64_t expires_at;  /* unix seconds */
};

/* Appends base, path and query. */
void lfs_url_add(struct buf *out, const char *base, const struct lfs_grant *grant,
                 const char *key);

/* The parts of a request to /-/lfs/{oid}[/parts/{part}]?query, as they were sent. */
struct lfs_address {
    const char *oid, *query;
    const char *part; /* NULL: none */
};
/* -ERR_DENIED when signature, use or time do not fit. */
int lfs_url_read(struct lfs_grant *ret, const struct lfs_address *address, const char *use,
                 const char *key, int64_t now);

#endif
