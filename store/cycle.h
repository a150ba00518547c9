/* SPDX-License-Identifier: Apache-2.0
 * store/cycle.h
 * cycle: what each `hearth run` did, and what it left.
 * Structs borrow their strings from the row, alive until the callback returns. */
#ifndef STORE_CYCLE_H
#define STORE_CYCLE_H
#include <stdint.h>

#include "store/db.h"

struct cycle {
    int64_t id;
    int64_t started_at;
    int64_t ended_at; /* 0: it was interrupted */
    int64_t exit_code;
    const char *summary; /* JSON: requests, rows, actions, what is left and why */
};

int cycle_add(struct db *db, const struct cycle *c, struct err *err);

typedef int cycle_fn(void *ctx, const struct cycle *c, struct err *err);
int cycle_each_newest(struct db *db, int64_t limit, cycle_fn *fn, void *ctx, struct err *err);
int cycle_expire(struct db *db, int64_t started_before_at, struct err *err);

#endif
