/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/xet_store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/hash.h"
#include "hub/repo/blob.h"
#include "hub/repo/blob_impl.h"
#include "hub/repo/repo.h"
#include "hub/repo/xet_shard.h"
#include "hub/repo/xet_xorb.h"

enum { PERSON_DIGITS = 32, MAX_PERSONS = 1000000, MAX_XORBS = 10000000, OPEN_XORBS = 4 };

static char *folder_of(const char *root, const char *person)
{
    char digest[SHA256_HEX_SIZE];

    sha256_hex(digest, person, strlen(person));
    digest[PERSON_DIGITS] = '\0';
    return fs_path(root, ".xet", digest, NULL);
}

static int lock_all(int *ret_fd, const char *folder, enum fs_lock_kind kind, struct err *err)
{
    char *path = xasprintf("%s/../lock", folder);
    int rc = fs_lock_wait(ret_fd, path, kind, err);

    free(path);
    return rc;
}

/* A xorb of somebody's, mapped. */
struct xorb {
    char hash[XET_HEX_SIZE];
    const uint8_t *bytes;
    size_t len;
    struct xet_chunk *chunks;
    size_t n_chunks;
};

static void xorb_close(struct xorb *xorb)
{
    if (xorb->bytes)
        (void)munmap((void *)(uintptr_t)xorb->bytes, xorb->len);
    free(xorb->chunks);
    *xorb = (struct xorb){ 0 };
}

static int map(struct xorb *xorb, int fd, struct err *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return err_errno(err, "cannot look at a xorb");
    if (st.st_size <= 0 || st.st_size > XET_MAX_XORB_BYTES)
        return err_set(err, ERR_LIMIT, "xorb: 1 to %d bytes can be in one", XET_MAX_XORB_BYTES);
    void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return err_errno(err, "cannot map a xorb");
    xorb->bytes = bytes;
    xorb->len = (size_t)st.st_size;
    return xet_xorb_index(&xorb->chunks, &xorb->n_chunks, xorb->bytes, xorb->len, err);
}

static int xorb_open(struct xorb *ret, const char *folder, const char *hash, struct err *err)
{
    char *path = fs_path(folder, hash, NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    free(path);
    xorb_close(ret);
    if (fd < 0)
        return err_set(err, ERR_NOTFOUND,
                       "xorb %.12s is not here (any more): empty the client's Xet cache", hash);
    memcpy(ret->hash, hash, sizeof(ret->hash));
    int rc = map(ret, fd, err);
    (void)close(fd);
    return rc;
}

/* Terms go back and forth between a few: those stay open, the latest used first. */
struct xorbs {
    struct xorb items[OPEN_XORBS];
};

static void xorbs_close(struct xorbs *xorbs)
{
    for (size_t i = 0; i < OPEN_XORBS; i++)
        xorb_close(&xorbs->items[i]);
}

/* Makes items[0] the one that is asked for, in place of what was not used for longest. */
static int xorbs_find(struct xorbs *xorbs, const char *folder, const char *hash,
                      struct err *err)
{
    size_t at = 0;

    while (at + 1 < OPEN_XORBS && strcmp(xorbs->items[at].hash, hash) != 0)
        at++;
    const struct xorb found = xorbs->items[at];
    memmove(&xorbs->items[1], &xorbs->items[0], at * sizeof(found));
    xorbs->items[0] = found;
    return strcmp(found.hash, hash) == 0 ? 0 : xorb_open(&xorbs->items[0], folder, hash, err);
}

struct xet_put {
    char *path, *aside, *folder;
    int fd;
    size_t len;
};

static void put_free(struct xet_put *put)
{
    if (put->fd >= 0)
        (void)close(put->fd);
    free(put->path);
    free(put->aside);
    free(put->folder);
    free(put);
}

int xet_put_begin(struct xet_put **ret, const char *root, const char *person, const char *hash,
                  struct err *err)
{
    if (!hex_is(hash, XET_HEX_SIZE - 1))
        return err_set(err, ERR_PARSE, "xorb: its name has 64 digits");

    struct xet_put *put = xcalloc(1, sizeof(*put));
    char *all = fs_path(root, ".xet", NULL);
    int rc = fs_check_room(root, XET_MAX_XORB_BYTES, err);
    put->folder = folder_of(root, person);
    put->path = fs_path(put->folder, hash, NULL);
    put->aside = xasprintf("%s.XXXXXX", put->path);
    put->fd = -1;
    if (rc == 0)
        rc = blob_make_folder(all, err);
    if (rc == 0)
        rc = blob_make_folder(put->folder, err);
    if (rc == 0) {
        put->fd = mkstemp(put->aside);
        if (put->fd < 0)
            rc = err_errno(err, "cannot create '%s'", put->aside);
        else
            (void)fcntl(put->fd, F_SETFD, FD_CLOEXEC);
    }
    free(all);
    if (rc < 0) {
        put_free(put);
        return rc;
    }
    *ret = put;
    return 0;
}

int xet_put_add(struct xet_put *put, const void *data, size_t len, struct err *err)
{
    put->len += len;
    if (put->len > XET_MAX_XORB_BYTES)
        return err_set(err, ERR_LIMIT, "xorb: larger than %d bytes", XET_MAX_XORB_BYTES);
    return fs_write_all(put->fd, data, len) == 0
               ? 0
               : err_errno(err, "cannot write '%s'", put->aside);
}

/* In place, durably. */
static int move_in(struct xet_put *put, struct err *err)
{
    int lock = -1;

    if (fdatasync(put->fd) != 0)
        return err_errno(err, "cannot sync '%s'", put->aside);
    int rc = lock_all(&lock, put->folder, FS_SHARED, err);
    if (rc < 0)
        return rc;
    if (rename(put->aside, put->path) != 0)
        rc = err_errno(err, "cannot rename '%s'", put->aside);
    (void)close(lock);
    return rc < 0 ? rc : fs_sync_dir(put->folder, err);
}

/* Not a byte is unpacked yet, but what cannot be a xorb is not kept. */
int xet_put_finish(struct xet_put *put, struct err *err)
{
    struct xorb xorb = { 0 };

    int rc = map(&xorb, put->fd, err);
    xorb_close(&xorb);
    if (rc == 0)
        rc = move_in(put, err);
    if (rc < 0) {
        xet_put_abort(put);
        return rc;
    }
    put_free(put);
    return 0;
}

void xet_put_abort(struct xet_put *put)
{
    if (!put)
        return;
    (void)unlink(put->aside);
    put_free(put);
}

static int add_term(struct blob_put *put, const struct xorb *xorb, const struct xet_term *term,
                    uint8_t *chunk, struct err *err)
{
    uint64_t bytes = 0;
    int rc = 0;

    if (term->end > xorb->n_chunks)
        return err_set(err, ERR_PARSE, "xorb %.12s has %zu chunks, the shard names chunk %u",
                       xorb->hash, xorb->n_chunks, (unsigned)term->end - 1);
    for (uint32_t i = term->first; rc == 0 && i < term->end; i++) {
        rc = xet_chunk_unpack(chunk, &xorb->chunks[i], xorb->bytes, err);
        if (rc == 0)
            rc = blob_put_add(put, chunk, xorb->chunks[i].size, err);
        bytes += xorb->chunks[i].size;
    }
    if (rc == 0 && bytes != term->bytes)
        rc = err_set(err, ERR_PARSE, "xorb %.12s: %llu bytes where the shard says %u",
                     xorb->hash, (unsigned long long)bytes, (unsigned)term->bytes);
    return rc;
}

static int add_terms(struct blob_put *put, const char *folder, const struct xet_file *file,
                     struct err *err)
{
    uint8_t *chunk = xmalloc(XET_MAX_CHUNK_BYTES);
    struct xorbs xorbs = { 0 };
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < file->n_terms; i++) {
        const struct xet_term term = xet_file_term(file, i);

        rc = xorbs_find(&xorbs, folder, term.xorb, err);
        if (rc == 0)
            rc = add_term(put, &xorbs.items[0], &term, chunk, err);
    }
    xorbs_close(&xorbs);
    free(chunk);
    return rc;
}

