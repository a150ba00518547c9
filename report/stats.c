/* SPDX-License-Identifier: Apache-2.0 */
#include "report/stats.h"

#include <stdlib.h>

#include "base/alloc.h"

void spread_add(struct spread *s, int64_t value)
{
    if ((s->n & (s->n - 1)) == 0) /* grows at 0, 1, 2, 4, 8, .. */
        s->values = xrealloc_array(s->values, s->n ? s->n * 2 : 1, sizeof(*s->values));
    s->values[s->n++] = value;
}

void spread_finish(struct spread *s)
{
    free(s->values);
    *s = (struct spread){ 0 };
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void sort(struct spread *s)
{
    if (s->n > 0)
        qsort(s->values, s->n, sizeof(*s->values), compare);
}

double spread_median(struct spread *s)
{
    sort(s);
    if (s->n == 0)
        return 0;
    return ((double)s->values[(s->n - 1) / 2] + (double)s->values[s->n / 2]) / 2;
}

double spread_p90(struct spread *s)
{
    sort(s);
    return s->n == 0 ? 0 : (double)s->values[(s->n * 9 + 9) / 10 - 1];
}

size_t absence_factor(const int64_t *counts, size_t n)
{
    struct spread sorted = { 0 };
    int64_t total = 0, sum = 0;
    size_t factor = 0;

    for (size_t i = 0; i < n; i++) {
        spread_add(&sorted, counts[i]);
        total += counts[i];
    }
    sort(&sorted);
    while (total > 0 && sum * 2 < total)
        sum += sorted.values[n - ++factor];
    spread_finish(&sorted);
    return factor;
}
