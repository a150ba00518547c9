/* SPDX-License-Identifier: Apache-2.0
 * store/contribution.h
 * contribution: the labelled samples in one PR at one commit, and each sample's fate.
 * Immutable once put: a commit always holds the same samples. Structs borrow their strings and
 * pixels: for puts from the caller, for gets from the row, alive until the callback returns. */
#ifndef STORE_CONTRIBUTION_H
#define STORE_CONTRIBUTION_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

struct sample {
    int64_t repo_id, number;
    const char *commit_sha;
    const char *path;   /* file in the PR */
    int64_t row;        /* 1-based line of a CSV, 0 for a picture */
    const char *digest; /* sha256 of the pixels, "" when unreadable */
    int64_t label;      /* 0..9, -1 when unreadable */
    bool is_accepted;
    const char *reason; /* refused: why; else "" */
    const void *pixels; /* n_pixels bytes; none when refused */
    size_t n_pixels;    /* 64 or 784, 0 when refused */
};

struct contribution {
    int64_t repo_id, number;
    const char *commit_sha;
    const char *author;  /* login of the PR's author */
    const char *licence; /* SPDX id that it states, "" when none */
    const char *digest;  /* sha256 over the accepted samples in order */
    int64_t n_accepted, n_refused;
    const char *fault; /* why all of it is refused, "" when it is not */
};

/* Both in the caller's transaction. The samples' repo_id, number and commit_sha are taken from
 * the contribution. A screening that came out differently replaces the former one. */
int contribution_put(struct db *db, const struct contribution *c, const struct sample *samples,
                     size_t n, enum put_result *ret, struct err *err);

typedef int contribution_fn(void *ctx, const struct contribution *c, struct err *err);
int contribution_get(struct db *db, int64_t repo_id, int64_t number, const char *commit_sha,
                     contribution_fn *fn, void *ctx, struct err *err); /* -ERR_NOTFOUND */
/* Those whose PR is merged at this very commit and whose run was accepted: what every later
 * training starts from. In order of merged_at, number. */
int contribution_each_merged(struct db *db, int64_t repo_id, contribution_fn *fn, void *ctx,
                             struct err *err);
/* Of these, those that no release carries yet, planned or published. */
int contribution_each_unreleased(struct db *db, int64_t repo_id, contribution_fn *fn, void *ctx,
                                 struct err *err);
/* What a run trained on, in its order: merged_at (unmerged last), number. */
int contribution_each_of_run(struct db *db, int64_t repo_id, const char *run_id,
                             contribution_fn *fn, void *ctx, struct err *err);

typedef int sample_fn(void *ctx, const struct sample *s, struct err *err);
/* Accepted and refused, by path and row. */
int sample_each(struct db *db, int64_t repo_id, int64_t number, const char *commit_sha,
                sample_fn *fn, void *ctx, struct err *err);

#endif
