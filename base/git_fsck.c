/* SPDX-License-Identifier: Apache-2.0
 * Reading every object of a repository, so that its name is checked against its content, and
 * following every ref. */
#include "base/git.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/git_impl.h"
#include "base/text.h"

enum { MAX_REF_DEPTH = 64, MAX_REFS = 1000000 };

struct check {
    struct git_repo *repo;
    const struct git_check *options;
    size_t n;
};

static int check_object(const git_oid *id, void *ctx)
{
    struct check *check = ctx;
    git_odb_object *object = NULL;
    char hex[GIT_HEX_SIZE];

    git_error_clear();
    check->n++;
    int rc = git_odb_read(&object, check->repo->odb, id); /* hashes it: git_setup() */
    if (rc < 0) {
        const git_error *last = git_error_last();

        (void)git_oid_tostr(hex, sizeof(hex), id);
        check->options->fault(check->options->ctx, hex,
                              last ? last->message : "it cannot be read");
    }
    git_odb_object_free(object);
    return 0;
}

int git_check_objects(size_t *ret_n, struct git_repo *repo, const struct git_check *options,
                      struct err *err)
{
    struct check check = { repo, options, 0 };

    git_error_clear();
    int rc = git_odb_foreach(repo->odb, check_object, &check);
    *ret_n = check.n;
    return rc < 0 ? git_fail(err, rc, "objects cannot be listed") : 0;
}

/* One that was removed while we looked is no fault. */
static int check_ref(struct git_repo *repo, const char *name, struct err *err)
{
    git_oid id;
    int rc = git_reference_name_to_id(&id, repo->git, name);

    if (rc == GIT_ENOTFOUND || (rc == 0 && git_odb_exists(repo->odb, &id)))
        return 0;
    return err_set(err, ERR_GIT, "ref '%.200s' leads to nothing", name);
}

/* libgit2 passes over files of refs that are cut off. name is below the repository. */
static int check_ref_files(struct git_repo *repo, const char *name, int depth, struct err *err)
{
    char *path = fs_path(git_repository_path(repo->git), name, NULL);
    int64_t bytes = fs_size(path);
    char **names = NULL;
    size_t n = 0;
    int rc = 0;

    if (bytes < 0 && fs_exists(path) && depth < MAX_REF_DEPTH)
        rc = fs_list(&names, &n, path, MAX_REFS, err);
    else if (bytes >= 0 && bytes < GIT_OID_HEXSZ && !text_has_suffix(name, ".lock"))
        rc = err_set(err, ERR_GIT, "ref '%.200s' leads to nothing", name);
    if (rc == -ERR_NOTFOUND) /* removed meanwhile, with its last ref */
        rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *below = fs_path(name, names[i], NULL);

        rc = check_ref_files(repo, below, depth + 1, err);
        free(below);
    }
    fs_list_free(names, n);
    free(path);
    return rc;
}

int git_check_refs(struct git_repo *repo, struct err *err)
{
    git_reference_iterator *iterator = NULL;
    const char *name = NULL;

    int rc = check_ref_files(repo, "refs", 0, err);
    if (rc < 0)
        return rc;
    rc = git_reference_iterator_new(&iterator, repo->git);
    if (rc < 0)
        return git_fail(err, rc, "cannot list refs");
    while (rc == 0 && git_reference_next_name(&name, iterator) == 0)
        rc = check_ref(repo, name, err);
    git_reference_iterator_free(iterator);
    return rc;
}
