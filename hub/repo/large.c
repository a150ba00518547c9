/* SPDX-License-Identifier: Apache-2.0
 * Names of contents are found by looking at files: those of every ref first, then those of
 * older commits, until each content has a name or enough was looked at. */
#include "hub/repo/large.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "hub/repo/blob.h"
#include "hub/repo/pointer.h"
#include "hub/repo/repo.h"
#include "hub/repo/repo_impl.h"

enum { MAX_LOOKED_AT = 200000 /* files */, MAX_HISTORY = 10000, MAX_REWRITTEN = 200000 };

struct search {
    struct hub_repo *repo;
    struct hub_large *large; /* sorted by oid */
    size_t n, n_unnamed, n_looked_at;
};

static int by_oid(const void *a, const void *b)
{
    const struct hub_large *x = a, *y = b;

    return strcmp(x->oid, y->oid);
}

static int newest_first(const void *a, const void *b)
{
    const struct hub_large *x = a, *y = b;

    if (x->added_at != y->added_at)
        return x->added_at < y->added_at ? 1 : -1;
    return strcmp(x->oid, y->oid);
}

static void name_file(struct search *s, const char *ref, const struct hub_file *file)
{
    struct hub_large key;

    memcpy(key.oid, file->lfs, sizeof(key.oid));
    struct hub_large *found = bsearch(&key, s->large, s->n, sizeof(*s->large), by_oid);
    if (!found || found->path)
        return;
    found->path = xstrdup(file->path);
    found->ref = xstrdup(ref);
    s->n_unnamed--;
}

static bool is_over(const struct search *s)
{
    return s->n_unnamed == 0 || s->n_looked_at >= MAX_LOOKED_AT;
}

static int look_at_commit(struct search *s, const char *ref, const char *commit,
                          struct err *err)
{
    struct hub_file *files = NULL;
    size_t n = 0;

    int rc = hub_repo_list_files(&files, &n, s->repo, commit, "", err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (files[i].lfs[0])
            name_file(s, ref, &files[i]);
    s->n_looked_at += n + 1;
    hub_files_free(files, n);
    return rc;
}

static int look_at_history(struct search *s, const struct git_ref *ref, struct err *err)
{
    const struct git_log_range range = { 1, MAX_HISTORY, SIZE_MAX };
    struct git_logged *commits = NULL;
    size_t n = 0, total = 0;

    int rc = hub_repo_log(&commits, &n, &total, s->repo, ref->commit, &range, err);
    for (size_t i = 0; rc == 0 && i < n && !is_over(s); i++)
        rc = look_at_commit(s, ref->name, commits[i].commit, err);
    git_log_free(commits, n);
    return rc;
}

static int find_names(struct search *s, struct err *err)
{
    struct git_ref *refs = NULL;
    size_t n = 0;

    int rc = hub_repo_list_refs(&refs, &n, s->repo, err);
    for (size_t i = 0; rc == 0 && i < n && !is_over(s); i++)
        rc = look_at_commit(s, refs[i].name, refs[i].commit, err);
    for (size_t i = 0; rc == 0 && i < n && !is_over(s); i++)
        rc = look_at_history(s, &refs[i], err);
    git_refs_free(refs, n);
    return rc;
}

/* When its mark was made or touched. */
static int64_t added_at(const struct hub_repo *repo, const char *oid)
{
    char *mark = fs_path(repo->path, "lfs", oid, NULL);
    struct stat st = { 0 };
    int rc = lstat(mark, &st);

    free(mark);
    return rc == 0 ? (int64_t)st.st_mtime : 0;
}

int hub_large_list(struct hub_large **ret, size_t *ret_n, struct hub_repo *repo,
                   struct err *err)
{
    struct search s = { .repo = repo };
    char **oids = NULL;
    size_t n = 0;

    int rc = hub_repo_list_blobs(&oids, &n, repo, err);
    if (rc < 0)
        return rc;
    s.large = xcalloc(n + 1, sizeof(*s.large));
    for (size_t i = 0; i < n; i++) {
        struct hub_large *large = &s.large[s.n];

        if (blob_stat(&large->size, repo->blobs, oids[i], NULL) < 0)
            continue; /* no name of a content, or gone this moment */
        memcpy(large->oid, oids[i], sizeof(large->oid));
        large->added_at = added_at(repo, oids[i]);
        s.n++;
    }
    hub_repo_list_free(oids, n);
    s.n_unnamed = s.n;
    if (s.n > 1)
        qsort(s.large, s.n, sizeof(*s.large), by_oid);
    rc = find_names(&s, err);
    if (rc < 0) {
        hub_large_free(s.large, s.n);
        return rc;
    }
    if (s.n > 1)
        qsort(s.large, s.n, sizeof(*s.large), newest_first);
    *ret = s.large;
    *ret_n = s.n;
    return 0;
}

void hub_large_free(struct hub_large *large, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(large[i].path);
        free(large[i].ref);
    }
    free(large);
}

static bool points_to_dropped(void *ctx, const void *data, size_t len)
{
    const struct hub_large_drop *drop = ctx;
    struct pointer pointer;

    if (!pointer_parse(&pointer, data, len))
        return false;
    for (size_t i = 0; i < drop->n; i++)
        if (strcmp(drop->oids[i], pointer.oid) == 0)
            return true;
    return false;
}

/* While writers of ours wait; a push that comes between shows as a conflict. */
static int rewrite(struct hub_repo *repo, const struct hub_large_drop *drop, struct err *err)
{
    struct hub_large_drop copy = *drop;
    const struct git_rewrite how = { .min_bytes = POINTER_MIN_BYTES,
                                     .max_bytes = POINTER_MAX_BYTES,
                                     .drops = points_to_dropped,
                                     .ctx = &copy,
                                     .max_commits = MAX_REWRITTEN };
    int turn = -1, lock = -1;

    int rc = hub_repo_queue(&turn, repo, err);
    if (rc == 0)
        rc = hub_repo_hold(&lock, repo, err);
    if (rc == 0)
        rc = git_rewrite_history(repo->git, &how, err);
    if (lock >= 0)
        (void)close(lock);
    if (turn >= 0)
        (void)close(turn);
    return rc;
}

int hub_large_drop(int64_t *ret_bytes, struct hub_repo *repo, const struct hub_large_drop *drop,
                   struct err *err)
{
    int64_t sum = 0, bytes = 0;

    int rc = drop->history == HUB_REWRITE_HISTORY ? rewrite(repo, drop, err) : 0;
    for (size_t i = 0; rc == 0 && i < drop->n; i++) {
        if (!hub_repo_has_blob(repo, drop->oids[i]))
            continue;
        if (blob_stat(&bytes, repo->blobs, drop->oids[i], NULL) == 0)
            sum += bytes;
        rc = hub_repo_drop_blob(repo, drop->oids[i], err);
    }
    if (rc == 0)
        *ret_bytes = sum;
    return rc < 0 ? err_wrap(err, rc, "repository '%s'", repo->id) : 0;
}
