/* SPDX-License-Identifier: Apache-2.0
 * store/run.h
 * run: one training of one candidate, and the gate's answer. Never changed once put.
 * Structs borrow their strings: for puts from the caller, for gets from the row, alive until
 * the callback returns. Callbacks return 0 to go on, a negative error to stop with it. */
#ifndef STORE_RUN_H
#define STORE_RUN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

enum run_cause { RUN_LABEL, RUN_COMMAND, RUN_RELEASE };
const char *run_cause_name(enum run_cause cause);

struct run {
    int64_t repo_id;
    const char *id; /* 16 hex digits of the sha256 of all that went in */
    int64_t number; /* the PR that asked */
    const char *commit_sha;
    enum run_cause cause;
    const char *arch;
    int64_t seed;
    const char *data_digest; /* sha256 of the training set, in order */
    int64_t n_train;
    const char *champion_sha256;
    const char *candidate_sha256; /* "" when no candidate was trained */
    bool is_accepted;
    const char *reasons; /* JSON: the gate's rows */
    const char *metrics; /* JSON: champion and candidate on the hold-out */
    int64_t ended_at;
};

/* Whose data a run trained on; the contribution is there already. */
struct run_contribution {
    int64_t number;
    const char *commit_sha;
};

/* One that is there already is the same run: PUT_SAME, nothing is written. */
int run_put(struct db *db, const struct run *r, const struct run_contribution *from, size_t n,
            enum put_result *ret, struct err *err);

typedef int run_fn(void *ctx, const struct run *r, struct err *err);
int run_get(struct db *db, int64_t repo_id, const char *id, run_fn *fn, void *ctx,
            struct err *err); /* -ERR_NOTFOUND */
int run_each(struct db *db, int64_t repo_id, run_fn *fn, void *ctx,
             struct err *err); /* oldest first */

typedef int run_contribution_fn(void *ctx, const struct run_contribution *c, struct err *err);
int run_each_contribution(struct db *db, int64_t repo_id, const char *run_id,
                          run_contribution_fn *fn, void *ctx, struct err *err);

#endif
