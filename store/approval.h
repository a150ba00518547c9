/* SPDX-License-Identifier: Apache-2.0
 * store/approval.h
 * approval: someone asked for a run of exactly this commit, and whether they may.
 *
 *     (labeled event) --approval_put--> granted --approval_set_used--> used
 *                                  \--> refused
 *
 * Used once: a state never goes back. Structs borrow their strings: for puts from the caller,
 * for gets from the row, alive until the callback returns. */
#ifndef STORE_APPROVAL_H
#define STORE_APPROVAL_H
#include <stdint.h>

#include "store/db.h"

enum approval_state { APPROVAL_GRANTED, APPROVAL_USED, APPROVAL_REFUSED };

struct approval {
    int64_t repo_id, number;
    const char *commit_sha;
    int64_t event_id;  /* the labeled event */
    const char *actor; /* login of who asked */
    const char *role;  /* their role when we checked */
    enum approval_state state;
    const char *reason; /* refused: why; else "" */
    int64_t checked_at;
};

/* Inserts, or updates one that is not used yet; a used one stays as it is (PUT_SAME). */
int approval_put(struct db *db, const struct approval *a, enum put_result *ret,
                 struct err *err);
typedef int approval_fn(void *ctx, const struct approval *a, struct err *err);
int approval_each_of_pull(struct db *db, int64_t repo_id, int64_t number, approval_fn *fn,
                          void *ctx, struct err *err); /* in order of event_id, commit */
/* Granted to used; -ERR_CONFLICT when it is not granted (any more). */
int approval_set_used(struct db *db, const struct approval *key, struct err *err);

#endif
