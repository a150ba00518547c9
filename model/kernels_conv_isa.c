/* SPDX-License-Identifier: Apache-2.0
 * The convolutions, once per instruction set (see kernels_isa.c). Each function computes what
 * its namesake in reference_conv.c does, bit for bit.
 *
 * A tile keeps the sums of several pixels and outputs in registers: a weight that was loaded
 * serves all of its pixels, a pixel all of its outputs. Where the kernel reaches beyond the
 * image nothing is multiplied, which spares a third of the work on 4x4 and a sixth on 8x8. The
 * sizes of our networks and the edges that a tile lies at are constants at the calls, so that
 * addresses are, and whose turn it is costs nothing. */
#include <stdbool.h>

#include "model/kernels_vec.h"

/* Constants at a call. A tile is rows x cols pixels and `blocks` blocks of outputs. */
struct tiling {
    size_t W, I, O;
    size_t rows, cols, between; /* widths of tiles in turn; between is 0 where all are cols */
    size_t blocks;
    bool top, bottom, left, right; /* edges of the image that this tile lies at */
};

enum { MAX_SUMS = 24 }; /* registers of a tile */

/* Whether pixel p of the tile finds nothing at (ky,kx). */
INLINE bool is_outside(struct tiling s, size_t p, size_t ky, size_t kx)
{
    size_t h = p / s.cols, w = p % s.cols;

    return (s.top && h + ky == 0) || (s.bottom && h + ky == s.rows + 1) ||
           (s.left && w + kx == 0) || (s.right && w + kx == s.cols + 1);
}

/* Places kx .. kx + n - 1 in row ky of the kernel. What is outside at one of them is at all. */
struct places {
    size_t ky, kx, n;
};

/* Adds what the weights at these places say of the inputs there: a run of n I floats. */
INLINE void conv_run(vec sum[MAX_SUMS], const float *x, const float *w, struct tiling s,
                     struct places at)
{
    const size_t row = (s.W + 2) * s.I, regs = s.blocks * PER_BLOCK;

    if (s.rows == 1 && is_outside(s, 0, at.ky, 1))
        return;
    x += at.ky * row + at.kx * s.I;
    w += (at.ky * 3 + at.kx) * s.I * KERNEL_LANES;
    for (size_t i = 0; i < at.n * s.I; i++, w += KERNEL_LANES) {
        UNROLLED
        for (size_t p = 0; p < s.rows * s.cols; p++) {
            if (is_outside(s, p, at.ky, at.n > 1 ? 1 : at.kx))
                continue;
            vec factor = splat(x[p / s.cols * row + p % s.cols * s.I + i]);

            UNROLLED
            for (size_t j = 0; j < regs; j++) {
                const float *lanes = w + j / PER_BLOCK * 9 * s.I * KERNEL_LANES;

                sum[p * regs + j] = multiply_add(factor, load(lanes + j % PER_BLOCK * WIDTH),
                                                 sum[p * regs + j]);
            }
        }
    }
}

/* Row ky of the kernel. */
INLINE void conv_taps(vec sum[MAX_SUMS], const float *x, const float *w, struct tiling s,
                      size_t ky)
{
    const size_t left = s.left, right = s.right;

    if (left)
        conv_run(sum, x, w, s, (struct places){ ky, 0, 1 });
    conv_run(sum, x, w, s, (struct places){ ky, left, 3 - left - right });
    if (right)
        conv_run(sum, x, w, s, (struct places){ ky, 2, 1 });
}

/* The tile whose first pixel is (h,w), and whose first output is o. */
INLINE void conv_tile(const struct conv *d, struct tiling s, size_t h, size_t w, size_t o)
{
    const size_t regs = s.blocks * PER_BLOCK;
    const float *x = d->x + (h * (s.W + 2) + w) * s.I, *weights = d->w + o * 9 * s.I;
    vec sum[MAX_SUMS];

    UNROLLED
    for (size_t r = 0; r < s.rows * s.cols * regs; r++)
        sum[r] = splat(0.0f);
    conv_taps(sum, x, weights, s, 0);
    conv_taps(sum, x, weights, s, 1);
    conv_taps(sum, x, weights, s, 2);
    UNROLLED
    for (size_t p = 0; p < s.rows * s.cols; p++) {
        float *y = d->y + ((h + p / s.cols) * s.W + w + p % s.cols) * s.O + o;

        UNROLLED
        for (size_t j = 0; j < regs; j++)
            store(y + j * WIDTH, sum[p * regs + j]);
    }
}

/* A tile narrower than its neighbours. */
INLINE void conv_between(const struct conv *d, struct tiling s, size_t h, size_t w, size_t o)
{
    s.cols = s.between;
    if (s.between > 0)
        conv_tile(d, s, h, w, o);
}

