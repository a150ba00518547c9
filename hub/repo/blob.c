/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "hub/repo/blob_impl.h"

enum { FAN_OUT = 256, MAX_IN_FOLDER = 1000000 };

int blob_make_folder(const char *path, struct err *err)
{
    const mode_t shared = S_ISGID | 0770;
    struct stat st;

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return 0;
    const char *slash = strrchr(path, '/');
    char *above = slash && slash > path ? xstrndup(path, (size_t)(slash - path)) : NULL;
    int rc = above ? blob_make_folder(above, err) : 0;
    free(above);
    if (rc == 0)
        rc = fs_mkdirs(path, 0770, err);
    if (rc == 0 && chmod(path, shared) != 0 && errno != EPERM)
        rc = err_errno(err, "cannot share '%s'", path);
    return rc;
}

int blob_store_open(struct blob_store **ret, const char *root, struct err *err)
{
    struct blob_store *store = xcalloc(1, sizeof(*store));

    char *top = fs_path(root, ".lfs", NULL);
    store->objects = fs_path(top, "objects", NULL);
    store->incoming = fs_path(top, "incoming", NULL);
    store->lock = fs_path(top, "lock", NULL);
    int rc = blob_make_folder(top, err);
    if (rc == 0)
        rc = blob_make_folder(store->objects, err);
    if (rc == 0)
        rc = blob_make_folder(store->incoming, err);
    free(top);
    if (rc < 0)
        blob_store_close(store);
    else
        *ret = store;
    return rc;
}

void blob_store_close(struct blob_store *store)
{
    if (!store)
        return;
    free(store->objects);
    free(store->incoming);
    free(store->lock);
    free(store);
}

char *blob_file(const struct blob_store *store, const char *oid)
{
    return xasprintf("%s/%.2s/%.2s/%s", store->objects, oid, oid + 2, oid);
}

char *blob_path(const struct blob_store *store, const char *oid)
{
    return blob_stat(NULL, store, oid, NULL) == 0 ? blob_file(store, oid) : NULL;
}

static int not_there(const char *oid, struct err *err)
{
    return err_set(err, ERR_NOTFOUND, "no file with SHA-256 %.64s is stored", oid);
}

int blob_stat(int64_t *ret_bytes, const struct blob_store *store, const char *oid,
              struct err *err)
{
    if (!hex_is(oid, SHA256_HEX_SIZE - 1))
        return not_there(oid, err);
    char *path = blob_file(store, oid);
    int64_t bytes = fs_size(path);

    free(path);
    if (bytes < 0)
        return not_there(oid, err);
    if (ret_bytes)
        *ret_bytes = bytes;
    return 0;
}

int blob_open(int *ret_fd, const struct blob_store *store, const char *oid, struct err *err)
{
    if (!hex_is(oid, SHA256_HEX_SIZE - 1))
        return not_there(oid, err);
    char *path = blob_file(store, oid);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int rc = fd >= 0             ? 0
             : (errno == ENOENT) ? not_there(oid, err)
                                 : err_errno(err, "cannot open '%s'", path);

    free(path);
    if (rc == 0)
        *ret_fd = fd;
    return rc;
}

int blob_touch(int64_t *ret_bytes, const struct blob_store *store, const char *oid,
               struct err *err)
{
    int lock = -1;

    if (!hex_is(oid, SHA256_HEX_SIZE - 1))
        return not_there(oid, err);
    int rc = fs_lock_wait(&lock, store->lock, FS_SHARED, err);
    if (rc < 0)
        return rc;
    char *path = blob_file(store, oid);
    if (utimensat(AT_FDCWD, path, NULL, 0) == 0)
        rc = blob_stat(ret_bytes, store, oid, err);
    else
        rc = errno == ENOENT ? not_there(oid, err) : err_errno(err, "cannot touch '%s'", path);
    free(path);
    (void)close(lock);
    return rc;
}

static int remove_older(const char *path, int64_t before_at, struct err *err)
{
    struct stat st;

    if (lstat(path, &st) != 0 || (int64_t)st.st_mtime >= before_at)
        return 0;
    int rc = fs_remove(path, err);
    return rc < 0 ? rc : 1;
}

int blob_remove(const struct blob_store *store, const char *oid, int64_t before_at,
                struct err *err)
{
    int lock = -1;

    if (!hex_is(oid, SHA256_HEX_SIZE - 1))
        return not_there(oid, err);
    int rc = fs_lock_wait(&lock, store->lock, FS_EXCLUSIVE, err);
    if (rc < 0)
        return rc;
    char *path = blob_file(store, oid);
    rc = remove_older(path, before_at, err);
    free(path);
    (void)close(lock);
    return rc;
}

int blob_sweep(const struct blob_store *store, int64_t before_at, struct err *err)
{
    char **names = NULL;
    size_t n = 0;
    int removed = 0;

    int rc = fs_list(&names, &n, store->incoming, MAX_IN_FOLDER, err);
    for (size_t i = 0; rc >= 0 && i < n; i++) {
        char *path = fs_path(store->incoming, names[i], NULL);

        rc = remove_older(path, before_at, err);
        removed += rc > 0;
        free(path);
    }
    fs_list_free(names, n);
    return rc < 0 ? rc : removed;
}

static int each_in(const char *folder, blob_fn *fn, void *ctx, struct err *err)
{
    char **names = NULL;
    size_t n = 0;

    int rc = fs_list(&names, &n, folder, MAX_IN_FOLDER, err);
    for (size_t i = 0; rc >= 0 && i < n; i++) {
        char *path = fs_path(folder, names[i], NULL);
        int64_t bytes = fs_size(path);

        free(path);
        if (bytes >= 0 && hex_is(names[i], SHA256_HEX_SIZE - 1))
            rc = fn(ctx, names[i], bytes, err);
    }
    fs_list_free(names, n);
    return rc;
}

/* Names in a folder of folders; none when it is not there. */
static int list_folders(char ***ret, size_t *ret_n, const char *path, struct err *err)
{
    *ret = NULL;
    *ret_n = 0;
    return fs_exists(path) ? fs_list(ret, ret_n, path, FAN_OUT, err) : 0;
}

int blob_each(const struct blob_store *store, blob_fn *fn, void *ctx, struct err *err)
{
    char **outer = NULL, **inner = NULL;
    size_t n_outer = 0, n_inner = 0;

    int rc = list_folders(&outer, &n_outer, store->objects, err);
    for (size_t i = 0; rc >= 0 && i < n_outer; i++) {
        char *folder = fs_path(store->objects, outer[i], NULL);

        rc = list_folders(&inner, &n_inner, folder, err);
        for (size_t j = 0; rc >= 0 && j < n_inner; j++) {
            char *leaf = fs_path(folder, inner[j], NULL);

            rc = each_in(leaf, fn, ctx, err);
            free(leaf);
        }
        fs_list_free(inner, n_inner);
        free(folder);
    }
    fs_list_free(outer, n_outer);
    return rc < 0 ? rc : 0;
}
