/* SPDX-License-Identifier: Apache-2.0
 * model/sparse.h
 * sparse: the pixels of a batch, and which of them are not 0. Half of the pixels of a digit
 * are 0, four fifths of MNIST's. Pixels come in blocks of 64, so that one word says which of a
 * block are not 0, and so that the weights of a block stay in the first cache while all images
 * pass by. Different parts of a team may fill different images at once. */
#ifndef MODEL_SPARSE_H
#define MODEL_SPARSE_H
#include <stddef.h>
#include <stdint.h>

#include "model/arch.h"

enum { SPARSE_BLOCK = 64 };

struct sparse_batch {
    const struct kernels *kernels;
    size_t n_pixels, n_blocks;
    float weights[256]; /* pixel -> input: pixel / max_value */
    uint8_t *pixels;    /* (NET_MAX_BATCH, n_blocks * SPARSE_BLOCK): zeros behind n_pixels */
    uint64_t *masks;    /* (n_blocks, NET_MAX_BATCH): bit i is set when pixel i is not 0 */
};

void sparse_init(struct sparse_batch *x, const struct kernels *kernels, size_t n_pixels,
                 uint8_t max_value);
void sparse_finish(struct sparse_batch *x); /* NULL and zeroed are fine */

/* Takes over images [from, to) of the batch. */
void sparse_take(struct sparse_batch *x, const struct batch *batch, size_t from, size_t to);

/* Rows of a batch lie anywhere in the set: block k of images [from, to) of the next batch is
 * fetched while others are worked on. */
void sparse_ask(const struct sparse_batch *x, size_t k, const struct batch *batch, size_t from,
                size_t to);

/* Block k as the matrix (images, SPARSE_BLOCK) of a product, from image b on. */
struct sparse_args sparse_images(const struct sparse_batch *x, size_t k, size_t b);

/* Turns block k: bit b of by_pixel[i] is set when pixel i of image b, of n, is not 0. */
void sparse_turn(uint64_t by_pixel[SPARSE_BLOCK], const struct sparse_batch *x, size_t k,
                 size_t n);

/* Turned: the matrix (pixels, images), from pixel i of block k on; by_pixel is what
 * sparse_turn() gave. */
struct sparse_args sparse_pixels(const struct sparse_batch *x, size_t k, size_t i,
                                 const uint64_t by_pixel[SPARSE_BLOCK]);

#endif