/* s.rows rows of the image from h on: cols, between, cols .. between, cols. */
INLINE void conv_strip(const struct conv *d, struct tiling s, size_t h, size_t o)
{
    size_t w = s.cols;

    s.left = true;
    s.right = s.cols == s.W;
    conv_tile(d, s, h, 0, o);
    if (s.right)
        return;
    s.left = false;
    for (; w + s.between + s.cols < s.W; w += s.between + s.cols) {
        conv_between(d, s, h, w, o);
        conv_tile(d, s, h, w + s.between, o);
    }
    conv_between(d, s, h, w, o);
    s.right = true;
    conv_tile(d, s, h, w + s.between, o);
}

/* rows divides H. */
INLINE void conv_image(const struct conv *d, struct tiling s)
{
    for (size_t o = 0; o < s.O; o += s.blocks * KERNEL_LANES) {
        size_t h = s.rows;

        s.top = true;
        s.bottom = s.rows == d->H;
        conv_strip(d, s, 0, o);
        if (s.bottom)
            continue;
        s.top = false;
        for (; h + s.rows < d->H; h += s.rows)
            conv_strip(d, s, h, o);
        s.bottom = true;
        conv_strip(d, s, h, o);
    }
}

/* As many sums as the registers hold, and not so few that they wait for each other. */
INLINE struct tiling tiling_of(size_t W, size_t I, size_t O)
{
    struct tiling s = { .W = W, .I = I, .O = O, .rows = 1, .cols = W, .blocks = 1 };

    if (WIDTH == 16) {
        s.rows = W == 4 || (W == 8 && O == 16) ? 2 : 1;
        s.cols = W == 28 ? 14 : W == 14 && O == 48 ? 7 : W;
        s.blocks = O == 48 ? 3 : O > 16 ? 2 : 1;
    } else if (W > 4) {
        s.rows = W == 8 ? 2 : 1;
        s.cols = W == 8 ? 3 : W == 14 ? 5 : 6;
        s.between = s.cols - 1;
    }
    return s;
}

/* Without a multiply-add in the CPU there is nothing to keep busy: any way will do. */
#if KERNELS_WIDTH > 4 || defined(__aarch64__)
enum { IS_TILED = 1 };
#else
enum { IS_TILED = 0 };
#endif

#define FOR_EACH_SIZE(X)                                                                       \
    X(8, 1, 16)                                                                                \
    X(8, 16, 32)                                                                               \
    X(8, 32, 16)                                                                               \
    X(4, 32, 64)                                                                               \
    X(4, 64, 32) X(28, 1, 16) X(28, 16, 16) X(14, 16, 48) X(14, 48, 16)

INLINE bool is_size(const struct conv *d, size_t side, size_t I, size_t O)
{
    return IS_TILED && d->W == side && d->H == side && d->I == I && d->O == O;
}

/* Any other size, pixel by pixel. */
static void conv_any(const struct conv *d)
{
    struct tiling s = { .W = d->W, .I = d->I, .O = d->O, .rows = 1, .cols = 1, .blocks = 1 };

    for (size_t o = 0; o < d->O; o += KERNEL_LANES) {
        for (size_t p = 0; p < d->H * d->W; p++) {
            size_t h = p / d->W, w = p % d->W;

            s.top = h == 0;
            s.bottom = h + 1 == d->H;
            s.left = w == 0;
            s.right = w + 1 == d->W;
            conv_tile(d, s, h, w, o);
        }
    }
}

void KERNELS_OF(conv3x3)(const struct conv *d)
{
#define CONV_SIZE(width, inputs, outputs)                                                      \
    if (is_size(d, width, inputs, outputs)) {                                                  \
        conv_image(d, tiling_of(width, inputs, outputs));                                      \
        return;                                                                                \
    }
    FOR_EACH_SIZE(CONV_SIZE)
    conv_any(d);
}

/* Constants at a call: `run` inputs and `blocks` blocks of outputs. */
struct weights_tiling {
    size_t W, I, O;
    size_t run, blocks;
};

/* Weights at (ky,kx): a gradient du(h,w) meets the input (ky - 1, kx - 1) away from it, as long
 * as that lies within the image. */
INLINE void weights_tile(float *dw, const float *x, const float *du, const struct conv *d,
                         struct weights_tiling s, size_t ky, size_t kx)
{
    const size_t regs = s.blocks * PER_BLOCK, block = 9 * s.I * KERNEL_LANES;
    vec sum[MAX_SUMS];

    UNROLLED
    for (size_t r = 0; r < s.run * regs; r++)
        sum[r] = load(dw + r / regs * KERNEL_LANES + r % regs / PER_BLOCK * block +
                      r % PER_BLOCK * WIDTH);
    for (size_t h = ky == 0; h < d->H - (ky == 2); h++) {
        for (size_t w = kx == 0; w < s.W - (kx == 2); w++) {
            const float *pixel = x + ((h + ky) * (s.W + 2) + w + kx) * s.I;
            const float *at = du + ((h + 1) * (s.W + 2) + w + 1) * s.O;

            UNROLLED
            for (size_t r = 0; r < s.run * regs; r++)
                sum[r] =
                    multiply_add(splat(pixel[r / regs]), load(at + r % regs * WIDTH), sum[r]);
        }
    }
    UNROLLED
    for (size_t r = 0; r < s.run * regs; r++)
        store(dw + r / regs * KERNEL_LANES + r % regs / PER_BLOCK * block +
                  r % PER_BLOCK * WIDTH,
              sum[r]);
}

