/* SPDX-License-Identifier: Apache-2.0 */
#include "model/compare.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/rng.h"

enum { MAX_RESAMPLES = 2000, MIN_RESAMPLES = 200, MAX_DRAWS = 100000000 };

struct interval interval_wilson(size_t k, size_t n)
{
    const double z = 1.959963984540054, z2 = z * z; /* 97.5% of a normal distribution */

    if (n == 0)
        return (struct interval){ 0.0, 1.0 };
    double count = (double)n, p = (double)k / count;
    double middle = (p + z2 / (2.0 * count)) / (1.0 + z2 / count);
    double half =
        z / (1.0 + z2 / count) * sqrt(p * (1.0 - p) / count + z2 / (4.0 * count * count));
    return (struct interval){ fmax(0.0, middle - half), fmin(1.0, middle + half) };
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts values. */
static struct interval middle_95(double *values, size_t n)
{
    size_t low = (size_t)(0.025 * (double)n), high = n - 1 - low;

    qsort(values, n, sizeof(*values), by_value);
    return (struct interval){ values[low], values[high] };
}

/* What the second model gains on each sample. */
struct gains {
    size_t n;
    signed char *right; /* -1, 0 or 1 */
    double *nll;
};

static void gains_init(struct gains *g, const struct eval *first, const struct eval *second,
                       const struct dataset *data)
{
    *g = (struct gains){ .n = data->n };
    g->right = xcalloc(g->n, sizeof(*g->right));
    g->nll = xcalloc(g->n, sizeof(*g->nll));
    for (size_t i = 0; i < g->n; i++) {
        g->right[i] = (signed char)((second->predicted[i] == data->labels[i]) -
                                    (first->predicted[i] == data->labels[i]));
        g->nll[i] = (double)second->losses[i] - (double)first->losses[i];
    }
}

static void resample(const struct gains *g, struct rng *rng, double *ret_right, double *ret_nll)
{
    int64_t right = 0;
    double nll = 0.0;

    for (size_t i = 0; i < g->n; i++) {
        size_t drawn = rng_below(rng, (uint32_t)g->n);

        right += g->right[drawn];
        nll += g->nll[drawn];
    }
    *ret_right = (double)right / (double)g->n;
    *ret_nll = nll / (double)g->n;
}

struct comparison compare_evals(const struct eval *first, const struct eval *second,
                                const struct dataset *data)
{
    size_t n = MAX_DRAWS / data->n;
    struct gains gains;
    struct rng rng;

    n = n > MAX_RESAMPLES ? MAX_RESAMPLES : n < MIN_RESAMPLES ? MIN_RESAMPLES : n;
    double *right = xcalloc(n, sizeof(*right)), *nll = xcalloc(n, sizeof(*nll));
    gains_init(&gains, first, second, data);
    rng_init(&rng, 0, 0);
    for (size_t i = 0; i < n; i++)
        resample(&gains, &rng, &right[i], &nll[i]);

    const struct comparison c = {
        .mcnemar = mcnemar_compare(first, second, data),
        .accuracy = second->accuracy - first->accuracy,
        .nll = second->nll - first->nll,
        .accuracy_interval = middle_95(right, n),
        .nll_interval = middle_95(nll, n),
        .n_resamples = n,
    };
    free(gains.right);
    free(gains.nll);
    free(right);
    free(nll);
    return c;
}

json_t *interval_json(struct interval interval)
{
    return json_pack("[f,f]", interval.low, interval.high);
}

json_t *comparison_json(const struct comparison *c)
{
    return json_pack(
        "{s:I, s:I, s:f, s:f, s:o, s:f, s:o, s:I}", "only_first",
        (json_int_t)c->mcnemar.only_first, "only_second", (json_int_t)c->mcnemar.only_second,
        "mcnemar_p", c->mcnemar.p, "accuracy_difference", c->accuracy, "accuracy_interval",
        interval_json(c->accuracy_interval), "nll_difference", c->nll, "nll_interval",
        interval_json(c->nll_interval), "resamples", (json_int_t)c->n_resamples);
}
