/* SPDX-License-Identifier: Apache-2.0
 * base/git_impl.h
 * git_impl: what the files behind base/git.h share; private to base/git*.c. */
#ifndef BASE_GIT_IMPL_H
#define BASE_GIT_IMPL_H
#include <stddef.h>
#include <stdint.h>

#include <git2.h>

struct err;

struct git_repo {
    git_repository *git;
    git_odb *odb;
};

enum { GIT_MAX_PATH = 1024, GIT_MAX_DEPTH = 64 };

/* Turns libgit2's code and text into ours: "context: text". Returns a negative -ERR_X. */
int git_fail(struct err *err, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Header only: nothing is loaded. size may be NULL. -ERR_NOTFOUND when it is not there. */
int git_look_at(git_object_t *ret_type, int64_t *ret_size, struct git_repo *repo,
                const git_oid *id, struct err *err);

/* Follows tags, a few of them and none too large, to the commit. */
int git_peel_to_commit(git_oid *commit, struct git_repo *repo, const git_oid *id,
                       struct err *err);

/* Its size is bounded; path: the folder's, for the message. */
int git_load_tree(git_tree **ret, struct git_repo *repo, const git_oid *id, const char *path,
                  struct err *err);
int git_root_tree(git_oid *ret, struct git_repo *repo, const char *commit, struct err *err);

/* One segment of a path; what: the whole path, for the message. */
int git_check_name(const char *name, size_t len, const char *what, struct err *err);

/* -ERR_LIMIT when there are more refs in packed-refs than libgit2 should load. */
int git_check_packed_refs(struct git_repo *repo, struct err *err);

/* From the commits of the refs back; git_revwalk_free(). */
struct git_ref;
int git_walk_begin(git_revwalk **ret, struct git_repo *repo, const struct git_ref *refs,
                   size_t n, unsigned sorting, struct err *err);
/* 1, or 0 behind the last commit. */
int git_walk_next(git_oid *ret, git_revwalk *walker, struct err *err);

struct git_logged;
int git_take_commit(struct git_logged *ret, struct git_repo *repo, const git_oid *id,
                    struct err *err);

int git_parse_id(git_oid *ret, const char *hex, struct err *err);

#endif
