/* SPDX-License-Identifier: Apache-2.0
 * Four sweeps, each safe beside writers, since whoever refers to something touches it first:
 *
 * 1. In every repository: marks of blobs that no commit refers to and that are old, go. If its
 *    refs moved since its commits were read, they are read again.
 * 2. There, too: git objects that no ref leads to and that are old, go.
 * 3. In the store: blobs that no repository has a mark of and that are old, go.
 * 4. What Xet clients sent goes when they no longer refer to it. */
#include "hub/repo/upkeep.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "hub/repo/blob.h"
#include "hub/repo/gc_objects.h"
#include "hub/repo/repo.h"
#include "hub/repo/upkeep_walk.h"
#include "hub/repo/xet_store.h"

enum { MAX_TRASH = 1000000, MAX_TRIES = 4 };

/* Names, sorted and each once when they are complete. */
struct oids {
    char (*at)[SHA256_HEX_SIZE];
    size_t n, cap;
};

static int by_name(const void *a, const void *b)
{
    return memcmp(a, b, SHA256_HEX_SIZE);
}

static void oids_sort(struct oids *oids)
{
    size_t n = 0;

    if (oids->n > 1)
        qsort(oids->at, oids->n, sizeof(*oids->at), by_name);
    for (size_t i = 0; i < oids->n; i++)
        if (n == 0 || by_name(oids->at[n - 1], oids->at[i]) != 0)
            memmove(oids->at[n++], oids->at[i], SHA256_HEX_SIZE);
    oids->n = n;
}

/* The same name may come with each of a million commits: only different ones take room. */
static void oids_add(struct oids *oids, const char *oid)
{
    if (oids->n == oids->cap) {
        oids_sort(oids);
        oids->cap = oids->n * 2 + 64;
        oids->at = xrealloc_array(oids->at, oids->cap, sizeof(*oids->at));
    }
    memcpy(oids->at[oids->n++], oid, SHA256_HEX_SIZE);
}

static bool oids_has(const struct oids *oids, const char *oid)
{
    char key[SHA256_HEX_SIZE];

    if (oids->n == 0)
        return false;
    memcpy(key, oid, sizeof(key));
    return bsearch(key, oids->at, oids->n, sizeof(*oids->at), by_name) != NULL;
}

struct sweep {
    const struct upkeep *upkeep;
    struct gc_result *result;
    struct blob_store *store;
    struct oids marked; /* of the repositories seen so far */
};

static int take_used(void *ctx, const char *commit, const struct hub_file *file,
                     struct err *err)
{
    (void)commit;
    (void)err;
    if (file->lfs[0])
        oids_add(ctx, file->lfs);
    return 0;
}

/* -ERR_CONFLICT when the refs moved before it was done. */
static int drop_marks(struct hub_repo *repo, char *const *marks, size_t n, int64_t before_at,
                      struct err *err)
{
    struct oids used = { 0 };
    char refs[SHA256_HEX_SIZE];
    const struct hub_spared spared = { before_at, refs };
    size_t n_commits = 0;

    int rc = hub_repo_refs_digest(refs, repo, err);
    if (rc == 0)
        rc = hub_repo_each_file(&n_commits, repo, take_used, &used, err);
    oids_sort(&used);
    for (size_t i = 0; rc >= 0 && i < n; i++)
        if (hex_is(marks[i], SHA256_HEX_SIZE - 1) && !oids_has(&used, marks[i]))
            rc = hub_repo_drop_old_blob(repo, marks[i], &spared, err);
    free(used.at);
    return rc < 0 ? rc : 0;
}

static int keep_marked(struct oids *marked, const struct hub_repo *repo, struct err *err)
{
    char **marks = NULL;
    size_t n = 0;

    int rc = hub_repo_list_blobs(&marks, &n, repo, err);
    for (size_t i = 0; i < n; i++)
        if (hex_is(marks[i], SHA256_HEX_SIZE - 1))
            oids_add(marked, marks[i]);
    hub_repo_list_free(marks, n);
    return rc;
}

