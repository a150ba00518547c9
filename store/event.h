/* SPDX-License-Identifier: Apache-2.0
 * store/event.h
 * event: what people did on the forge: labels, closings, merges. Our own are in the ledger.
 * Structs borrow their strings: for puts from the caller, for gets from the row, alive until
 * the callback returns. Callbacks return 0 to go on, a negative error to stop with it. */
#ifndef STORE_EVENT_H
#define STORE_EVENT_H
#include <stdint.h>

#include "store/db.h"

struct event {
    int64_t repo_id, id, number;
    const char *kind;       /* the forge's word: "labeled", "closed", "merged", ... */
    int64_t actor_id;       /* 0: the account is gone */
    const char *label;      /* labeled, unlabeled: its name; else "" */
    const char *commit_sha; /* where the forge names one, else "" */
    int64_t created_at;
};

int event_put(struct db *db, const struct event *e, enum put_result *ret, struct err *err);

typedef int event_fn(void *ctx, const struct event *e, struct err *err);
int event_each_of_thread(struct db *db, int64_t repo_id, int64_t number, event_fn *fn,
                         void *ctx, struct err *err); /* in order of id */

#endif
