/* SPDX-License-Identifier: Apache-2.0
 * model/optimizer.h
 * optimizer: how gradients become steps, and how long each step is. Two tables, chosen by name:
 * rules (adam, adamw, sgd) and schedules (constant, cosine, one-cycle).
 * Plain arithmetic in a fixed order: what a step does depends on its number and on nothing that
 * came before, but for what the rule remembers in the arrays the caller keeps. */
#ifndef MODEL_OPTIMIZER_H
#define MODEL_OPTIMIZER_H
#include <stddef.h>
#include <stdint.h>

#include "model/kernels.h"

struct recipe;

enum optimizer { OPTIMIZER_ADAM, OPTIMIZER_ADAMW, OPTIMIZER_SGD };
enum schedule { SCHEDULE_CONSTANT, SCHEDULE_COSINE, SCHEDULE_ONE_CYCLE };

/* What one step is made of. */
struct update {
    enum optimizer optimizer;
    uint64_t seed;    /* of the training, with `number` what a step draws random numbers from */
    size_t number;    /* 1 for the first step */
    float rate;       /* the schedule's step size */
    float momentum;   /* sgd */
    float decay;      /* weight decay, before `rate` */
    struct adam adam; /* adam and adamw */
};

/* The steps of a training, one after the other. */
struct updates {
    const struct recipe *recipe;
    size_t number, n_steps;
    double beta1_power, beta2_power; /* by repeated products, since pow() is the library's */
};

/* The recipe must outlive it. n_steps: of the whole training, for the schedules. */
void updates_init(struct updates *updates, const struct recipe *recipe, size_t n_steps);
struct update updates_next(struct updates *updates);

/* One step for n parameters w with gradients g. m and v are what the rule remembers of each,
 * zero before the first step. Any n; whole registers are fastest. */
void update_apply(const struct update *u, const struct kernels *kernels, float *restrict w,
                  float *restrict m, float *restrict v, const float *restrict g, size_t n);

/* Names in the order of the enums, NULL past the end. */
const char *optimizer_name(size_t i);
const char *schedule_name(size_t i);

#endif