/* A repository that does not stand still is left for the next time. */
static int sweep_marks(const struct sweep *sweep, struct hub_repo *repo, struct err *err)
{
    char **marks = NULL;
    size_t n = 0;

    int rc = hub_repo_list_blobs(&marks, &n, repo, err);
    if (rc == 0 && n > 0)
        rc = -ERR_CONFLICT;
    for (int i = 0; rc == -ERR_CONFLICT && i < MAX_TRIES; i++)
        rc = drop_marks(repo, marks, n, sweep->upkeep->before_at, err);
    hub_repo_list_free(marks, n);
    return rc == -ERR_CONFLICT ? 0 : rc;
}

static int sweep_objects(const struct sweep *sweep, struct hub_repo *repo, struct err *err)
{
    struct hub_collected collected;

    int rc = hub_repo_collect(&collected, repo, sweep->upkeep->before_at, err);
    sweep->result->n_objects += collected.n_objects;
    sweep->result->object_bytes += collected.bytes;
    sweep->result->n_leftovers += collected.n_leftovers;
    return rc;
}

/* One that cannot be read keeps all that it has. */
static int sweep_repo(void *ctx, struct hub_repo *repo, const char *what, struct err *err)
{
    struct sweep *sweep = ctx;
    struct err own = { 0 };

    int rc = sweep_marks(sweep, repo, &own);
    if (rc == 0)
        rc = sweep_objects(sweep, repo, &own);
    if (rc < 0) {
        char *line = xasprintf("%s: left as it is: %s", what, own.msg);

        sweep->upkeep->tell(sweep->upkeep->ctx, line);
        free(line);
    }
    return keep_marked(&sweep->marked, repo, err);
}

static int sweep_blob(void *ctx, const char *oid, int64_t bytes, struct err *err)
{
    struct sweep *sweep = ctx;

    if (oids_has(&sweep->marked, oid))
        return 0;
    int rc = blob_remove(sweep->store, oid, sweep->upkeep->before_at, err);
    if (rc > 0) {
        sweep->result->n_blobs++;
        sweep->result->bytes += bytes;
    }
    return rc < 0 ? rc : 0;
}

/* What a killed removal left. */
static int sweep_trash(struct sweep *sweep, const char *root, struct err *err)
{
    char *trash = fs_path(root, ".trash", NULL);
    char **names = NULL;
    size_t n = 0;

    int rc = fs_exists(trash) ? fs_list(&names, &n, trash, MAX_TRASH, err) : 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *path = fs_path(trash, names[i], NULL);
        struct stat st;

        if (lstat(path, &st) == 0 && (int64_t)st.st_mtime < sweep->upkeep->before_at) {
            rc = fs_remove(path, err);
            sweep->result->n_leftovers++;
        }
        free(path);
    }
    fs_list_free(names, n);
    free(trash);
    return rc;
}

/* One kind's repositories share one store. */
static int sweep_root(struct sweep *sweep, const char *root, const char *kind, struct err *err)
{
    int rc = upkeep_each_repo(root, kind, sweep_repo, sweep, err);

    if (rc == 0)
        rc = blob_store_open(&sweep->store, root, err);
    oids_sort(&sweep->marked);
    if (rc == 0)
        rc = blob_each(sweep->store, sweep_blob, sweep, err);
    if (rc == 0)
        rc = blob_sweep(sweep->store, sweep->upkeep->before_at, err);
    if (rc > 0)
        sweep->result->n_leftovers += (size_t)rc;
    if (rc >= 0)
        rc = sweep_trash(sweep, root, err);
    blob_store_close(sweep->store);
    sweep->store = NULL;
    free(sweep->marked.at);
    sweep->marked = (struct oids){ 0 };
    return rc < 0 ? rc : 0;
}

int hub_gc(struct gc_result *ret, const struct upkeep *upkeep, struct err *err)
{
    struct sweep sweep = { .upkeep = upkeep, .result = ret };
    char *datasets = fs_path(upkeep->hub_dir, "datasets", NULL);

    memset(ret, 0, sizeof(*ret));
    int rc = fs_exists(upkeep->hub_dir) ? sweep_root(&sweep, upkeep->hub_dir, "model", err) : 0;
    if (rc == 0 && fs_exists(datasets))
        rc = sweep_root(&sweep, datasets, "dataset", err);
    if (rc == 0)
        rc = xet_sweep(&ret->xorbs, upkeep->hub_dir,
                       &(struct xet_ages){ upkeep->xorbs_before_at, upkeep->before_at }, err);
    ret->n_leftovers += ret->xorbs.n_parts;
    free(datasets);
    return rc;
}
