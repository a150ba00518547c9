/* SPDX-License-Identifier: Apache-2.0
 * The convolutions, once per instruction set (see kernels_isa.c). Each function computes what
 * its namesake in reference_conv.c does, bit for bit.
 *
 * Three neighbouring pixels of a row are 3 I neighbouring floats, so each output is three sums
 * over a run of them. A tile keeps the sums of several pixels and one block of outputs in
 * registers; a weight that was loaded serves all of them. The sizes of our networks are
 * constants at the calls, so that addresses are too. */
#include "model/kernels_vec.h"

enum {
    TILE_PIXELS = WIDTH == 16 ? 16 : 5, /* of an output tile */
    TILE_INPUTS = WIDTH == 16 ? 16 : 6, /* of a tile of weights; divides 3 * KERNEL_LANES */
};

/* Sizes that are constants at a call. */
struct tiling {
    size_t W, I;
    size_t rows, cols; /* pixels of a tile */
};

/* rows x cols pixels of y and one block of outputs. */
INLINE void conv_tile(const struct conv *d, struct tiling s, size_t h, size_t w, size_t o)
{
    const size_t row = (s.W + 2) * s.I;
    vec sum[TILE_PIXELS][PER_BLOCK];
    const float *x = d->x + h * row + w * s.I;
    const float *weight = d->w + o * 9 * s.I;

    for (size_t p = 0; p < s.rows * s.cols; p++) {
        for (size_t j = 0; j < PER_BLOCK; j++)
            sum[p][j] = splat(0.0f);
    }
    for (size_t ky = 0; ky < 3; ky++) {
        for (size_t k = 0; k < 3 * s.I; k++) {
            for (size_t p = 0; p < s.rows * s.cols; p++) {
                vec factor = splat(x[(ky + p / s.cols) * row + p % s.cols * s.I + k]);

                for (size_t j = 0; j < PER_BLOCK; j++)
                    sum[p][j] = multiply_add(factor, load(weight + j * WIDTH), sum[p][j]);
            }
            weight += KERNEL_LANES;
        }
    }
    for (size_t p = 0; p < s.rows * s.cols; p++) {
        float *y = d->y + ((h + p / s.cols) * s.W + w + p % s.cols) * d->O + o;

        for (size_t j = 0; j < PER_BLOCK; j++)
            store(y + j * WIDTH, sum[p][j]);
    }
}

/* One row of pixels in tiles of `cols`; 5 means fives until fours fit (14 = 5 + 5 + 4). */
INLINE void conv_row(const struct conv *d, struct tiling s, size_t h, size_t o)
{
    size_t w = 0;

    for (; s.cols == 5 && (s.W - w) % 4 != 0; w += 5)
        conv_tile(d, (struct tiling){ s.W, s.I, 1, 5 }, h, w, o);
    for (s.cols = s.cols == 5 ? 4 : s.cols; w < s.W; w += s.cols)
        conv_tile(d, s, h, w, o);
}

/* rows divides H; cols divides W, or is 5 for fives and fours. */
INLINE void conv_image(const struct conv *d, struct tiling s)
{
    for (size_t o = 0; o < d->O; o += KERNEL_LANES) {
        for (size_t h = 0; h < d->H; h += s.rows)
            conv_row(d, s, h, o);
    }
}

/* Tiles for width W: as many sums as the registers hold. */
INLINE struct tiling tiling_of(size_t W, size_t I)
{
    if (WIDTH == 16)
        return W % 14 == 0 ? (struct tiling){ W, I, 1, 14 }
                           : (struct tiling){ W, I, 16 / W, W };
    return (struct tiling){ W, I, 1, W % 4 == 0 ? 4 : 5 };
}

#define FOR_EACH_SIZE(X)                                                                       \
    X(8, 1) X(8, 16) X(8, 32) X(4, 32) X(4, 64) X(28, 1) X(28, 16) X(14, 16) X(14, 48)

void KERNELS_OF(conv3x3)(const struct conv *d)
{
#define CONV_SIZE(width, inputs)                                                               \
    if (d->W == (width) && d->H == (width) && d->I == (inputs)) {                              \
        conv_image(d, tiling_of(width, inputs));                                               \
        return;                                                                                \
    }
    FOR_EACH_SIZE(CONV_SIZE)
    conv_image(d, (struct tiling){ d->W, d->I, 1, 1 });
}

/* What weights_tile() sums up: kys rows of the kernel from ky on, `run` floats of each from k
 * on, and one block of outputs. */
struct weights_tiling {
    size_t W, I;
    size_t kys, run;
};

INLINE void weights_tile(float *dw, const float *x, const float *du, const struct conv *d,
                         struct weights_tiling s)
{
    const size_t row = (s.W + 2) * s.I;
    vec sum[TILE_INPUTS][PER_BLOCK];

    for (size_t r = 0; r < s.kys * s.run; r++) {
        for (size_t j = 0; j < PER_BLOCK; j++)
            sum[r][j] = load(dw + r * KERNEL_LANES + j * WIDTH);
    }
    for (size_t h = 0; h < d->H; h++) {
        for (size_t w = 0; w < s.W; w++) {
            const float *pixel = x + h * row + w * s.I;
            const float *at = du + (h * (s.W + 2) + w) * d->O;

            for (size_t r = 0; r < s.kys * s.run; r++) {
                vec factor = splat(pixel[r / s.run * row + r % s.run]);

                for (size_t j = 0; j < PER_BLOCK; j++)
                    sum[r][j] = multiply_add(factor, load(at + j * WIDTH), sum[r][j]);
            }
        }
    }
    for (size_t r = 0; r < s.kys * s.run; r++) {
        for (size_t j = 0; j < PER_BLOCK; j++)
            store(dw + r * KERNEL_LANES + j * WIDTH, sum[r][j]);
    }
}

INLINE void weights_image(float *dw, const float *x, const float *du, const struct conv *d,
                          struct weights_tiling s)
{
    const float *inner = du + (s.W + 3) * d->O; /* pixel (0,0), behind the rim */

    for (size_t o = 0; o < d->O; o += KERNEL_LANES) {
        for (size_t ky = 0; ky < 3; ky += s.kys) {
            for (size_t k = 0; k < 3 * s.I; k += s.run) {
                size_t first = ky * 3 * s.I + k;

                weights_tile(dw + (o * 9 * s.I) + first * KERNEL_LANES,
                             x + ky * (s.W + 2) * s.I + k, inner + o, d, s);
            }
        }
    }
}

INLINE struct weights_tiling weights_tiling_of(size_t W, size_t I)
{
    if (I == 1)
        return (struct weights_tiling){ W, I, WIDTH == 16 ? 3 : 1, 3 };
    return (struct weights_tiling){ W, I, 1, TILE_INPUTS };
}

void KERNELS_OF(conv3x3_weights)(float *dw, const float *x, const float *du,
                                 const struct conv *d)
{
#define WEIGHTS_SIZE(width, inputs)                                                            \
    if (d->W == (width) && d->I == (inputs)) {                                                 \
        weights_image(dw, x, du, d, weights_tiling_of(width, inputs));                         \
        return;                                                                                \
    }
    FOR_EACH_SIZE(WEIGHTS_SIZE)
    weights_image(dw, x, du, d, (struct weights_tiling){ d->W, d->I, 1, 1 });
}
