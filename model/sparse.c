/* SPDX-License-Identifier: Apache-2.0 */
#include "model/sparse.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

_Static_assert(NET_MAX_BATCH <= 64, "a word has a bit for each image of a batch");

void sparse_init(struct sparse_batch *x, size_t n_pixels, uint8_t max_value)
{
    memset(x, 0, sizeof(*x));
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

/* Bit i is set when pixel i is not 0. Eight pixels at once: the top bit of each byte tells, and
 * the product moves the eight of them into the highest byte. */
static uint64_t mask_of(const uint8_t pixels[SPARSE_BLOCK])
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7f, gather = 0x0002040810204081;
    uint64_t mask = 0;

    for (size_t i = 0; i < SPARSE_BLOCK; i += 8) {
        const uint8_t *p = pixels + i;
        uint64_t eight = (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
                         (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
                         (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
        uint64_t top = (((eight & low) + low) | eight) & ~low;

        mask |= ((top * gather) >> 56) << i;
    }
    return mask;
}

/* Rows of a batch lie anywhere in the set: images are asked for before their turn comes. */
static void ask_for(const struct sparse_batch *x, const uint8_t *image)
{
    for (size_t i = 0; i < x->n_pixels; i += 64)
        __builtin_prefetch(image + i);
}

void sparse_take(struct sparse_batch *x, const struct batch *batch, size_t from, size_t to)
{
    enum { AHEAD = 4 };

    for (size_t b = from; b < to; b++) {
        if (b + AHEAD < to)
            ask_for(x, batch->pixels + batch->rows[b + AHEAD] * x->n_pixels);
        memcpy(x->pixels + b * x->n_blocks * SPARSE_BLOCK,
               batch->pixels + batch->rows[b] * x->n_pixels, x->n_pixels);
        for (size_t k = 0; k < x->n_blocks; k++)
            x->masks[k * NET_MAX_BATCH + b] = mask_of(block_of(x, k, b));
    }
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
