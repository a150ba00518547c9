/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/edit.h
 * hub_edit: changes to a branch, gathered file by file and committed as one.
 * Nothing is visible before hub_edit_commit() moves the branch, in one step, from the commit
 * that was built upon. Owns what it was told; the repository stays the caller's. */
#ifndef HUB_REPO_EDIT_H
#define HUB_REPO_EDIT_H
#include <stddef.h>
#include <stdint.h>

#include "base/git.h"

struct err;
struct hub_edit;
struct hub_repo;

/* A file of at least so many bytes stands in git as a pointer. */
enum { HUB_LFS_BYTES = 5 << 20, HUB_MAX_CHANGES = 20000 };

struct hub_edit *hub_edit_new(struct hub_repo *repo);
void hub_edit_free(struct hub_edit *edit); /* NULL is fine */

/* Later changes of a path win. Paths are checked at the commit. */
int hub_edit_put(struct hub_edit *edit, const char *path, const void *data, size_t len,
                 struct err *err);
/* -ERR_NOTFOUND when the repository has no such blob (hub_repo_add_blob). */
int hub_edit_put_blob(struct hub_edit *edit, const char *path, const char *oid,
                      struct err *err);
/* The commit fails with -ERR_NOTFOUND when there is no such file or folder. */
enum hub_removal { HUB_REMOVE_FILE, HUB_REMOVE_FOLDER };
int hub_edit_remove(struct hub_edit *edit, const char *path, enum hub_removal what,
                    struct err *err);
size_t hub_edit_count(const struct hub_edit *edit); /* changes so far */

struct hub_commit {
    const char *branch; /* "main" */
    const char *parent; /* 7..40 hex digits that the branch must stand at; NULL: anywhere */
    const char *author_name, *author_email;
    int64_t at; /* unix seconds */
    const char *message;
};

/* -ERR_CONFLICT: the branch stands elsewhere than at parent, or moved too often meanwhile.
 * -ERR_NOTFOUND: no such branch (main is made), or nothing to remove. -ERR_RANGE, -ERR_REFUSED:
 * a path that cannot be. Changes that change nothing give the commit that is there. Large files
 * that .gitattributes does not hand to LFS get their line in it. */
int hub_edit_commit(char ret_commit[GIT_HEX_SIZE], struct hub_edit *edit,
                    const struct hub_commit *commit, struct err *err);

/* A commit without files and without a parent, for a branch that is to start empty. */
int hub_commit_nothing(char ret_commit[GIT_HEX_SIZE], struct hub_repo *repo,
                       const struct hub_commit *commit, struct err *err);

/* Replaces a branch's history by one commit of its present files. */
int hub_squash(char ret_commit[GIT_HEX_SIZE], struct hub_repo *repo,
               const struct hub_commit *commit, struct err *err);

#endif
