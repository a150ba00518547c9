/* SPDX-License-Identifier: Apache-2.0
 * store/download.h
 * download: how often a hosted repository was taken, by day. Days are counted from 1970-01-01
 * UTC; what lies further back than anybody asks for by day is one sum. */
#ifndef STORE_DOWNLOAD_H
#define STORE_DOWNLOAD_H
#include <stdint.h>

#include "store/hosted_repo.h"

int download_add(struct db *db, const struct hosted_name *name, int64_t day, int64_t count,
                 struct err *err);

struct download_sums {
    int64_t week, recent; /* from those days on */
    int64_t all;
};
struct download_since {
    int64_t week, recent; /* days */
};
int download_sum(struct download_sums *ret, struct db *db, const struct hosted_name *name,
                 const struct download_since *since, struct err *err);

/* The same of every repository of a kind that was ever taken. */
typedef int download_sums_fn(void *ctx, const struct hosted_name *name,
                             const struct download_sums *sums, struct err *err);
int download_sum_each(struct db *db, enum hosted_kind kind, const struct download_since *since,
                      download_sums_fn *fn, void *ctx, struct err *err);

/* Days before that one become part of the sum. */
int download_fold(struct db *db, int64_t before_day, struct err *err);

#endif
