/* SPDX-License-Identifier: Apache-2.0
 * model/linear.h
 * linear: a fully connected layer inside a net: its parameters as the dense kernel likes them
 * and what an optimiser remembers of them. For architectures that are little else. Owns its
 * arrays. Parts of a team may take different columns at once.
 *
 * w (I + 1, columns): row i is what input i adds to each output, the last row is the bias.
 * columns is O padded to KERNEL_LANES; padding starts at 0 and stays there, since its gradients
 * are 0. */
#ifndef MODEL_LINEAR_H
#define MODEL_LINEAR_H
#include <stddef.h>

#include "model/arch.h"
#include "model/kernels.h"
#include "model/pack.h"

struct tensor;
struct update;

struct linear {
    size_t I, O, columns;
    float *w, *grad, *m, *v; /* (I + 1, columns); all but w NULL before training */
    float *turned;           /* (O, turned_row): the weights' transpose, for dx; the same */
    size_t turned_row;       /* I padded, and KERNEL_LANES more */
};

/* n rows, `row` floats apart. */
struct rows {
    float *at;
    size_t row, n;
};

void linear_init(struct linear *l, size_t I, size_t O);
void linear_finish(struct linear *l); /* zeroed and half-built are fine */

/* The arrays that only training needs; w is filled. */
void linear_prepare_training(struct linear *l);

/* What arch.h calls the state of a net, of this layer; returns how many spans. */
enum { LINEAR_SPANS = 4 };
size_t linear_state(const struct linear *l, struct span spans[LINEAR_SPANS]);

/* Between a model's weight (O,I), bias (O) and an array of ours, w or grad. Our input i is its
 * (i + shift) mod I. */
void linear_exchange(const struct linear *l, float *array, const struct tensor *weight,
                     const struct tensor *bias, size_t shift, enum pack_way way);

/* y (n, columns) = bias + x (n, I) w, for a kernel that takes such. */
struct dense_args linear_args(const struct linear *l, struct rows y, struct rows x);

/* dx (n, N) = what dy (n, O) says of inputs [first, first + N). */
void linear_backward(const struct linear *l, const struct kernels *kernels, struct rows dx,
                     struct rows dy, size_t first, size_t N);

/* grad = x^T dy, and of the bias the sum of dy's rows, for columns [from, to). */
void linear_gradient(struct linear *l, const struct kernels *kernels, struct rows x,
                     struct rows dy, size_t from, size_t to);

/* One step along grad for columns [from, to). */
void linear_step(struct linear *l, const struct kernels *kernels, const struct update *update,
                 size_t from, size_t to);

#endif