/* `run` inputs from i on, for all kernel places and outputs. */
INLINE void weights_run(float *dw, const float *x, const float *du, const struct conv *d,
                        struct weights_tiling s, size_t i)
{
    for (size_t o = 0; o < s.O; o += s.blocks * KERNEL_LANES) {
        for (size_t tap = 0; tap < 9; tap++)
            weights_tile(dw + (o * 9 + tap * KERNEL_LANES) * s.I + i * KERNEL_LANES, x + i,
                         du + o, d, s, tap / 3, tap % 3);
    }
}

INLINE struct weights_tiling weights_tiling_of(size_t W, size_t I, size_t O)
{
    size_t blocks = WIDTH < 16 ? 1 : O == 48 ? 3 : O > 16 ? 2 : 1;

    return (struct weights_tiling){ W, I, O, 0, blocks };
}

/* As many sums as registers again; with AVX2 an input has two, and 5 + 5 + 6 make a block. */
INLINE void weights_image(float *dw, const float *x, const float *du, const struct conv *d,
                          struct weights_tiling s)
{
    for (size_t i = 0; i < s.I; i += KERNEL_LANES) {
        if (WIDTH < 16) {
            s.run = 5;
            weights_run(dw, x, du, d, s, i);
            weights_run(dw, x, du, d, s, i + 5);
            s.run = 6;
            weights_run(dw, x, du, d, s, i + 10);
        } else if (s.blocks > 1) {
            s.run = 8;
            weights_run(dw, x, du, d, s, i);
            weights_run(dw, x, du, d, s, i + 8);
        } else {
            s.run = 16;
            weights_run(dw, x, du, d, s, i);
        }
    }
}

/* Rows [top, bottom), columns [left, right) of the kernel. */
struct corner {
    size_t top, bottom, left, right;
};

/* One pixel of a grey image and WIDTH outputs: nine weights, nine registers. */
INLINE void grey_pixel(vec sum[9], const float *x, const float *du, size_t W, struct corner at)
{
    vec d = load(du);

    for (size_t ky = at.top; ky < at.bottom; ky++) {
        for (size_t kx = at.left; kx < at.right; kx++)
            sum[ky * 3 + kx] = multiply_add(splat(x[ky * (W + 2) + kx]), d, sum[ky * 3 + kx]);
    }
}

INLINE void grey_row(vec sum[9], const float *x, const float *du, const struct conv *d,
                     struct corner at)
{
    size_t last = d->W - 1;

    grey_pixel(sum, x, du, d->W, (struct corner){ at.top, at.bottom, 1, 3 });
    for (size_t w = 1; w < last; w++)
        grey_pixel(sum, x + w, du + w * d->O, d->W, at);
    grey_pixel(sum, x + last, du + last * d->O, d->W,
               (struct corner){ at.top, at.bottom, 0, 2 });
}

/* An image of one channel and more than one row and column. */
static void weights_grey(float *dw, const float *x, const float *du, const struct conv *d)
{
    const size_t x_row = d->W + 2, du_row = x_row * d->O, last = d->H - 1;

    for (size_t o = 0; o < d->O; o += WIDTH) {
        float *to = dw + o / KERNEL_LANES * 9 * KERNEL_LANES + o % KERNEL_LANES;
        const float *from = du + du_row + d->O + o;
        vec sum[9];

        for (size_t tap = 0; tap < 9; tap++)
            sum[tap] = load(to + tap * KERNEL_LANES);
        grey_row(sum, x, from, d, (struct corner){ 1, 3, 0, 3 });
        for (size_t h = 1; h < last; h++)
            grey_row(sum, x + h * x_row, from + h * du_row, d, (struct corner){ 0, 3, 0, 3 });
        grey_row(sum, x + last * x_row, from + last * du_row, d, (struct corner){ 0, 2, 0, 3 });
        for (size_t tap = 0; tap < 9; tap++)
            store(to + tap * KERNEL_LANES, sum[tap]);
    }
}

void KERNELS_OF(conv3x3_weights)(float *dw, const float *x, const float *du,
                                 const struct conv *d)
{
    if (d->I == 1 && d->W > 1 && d->H > 1) {
        weights_grey(dw, x, du, d);
        return;
    }
#define WEIGHTS_SIZE(width, inputs, outputs)                                                   \
    if (is_size(d, width, inputs, outputs)) {                                                  \
        weights_image(dw, x, du, d, weights_tiling_of(width, inputs, outputs));                \
        return;                                                                                \
    }
    FOR_EACH_SIZE(WEIGHTS_SIZE)
    struct weights_tiling any = { d->W, d->I, d->O, 1, 1 };

    for (size_t i = 0; i < d->I; i++)
        weights_run(dw, x, du, d, any, i);
}
