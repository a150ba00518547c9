/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/edit_impl.h
 * edit_impl: what the files behind hub/repo/edit.h share. */
#ifndef HUB_REPO_EDIT_IMPL_H
#define HUB_REPO_EDIT_IMPL_H
#include <stdbool.h>

#include "base/git.h"

enum change_kind { CHANGE_PUT, CHANGE_PUT_BLOB, CHANGE_REMOVE, CHANGE_REMOVE_FOLDER };

struct change {
    enum change_kind kind;
    char *path;
    char blob[GIT_HEX_SIZE]; /* in git: the content, or the pointer */
    size_t order;            /* later ones win */
};

struct hub_edit {
    struct hub_repo *repo;
    struct change *changes;
    size_t n, cap;
};

/* A tree in the making; its paths are borrowed from the tree it came from and the changes. */
struct merge {
    struct git_entry *entries; /* sorted */
    size_t n;
    struct git_file *base; /* the files of the commit that was built upon, sorted */
    size_t n_base;
    struct change **folders; /* that are removed, sorted; borrowed */
    size_t n_folders;
    bool is_same; /* nothing differs from base */
};

/* base is taken. Finish it in every case. -ERR_NOTFOUND for a removal of nothing. */
int merge_init(struct merge *merge, const struct hub_edit *edit, struct git_file *base,
               size_t n_base, struct err *err);
void merge_finish(struct merge *merge);

/* Gives every file that was put as a blob its line in .gitattributes. */
int merge_attributes(struct merge *merge, const struct hub_edit *edit, struct err *err);

#endif
