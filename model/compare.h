/* SPDX-License-Identifier: Apache-2.0
 * model/compare.h
 * compare: how sure one may be of a figure, and of the difference between two models that were
 * evaluated on the same samples. Intervals hold 95%. The same figures on every machine. */
#ifndef MODEL_COMPARE_H
#define MODEL_COMPARE_H
#include <stddef.h>

#include "model/eval.h"

struct interval {
    double low, high;
};

/* Of the share that k of n are: Wilson 1927. n = 0 gives 0..1. */
struct interval interval_wilson(size_t k, size_t n);

/* Second minus first. Intervals are percentiles of a paired bootstrap (Efron 1979): samples are
 * drawn with both models' answers, from one seed. */
struct comparison {
    struct mcnemar mcnemar;
    double accuracy, nll; /* differences */
    struct interval accuracy_interval, nll_interval;
    size_t n_resamples;
};
struct comparison compare_evals(const struct eval *first, const struct eval *second,
                                const struct dataset *data);

/* {only_first, only_second, mcnemar_p, accuracy_difference, accuracy_interval: [low, high],
 * nll_difference, nll_interval, resamples}. New reference. */
json_t *comparison_json(const struct comparison *c);
json_t *interval_json(struct interval interval);

#endif
