/* SPDX-License-Identifier: Apache-2.0
 * A blob in parts is one file with holes, incoming/<upload>.parts, until its hash says that
 * there is none left. */
#include "hub/repo/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "hub/repo/blob_impl.h"

enum { UPLOAD_DIGITS = 32 };

struct blob_part {
    int fd;
    off_t at;
};

/* NULL for a name that is none. */
static char *path_of(const struct blob_store *store, const char *upload)
{
    if (!hex_is(upload, UPLOAD_DIGITS))
        return NULL;
    return xasprintf("%s/%s.parts", store->incoming, upload);
}

int blob_part_open(struct blob_part **ret, struct blob_store *store, const char *upload,
                   int64_t offset, struct err *err)
{
    char *path = path_of(store, upload);
    int rc = 0;

    int fd = path ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0664) : -1;
    if (!path)
        rc = err_set(err, ERR_RANGE, "'%.40s' names no upload", upload);
    else if (fd < 0)
        rc = err_errno(err, "cannot create '%s'", path);
    free(path);
    if (rc < 0)
        return rc;
    (void)fchmod(fd, 0664);
    *ret = xcalloc(1, sizeof(**ret));
    **ret = (struct blob_part){ .fd = fd, .at = (off_t)offset };
    return 0;
}

int blob_part_add(struct blob_part *part, const void *data, size_t len, struct err *err)
{
    const char *from = data;

    while (len > 0) {
        ssize_t n = pwrite(part->fd, from, len, part->at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_errno(err, "cannot write a part");
        from += n;
        part->at += n;
        len -= (size_t)n;
    }
    return 0;
}

void blob_part_close(struct blob_part *part)
{
    if (!part)
        return;
    (void)close(part->fd);
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

int blob_parts_finish(struct blob_store *store, const char *upload, int64_t size,
                      const char *expected, struct err *err)
{
    char *path = path_of(store, upload);
    int64_t there = 0;
    int fd = -1;

    if (path && !fs_exists(path) && blob_touch(&there, store, expected, NULL) == 0) {
        free(path);
        return 0; /* asked again: it was finished before */
    }
    int rc = path ? check(path, size, expected, err)
                  : err_set(err, ERR_RANGE, "'%.40s' names no upload", upload);
    if (rc == 0) {
        fd = open(path, O_RDWR | O_CLOEXEC);
        rc = fd < 0 ? err_errno(err, "cannot open '%s'", path)
                    : blob_move_in(store, path, fd, expected, err);
    }
    if (fd >= 0)
        (void)close(fd);
    if (path)
        (void)unlink(path); /* gone already when it was moved */
    free(path);
    return rc;
}
