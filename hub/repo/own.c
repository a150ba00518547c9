/* SPDX-License-Identifier: Apache-2.0
 * What belongs to a repository beside its git objects: its lock, its blobs, its place. */
#include "hub/repo/repo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "hub/repo/blob.h"
#include "hub/repo/blob_impl.h"
#include "hub/repo/repo_impl.h"

enum { MAX_BLOBS = 1000000, MAX_OBJECTS = 10000000 };

static int lock_named(int *ret_fd, const char *root, const char *id, const char *suffix,
                      enum hub_hold kind, struct err *err)
{
    const char *slash = strchr(id, '/');
    char *folder = fs_path(root, ".locks", NULL);
    char *path = xasprintf("%s/%.*s+%s%s", folder, (int)(slash - id), id, slash + 1, suffix);

    int rc = blob_make_folder(folder, err);
    if (rc == 0 && kind == HUB_HOLD_IF_ALONE)
        rc = fs_lock(ret_fd, path, err);
    else if (rc == 0)
        rc =
            fs_lock_wait(ret_fd, path, kind == HUB_HOLD_SHARED ? FS_SHARED : FS_EXCLUSIVE, err);
    free(path);
    free(folder);
    return rc;
}

int hub_lock(int *ret_fd, const char *root, const char *id, enum hub_hold kind, struct err *err)
{
    return lock_named(ret_fd, root, id, "", kind, err);
}

int hub_repo_hold(int *ret_fd, const struct hub_repo *repo, struct err *err)
{
    return hub_lock(ret_fd, repo->root, repo->id, HUB_HOLD_SHARED, err);
}

int hub_id_hold(int *ret_fd, const char *root, const char *id, struct err *err)
{
    int rc = hub_check_id(id, err);

    return rc < 0 ? rc : lock_named(ret_fd, root, id, "=", HUB_HOLD_ALONE, err);
}

int hub_repo_queue(int *ret_fd, const struct hub_repo *repo, struct err *err)
{
    return lock_named(ret_fd, repo->root, repo->id, "+", HUB_HOLD_ALONE, err);
}

int hub_repo_mend(struct hub_repo *repo, struct err *err)
{
    int lock = -1;

    int rc = hub_lock(&lock, repo->root, repo->id, HUB_HOLD_IF_ALONE, err);
    if (rc < 0)
        return rc == -ERR_LOCKED ? 0 : rc;
    rc = git_remove_stale_locks(repo->path, err);
    (void)close(lock);
    return rc;
}

struct blob_store *hub_repo_blobs(const struct hub_repo *repo)
{
    return repo->blobs;
}

bool hub_repo_has_blob(const struct hub_repo *repo, const char *oid)
{
    if (!hex_is(oid, SHA256_HEX_SIZE - 1))
        return false;
    char *path = fs_path(repo->path, "lfs", oid, NULL);
    bool has = fs_exists(path);

    free(path);
    return has;
}

/* New, or as good as new; durable also when somebody else has just made it. Of those who come
 * at once, one is the first. */
static int mark(bool *ret_is_new, const char *folder, const char *oid, struct err *err)
{
    char *path = fs_path(folder, oid, NULL);
    int rc = 0;

    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0660);
    *ret_is_new = fd >= 0;
    if (fd < 0 && errno == EEXIST)
        fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0660); /* it may go meanwhile */
    if (fd < 0 || futimens(fd, NULL) != 0)
        rc = err_errno(err, "cannot create '%s'", path);
    if (fd >= 0)
        (void)close(fd);
    free(path);
    return rc < 0 ? rc : fs_sync_dir(folder, err);
}

int hub_repo_take_blob(bool *ret_is_new, struct hub_repo *repo, const char *oid,
                       struct err *err)
{
    bool is_new = false;
    int lock = -1;

    int rc = blob_touch(NULL, repo->blobs, oid, err);
    if (rc == 0)
        rc = hub_repo_hold(&lock, repo, err);
    if (rc < 0)
        return rc;
    char *folder = fs_path(repo->path, "lfs", NULL);
    rc = blob_make_folder(folder, err);
    if (rc == 0)
        rc = mark(&is_new, folder, oid, err);
    free(folder);
    (void)close(lock);
    if (rc == 0)
        *ret_is_new = is_new;
    return rc;
}

int hub_repo_add_blob(struct hub_repo *repo, const char *oid, struct err *err)
{
    bool is_new;

    return hub_repo_take_blob(&is_new, repo, oid, err);
}

int hub_repo_list_blobs(char ***ret_oids, size_t *ret_n, const struct hub_repo *repo,
                        struct err *err)
{
    char *folder = fs_path(repo->path, "lfs", NULL);
    int rc = 0;

    *ret_oids = NULL;
    *ret_n = 0;
    if (fs_exists(folder))
        rc = fs_list(ret_oids, ret_n, folder, MAX_BLOBS, err);
    free(folder);
    return rc;
}

int hub_repo_drop_blob(struct hub_repo *repo, const char *oid, struct err *err)
{
    if (!hub_repo_has_blob(repo, oid))
        return err_set(err, ERR_NOTFOUND, "repository '%s' has no blob %.64s", repo->id, oid);
    char *path = fs_path(repo->path, "lfs", oid, NULL);
    int rc = fs_remove(path, err);

    free(path);
    return rc;
}

