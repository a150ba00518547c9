/* SPDX-License-Identifier: Apache-2.0
 * Which commit changed a file last: each commit is compared with its first parent, which costs
 * what differs and not what there is, until every path was seen to change. */
#include "base/git.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/git_impl.h"

struct wanted {
    const char *path;
    size_t index; /* in the caller's list */
};

struct search {
    struct git_repo *repo;
    struct wanted *wanted; /* sorted by path */
    size_t n, n_left;
    struct git_logged *found; /* in the caller's order */
};

static int compare_wanted(const void *a, const void *b)
{
    return strcmp(((const struct wanted *)a)->path, ((const struct wanted *)b)->path);
}

static int mark(struct search *search, const char *path, const git_oid *id, struct err *err)
{
    const struct wanted key = { .path = path };
    const struct wanted *there =
        bsearch(&key, search->wanted, search->n, sizeof(*search->wanted), compare_wanted);

    if (!there || search->found[there->index].commit[0])
        return 0;
    search->n_left--;
    return git_take_commit(&search->found[there->index], search->repo, id, err);
}

/* The file, and every folder that it is in. */
static int mark_with_folders(struct search *search, const char *path, const git_oid *id,
                             struct err *err)
{
    char *part = xstrdup(path);
    int rc = mark(search, part, id, err);

    for (char *slash = strrchr(part, '/'); rc == 0 && slash; slash = strrchr(part, '/')) {
        *slash = '\0';
        rc = mark(search, part, id, err);
    }
    free(part);
    return rc;
}

static int mark_changes(struct search *search, git_commit *commit, git_commit *parent,
                        struct err *err)
{
    git_tree *before = NULL, *after = NULL;
    git_diff_options options;
    git_diff *diff = NULL;

    (void)git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    options.flags |= GIT_DIFF_SKIP_BINARY_CHECK;
    int rc = git_commit_tree(&after, commit);
    if (rc == 0 && parent)
        rc = git_commit_tree(&before, parent);
    if (rc == 0)
        rc = git_diff_tree_to_tree(&diff, search->repo->git, before, after, &options);
    if (rc < 0)
        rc = git_fail(err, rc, "cannot compare commits");
    for (size_t i = 0; rc == 0 && i < git_diff_num_deltas(diff); i++)
        rc = mark_with_folders(search, git_diff_get_delta(diff, i)->new_file.path,
                               git_commit_id(commit), err);
    git_diff_free(diff);
    git_tree_free(before);
    git_tree_free(after);
    return rc;
}

static int walk_back(struct search *search, const git_oid *from, size_t max_walked,
                     struct err *err)
{
    git_commit *commit = NULL;

    int rc = git_commit_lookup(&commit, search->repo->git, from);
    if (rc < 0)
        rc = git_fail(err, rc, "commit %s", git_oid_tostr_s(from));
    for (size_t i = 0; rc == 0 && commit && search->n_left > 0 && i < max_walked; i++) {
        git_commit *parent = NULL;

        if (git_commit_parentcount(commit) > 0) {
            rc = git_commit_parent(&parent, commit, 0);
            if (rc < 0)
                rc = git_fail(err, rc, "parent of %s", git_oid_tostr_s(git_commit_id(commit)));
        }
        if (rc == 0)
            rc = mark_changes(search, commit, parent, err);
        git_commit_free(commit);
        commit = parent;
    }
    git_commit_free(commit);
    return rc;
}

int git_read_last(struct git_logged **ret, struct git_repo *repo, const char *commit,
                  const char *const *paths, size_t n, size_t max_walked, struct err *err)
{
    struct search search = { .repo = repo, .n = n, .n_left = n };
    git_oid from;

    git_error_clear();
    int rc = git_parse_id(&from, commit, err);
    if (rc < 0)
        return rc;
    search.wanted = xcalloc(n + 1, sizeof(*search.wanted));
    search.found = xcalloc(n + 1, sizeof(*search.found));
    for (size_t i = 0; i < n; i++)
        search.wanted[i] = (struct wanted){ paths[i], i };
    if (n > 1)
        qsort(search.wanted, n, sizeof(*search.wanted), compare_wanted);
    rc = walk_back(&search, &from, max_walked, err);
    free(search.wanted);
    if (rc < 0)
        git_log_free(search.found, n);
    else
        *ret = search.found;
    return rc;
}
