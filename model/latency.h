/* SPDX-License-Identifier: Apache-2.0
 * model/latency.h
 * latency: how long one image takes, through a net that stays open, as a server would. */
#ifndef MODEL_LATENCY_H
#define MODEL_LATENCY_H
#include <stddef.h>

struct dataset;
struct kernels;
struct model;

enum { LATENCY_RUNS = 2000 };

struct latency {
    double p50_us, p99_us; /* nearest rank of LATENCY_RUNS images */
};

/* data: not empty, of the model's shape. now_s: seconds since some moment. */
struct latency latency_measure(const struct model *m, const struct dataset *data,
                               const struct kernels *kernels, double (*now_s)(void));

#endif
