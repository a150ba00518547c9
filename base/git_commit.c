/* SPDX-License-Identifier: Apache-2.0
 * Writing a commit from a list of files, with no index and no working folder. The same list,
 * parent, author, time and message give the same commit name. */
#include "base/git.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/git_impl.h"

static int check_path(const char *path, struct err *err)
{
    size_t depth = 1;

    if (strlen(path) > GIT_MAX_PATH)
        return err_set(err, ERR_LIMIT, "path '%.64s...': more than %d bytes", path,
                       GIT_MAX_PATH);
    for (const char *at = path;; depth++) {
        size_t len = strcspn(at, "/");
        int rc = git_check_name(at, len, path, err);

        if (rc < 0)
            return rc;
        if (at[len] == '\0')
            break;
        at += len + 1;
    }
    if (depth > GIT_MAX_DEPTH)
        return err_set(err, ERR_LIMIT, "path '%s': more than %d folders deep", path,
                       GIT_MAX_DEPTH);
    return 0;
}

static int compare_to_entry(const void *key, const void *entry)
{
    return strcmp(key, ((const struct git_entry *)entry)->path);
}

/* A name cannot be a file and a folder. */
static int check_folders(const struct git_new_tree *c, const char *path, struct err *err)
{
    char *folder = xstrdup(path);
    int rc = 0;

    for (char *slash = strchr(folder, '/'); rc == 0 && slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (bsearch(folder, c->entries, c->n_entries, sizeof(*c->entries), compare_to_entry))
            rc = err_set(err, ERR_RANGE, "'%s' is a file and a folder", folder);
        *slash = '/';
    }
    free(folder);
    return rc;
}

static int check_entries(const struct git_new_tree *c, struct err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < c->n_entries; i++) {
        rc = check_path(c->entries[i].path, err);
        if (rc == 0 && i > 0 && strcmp(c->entries[i - 1].path, c->entries[i].path) >= 0)
            rc = err_set(err, ERR_RANGE, "path '%s' is out of order", c->entries[i].path);
        if (rc == 0)
            rc = check_folders(c, c->entries[i].path, err);
    }
    return rc;
}

static int write_tree(git_oid *ret, struct git_repo *repo, const struct git_entry *entries,
                      size_t n, size_t skip, struct err *err);

/* Adds the first file, or the folder that it is in, whose name starts at skip. */
static int add_entry(size_t *ret_used, git_treebuilder *builder, struct git_repo *repo,
                     const struct git_entry *entries, size_t n, size_t skip, struct err *err)
{
    const char *name = entries[0].path + skip;
    size_t len = strcspn(name, "/");
    bool is_file = name[len] == '\0';
    size_t used = 1;
    git_oid id;

    while (!is_file && used < n && strncmp(entries[used].path + skip, name, len + 1) == 0)
        used++;
    int rc = is_file ? git_parse_id(&id, entries[0].blob, err)
                     : write_tree(&id, repo, entries, used, skip + len + 1, err);
    if (rc < 0)
        return rc;

    char *segment = xstrndup(name, len);
    rc = git_treebuilder_insert(NULL, builder, segment, &id,
                                is_file ? (git_filemode_t)entries[0].mode : GIT_FILEMODE_TREE);
    if (rc < 0)
        rc = git_fail(err, rc, "cannot write '%s'", entries[0].path);
    free(segment);
    *ret_used = used;
    return rc;
}

static int write_tree(git_oid *ret, struct git_repo *repo, const struct git_entry *entries,
                      size_t n, size_t skip, struct err *err)
{
    git_treebuilder *builder = NULL;

    int rc = git_treebuilder_new(&builder, repo->git, NULL);
    if (rc < 0)
        return git_fail(err, rc, "cannot write a tree");
    for (size_t at = 0, used = 0; rc == 0 && at < n; at += used)
        rc = add_entry(&used, builder, repo, entries + at, n - at, skip, err);
    if (rc == 0) {
        rc = git_treebuilder_write(ret, builder);
        if (rc < 0)
            rc = git_fail(err, rc, "cannot write a tree");
    }
    git_treebuilder_free(builder);
    return rc;
}

static int write_commit(git_oid *ret, struct git_repo *repo, const struct git_new_tree *c,
                        const git_oid *tree_id, struct err *err)
{
    git_signature *author = NULL;
    git_commit *parent = NULL;
    git_tree *tree = NULL;
    git_oid parent_id;
    int rc = 0;

    if (c->parent) {
        rc = git_parse_id(&parent_id, c->parent, err);
        if (rc < 0)
            return rc;
        rc = git_commit_lookup(&parent, repo->git, &parent_id);
    }
    if (rc == 0)
        rc = git_signature_new(&author, c->author_name, c->author_email, c->at, 0);
    if (rc == 0)
        rc = git_tree_lookup(&tree, repo->git, tree_id);
    if (rc == 0) {
        const git_commit *parents[] = { parent };
        rc = git_commit_create(ret, repo->git, NULL, author, author, NULL, c->message, tree,
                               parent ? 1 : 0, parents);
    }
    if (rc < 0)
        rc = git_fail(err, rc, "cannot write a commit");
    git_tree_free(tree);
    git_signature_free(author);
    git_commit_free(parent);
    return rc;
}

int git_commit_entries(char ret[GIT_HEX_SIZE], struct git_repo *repo,
                       const struct git_new_tree *c, struct err *err)
{
    git_oid tree, id;

    git_error_clear();
    int rc = check_entries(c, err);
    if (rc == 0)
        rc = write_tree(&tree, repo, c->entries, c->n_entries, 0, err);
    if (rc == 0)
        rc = write_commit(&id, repo, c, &tree, err);
    if (rc == 0)
        (void)git_oid_tostr(ret, GIT_HEX_SIZE, &id);
    return rc;
}

int git_write_blob(char ret[GIT_HEX_SIZE], struct git_repo *repo, const void *data, size_t len,
                   struct err *err)
{
    git_oid id;

    git_error_clear();
    int rc = git_blob_create_from_buffer(&id, repo->git, data, len);
    if (rc < 0)
        return git_fail(err, rc, "cannot write a file of %zu bytes", len);
    (void)git_oid_tostr(ret, GIT_HEX_SIZE, &id);
    return 0;
}

int git_commit_files(char ret[GIT_HEX_SIZE], struct git_repo *repo,
                     const struct git_new_commit *commit, struct err *err)
{
    struct git_entry *entries = xcalloc(commit->n_files + 1, sizeof(*entries));
    const struct git_new_tree tree = {
        .entries = entries,
        .n_entries = commit->n_files,
        .parent = commit->parent,
        .author_name = commit->author_name,
        .author_email = commit->author_email,
        .at = commit->at,
        .message = commit->message,
    };

    for (size_t i = 0; i < commit->n_files; i++)
        entries[i] = (struct git_entry){ .path = commit->files[i].path, .mode = GIT_PLAIN };
    int rc = check_entries(&tree, err);
    for (size_t i = 0; rc == 0 && i < commit->n_files; i++)
        rc = git_write_blob(entries[i].blob, repo, commit->files[i].data, commit->files[i].len,
                            err);
    if (rc == 0)
        rc = git_commit_entries(ret, repo, &tree, err);
    free(entries);
    return rc;
}
