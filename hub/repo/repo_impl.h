/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/repo_impl.h
 * repo_impl: the handle behind hub/repo/repo.h; private to hub/repo/.
 * ROOT/<ns>/<name>.git       the repository
 * .../lfs/<oid>              empty: this repository may refer to that blob
 * ROOT/.locks/<ns>+<name>    shared by who writes, exclusive by who breaks locks or removes
 * ROOT/.locks/<ns>+<name>+   held by the one that builds a commit upon the tip
 * ROOT/.locks/<ns>+<name>=   held by the one that makes, moves or removes it
 * ROOT/.trash/               what is being removed */
#ifndef HUB_REPO_REPO_IMPL_H
#define HUB_REPO_REPO_IMPL_H
#include "base/git.h"

struct blob_store;
struct git_repo;

struct hub_repo {
    struct git_repo *git;
    struct blob_store *blobs;
    char *id; /* "namespace/name" */
    char *root, *path;
};

/* Where it lies, or would. The caller frees. */
char *hub_repo_path(const char *root, const char *id);

/* What each commit keeps within, wherever it comes from. */
extern const struct git_tree_limits hub_tree_limits;

/* Every file at a commit, the odd ones too; as hub_repo_list_files(). */
int hub_repo_list_all(struct git_file **ret, size_t *ret_n, struct hub_repo *repo,
                      const char *commit, const char *prefix, struct err *err);

/* The lock of an id; the caller closes *ret_fd. */
enum hub_hold { HUB_HOLD_SHARED, HUB_HOLD_ALONE, HUB_HOLD_IF_ALONE /* -ERR_LOCKED */ };
int hub_lock(int *ret_fd, const char *root, const char *id, enum hub_hold kind,
             struct err *err);

/* The place at the head of a repository's queue of writers; the caller closes *ret_fd. Git's
 * own locks do not wait, so writers that meet there would fail. */
int hub_repo_queue(int *ret_fd, const struct hub_repo *repo, struct err *err);

#endif
