/* SPDX-License-Identifier: Apache-2.0
 * Refs are listed, within bounds. Three things about libgit2 shape this file:
 *
 * 1. It loads packed-refs whole when a ref is not in a file of its own, and the names of all
 *    such files before the first is told: so both are measured first.
 * 2. It looks for those files before it reads packed-refs, and for each once more afterwards.
 *    A ref that is packed in between is in neither: so those that had a file are asked for by
 *    name when they are not in the list.
 * 3. It never packs refs; git does (base/git_gc.c). */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/git.h"
#include "base/git_impl.h"
#include "base/text.h"

/* Both are more than a repository of ours comes to have. */
enum { MAX_PACKED_BYTES = 4 << 20, MAX_LOOSE = 20000 };

int git_check_packed_refs(struct git_repo *repo, struct err *err)
{
    char *path = fs_path(git_repository_path(repo->git), "packed-refs", NULL);
    int64_t bytes = fs_size(path);

    free(path);
    if (bytes <= MAX_PACKED_BYTES)
        return 0;
    return err_set(err, ERR_LIMIT, "too many refs: packed-refs has %lld bytes, limit %d",
                   (long long)bytes, MAX_PACKED_BYTES);
}

/* Names of the refs that have files, as they are found. */
struct names {
    char **at;
    size_t n, cap, max;
};

static int add_name(struct names *names, const char *name, struct err *err)
{
    if (text_has_suffix(name, ".lock"))
        return 0;
    if (names->n == names->max)
        return err_set(err, ERR_LIMIT, "more than %zu refs", names->max);
    if (names->n == names->cap) {
        names->cap = names->cap * 2 + 16;
        names->at = xrealloc_array(names->at, names->cap, sizeof(*names->at));
    }
    names->at[names->n++] = xstrdup(name);
    return 0;
}

static int find_below(struct names *names, const char *root, const char *folder, int depth,
                      struct err *err)
{
    char *path = fs_path(root, folder, NULL);
    char **found = NULL;
    size_t n = 0;

    int rc = fs_list(&found, &n, path, MAX_LOOSE, NULL);
    if (rc == -ERR_LIMIT || depth > GIT_MAX_DEPTH)
        rc = err_set(err, ERR_LIMIT, "more than %d refs in a folder, or %d folders in another",
                     MAX_LOOSE, GIT_MAX_DEPTH);
    else /* it may be removed meanwhile, with its last ref */
        rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *name = fs_path(folder, found[i], NULL), *at = fs_path(root, name, NULL);
        struct stat st;

        if (lstat(at, &st) == 0)
            rc = S_ISDIR(st.st_mode) ? find_below(names, root, name, depth + 1, err)
                                     : add_name(names, name, err);
        free(at);
        free(name);
    }
    fs_list_free(found, n);
    free(path);
    return rc;
}

/* fs_list_free() in any case. */
static int find_loose(struct names *names, const char *path, struct err *err)
{
    return find_below(names, path, "refs", 0, err);
}

int git_count_loose_refs(size_t *ret_n, const char *path, size_t max, struct err *err)
{
    struct names names = { .max = max };

    int rc = find_loose(&names, path, err);
    *ret_n = names.n;
    fs_list_free(names.at, names.n);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct git_ref *)a)->name, ((const struct git_ref *)b)->name);
}

struct refs {
    struct git_ref *at;
    size_t n, cap, max;
};

static int add_ref(struct refs *refs, struct git_repo *repo, const char *name, struct err *err)
{
    git_oid id, commit;

    if (refs->n == refs->max)
        return err_set(err, ERR_LIMIT, "more than %zu refs", refs->max);
    if (git_reference_name_to_id(&id, repo->git, name) != 0 ||
        git_peel_to_commit(&commit, repo, &id, NULL) != 0)
        return 0; /* dangling, or no commit: not of our kind */
    if (refs->n == refs->cap) {
        refs->cap = refs->cap * 2 + 16;
        refs->at = xrealloc_array(refs->at, refs->cap, sizeof(*refs->at));
    }
    refs->at[refs->n].name = xstrdup(name);
    (void)git_oid_tostr(refs->at[refs->n].commit, GIT_HEX_SIZE, &commit);
    refs->n++;
    return 0;
}

static int list_all(struct refs *refs, struct git_repo *repo, const char *prefix,
                    struct err *err)
{
    git_reference_iterator *iterator = NULL;
    const char *name = NULL;

    int rc = git_reference_iterator_new(&iterator, repo->git);
    if (rc < 0)
        return git_fail(err, rc, "cannot list refs");
    while (rc == 0 && git_reference_next_name(&name, iterator) == 0)
        if (text_has_prefix(name, prefix))
            rc = add_ref(refs, repo, name, err);
    git_reference_iterator_free(iterator);
    return rc;
}

static void sort(struct refs *refs)
{
    if (refs->n > 1)
        qsort(refs->at, refs->n, sizeof(*refs->at), by_name);
}

/* Those of names that the list should have and has not. */
static int add_missing(struct refs *refs, struct git_repo *repo, const char *prefix,
                       const struct names *names, struct err *err)
{
    const size_t n_listed = refs->n;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < names->n; i++) {
        const struct git_ref wanted = { .name = names->at[i] };

        if (text_has_prefix(wanted.name, prefix) &&
            (n_listed == 0 ||
             !bsearch(&wanted, refs->at, n_listed, sizeof(*refs->at), by_name)))
            rc = add_ref(refs, repo, wanted.name, err);
    }
    sort(refs);
    return rc;
}

int git_list_refs(struct git_ref **ret, size_t *ret_n, struct git_repo *repo,
                  const char *prefix, size_t max_refs, struct err *err)
{
    struct names names = { .max = MAX_LOOSE };
    struct refs refs = { .max = max_refs };

    int rc = git_check_packed_refs(repo, err);
    if (rc == 0)
        rc = find_loose(&names, git_repository_path(repo->git), err);
    if (rc == 0)
        rc = list_all(&refs, repo, prefix, err);
    sort(&refs);
    if (rc == 0)
        rc = add_missing(&refs, repo, prefix, &names, err);
    fs_list_free(names.at, names.n);
    if (rc < 0) {
        git_refs_free(refs.at, refs.n);
        return rc;
    }
    *ret = refs.at;
    *ret_n = refs.n;
    return 0;
}

void git_refs_free(struct git_ref *refs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(refs[i].name);
    free(refs);
}
