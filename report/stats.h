/* SPDX-License-Identifier: Apache-2.0
 * report/stats.h
 * stats: the few statistics that the report states, each with its definition. */
#ifndef REPORT_STATS_H
#define REPORT_STATS_H
#include <stddef.h>
#include <stdint.h>

/* Lengths of time that ended, and how many have not: unanswered is counted, never a zero. */
struct spread {
    int64_t *values; /* seconds, owned */
    size_t n;
    size_t n_pending;
};
void spread_add(struct spread *s, int64_t value);
void spread_finish(struct spread *s);

/* Sorts s. Of an even number the mean of the middle two; 0 of none. */
double spread_median(struct spread *s);
/* Sorts s. The smallest value that at least 90% do not exceed (nearest rank); 0 of none. */
double spread_p90(struct spread *s);

/* CHAOSS contributor absence factor: the fewest contributors whose contributions together reach
 * half of all. 0 when there are none. counts is not changed. */
size_t absence_factor(const int64_t *counts, size_t n);

#endif
