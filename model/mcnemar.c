/* SPDX-License-Identifier: Apache-2.0
 * McNemar 1947, in its exact form: a binomial test of the samples the models disagree about. */
#include "model/eval.h"

#include <math.h>

/* P(X <= k) for X binomial(n, 1/2), as sum of C(n,i) 2^-n. The sum is kept below 2^600 by
 * shifting it and its terms down together. */
static double binomial_tail(size_t k, size_t n)
{
    double term = 1.0, sum = 1.0;
    int shift = -(int)n;

    for (size_t i = 1; i <= k; i++) {
        term *= (double)(n - i + 1) / (double)i;
        sum += term;
        if (sum > 0x1p600) {
            term *= 0x1p-600;
            sum *= 0x1p-600;
            shift += 600;
        }
    }
    return ldexp(sum, shift);
}

struct mcnemar mcnemar_exact(size_t only_first, size_t only_second)
{
    size_t n = only_first + only_second;
    size_t few = only_first < only_second ? only_first : only_second;
    double both_sides = n ? 2.0 * binomial_tail(few, n) : 1.0;

    return (struct mcnemar){
        .only_first = only_first,
        .only_second = only_second,
        .p = both_sides < 1.0 ? both_sides : 1.0,
        .p_second_worse = n ? binomial_tail(only_second, n) : 1.0,
    };
}

struct mcnemar mcnemar_compare(const struct eval *first, const struct eval *second,
                               const struct dataset *data)
{
    size_t only_first = 0, only_second = 0;

    for (size_t i = 0; i < data->n; i++) {
        int first_right = first->predicted[i] == data->labels[i];
        int second_right = second->predicted[i] == data->labels[i];

        only_first += first_right && !second_right;
        only_second += second_right && !first_right;
    }
    return mcnemar_exact(only_first, only_second);
}
