/* SPDX-License-Identifier: Apache-2.0
 * Writing a blob:
 *
 *     incoming/<random> --fsync--> rename --> objects/ab/cd/<oid> --fsync of the folder-->
 *
 * 1. A name under objects/ is only ever given to complete content of that hash.
 * 2. What is stored already is not replaced, so a reader's open file stays the one it was. */
#include "hub/repo/blob.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/fs_blocks.h"
#include "hub/repo/blob_impl.h"

struct blob_put {
    struct blob_store *store;
    struct sha256 hash;
    char *path; /* under incoming/ */
    int fd;
    struct fs_blocks blocks;
    int64_t bytes;
    int64_t room_seen_at; /* bytes, when the disk had room last */
};

enum { LOOK_EVERY_BYTES = 8 << 20 };

int blob_put_begin(struct blob_put **ret, struct blob_store *store, struct err *err)
{
    unsigned char random[16];
    char name[2 * sizeof(random) + 1];
    int rc = fs_check_room(store->incoming, 0, err);

    if (rc < 0)
        return rc;
    fs_random(random, sizeof(random));
    char *path = fs_path(store->incoming, hex_encode(name, random, sizeof(random)), NULL);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0660);
    if (fd < 0) {
        rc = err_errno(err, "cannot create '%s'", path);
        free(path);
        return rc;
    }
    (void)fchmod(fd, 0660); /* the group's other users touch it; umask would say no */
    struct blob_put *put = xcalloc(1, sizeof(*put));
    put->store = store;
    put->path = path;
    put->fd = fd;
    fs_blocks_init(&put->blocks, fd, 0);
    sha256_init(&put->hash);
    *ret = put;
    return 0;
}

int blob_put_add(struct blob_put *put, const void *data, size_t len, struct err *err)
{
    if (put->bytes - put->room_seen_at >= LOOK_EVERY_BYTES) {
        int rc = fs_check_room(put->path, (int64_t)len, err);

        if (rc < 0)
            return rc;
        put->room_seen_at = put->bytes;
    }
    sha256_update(&put->hash, data, len);
    put->bytes += (int64_t)len;
    return fs_blocks_add(&put->blocks, data, len) == 0
               ? 0
               : err_errno(err, "cannot write '%s'", put->path);
}

static int flush(struct blob_put *put, struct err *err)
{
    return fs_blocks_flush(&put->blocks) == 0 ? 0
                                              : err_errno(err, "cannot write '%s'", put->path);
}

int64_t blob_put_size(const struct blob_put *put)
{
    return put->bytes;
}

int blob_put_read(struct buf *out, struct blob_put *put, struct err *err)
{
    int rc = flush(put, err);

    return rc < 0 ? rc : fs_read(out, put->path, err);
}

static void put_free(struct blob_put *put)
{
    if (put->fd >= 0)
        (void)close(put->fd);
    sha256_finish(&put->hash);
    fs_blocks_finish(&put->blocks);
    free(put->path);
    free(put);
}

void blob_put_abort(struct blob_put *put)
{
    if (!put)
        return;
    (void)unlink(put->path);
    put_free(put);
}

/* Makes objects/ab and objects/ab/cd, durably. */
static int make_place(const struct blob_store *store, const char *oid, char **ret_folder,
                      struct err *err)
{
    char *outer = xasprintf("%s/%.2s", store->objects, oid);
    char *inner = xasprintf("%s/%.2s", outer, oid + 2);
    bool is_new = !fs_exists(inner);

    int rc = blob_make_folder(outer, err);
    if (rc == 0)
        rc = blob_make_folder(inner, err);
    if (rc == 0 && is_new)
        rc = fs_sync_dir(outer, err);
    if (rc == 0 && is_new)
        rc = fs_sync_dir(store->objects, err);
    free(outer);
    if (rc == 0)
        *ret_folder = inner;
    else
        free(inner);
    return rc;
}

int blob_move_in(const struct blob_store *store, const char *path, int fd, const char *oid,
                 struct err *err)
{
    char *final = blob_file(store, oid), *folder = NULL;

    int rc = make_place(store, oid, &folder, err);
    if (rc == 0 && fsync(fd) != 0)
        rc = err_errno(err, "cannot write '%s'", path);
    if (rc == 0 && rename(path, final) != 0)
        rc = err_errno(err, "cannot store '%s'", final);
    if (rc == 0)
        rc = fs_sync_dir(folder, err);
    free(folder);
    free(final);
    return rc;
}

static int move_in(struct blob_put *put, const char *oid, struct err *err)
{
    int rc = flush(put, err);

    return rc < 0 ? rc : blob_move_in(put->store, put->path, put->fd, oid, err);
}

int blob_put_finish(char ret_oid[SHA256_HEX_SIZE], struct blob_put *put, const char *expected,
                    struct err *err)
{
    uint8_t digest[SHA256_SIZE];
    char oid[SHA256_HEX_SIZE];
    int64_t bytes = 0;
    int rc = 0;

    sha256_digest(&put->hash, digest);
    (void)hex_encode(oid, digest, sizeof(digest));
    if (expected && strcmp(expected, oid) != 0)
        rc = err_set(err, ERR_REFUSED, "the content's SHA-256 is %s, not %.64s", oid, expected);
    else if (blob_touch(&bytes, put->store, oid, NULL) < 0)
        rc = move_in(put, oid, err);
    (void)unlink(put->path); /* gone already when it was moved */
    put_free(put);
    if (rc == 0)
        memcpy(ret_oid, oid, sizeof(oid));
    return rc;
}
