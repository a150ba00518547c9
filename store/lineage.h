/* SPDX-License-Identifier: Apache-2.0
 * store/lineage.h
 * lineage: this feedback, this PR, this approval, this run, this release; in one query each.
 * Rows borrow their strings, alive until the callback returns. Callbacks return 0 to go on, a
 * negative error to stop with it. */
#ifndef STORE_LINEAGE_H
#define STORE_LINEAGE_H
#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

/* One sample and one run that saw it; what is not there is "" or 0. */
struct lineage_row {
    const char *sample; /* digest */
    const char *path;
    int64_t row;
    int64_t label;
    bool is_accepted;
    const char *reason; /* refused: why */
    int64_t number;     /* the PR */
    const char *commit_sha, *author, *licence;
    const char *approved_by, *approved_role;
    int64_t approved_at;
    const char *run_id, *candidate_sha256;
    const char *verdict; /* "accepted", "refused", "" when no run saw it */
    const char *release; /* the first version that carries it */
    int64_t released_at;
};
typedef int lineage_fn(void *ctx, const struct lineage_row *r, struct err *err);

enum lineage_by {
    LINEAGE_BY_SAMPLE,   /* a digest, or its first 8 digits or more */
    LINEAGE_BY_FEEDBACK, /* a feedback id: what its links lead to */
    LINEAGE_BY_PULL,     /* a PR's number */
    LINEAGE_BY_RELEASE   /* a version, with or without a leading v */
};
/* In order of number, commit, path, row, run. No row: -ERR_NOTFOUND. */
int lineage_each(struct db *db, int64_t repo_id, enum lineage_by by, const char *key,
                 lineage_fn *fn, void *ctx, struct err *err);

/* What a word on the command line names: a release, a feedback, a PR or a sample, if it is in
 * the database. -ERR_NOTFOUND says what was looked for. */
int lineage_guess(struct db *db, int64_t repo_id, const char *word, enum lineage_by *ret,
                  struct err *err);

#endif
