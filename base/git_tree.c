/* SPDX-License-Identifier: Apache-2.0
 * Reading trees and blobs that strangers made. An object is looked at by header before it is
 * loaded; names are checked (git_name.c) before they are joined; the number of folders is
 * bounded like that of files, since a tree may name the same folder many times over. */
#include "base/git.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/git_impl.h"

enum { MAX_TREE_BYTES = 16 << 20 };

struct walk {
    struct git_repo *repo;
    const struct git_tree_limits *limits;
    struct buf path; /* of the folder we are in, ending with a slash unless empty */
    struct git_file *files;
    size_t n_files, cap;
    size_t n_folders;
};

int git_load_tree(git_tree **ret, struct git_repo *repo, const git_oid *id, const char *path,
                  struct err *err)
{
    git_object_t type;
    int64_t size;

    int rc = git_look_at(&type, &size, repo, id, err);
    if (rc < 0)
        return err_wrap(err, rc, "folder '%s'", path);
    if (type != GIT_OBJECT_TREE)
        return err_set(err, ERR_GIT, "folder '%s' is not a tree", path);
    if (size > MAX_TREE_BYTES)
        return err_set(err, ERR_LIMIT, "folder '%s': a tree of %lld bytes, limit %d", path,
                       (long long)size, MAX_TREE_BYTES);
    rc = git_tree_lookup(ret, repo->git, id);
    return rc < 0 ? git_fail(err, rc, "folder '%s'", path) : 0;
}

static int add_file(struct walk *w, const git_tree_entry *entry, struct err *err)
{
    git_filemode_t mode = git_tree_entry_filemode(entry);
    const git_oid *id = git_tree_entry_id(entry);
    git_object_t type;
    int64_t size = 0;

    if (w->n_files == w->limits->max_files)
        return err_set(err, ERR_LIMIT, "more than %zu files", w->limits->max_files);
    if (mode != GIT_FILEMODE_COMMIT) {
        int rc = git_look_at(&type, &size, w->repo, id, err);
        if (rc < 0)
            return err_wrap(err, rc, "file '%s'", w->path.data);
        if (type != GIT_OBJECT_BLOB)
            return err_set(err, ERR_GIT, "file '%s' is not a blob", w->path.data);
    }
    if (w->n_files == w->cap) {
        w->cap = w->cap * 2 + 64;
        w->files = xrealloc_array(w->files, w->cap, sizeof(*w->files));
    }
    struct git_file *file = &w->files[w->n_files++];
    file->path = xstrndup(w->path.data, w->path.len);
    file->size = size;
    file->is_plain = mode == GIT_FILEMODE_BLOB;
    file->mode = mode;
    (void)git_oid_tostr(file->blob, sizeof(file->blob), id);
    return 0;
}

static int walk_tree(struct walk *w, const git_oid *id, size_t depth, struct err *err);

static int walk_entry(struct walk *w, const git_tree_entry *entry, size_t depth,
                      struct err *err)
{
    const char *name = git_tree_entry_name(entry);
    size_t mark = w->path.len;

    int rc = git_check_name(name, strlen(name), w->path.data, err);
    if (rc < 0)
        return rc;
    buf_add_str(&w->path, name);
    if (buf_check(&w->path, w->path.data, NULL) < 0)
        return err_set(err, ERR_LIMIT, "a path under '%s' has more than %zu bytes",
                       w->path.data, w->path.max);
    if (git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE)
        rc = walk_tree(w, git_tree_entry_id(entry), depth + 1, err);
    else
        rc = add_file(w, entry, err);
    buf_truncate(&w->path, mark);
    return rc;
}

/* Lists the folder that w->path names (without its last slash). */
static int walk_tree(struct walk *w, const git_oid *id, size_t depth, struct err *err)
{
    git_tree *tree = NULL;

    if (depth > w->limits->max_depth)
        return err_set(err, ERR_LIMIT, "'%s': more than %zu folders deep", w->path.data,
                       w->limits->max_depth);
    if (w->n_folders++ > w->limits->max_files)
        return err_set(err, ERR_LIMIT, "more than %zu folders", w->limits->max_files);
    int rc = git_load_tree(&tree, w->repo, id, w->path.data, err);
    if (rc < 0)
        return rc;
    if (w->path.len > 0)
        buf_add_char(&w->path, '/');
    size_t n = git_tree_entrycount(tree);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = walk_entry(w, git_tree_entry_byindex(tree, i), depth, err);
    git_tree_free(tree);
    return rc;
}

/* The tree of a folder named by segments; ret unset and 1 when there is no such folder. */
static int find_folder(git_oid *ret, struct git_repo *repo, const git_oid *root,
                       const char *prefix, struct err *err)
{
    git_oid at = *root;

    while (*prefix) {
        size_t len = strcspn(prefix, "/");
        char *name = xstrndup(prefix, len);
        git_tree *tree = NULL;
        bool is_found = false;

        int rc = git_load_tree(&tree, repo, &at, prefix, err);
        if (rc == 0) {
            const git_tree_entry *entry = git_tree_entry_byname(tree, name);
            is_found = entry && git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE;
            if (is_found)
                at = *git_tree_entry_id(entry);
        }
        git_tree_free(tree);
        free(name);
        if (rc < 0 || !is_found)
            return rc < 0 ? rc : 1;
        prefix += len;
        prefix += strspn(prefix, "/");
    }
    *ret = at;
    return 0;
}

