/* SPDX-License-Identifier: Apache-2.0
 * The plain loops that define convolution, batch norm, pooling and dropout, bit for bit
 * (kernels.h). */
#include "model/reference.h"

#include <math.h>
#include <stdbool.h>

#include "model/mathf.h"

static float flush(float x)
{
    return x < GRADIENT_FLOOR && x > -GRADIENT_FLOOR ? 0.0f : x;
}

/* Where the weight from input i to output o at (ky,kx) lies. */
static size_t weight_at(const struct conv *d, size_t ky, size_t kx, size_t i, size_t o)
{
    size_t block = o / KERNEL_LANES, lane = o % KERNEL_LANES;

    return (((block * 3 + ky) * 3 + kx) * d->I + i) * KERNEL_LANES + lane;
}

/* Where element c of pixel (h,w) lies in an image with a rim. */
static size_t rimmed_at(const struct conv *d, size_t h, size_t w, size_t c, size_t C)
{
    return (h * (d->W + 2) + w) * C + c;
}

/* Whether the kernel's place (ky,kx) over pixel (h,w) is on the rim. */
static bool is_rim(const struct conv *d, size_t h, size_t w, size_t ky, size_t kx)
{
    return h + ky == 0 || h + ky == d->H + 1 || w + kx == 0 || w + kx == d->W + 1;
}

static float conv_element(const struct conv *d, size_t h, size_t w, size_t o)
{
    float sum = 0.0f;

    for (size_t ky = 0; ky < 3; ky++) {
        for (size_t kx = 0; kx < 3; kx++) {
            for (size_t i = 0; i < d->I && !is_rim(d, h, w, ky, kx); i++)
                sum = fmaf(d->x[rimmed_at(d, h + ky, w + kx, i, d->I)],
                           d->w[weight_at(d, ky, kx, i, o)], sum);
        }
    }
    return sum;
}

void reference_conv3x3(const struct conv *d)
{
    for (size_t h = 0; h < d->H; h++) {
        for (size_t w = 0; w < d->W; w++) {
            for (size_t o = 0; o < d->O; o++)
                d->y[(h * d->W + w) * d->O + o] = conv_element(d, h, w, o);
        }
    }
}

void reference_conv3x3_weights(float *dw, const float *x, const float *du, const struct conv *d)
{
    for (size_t k = 0; k < 9 * d->I; k++) {
        size_t ky = k / d->I / 3, kx = k / d->I % 3, i = k % d->I;

        for (size_t o = 0; o < d->O; o++) {
            float *sum = &dw[weight_at(d, ky, kx, i, o)];

            for (size_t p = 0; p < d->H * d->W; p++) {
                size_t h = p / d->W, w = p % d->W;

                if (is_rim(d, h, w, ky, kx))
                    continue;
                *sum = fmaf(x[rimmed_at(d, h + ky, w + kx, i, d->I)],
                            du[rimmed_at(d, h + 1, w + 1, o, d->O)], *sum);
            }
        }
    }
}

void reference_channel_sums(float *sums, const float *u, size_t n, size_t C)
{
    for (size_t c = 0; c < C; c++) {
        float s[4] = { 0 }, squares[4] = { 0 };

        for (size_t p = 0; p < n; p++) {
            s[p % 4] += u[p * C + c];
            squares[p % 4] = fmaf(u[p * C + c], u[p * C + c], squares[p % 4]);
        }
        sums[c] = (s[0] + s[1]) + (s[2] + s[3]);
        sums[C + c] = (squares[0] + squares[1]) + (squares[2] + squares[3]);
    }
}

/* scale u + shift of element c of pixel (h,w). */
static float normed(const struct norm *n, size_t h, size_t w, size_t c)
{
    return fmaf(n->u[(h * n->W + w) * n->C + c], n->scale[c], n->shift[c]);
}

static float positive(float x)
{
    return x > 0.0f ? x : 0.0f;
}

void reference_norm_relu(float *y, size_t y_row, const struct norm *n)
{
    for (size_t h = 0; h < n->H; h++) {
        for (size_t w = 0; w < n->W; w++) {
            for (size_t c = 0; c < n->C; c++)
                y[h * y_row + w * n->C + c] = positive(normed(n, h, w, c));
        }
    }
}

