/* SPDX-License-Identifier: Apache-2.0 */
#include "model/optimizer.h"

#include <math.h>

#include "model/mathf.h"
#include "model/recipe.h"

struct weights {
    const struct kernels *kernels;
    float *restrict w, *restrict m, *restrict v;
    const float *restrict g;
    size_t n;
};

static void adam(const struct update *u, const struct weights *x)
{
    x->kernels->adam(x->w, x->m, x->v, x->g, x->n, &u->adam);
}

/* Loshchilov and Hutter 2019, arXiv 1711.05101, algorithm 2: the decay passes Adam by. */
static void adamw(const struct update *u, const struct weights *x)
{
    const float keep = 1.0f - u->rate * u->decay;

    for (size_t i = 0; i < x->n; i++)
        x->w[i] *= keep;
    adam(u, x);
}

/* m = momentum m + g + decay w;  w -= rate m.  Sutskever et al. 2013, without Nesterov. */
static void sgd(const struct update *u, const struct weights *x)
{
    for (size_t i = 0; i < x->n; i++) {
        float m = u->momentum * x->m[i] + (x->g[i] + u->decay * x->w[i]);

        x->m[i] = m < MOMENT_FLOOR && m > -MOMENT_FLOOR ? 0.0f : m;
        x->w[i] -= u->rate * x->m[i];
    }
}

static const struct {
    const char *name;
    void (*apply)(const struct update *u, const struct weights *x);
} optimizers[] = {
    [OPTIMIZER_ADAM] = { "adam", adam },
    [OPTIMIZER_ADAMW] = { "adamw", adamw },
    [OPTIMIZER_SGD] = { "sgd", sgd },
};

/* A schedule gives the share of the learning rate for the point t in [0, 1) of a training. */
static double constant(double t)
{
    (void)t;
    return 1.0;
}

/* Half a cosine from `from` (t = 0) to `to` (t = 1). */
static double slide(double from, double to, double t)
{
    return to + (from - to) * 0.5 * (1.0 + cos_pi_f64(t));
}

/* Loshchilov and Hutter 2017, arXiv 1608.03983, equation 5, without restarts. */
static double cosine(double t)
{
    return slide(1.0, 0.0, t);
}

/* Smith and Topin 2018, arXiv 1708.07120: from a 25th up for three tenths of the time, then
 * down to a 250,000th. */
static double one_cycle(double t)
{
    const double up = 0.3, first = 1.0 / 25.0, last = first / 1e4;

    return t < up ? slide(first, 1.0, t / up) : slide(1.0, last, (t - up) / (1.0 - up));
}

static const struct {
    const char *name;
    double (*share)(double t);
} schedules[] = {
    [SCHEDULE_CONSTANT] = { "constant", constant },
    [SCHEDULE_COSINE] = { "cosine", cosine },
    [SCHEDULE_ONE_CYCLE] = { "one-cycle", one_cycle },
};

enum {
    N_OPTIMIZERS = sizeof(optimizers) / sizeof(optimizers[0]),
    N_SCHEDULES = sizeof(schedules) / sizeof(schedules[0]),
};

void updates_init(struct updates *updates, const struct recipe *recipe, size_t n_steps)
{
    *updates = (struct updates){
        .recipe = recipe, .n_steps = n_steps, .beta1_power = 1.0, .beta2_power = 1.0
    };
}

struct update updates_next(struct updates *updates)
{
    const double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
    const struct recipe *r = updates->recipe;
    double t = (double)updates->number++ / (double)updates->n_steps;
    double rate = r->learning_rate * schedules[r->schedule].share(t);

    updates->beta1_power *= beta1;
    updates->beta2_power *= beta2;
    double root = sqrt(1.0 - updates->beta2_power);
    return (struct update){
        .optimizer = r->optimizer,
        .seed = r->seed,
        .number = updates->number,
        .rate = (float)rate,
        .momentum = (float)r->momentum,
        .decay = (float)r->weight_decay,
        .adam = { .beta1 = (float)beta1,
                  .beta2 = (float)beta2,
                  .rate = (float)(rate * root / (1.0 - updates->beta1_power)),
                  .epsilon = (float)(epsilon * root) },
    };
}

void update_apply(const struct update *u, const struct kernels *kernels, float *restrict w,
                  float *restrict m, float *restrict v, const float *restrict g, size_t n)
{
    const struct weights x = { kernels, w, m, v, g, n };

    optimizers[u->optimizer].apply(u, &x);
}

const char *optimizer_name(size_t i)
{
    return i < N_OPTIMIZERS ? optimizers[i].name : NULL;
}

const char *schedule_name(size_t i)
{
    return i < N_SCHEDULES ? schedules[i].name : NULL;
}
