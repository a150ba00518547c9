/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/upkeep.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "hub/repo/blob.h"
#include "hub/repo/repo.h"
#include "hub/repo/upkeep_walk.h"

struct check {
    const struct upkeep *upkeep;
    struct fsck_result *result;
    struct blob_store *store;
    struct hub_repo *repo;
    const char *what; /* the repository */
    int64_t total;    /* bytes of all blobs */
};

static void fault(struct check *c, char *line)
{
    c->result->n_faults++;
    c->upkeep->tell(c->upkeep->ctx, line);
    free(line);
}

static void object_fault(void *ctx, const char *object, const char *what)
{
    struct check *c = ctx;

    fault(c, xasprintf("%s: object %s: %s", c->what, object, what));
}

/* The mark alone makes it a large file: so content of that size must be there. */
static int check_file(void *ctx, const char *commit, const struct hub_file *file,
                      struct err *err)
{
    struct check *c = ctx;
    int64_t bytes = 0;

    (void)err;
    if (!file->lfs[0])
        return 0;
    if (blob_stat(&bytes, hub_repo_blobs(c->repo), file->lfs, NULL) < 0)
        fault(c, xasprintf("%s: %.12s: '%s': content %s is missing", c->what, commit,
                           file->path, file->lfs));
    else if (bytes != file->size)
        fault(c, xasprintf("%s: %.12s: '%s': %" PRId64 " bytes are stored, not %" PRId64,
                           c->what, commit, file->path, bytes, file->size));
    return 0;
}

static void check_marks(struct check *c)
{
    char **marks = NULL;
    size_t n = 0;
    struct err err = { 0 };

    if (hub_repo_list_blobs(&marks, &n, c->repo, &err) < 0)
        fault(c, xasprintf("%s: %s", c->what, err.msg));
    for (size_t i = 0; i < n; i++)
        if (blob_stat(NULL, hub_repo_blobs(c->repo), marks[i], NULL) < 0)
            fault(c,
                  xasprintf("%s: content %s was uploaded and is missing", c->what, marks[i]));
    hub_repo_list_free(marks, n);
}

static int check_repo(void *ctx, struct hub_repo *repo, const char *what, struct err *err)
{
    struct check *c = ctx;
    const struct git_check objects = { object_fault, c };
    size_t n = 0, n_commits = 0;
    struct err own = { 0 };
    int lock = -1;

    (void)err;
    c->repo = repo;
    c->what = what;
    c->result->n_repos++;
    int rc = hub_repo_hold(&lock, repo, &own); /* gc takes nothing away meanwhile */
    if (rc == 0)
        rc = hub_repo_check_objects(&n, repo, &objects, &own);
    if (rc == 0)
        rc = hub_repo_each_file(&n_commits, repo, check_file, c, &own);
    if (rc < 0)
        fault(c, xasprintf("%s: %s", what, own.msg));
    check_marks(c);
    if (lock >= 0)
        (void)close(lock);
    c->result->n_commits += n_commits;
    return 0;
}

static int add_bytes(void *ctx, const char *oid, int64_t bytes, struct err *err)
{
    (void)oid;
    (void)err;
    *(int64_t *)ctx += bytes;
    return 0;
}

static int check_blob(void *ctx, const char *oid, int64_t bytes, struct err *err)
{
    struct check *c = ctx;
    char *path = blob_path(c->store, oid), hex[SHA256_HEX_SIZE];
    uint8_t digest[SHA256_SIZE];
    struct err own = { 0 };

    (void)err;
    c->result->n_blobs++;
    if (path && sha256_file(digest, path, &own) < 0)
        fault(c, xasprintf("%s: %s", oid, own.msg));
    else if (path && strcmp(hex_encode(hex, digest, sizeof(digest)), oid) != 0)
        fault(c, xasprintf("%s: the content's SHA-256 is %s", oid, hex));
    free(path);
    c->result->bytes += bytes;
    if (c->upkeep->progress)
        c->upkeep->progress(c->upkeep->ctx, c->result->bytes, c->total);
    return 0;
}

static int check_root(struct check *c, const char *root, const char *kind, struct err *err)
{
    int rc = blob_store_open(&c->store, root, err);

    c->total = c->result->bytes;
    if (rc == 0)
        rc = blob_each(c->store, add_bytes, &c->total, err);
    if (rc == 0)
        rc = blob_each(c->store, check_blob, c, err);
    if (rc == 0)
        rc = upkeep_each_repo(root, kind, check_repo, c, err);
    blob_store_close(c->store);
    c->store = NULL;
    return rc;
}

int hub_fsck(struct fsck_result *ret, const struct upkeep *upkeep, struct err *err)
{
    struct check c = { .upkeep = upkeep, .result = ret };
    char *datasets = fs_path(upkeep->hub_dir, "datasets", NULL);

    memset(ret, 0, sizeof(*ret));
    int rc = fs_exists(upkeep->hub_dir) ? check_root(&c, upkeep->hub_dir, "model", err) : 0;
    if (rc == 0 && fs_exists(datasets))
        rc = check_root(&c, datasets, "dataset", err);
    free(datasets);
    return rc;
}
