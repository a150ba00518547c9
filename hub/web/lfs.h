/* SPDX-License-Identifier: Apache-2.0
 * hub/web/lfs.h
 * lfs: large files come and go by addresses that carry their right. Private to hub/web. */
#ifndef HUB_WEB_LFS_H
#define HUB_WEB_LFS_H
#include <stdint.h>

#include "base/httpd.h"

enum { LFS_GRANT_S = 6 * 3600, LFS_MAX_PARTS = 10000, LFS_MAX_BATCH_PARTS = 2 * LFS_MAX_PARTS };

/* So large that the object has at most LFS_MAX_PARTS of them. */
int64_t lfs_chunk_bytes(int64_t size, int64_t least);

/* /{ns}/{name}.git/info/lfs/objects/batch and /verify */
httpd_handler lfs_batch, lfs_verify;
/* /-/lfs/{oid}: GET, PUT of the whole, PUT of a part, POST of the list of parts */
httpd_handler lfs_get, lfs_put, lfs_put_part, lfs_finish_parts;
/* Streams of the two PUTs, which take in the same way. */
httpd_handler lfs_put_begin, lfs_put_part_begin;
int lfs_put_take(struct httpd_request *req, const void *data, size_t len, void *ctx);

#endif
