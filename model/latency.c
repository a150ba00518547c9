/* SPDX-License-Identifier: Apache-2.0 */
#include "model/latency.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "model/arch.h"
#include "model/dataset.h"
#include "model/model.h"

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

struct latency latency_measure(const struct model *m, const struct dataset *data,
                               const struct kernels *kernels, double (*now_s)(void))
{
    const struct net_env env = { .kernels = kernels };
    struct net *net = m->arch->open(m, &env);
    double *took_s = xcalloc(LATENCY_RUNS, sizeof(*took_s));
    float logits[MODEL_MAX_CLASSES];

    for (size_t i = 0; i < LATENCY_RUNS; i++) {
        uint32_t row = (uint32_t)(i % data->n);
        const struct batch one = { .pixels = data->pixels, .rows = &row, .n = 1 };
        double start_s = now_s();

        m->arch->forward(net, logits, &one);
        took_s[i] = now_s() - start_s;
    }
    m->arch->close(net);
    qsort(took_s, LATENCY_RUNS, sizeof(*took_s), by_value);
    const struct latency l = { .p50_us = took_s[LATENCY_RUNS / 2 - 1] * 1e6,
                               .p99_us = took_s[LATENCY_RUNS * 99 / 100 - 1] * 1e6 };
    free(took_s);
    return l;
}
