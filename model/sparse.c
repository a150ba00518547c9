/* SPDX-License-Identifier: Apache-2.0 */
#include "model/sparse.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

_Static_assert(NET_MAX_BATCH <= 64, "a word has a bit for each image of a batch");

void sparse_init(struct sparse_batch *x, const struct kernels *kernels, size_t n_pixels,
                 uint8_t max_value)
{
    memset(x, 0, sizeof(*x));
    x->kernels = kernels;
    x->n_pixels = n_pixels;
    x->n_blocks = (n_pixels + SPARSE_BLOCK - 1) / SPARSE_BLOCK;
    for (size_t i = 0; i < 256; i++)
        x->weights[i] = (float)i / (float)max_value;
    x->pixels = xcalloc(NET_MAX_BATCH * x->n_blocks, SPARSE_BLOCK);
    x->masks = xcalloc(NET_MAX_BATCH * x->n_blocks, sizeof(*x->masks));
}

void sparse_finish(struct sparse_batch *x)
{
    if (!x)
        return;
    free(x->pixels);
    free(x->masks);
    memset(x, 0, sizeof(*x));
}

static const uint8_t *block_of(const struct sparse_batch *x, size_t k, size_t b)
{
    return x->pixels + (b * x->n_blocks + k) * SPARSE_BLOCK;
}

void sparse_take(struct sparse_batch *x, const struct batch *batch, size_t from, size_t to)
{
    for (size_t b = from; b < to; b++) {
        memcpy(x->pixels + b * x->n_blocks * SPARSE_BLOCK,
               batch->pixels + batch->rows[b] * x->n_pixels, x->n_pixels);
        x->kernels->nonzero(x->masks + b, NET_MAX_BATCH, block_of(x, 0, b), x->n_blocks);
    }
}

void sparse_ask(const struct sparse_batch *x, size_t k, const struct batch *batch, size_t from,
                size_t to)
{
    for (size_t b = batch->n + from; b < batch->n + to && b < batch->n + batch->n_next; b++)
        __builtin_prefetch(batch->pixels + batch->rows[b] * x->n_pixels + k * SPARSE_BLOCK);
}

struct sparse_args sparse_images(const struct sparse_batch *x, size_t k, size_t b)
{
    return (struct sparse_args){ .masks = x->masks + k * NET_MAX_BATCH + b,
                                 .a = block_of(x, k, b),
                                 .a_row = x->n_blocks * SPARSE_BLOCK,
                                 .a_col = 1,
                                 .weights = x->weights };
}

struct sparse_args sparse_pixels(const struct sparse_batch *x, size_t k, size_t i,
                                 const uint64_t by_pixel[SPARSE_BLOCK])
{
    return (struct sparse_args){ .masks = by_pixel + i,
                                 .a = block_of(x, k, 0) + i,
                                 .a_row = 1,
                                 .a_col = x->n_blocks * SPARSE_BLOCK,
                                 .weights = x->weights };
}

void sparse_turn(uint64_t by_pixel[SPARSE_BLOCK], const struct sparse_batch *x, size_t k,
                 size_t n)
{
    /* Squares of half the side change places, in ever smaller squares. */
    static const uint64_t halves[] = { 0x00000000ffffffff, 0x0000ffff0000ffff,
                                       0x00ff00ff00ff00ff, 0x0f0f0f0f0f0f0f0f,
                                       0x3333333333333333, 0x5555555555555555 };

    memset(by_pixel, 0, SPARSE_BLOCK * sizeof(*by_pixel));
    memcpy(by_pixel, x->masks + k * NET_MAX_BATCH, n * sizeof(*by_pixel));
    for (size_t side = SPARSE_BLOCK / 2, h = 0; side > 0; side /= 2, h++) {
        for (size_t from = 0; from < SPARSE_BLOCK; from += 2 * side) {
            for (size_t i = from; i < from + side; i++) {
                uint64_t swap = ((by_pixel[i] >> side) ^ by_pixel[i + side]) & halves[h];

                by_pixel[i] ^= swap << side;
                by_pixel[i + side] ^= swap;
            }
        }
    }
}
