/* SPDX-License-Identifier: Apache-2.0
 * store/action_log.h
 * action_log: who caused what, a row for each move of the ledger.
 * The moves' rows are written by the schema's triggers; approvals of a whole plan by
 * action_log_approved(). Structs borrow their strings from the row, alive until the callback
 * returns. */
#ifndef STORE_ACTION_LOG_H
#define STORE_ACTION_LOG_H
#include <stdint.h>

#include "store/db.h"

struct action_log {
    const char *key;  /* of the action; "" when it is about all of them */
    int64_t number;   /* thread, 0 for none */
    const char *what; /* "planned", "changed", "edited", "sent", "confirmed", "dropped", ... */
    const char *who;  /* "@login", "user NAME", "rule NAME" or "hearth" */
    const char *why;
    int64_t at;
};

struct action_log_filter {
    int64_t number;  /* of one thread; 0: all */
    const char *key; /* of one action; "": all */
    int64_t limit;   /* the newest so many */
};
/* Oldest first. */
typedef int action_log_fn(void *ctx, const struct action_log *row, struct err *err);
int action_log_each(struct db *db, int64_t repo_id, const struct action_log_filter *filter,
                    action_log_fn *fn, void *ctx, struct err *err);

/* Writes to the repository were allowed, for good. */
int action_log_approved(struct db *db, int64_t repo_id, const char *who, int64_t at,
                        struct err *err);

#endif
