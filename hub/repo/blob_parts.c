/* SPDX-License-Identifier: Apache-2.0
 * A blob in parts is one file with holes, incoming/<upload>.parts, until its hash says that
 * there is none left.
 *
 * Whoever finishes holds the file's lock alone, from before the hash until it has its name;
 * every write of a part shares the lock and looks that the file is still among the incoming.
 * So no byte changes behind a hash, however long a sender keeps its part open. */
#include "hub/repo/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/fs_blocks.h"
#include "hub/repo/blob_impl.h"

enum { UPLOAD_DIGITS = 32 };

struct blob_part {
    char *path;
    int fd;
    struct fs_blocks blocks;
};

/* NULL for a name that is none. */
static char *path_of(const struct blob_store *store, const char *upload)
{
    if (!hex_is(upload, UPLOAD_DIGITS))
        return NULL;
    return xasprintf("%s/%s.parts", store->incoming, upload);
}

static bool is_still(const char *path, int fd)
{
    struct stat named, held;

    return stat(path, &named) == 0 && fstat(fd, &held) == 0 && named.st_dev == held.st_dev &&
           named.st_ino == held.st_ino;
}

static int lock_file(int fd, int operation)
{
    int rc;

    do
        rc = flock(fd, operation);
    while (rc != 0 && errno == EINTR);
    return rc;
}

int blob_part_open(struct blob_part **ret, struct blob_store *store, const char *upload,
                   int64_t offset, struct err *err)
{
    char *path = path_of(store, upload);
    int rc = 0;

    int fd = path ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0660) : -1;
    if (!path)
        rc = err_set(err, ERR_RANGE, "'%.40s' names no upload", upload);
    else if (fd < 0)
        rc = err_errno(err, "cannot create '%s'", path);
    if (rc < 0) {
        free(path);
        return rc;
    }
    (void)fchmod(fd, 0660);
    *ret = xcalloc(1, sizeof(**ret));
    **ret = (struct blob_part){ .path = path, .fd = fd };
    fs_blocks_init(&(*ret)->blocks, fd, (off_t)offset);
    return 0;
}

/* What waits and what comes now, up to the last whole block; without data all of it. */
static int write_part(struct blob_part *part, const void *data, size_t len, struct err *err)
{
    int rc = 0;

    if (lock_file(part->fd, LOCK_SH | LOCK_NB) != 0)
        return err_set(err, ERR_REFUSED, "this upload is being finished");
    if (!is_still(part->path, part->fd))
        rc = err_set(err, ERR_REFUSED, "this upload is finished");
    else if ((data ? fs_blocks_add(&part->blocks, data, len)
                   : fs_blocks_flush(&part->blocks)) != 0)
        rc = err_errno(err, "cannot write a part");
    (void)lock_file(part->fd, LOCK_UN);
    return rc;
}

int blob_part_add(struct blob_part *part, const void *data, size_t len, struct err *err)
{
    if (!fs_blocks_have_room(&part->blocks, len))
        return write_part(part, data, len, err);
    return fs_blocks_add(&part->blocks, data, len);
}

int blob_part_close(struct blob_part *part, struct err *err)
{
    int rc = write_part(part, NULL, 0, err);

    blob_part_abort(part);
    return rc;
}

void blob_part_abort(struct blob_part *part)
{
    if (!part)
        return;
    fs_blocks_finish(&part->blocks);
    (void)close(part->fd);
    free(part->path);
    free(part);
}

static int check(const char *path, int64_t size, const char *expected, struct err *err)
{
    uint8_t digest[SHA256_SIZE];
    char oid[SHA256_HEX_SIZE];

    if (fs_size(path) != size)
        return err_set(err, ERR_REFUSED, "parts of %" PRId64 " bytes arrived, not of %" PRId64,
                       fs_size(path), size);
    int rc = sha256_file(digest, path, err);
    if (rc < 0)
        return rc;
    (void)hex_encode(oid, digest, sizeof(digest));
    if (strcmp(oid, expected) != 0)
        return err_set(err, ERR_REFUSED, "the content's SHA-256 is %s, not %.64s", oid,
                       expected);
    return 0;
}

/* Hashed, synced and renamed under the lock that keeps writers of parts out. */
static int finish_alone(const struct blob_store *store, const char *path, int64_t size,
                        const char *expected, struct err *err)
{
    int64_t there = 0;

    int fd = open(path, O_RDWR | O_CLOEXEC);
    bool is_here = fd >= 0 && lock_file(fd, LOCK_EX) == 0 && is_still(path, fd);
    int rc = 0;
    if (is_here) {
        rc = check(path, size, expected, err);
        if (rc == 0)
            rc = blob_move_in(store, path, fd, expected, err);
        (void)unlink(path); /* gone already when it was moved */
    } else if (blob_touch(&there, store, expected, NULL) < 0) { /* nor finished before */
        rc = err_set(err, ERR_REFUSED, "no part of this upload is here");
    }
    if (fd >= 0)
        (void)close(fd);
    return rc;
}

int blob_parts_finish(struct blob_store *store, const char *upload, int64_t size,
                      const char *expected, struct err *err)
{
    char *path = path_of(store, upload);
    int rc = path ? finish_alone(store, path, size, expected, err)
                  : err_set(err, ERR_RANGE, "'%.40s' names no upload", upload);

    free(path);
    return rc;
}
