/* SPDX-License-Identifier: Apache-2.0
 * store/budget.h
 * budget: what was spent of a limit, remembered over cycles. */
#ifndef STORE_BUDGET_H
#define STORE_BUDGET_H
#include <stdint.h>

#include "store/db.h"

struct budget {
    const char *name;  /* bot/forge/pace.c lists them */
    int64_t window_at; /* when the window began, or ends */
    int64_t used;
    int64_t remaining; /* what the forge said is left, -1 unknown */
};

int budget_put(struct db *db, const struct budget *b, struct err *err);
typedef int budget_fn(void *ctx, const struct budget *b, struct err *err);
int budget_each(struct db *db, budget_fn *fn, void *ctx, struct err *err);

#endif