int xet_assemble(bool *ret_is_new, struct hub_repo *repo, const char *root, const char *person,
                 const struct xet_file *file, struct err *err)
{
    struct blob_put *put = NULL;
    char oid[SHA256_HEX_SIZE];

    char *folder = folder_of(root, person);
    int rc = fs_check_room(root, file->bytes, err);
    if (rc == 0)
        rc = blob_put_begin(&put, hub_repo_blobs(repo), err);
    if (rc == 0)
        rc = add_terms(put, folder, file, err);
    free(folder);
    if (rc < 0) {
        blob_put_abort(put);
        return rc;
    }
    rc = blob_put_finish(oid, put, file->sha256, err);
    return rc < 0 ? rc : hub_repo_take_blob(ret_is_new, repo, oid, err);
}

int64_t xet_held_bytes(const char *root, const char *person)
{
    char *folder = folder_of(root, person);
    int64_t bytes = fs_folder_bytes(folder);

    free(folder);
    return bytes;
}

/* What a new one replaces meanwhile is not old any more. */
static void sweep_file(struct xet_swept *swept, const char *path, bool is_xorb,
                       const struct xet_ages *ages)
{
    int64_t before_at = is_xorb ? ages->xorbs_before_at : ages->parts_before_at;
    struct stat st;

    if (lstat(path, &st) != 0 || (int64_t)st.st_mtim.tv_sec >= before_at || unlink(path) != 0)
        return;
    swept->n_xorbs += is_xorb;
    swept->n_parts += !is_xorb;
    swept->bytes += is_xorb ? (int64_t)st.st_size : 0;
}

static int sweep_folder(struct xet_swept *swept, const char *folder,
                        const struct xet_ages *ages, struct err *err)
{
    char **names = NULL;
    size_t n = 0;
    int lock = -1;

    int rc = fs_list(&names, &n, folder, MAX_XORBS, err);
    if (rc == 0)
        rc = lock_all(&lock, folder, FS_EXCLUSIVE, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *path = fs_path(folder, names[i], NULL);

        sweep_file(swept, path, hex_is(names[i], XET_HEX_SIZE - 1), ages);
        free(path);
    }
    if (lock >= 0)
        (void)close(lock);
    fs_list_free(names, n);
    return rc;
}

int xet_sweep(struct xet_swept *ret, const char *root, const struct xet_ages *ages,
              struct err *err)
{
    char *all = fs_path(root, ".xet", NULL);
    char **persons = NULL;
    size_t n = 0;
    int rc = 0;

    *ret = (struct xet_swept){ 0 };
    if (fs_exists(all))
        rc = fs_list(&persons, &n, all, MAX_PERSONS, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *folder = fs_path(all, persons[i], NULL);

        if (hex_is(persons[i], PERSON_DIGITS))
            rc = sweep_folder(ret, folder, ages, err);
        free(folder);
    }
    fs_list_free(persons, n);
    free(all);
    return rc;
}