static int drop_old(struct hub_repo *repo, const char *path, const struct hub_spared *spared,
                    struct err *err)
{
    char refs[SHA256_HEX_SIZE];
    struct stat st;

    if (lstat(path, &st) != 0 || (int64_t)st.st_mtime >= spared->before_at)
        return 0;
    int rc = hub_repo_refs_digest(refs, repo, err);
    if (rc == 0 && strcmp(refs, spared->refs) != 0)
        rc = err_set(err, ERR_CONFLICT, "the refs of '%s' moved meanwhile", repo->id);
    if (rc == 0)
        rc = fs_remove(path, err);
    return rc < 0 ? rc : 1;
}

/* Alone: no ref is being moved, by a push neither. */
int hub_repo_drop_old_blob(struct hub_repo *repo, const char *oid,
                           const struct hub_spared *spared, struct err *err)
{
    char *path = fs_path(repo->path, "lfs", oid, NULL);
    int lock = -1;

    int rc = hub_lock(&lock, repo->root, repo->id, HUB_HOLD_ALONE, err);
    if (rc == 0)
        rc = drop_old(repo, path, spared, err);
    if (lock >= 0)
        (void)close(lock);
    free(path);
    return rc;
}

int64_t hub_repo_blob_bytes(const struct hub_repo *repo)
{
    char **oids = NULL;
    size_t n = 0;
    int64_t sum = 0, bytes = 0;

    (void)hub_repo_list_blobs(&oids, &n, repo, NULL);
    for (size_t i = 0; i < n; i++)
        if (blob_stat(&bytes, repo->blobs, oids[i], NULL) == 0)
            sum += bytes;
    hub_repo_list_free(oids, n);
    return sum;
}

/* Loose ones lie in folders by their first two digits, the others in packs. */
int64_t hub_object_bytes(const char *objects)
{
    char **names = NULL;
    size_t n = 0;
    int64_t sum = 0;

    (void)fs_list(&names, &n, objects, MAX_OBJECTS, NULL);
    for (size_t i = 0; i < n; i++) {
        char *folder = fs_path(objects, names[i], NULL);

        sum += fs_folder_bytes(folder);
        free(folder);
    }
    fs_list_free(names, n);
    return sum;
}

int64_t hub_repo_git_bytes(const struct hub_repo *repo)
{
    char *objects = fs_path(repo->path, "objects", NULL);
    int64_t bytes = hub_object_bytes(objects);

    free(objects);
    return bytes;
}

/* Out of sight in one step, then gone at leisure. */
static int discard(const char *root, const char *path, struct err *err)
{
    char *trash = fs_path(root, ".trash", NULL), *grave = NULL;

    int rc = blob_make_folder(trash, err);
    if (rc == 0)
        rc = fs_temp_dir(&grave, trash, err);
    if (rc == 0) {
        char *corpse = fs_path(grave, "repo", NULL);

        if (rename(path, corpse) != 0)
            rc = err_errno(err, "cannot remove '%s'", path);
        free(corpse);
    }
    if (grave && rc == 0)
        rc = fs_remove(grave, err);
    free(grave);
    free(trash);
    return rc;
}

int hub_repo_remove(const char *root, const char *id, struct err *err)
{
    int lock = -1;

    int rc = hub_check_id(id, err);
    if (rc == 0)
        rc = hub_lock(&lock, root, id, HUB_HOLD_ALONE, err);
    if (rc < 0)
        return rc;
    char *path = hub_repo_path(root, id);
    rc = fs_exists(path) ? discard(root, path, err)
                         : err_set(err, ERR_NOTFOUND, "no repository '%s' on this hub", id);
    free(path);
    (void)close(lock);
    return rc;
}

static int move(const char *root, const char *from, const char *to, struct err *err)
{
    char *source = hub_repo_path(root, from), *target = hub_repo_path(root, to);
    char *folder = xasprintf("%s/%.*s", root, (int)strcspn(to, "/"), to);
    int rc = 0;

    if (!fs_exists(source))
        rc = err_set(err, ERR_NOTFOUND, "no repository '%s' on this hub", from);
    else if (fs_exists(target))
        rc = err_set(err, ERR_EXISTS, "there is a repository '%s' already", to);
    else
        rc = blob_make_folder(folder, err);
    if (rc == 0 && rename(source, target) != 0)
        rc = err_errno(err, "cannot move '%s'", source);
    free(folder);
    free(source);
    free(target);
    return rc;
}

int hub_repo_move(const char *root, const char *from, const char *to, struct err *err)
{
    bool is_ordered = strcmp(from, to) < 0; /* two moves cannot wait for each other */
    int first = -1, second = -1;

    int rc = hub_check_id(from, err);
    if (rc == 0)
        rc = hub_check_id(to, err);
    if (rc == 0 && strcmp(from, to) == 0)
        rc = err_set(err, ERR_EXISTS, "'%s' has that name already", from);
    if (rc == 0)
        rc = hub_lock(&first, root, is_ordered ? from : to, HUB_HOLD_ALONE, err);
    if (rc == 0)
        rc = hub_lock(&second, root, is_ordered ? to : from, HUB_HOLD_ALONE, err);
    if (rc == 0)
        rc = move(root, from, to, err);
    if (first >= 0)
        (void)close(first);
    if (second >= 0)
        (void)close(second);
    return rc;
}
