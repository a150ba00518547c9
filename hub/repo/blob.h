/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/blob.h
 * blob: large files by the SHA-256 of their content, each stored once, whole or not at all.
 * Knows nothing of repositories: who may see a blob is decided above. This is the whole
 * interface of the store; behind it is a folder, ROOT/.lfs. Handles may be shared by threads
 * and the folder by processes; a put belongs to one thread. */
#ifndef HUB_REPO_BLOB_H
#define HUB_REPO_BLOB_H
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

struct blob_put;
struct blob_store;
struct err;

/* root is the hub's folder; what is missing is made, shared with the group and
 * closed to all others. */
int blob_store_open(struct blob_store **ret, const char *root, struct err *err);
void blob_store_close(struct blob_store *store); /* NULL is fine */

/* A new blob, in pieces of any size: hashed once, and written once, in blocks. One of the two
 * enders is called. Killed in between, only a temporary file is left, for blob_sweep(). */
int blob_put_begin(struct blob_put **ret, struct blob_store *store, struct err *err);
int blob_put_add(struct blob_put *put, const void *data, size_t len, struct err *err);
int64_t blob_put_size(const struct blob_put *put); /* bytes so far */
/* Appends what was put so far, for content that turned out to be small. */
struct buf;
int blob_put_read(struct buf *out, struct blob_put *put, struct err *err);
/* Durable when it returns. expected may be NULL; -ERR_REFUSED when the content has another
 * name, and nothing is stored. Ends put in every case. */
int blob_put_finish(char ret_oid[SHA256_HEX_SIZE], struct blob_put *put, const char *expected,
                    struct err *err);
void blob_put_abort(struct blob_put *put); /* NULL is fine */

/* A blob that comes in parts, in any order and at once: each is written to its place. upload:
 * 32 hex digits that name it. What is missing at the end shows in size or hash. One of the two
 * enders is called for each part; -ERR_REFUSED where all is finished by then. */
struct blob_part;
int blob_part_open(struct blob_part **ret, struct blob_store *store, const char *upload,
                   int64_t offset, struct err *err);
int blob_part_add(struct blob_part *part, const void *data, size_t len, struct err *err);
/* Writes what still waits for a whole block. Ends part in every case. */
int blob_part_close(struct blob_part *part, struct err *err);
void blob_part_abort(struct blob_part *part); /* NULL is fine */
/* Read once more for its hash, durable when it returns; -ERR_REFUSED as above, and the parts
 * are gone; a success when the blob is there already. */
int blob_parts_finish(struct blob_store *store, const char *upload, int64_t size,
                      const char *expected, struct err *err);

/* -ERR_NOTFOUND for what is not there, also for an oid that is none (64 of [0-9a-f]). */
int blob_stat(int64_t *ret_bytes, const struct blob_store *store, const char *oid,
              struct err *err);
/* For reading at any offset; the caller closes. */
int blob_open(int *ret_fd, const struct blob_store *store, const char *oid, struct err *err);
/* The file that holds it, to be sent by the kernel; NULL when this store has none. The caller
 * frees. */
char *blob_path(const struct blob_store *store, const char *oid);

/* As blob_stat, and keeps it from blob_remove() for as long as a new one: whoever is about to
 * refer to a blob calls it first. */
int blob_touch(int64_t *ret_bytes, const struct blob_store *store, const char *oid,
               struct err *err);

/* Calls fn for every blob in the order of names; a negative result stops and is returned. */
typedef int blob_fn(void *ctx, const char *oid, int64_t bytes, struct err *err);
int blob_each(const struct blob_store *store, blob_fn *fn, void *ctx, struct err *err);

/* Removes a blob that was stored and last touched before that time (unix seconds): 1, or 0
 * when it is younger. Safe beside blob_touch() of other processes. */
int blob_remove(const struct blob_store *store, const char *oid, int64_t before_at,
                struct err *err);
/* Removes what broken puts left before that time; the number of files. */
int blob_sweep(const struct blob_store *store, int64_t before_at, struct err *err);

#endif
