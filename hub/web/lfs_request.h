/* SPDX-License-Identifier: Apache-2.0
 * hub/web/lfs_request.h
 * lfs_request: what a client asks of the Git LFS batch API.
 * Borrows the texts of the document it is read from. A request that cannot be is an error; an
 * object in it that cannot be has a fault of its own, since the others are answered all the
 * same. Looks nothing up. Private to hub/web. */
#ifndef HUB_WEB_LFS_REQUEST_H
#define HUB_WEB_LFS_REQUEST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"

#define LFS_MAX_OBJECT_BYTES ((int64_t)1 << 40)
enum { LFS_MAX_OBJECTS = 1000, LFS_MAX_TRANSFERS = 32, LFS_MAX_REF_BYTES = 1024 };

enum lfs_operation { LFS_DOWNLOAD, LFS_UPLOAD };

struct lfs_object {
    const char *oid; /* 64 hex digits; with a fault what was sent, "" when that was longer */
    int64_t size;    /* bytes; 0 when what was sent cannot be */
    char *fault;     /* names field and limit; NULL: there is none */
};

struct lfs_request {
    enum lfs_operation operation;
    bool knows_parts; /* the client can send an object in parts */
    struct lfs_object *objects;
    size_t n_objects;
};

/* lfs_request_finish() in every case. */
int lfs_request_read(struct lfs_request *ret, const json_t *doc, struct err *err);
void lfs_request_finish(struct lfs_request *request);

/* {oid, size} alone, without a fault: of an upload that is to be verified. */
int lfs_object_read(struct lfs_object *ret, const json_t *doc, struct err *err);

#endif