/* Corners of a 2x2 window, in this order. */
static size_t first_largest(const struct norm *n, size_t h, size_t w, size_t c)
{
    size_t best = 0;

    for (size_t corner = 1; corner < 4; corner++) {
        if (normed(n, 2 * h + corner / 2, 2 * w + corner % 2, c) >
            normed(n, 2 * h + best / 2, 2 * w + best % 2, c))
            best = corner;
    }
    return best;
}

void reference_norm_relu_pool(float *y, size_t y_row, const struct norm *n)
{
    for (size_t h = 0; h < n->H / 2; h++) {
        for (size_t w = 0; w < n->W / 2; w++) {
            for (size_t c = 0; c < n->C; c++) {
                size_t best = first_largest(n, h, w, c);

                y[h * y_row + w * n->C + c] =
                    positive(normed(n, 2 * h + best / 2, 2 * w + best % 2, c));
            }
        }
    }
}

/* The gradient dy reaches element c of pixel (h,w); returns it for the sums. */
static float reach(float *g, float dy, const struct norm *n, size_t h, size_t w, size_t c)
{
    float got = normed(n, h, w, c) > 0.0f ? flush(dy) : 0.0f;

    g[(h * n->W + w) * n->C + c] = got;
    return got;
}

/* Adds what element c of pixel (h,w) gives to the two sums. */
static void add(float *sum_g, float *sum_gu, float g, const struct norm *n, size_t p, size_t c)
{
    *sum_g += g;
    *sum_gu = fmaf(g, n->u[p * n->C + c] - n->mean[c], *sum_gu);
}

static void store_sums(float *sums, const float *s, const float *su, size_t c, size_t C)
{
    sums[c] = (s[0] + s[1]) + (s[2] + s[3]);
    sums[C + c] = (su[0] + su[1]) + (su[2] + su[3]);
}

void reference_norm_relu_backward(float *g, float *sums, const float *dy, const struct norm *n)
{
    for (size_t c = 0; c < n->C; c++) {
        float s[4] = { 0 }, su[4] = { 0 };

        for (size_t p = 0; p < n->H * n->W; p++) {
            float got = reach(g, dy[p * n->C + c], n, p / n->W, p % n->W, c);

            add(&s[p % 4], &su[p % 4], got, n, p, c);
        }
        store_sums(sums, s, su, c, n->C);
    }
}

void reference_norm_relu_pool_backward(float *g, float *sums, const float *dy,
                                       const struct norm *n)
{
    size_t windows = n->H / 2 * (n->W / 2);

    for (size_t c = 0; c < n->C; c++) {
        float s[4] = { 0 }, su[4] = { 0 };

        for (size_t i = 0; i < 4 * windows; i++) {
            size_t at = i / 4, corner = i % 4, h = at / (n->W / 2), w = at % (n->W / 2);
            size_t y = 2 * h + corner / 2, x = 2 * w + corner % 2;
            float share = first_largest(n, h, w, c) == corner ? dy[at * n->C + c] : 0.0f;

            add(&s[corner], &su[corner], reach(g, share, n, y, x, c), n, y * n->W + x, c);
        }
        store_sums(sums, s, su, c, n->C);
    }
}

void reference_norm_backward(float *du, size_t du_row, const float *g, const struct norm *n)
{
    for (size_t p = 0; p < n->H * n->W; p++) {
        for (size_t c = 0; c < n->C; c++) {
            float from_mean = n->u[p * n->C + c] - n->mean[c];
            float rest = (g[p * n->C + c] - n->mean_g[c]) - from_mean * n->mean_gu[c];

            du[p / n->W * du_row + p % n->W * n->C + c] = flush(n->scale[c] * rest);
        }
    }
}

void reference_dropout(float *x, size_t n, uint32_t key, uint32_t share, float scale)
{
    for (size_t i = 0; i < n; i++)
        x[i] = hash_u32(key, (uint32_t)i) < share ? 0.0f : x[i] * scale;
}
