/* SPDX-License-Identifier: Apache-2.0
 * model/arch.h
 * arch: one row per architecture. Adding one is one file with its `struct arch` and one row in
 * arch.c; training, evaluation, prediction, saving and loading go through this struct.
 *
 * A `struct model` holds weights as files do; a `struct net` is an architecture's own packed
 * form of them, ready to run. Steps may not depend on the number of threads in any bit. */
#ifndef MODEL_ARCH_H
#define MODEL_ARCH_H
#include <stddef.h>
#include <stdint.h>

#include "model/recipe.h"

struct err;
struct graph;
struct model;
struct net;
struct profile;
struct rng;
struct shape;
struct team;
struct tensor;

enum { NET_MAX_BATCH = KERNEL_MAX_BATCH };

/* Rows of a data set: pixels points to its first image, rows names which are meant. */
struct batch {
    const uint8_t *pixels; /* (?, side * side) */
    const uint8_t *labels; /* (?) */
    const uint32_t *rows;  /* (n + n_next) */
    size_t n;              /* 1..NET_MAX_BATCH */
    size_t n_next;         /* so many rows behind them will be the next batch */
};

struct net_env {
    const struct kernels *kernels;
    struct team *team;       /* NULL: this thread alone */
    struct profile *profile; /* of part 0; or NULL */
};

/* A run of floats that belongs to somebody else. */
struct span {
    float *at;
    size_t n;
};

/* How well a network that makes images again knows this one. */
struct score {
    double elbo;                 /* evidence lower bound, nats; one seeded draw */
    double reconstruction_error; /* mean squared error of a pixel, in 0..1 */
};

enum { NET_MAX_SPANS = 256 };

struct arch {
    const char *name;
    const char *summary;  /* one line for --help and model cards */
    struct recipe recipe; /* what `hearth train` does when nothing is said; seed 0 */
    const struct recipe *recipe_large; /* the same for 28x28, or NULL: no other one */
    size_t hidden;                     /* default of shape.hidden */

    /* Writes name and dims of each tensor; returns how many. The shape was validated. */
    size_t (*describe)(struct tensor *tensors, const struct shape *shape);

    /* Floating-point operations (an addition or a multiplication each) to read one image. */
    double (*flop)(const struct shape *shape);

    /* Draws the initial weights. */
    void (*init)(struct model *m, struct rng *rng);

    /* Adds to g, empty, what m computes when it predicts. NULL: no format that needs it. */
    void (*graph)(struct graph *g, const struct model *m);

    /* A runnable copy of m; a net holds what it needs for training from its first step on. */
    struct net *(*open)(const struct model *m, const struct net_env *env);
    void (*close)(struct net *net);

    /* Writes the net's weights back into m (the same architecture and shape). */
    void (*store)(const struct net *net, struct model *m);

    /* All that a step changes and the next one goes on from: weights, what the optimizer
     * remembers, running statistics, what is derived from them. The same spans in the same
     * order whatever the threads and the steps made so far: a checkpoint is their content.
     * Returns how many. */
    size_t (*state)(struct net *net, struct span spans[NET_MAX_SPANS]);

    /* logits (n, classes) for the images of a batch; labels may be NULL. NULL for an
     * architecture that tells no classes apart: that one has score() instead. */
    void (*forward)(struct net *net, float *logits, const struct batch *batch);

    void (*score)(struct net *net, struct score *scores, const struct batch *batch);

    /* Gradients of the mean loss into grad's tensors; returns the sum of losses (nats). The
     * net's weights stay. What step() descends along; here so that tests can see it. */
    double (*gradient)(struct net *net, struct model *grad, const struct batch *batch);

    /* One optimiser step; returns the sum of losses (nats) before it. */
    double (*step)(struct net *net, const struct batch *batch, const struct update *update);
};

/* By name; -ERR_USAGE lists the names there are. */
int arch_find(const struct arch **ret, const char *name, struct err *err);
const struct arch *arch_at(size_t i); /* NULL past the end */

/* The recipe for images of this side when nothing is said. */
const struct recipe *arch_recipe(const struct arch *arch, size_t side);

extern const struct arch arch_mlp;
extern const struct arch arch_cnn;
extern const struct arch arch_rnn;
extern const struct arch arch_vae;

#endif
