/* SPDX-License-Identifier: Apache-2.0
 * store/thread.h
 * thread: issues and pull requests, with their labels, and details of PRs that a rule names.
 * Structs borrow their strings: for puts from the caller, for gets from the row, alive until
 * the callback returns. Callbacks return 0 to go on, a negative error to stop with it. */
#ifndef STORE_THREAD_H
#define STORE_THREAD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

enum thread_kind { THREAD_ISSUE, THREAD_PULL };

struct thread {
    int64_t repo_id, number;
    enum thread_kind kind;
    const char *title, *body;
    int64_t author_id; /* 0: the account is gone */
    bool is_open, is_locked, is_draft, is_gone;
    const char *state_reason;
    int64_t created_at, updated_at, closed_at, merged_at;
    int64_t n_comments;
    const char *const *labels; /* put: the whole set; get: NULL, see thread_each_label */
    size_t n_labels;
};

/* Inserts or updates thread and label set. *ret (may be NULL) tells what changed. */
int thread_put(struct db *db, const struct thread *t, enum put_result *ret, struct err *err);
typedef int thread_fn(void *ctx, const struct thread *t, struct err *err);
int thread_get(struct db *db, int64_t repo_id, int64_t number, thread_fn *fn, void *ctx,
               struct err *err); /* -ERR_NOTFOUND */
int thread_each(struct db *db, int64_t repo_id, thread_fn *fn, void *ctx, struct err *err);
int thread_each_labelled(struct db *db, int64_t repo_id, const char *label, thread_fn *fn,
                         void *ctx, struct err *err); /* in order of number */
int thread_each_label(struct db *db, int64_t repo_id, int64_t number,
                      int (*fn)(void *ctx, const char *label, struct err *err), void *ctx,
                      struct err *err);
/* Follows our own label writes, so that the database is right before the next sync. */
int thread_label_add(struct db *db, int64_t repo_id, int64_t number, const char *label,
                     struct err *err);
int thread_label_remove(struct db *db, int64_t repo_id, int64_t number, const char *label,
                        struct err *err);
int thread_has_label(struct db *db, int64_t repo_id, int64_t number, const char *label,
                     bool *ret, struct err *err);
int thread_count_open(struct db *db, int64_t repo_id, int64_t *ret,
                      struct err *err); /* without those that are gone */
/* Where a reading of what changed stands: threads come in order of (updated_at, number). */
struct thread_change {
    int64_t updated_at, number;
    enum thread_kind kind;
};
/* At most `most` threads past `after` to which anything happened since they were opened. */
int thread_each_change(struct db *db, int64_t repo_id, const struct thread_change *after,
                       int64_t most,
                       int (*fn)(void *ctx, const struct thread_change *t, struct err *err),
                       void *ctx, struct err *err);
/* Erases title and text, keeps the row. */
int thread_set_gone(struct db *db, int64_t repo_id, int64_t number, struct err *err);

struct pull {
    int64_t repo_id, number;
    const char *head_sha, *base_ref, *merge_sha;
    int64_t head_seen_at;
};
int pull_put(struct db *db, const struct pull *p, struct err *err); /* keeps head_seen_at of an
                                                                       unchanged head */
int pull_get(struct db *db, int64_t repo_id, int64_t number,
             int (*fn)(void *ctx, const struct pull *p, struct err *err), void *ctx,
             struct err *err); /* -ERR_NOTFOUND */

/* Numbers of PRs that were merged since their details were last read. */
int pull_each_unsettled(struct db *db, int64_t repo_id,
                        int (*fn)(void *ctx, int64_t number, struct err *err), void *ctx,
                        struct err *err);

#endif