/* *ret, the caller's: the commit, or the one that a tag of that name points to. */
static int load_commit(git_commit **ret, struct git_repo *repo, const char *commit,
                       struct err *err)
{
    git_oid id;

    int rc = git_parse_id(&id, commit, err);
    if (rc == 0)
        rc = git_peel_to_commit(&id, repo, &id, err);
    if (rc < 0)
        return rc;
    rc = git_commit_lookup(ret, repo->git, &id);
    return rc < 0 ? git_fail(err, rc, "commit %s", commit) : 0;
}

int git_root_tree(git_oid *ret, struct git_repo *repo, const char *commit, struct err *err)
{
    git_commit *object = NULL;
    int rc = load_commit(&object, repo, commit, err);

    if (rc < 0)
        return rc;
    *ret = *git_commit_tree_id(object);
    git_commit_free(object);
    return 0;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct git_file *)a)->path, ((const struct git_file *)b)->path);
}

static int sort_and_check(struct walk *w, struct err *err)
{
    if (w->n_files > 1)
        qsort(w->files, w->n_files, sizeof(*w->files), by_path);
    for (size_t i = 1; i < w->n_files; i++) {
        if (strcmp(w->files[i - 1].path, w->files[i].path) == 0)
            return err_set(err, ERR_REFUSED, "path '%s' is in the tree twice",
                           w->files[i].path);
    }
    return 0;
}

int git_list_files(struct git_file **ret, size_t *ret_n, struct git_repo *repo,
                   const char *commit, const char *prefix, const struct git_tree_limits *limits,
                   struct err *err)
{
    struct walk w = { .repo = repo, .limits = limits };
    size_t prefix_len = strlen(prefix);
    git_oid root, folder;

    while (prefix_len > 0 && prefix[prefix_len - 1] == '/')
        prefix_len--;
    buf_init(&w.path, limits->max_path);
    buf_add(&w.path, prefix, prefix_len);

    int rc = buf_check(&w.path, "folder", err);
    if (rc == 0)
        rc = git_root_tree(&root, repo, commit, err);
    if (rc == 0)
        rc = find_folder(&folder, repo, &root, prefix, err);
    if (rc == 0)
        rc = walk_tree(&w, &folder, 1, err);
    if (rc == 0)
        rc = sort_and_check(&w, err);
    buf_finish(&w.path);
    if (rc < 0) {
        git_files_free(w.files, w.n_files);
        return err_wrap(err, rc, "commit %.12s", commit);
    }
    *ret = w.files;
    *ret_n = w.n_files;
    return 0;
}

void git_files_free(struct git_file *files, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(files[i].path);
    free(files);
}

int git_read_blob(struct buf *out, struct git_repo *repo, const char *blob, struct err *err)
{
    git_odb_object *object = NULL;
    git_object_t type;
    int64_t size;
    git_oid id;

    int rc = git_parse_id(&id, blob, err);
    if (rc == 0)
        rc = git_look_at(&type, &size, repo, &id, err);
    if (rc < 0)
        return rc;
    if (type != GIT_OBJECT_BLOB)
        return err_set(err, ERR_GIT, "object %s is not a blob", blob);
    if ((uint64_t)size > out->max - out->len)
        return err_set(err, ERR_LIMIT, "blob %.12s: %lld bytes, limit %zu", blob,
                       (long long)size, out->max - out->len);
    rc = git_odb_read(&object, repo->odb, &id);
    if (rc < 0)
        return git_fail(err, rc, "blob %s", blob);
    buf_add(out, git_odb_object_data(object), git_odb_object_size(object));
    git_odb_object_free(object);
    return 0;
}

int git_find_tree(char ret[GIT_HEX_SIZE], struct git_repo *repo, const char *commit,
                  const char *path, struct err *err)
{
    git_oid root, folder;

    int rc = git_root_tree(&root, repo, commit, err);
    if (rc == 0)
        rc = find_folder(&folder, repo, &root, path, err);
    if (rc > 0)
        return err_set(err, ERR_NOTFOUND, "no folder '%.200s' at %.12s", path, commit);
    if (rc == 0)
        (void)git_oid_tostr(ret, GIT_HEX_SIZE, &folder);
    return rc;
}

int git_read_date(int64_t *ret_at, struct git_repo *repo, const char *commit, struct err *err)
{
    git_commit *object = NULL;
    int rc = load_commit(&object, repo, commit, err);

    if (rc < 0)
        return rc;
    *ret_at = git_commit_time(object);
    git_commit_free(object);
    return 0;
}
