/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/blob_impl.h
 * blob_impl: what the files behind hub/repo/blob.h share.
 * ROOT/.lfs/objects/ab/cd/<oid> a blob; ROOT/.lfs/incoming/ what is being written;
 * ROOT/.lfs/lock shared by who touches, exclusive for who removes. */
#ifndef HUB_REPO_BLOB_IMPL_H
#define HUB_REPO_BLOB_IMPL_H

struct err;

struct blob_store {
    char *objects, *incoming, *lock;
};

/* "objects/ab/cd/<oid>"; oid has 64 digits. The caller frees. */
char *blob_file(const struct blob_store *store, const char *oid);

/* Syncs a complete file and gives it the name of its content. */
int blob_move_in(const struct blob_store *store, const char *path, int fd, const char *oid,
                 struct err *err);

/* Makes a folder that the group may write and nobody else may enter, if it is not there. */
int blob_make_folder(const char *path, struct err *err);

#endif
