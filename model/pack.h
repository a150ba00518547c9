/* SPDX-License-Identifier: Apache-2.0
 * model/pack.h
 * pack: between weights as files have them and the padded arrays that kernels run on. */
#ifndef MODEL_PACK_H
#define MODEL_PACK_H
#include <stddef.h>

struct rng;
struct tensor;

size_t pack_padded(size_t n); /* the next multiple of KERNEL_LANES */

/* n floats, zero, aligned and padded for kernels; free() them. */
float *pack_new(size_t n);

/* Which side is written. */
enum pack_way { PACK_INTO_NET, PACK_OUT_OF_NET };

/* All of t, in the file's order. */
void pack_copy(const struct tensor *t, float *packed, enum pack_way way);

/* Row r of t (rows, columns). */
void pack_row(const struct tensor *t, size_t r, float *packed, enum pack_way way);

/* t (rows, columns) to or from packed (columns, stride), where rows run along. */
void pack_turn(const struct tensor *t, float *packed, size_t stride, enum pack_way way);

/* Draws t (outputs, inputs) from U(-a, a) with a = sqrt(6 / (inputs + outputs)): Glorot and
 * Bengio 2010. */
void pack_glorot(const struct tensor *t, struct rng *rng);

#endif
