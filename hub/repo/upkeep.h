/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/upkeep.h
 * upkeep: what nobody refers to is removed, and what is there is checked, while others write.
 * Reads every repository under the roots; reports what it does and never guesses. */
#ifndef HUB_REPO_UPKEEP_H
#define HUB_REPO_UPKEEP_H
#include <stddef.h>
#include <stdint.h>

#include "hub/repo/xet_store.h"

struct err;

/* How far it is, for who waits. total 0: not known yet. */
typedef void upkeep_progress(void *ctx, int64_t done_bytes, int64_t total_bytes);

struct upkeep {
    const char *hub_dir;
    int64_t before_at;         /* gc: what was touched later stays, unix seconds */
    int64_t xorbs_before_at;   /* the same for what Xet clients may still refer to */
    upkeep_progress *progress; /* or NULL */
    /* A fault of fsck or a removal of gc, one line. */
    void (*tell)(void *ctx, const char *line);
    void *ctx;
};

struct gc_result {
    size_t n_blobs, n_leftovers; /* removed */
    int64_t bytes;               /* of the blobs */
    size_t n_objects;            /* of git, removed */
    int64_t object_bytes;        /* by which they take less, packing included */
    struct xet_swept xorbs;      /* removed, too */
};

/* Removes blobs that no repository may refer to, git objects that no ref leads to, xorbs that
 * no client may refer to any more, and what broken uploads and pushes left. What is touched
 * meanwhile stays: an upload and the commit behind it are safe beside it. */
int hub_gc(struct gc_result *ret, const struct upkeep *upkeep, struct err *err);

struct fsck_result {
    size_t n_repos, n_commits, n_blobs, n_faults;
    int64_t bytes; /* hashed */
};

/* Hashes every blob, reads every object that a ref leads to, and looks for every blob that a
 * pointer names. Faults are told and counted; -ERR_X only when it could not look. */
int hub_fsck(struct fsck_result *ret, const struct upkeep *upkeep, struct err *err);

#endif
