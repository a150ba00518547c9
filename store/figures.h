/* SPDX-License-Identifier: Apache-2.0
 * store/figures.h
 * figures: rows that the report counts. Bots and our own account are left out everywhere,
 * conduct and deleted feedback too; what is computed from rows stands in report/metrics.
 * Rows borrow their strings, alive until the callback returns. */
#ifndef STORE_FIGURES_H
#define STORE_FIGURES_H
#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"
#include "store/feedback.h"
#include "store/thread.h"

struct figures_week {
    int64_t week_at; /* Monday 00:00 UTC */
    enum feedback_kind kind;
    int64_t n;
};
int figures_each_feedback_week(struct db *db, int64_t repo_id, int64_t since_at,
                               int (*fn)(void *ctx, const struct figures_week *w,
                                         struct err *err),
                               void *ctx, struct err *err); /* by week, kind */

/* One thread that a person opened since then, and how long it took. */
struct figures_thread {
    int64_t number;
    enum thread_kind kind;
    enum feedback_kind feedback; /* FEEDBACK_N_KINDS when it is none, or private */
    int64_t created_at;
    int64_t responded_at; /* first response by a person other than the author, 0: none */
    int64_t closed_at, merged_at;
    bool is_open;
};
int figures_each_thread(struct db *db, int64_t repo_id, int64_t since_at,
                        int (*fn)(void *ctx, const struct figures_thread *t, struct err *err),
                        void *ctx, struct err *err); /* by number */

struct figures_person {
    const char *login;
    int64_t first_at, last_at;                    /* of all their doings, whenever */
    int64_t n_threads, n_entries, n_pulls_merged; /* since then */
    int64_t n_samples;                            /* accepted, in merged PRs, since then */
    int64_t n_released;                           /* of these, in published releases */
};
int figures_each_person(struct db *db, int64_t repo_id, int64_t since_at,
                        int (*fn)(void *ctx, const struct figures_person *p, struct err *err),
                        void *ctx, struct err *err); /* by login */

#endif
