/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/upkeep_walk.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "hub/repo/repo.h"

enum { MAX_REPOS = 1000000 };

static int visit(const char *root, const char *kind, const char *id, upkeep_repo_fn *fn,
                 void *ctx, struct err *err)
{
    char *what = xasprintf("%s %s", kind, id);
    struct hub_repo *repo = NULL;
    int rc = hub_repo_open(&repo, root, id, err);

    if (rc == 0)
        rc = fn(ctx, repo, what, err);
    else if (rc == -ERR_NOTFOUND)
        rc = 0;
    hub_repo_close(repo);
    free(what);
    return rc;
}

int upkeep_each_repo(const char *root, const char *kind, upkeep_repo_fn *fn, void *ctx,
                     struct err *err)
{
    char **ids = NULL;
    size_t n = 0;

    int rc = hub_repo_list(&ids, &n, root, MAX_REPOS, err);
    for (size_t i = 0; rc >= 0 && i < n; i++)
        rc = visit(root, kind, ids[i], fn, ctx, err);
    hub_repo_list_free(ids, n);
    return rc;
}
