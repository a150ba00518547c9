/* SPDX-License-Identifier: Apache-2.0
 * Whether the trees of many commits could be listed, without listing each. A folder that was
 * looked at is not looked at again at the same depth and length of path: what it holds fits
 * there, too. So the work is that of what changed from commit to commit. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/git.h"
#include "base/git_impl.h"

/* A folder at a place, and what is below it. */
struct seen {
    git_oid tree;
    unsigned depth, path_len;
    size_t n_files, n_folders;
    bool is_used;
};

struct git_tree_check {
    struct git_repo *repo;
    const struct git_tree_limits *limits;
    struct seen *table; /* probed in order; at most half of it is used */
    size_t n, cap;
};

struct git_tree_check *git_tree_check_new(struct git_repo *repo,
                                          const struct git_tree_limits *limits)
{
    struct git_tree_check *check = xcalloc(1, sizeof(*check));

    *check = (struct git_tree_check){ .repo = repo, .limits = limits, .cap = 1024 };
    check->table = xcalloc(check->cap, sizeof(*check->table));
    return check;
}

void git_tree_check_free(struct git_tree_check *check)
{
    if (!check)
        return;
    free(check->table);
    free(check);
}

/* Where it stands, or would. */
static struct seen *find(const struct git_tree_check *check, const struct seen *wanted)
{
    size_t at;

    memcpy(&at, wanted->tree.id, sizeof(at)); /* a hash already */
    at = (at + wanted->depth * 31U + wanted->path_len) & (check->cap - 1);
    for (;; at = (at + 1) & (check->cap - 1)) {
        struct seen *seen = &check->table[at];

        if (!seen->is_used ||
            (seen->depth == wanted->depth && seen->path_len == wanted->path_len &&
             git_oid_equal(&seen->tree, &wanted->tree)))
            return seen;
    }
}

static void remember(struct git_tree_check *check, const struct seen *seen)
{
    if (2 * (check->n + 1) > check->cap) {
        struct seen *old = check->table;
        size_t n = check->cap;

        check->cap *= 2;
        check->table = xcalloc(check->cap, sizeof(*check->table));
        for (size_t i = 0; i < n; i++)
            if (old[i].is_used)
                *find(check, &old[i]) = old[i];
        free(old);
    }
    struct seen *place = find(check, seen);
    *place = *seen;
    place->is_used = true;
    check->n++;
}

static int look_at_folder(struct git_tree_check *check, struct seen *folder, struct err *err);

static int look_at_entry(struct git_tree_check *check, struct seen *folder,
                         const git_tree_entry *entry, struct err *err)
{
    const char *name = git_tree_entry_name(entry);
    size_t len = strlen(name), max = check->limits->max_files;
    int rc = git_check_name(name, len, "", err);

    if (rc < 0)
        return rc;
    if (folder->path_len + len > check->limits->max_path)
        return err_set(err, ERR_LIMIT, "a path has more than %zu bytes",
                       check->limits->max_path);
    if (git_tree_entry_filemode(entry) != GIT_FILEMODE_TREE) {
        folder->n_files++;
    } else {
        struct seen below = { .tree = *git_tree_entry_id(entry),
                              .depth = folder->depth + 1,
                              .path_len = folder->path_len + (unsigned)len + 1 };

        rc = look_at_folder(check, &below, err);
        folder->n_files += below.n_files;
        folder->n_folders += below.n_folders;
    }
    if (rc == 0 && (folder->n_files > max || folder->n_folders > max + 1))
        rc = err_set(err, ERR_LIMIT, "more than %zu files", max);
    return rc;
}

/* Completes folder with what is below it. */
static int look_at_folder(struct git_tree_check *check, struct seen *folder, struct err *err)
{
    const struct seen *known = find(check, folder);
    const char *previous = "";
    git_tree *tree = NULL;

    if (known->is_used) {
        *folder = *known;
        return 0;
    }
    if (folder->depth > check->limits->max_depth)
        return err_set(err, ERR_LIMIT, "more than %zu folders deep", check->limits->max_depth);
    int rc = git_load_tree(&tree, check->repo, &folder->tree, "", err);
    folder->n_folders = 1;
    for (size_t i = 0; rc == 0 && i < git_tree_entrycount(tree); i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);

        rc = look_at_entry(check, folder, entry, err);
        if (rc == 0 && i > 0 && strcmp(git_tree_entry_name(entry), previous) == 0)
            rc = err_set(err, ERR_REFUSED, "path '%s' is in a folder twice", previous);
        previous = git_tree_entry_name(entry);
    }
    git_tree_free(tree);
    if (rc == 0)
        remember(check, folder);
    return rc;
}

int git_tree_check_commit(struct git_tree_check *check, const char *commit, struct err *err)
{
    struct seen root = { 0 };

    int rc = git_root_tree(&root.tree, check->repo, commit, err);
    if (rc == 0)
        rc = look_at_folder(check, &root, err);
    return rc < 0 ? err_wrap(err, rc, "commit %.12s", commit) : 0;
}
