/* SPDX-License-Identifier: Apache-2.0
 * Reading every object of a repository, so that its name is checked against its content. */
#include "base/git.h"

#include "base/err.h"
#include "base/git_impl.h"

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
