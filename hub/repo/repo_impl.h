/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/repo_impl.h
 * repo_impl: the handle behind hub/repo/repo.h; private to hub/repo/. */
#ifndef HUB_REPO_REPO_IMPL_H
#define HUB_REPO_REPO_IMPL_H

struct git_repo;

struct hub_repo {
    struct git_repo *git;
    char *id; /* "namespace/name" */
};

#endif
