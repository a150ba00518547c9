/* SPDX-License-Identifier: Apache-2.0
 * Batch norm, pooling and dropout, once per instruction set (see kernels_isa.c). Each function
 * computes what its namesake in reference_conv.c does, bit for bit.
 *
 * Channels are columns: a register holds WIDTH of them, and each has its own sums. Sums come by
 * four, since one alone would wait for itself. */
#include "model/kernels_vec.h"

/* Four sums of g and of g (u - mean), for WIDTH channels. */
struct sums {
    vec g[4], gu[4];
};

INLINE void sums_add(struct sums *s, size_t which, vec g, vec from_mean)
{
    s->g[which] += g;
    s->gu[which] = multiply_add(g, from_mean, s->gu[which]);
}

INLINE void sums_store(float *sums, const struct sums *s, size_t c, size_t C)
{
    store(sums + c, (s->g[0] + s->g[1]) + (s->g[2] + s->g[3]));
    store(sums + C + c, (s->gu[0] + s->gu[1]) + (s->gu[2] + s->gu[3]));
}

/* The same pixels' pattern for whole fours and for what is left. */
INLINE void channel_sums_of(float *sums, const float *u, size_t n, size_t c, size_t C)
{
    struct sums s = { 0 };
    size_t p = 0;

    for (; p + 4 <= n; p += 4) {
        for (size_t i = 0; i < 4; i++) {
            vec at = load(u + (p + i) * C + c);

            sums_add(&s, i, at, at);
        }
    }
    for (size_t i = 0; p + i < n; i++) {
        vec at = load(u + (p + i) * C + c);

        sums_add(&s, i, at, at);
    }
    sums_store(sums, &s, c, C);
}

void KERNELS_OF(channel_sums)(float *sums, const float *u, size_t n, size_t C)
{
    for (size_t c = 0; c < C; c += WIDTH)
        channel_sums_of(sums, u, n, c, C);
}

INLINE vec positive(vec x)
{
    return select((mask)(x > splat(0.0f)), x);
}

void KERNELS_OF(norm_relu)(float *y, size_t y_row, const struct norm *n)
{
    for (size_t c = 0; c < n->C; c += WIDTH) {
        vec scale = load(n->scale + c), shift = load(n->shift + c);

        for (size_t h = 0; h < n->H; h++) {
            const float *u = n->u + h * n->W * n->C + c;
            float *to = y + h * y_row + c;

            for (size_t w = 0; w < n->W; w++)
                store(to + w * n->C, positive(multiply_add(load(u + w * n->C), scale, shift)));
        }
    }
}

/* The four corners of a 2x2 window. */
struct window {
    vec u[4], y[4];
};

INLINE struct window window_at(const struct norm *n, size_t h, size_t w, size_t c, vec scale,
                               vec shift)
{
    struct window win;

    for (size_t i = 0; i < 4; i++) {
        win.u[i] = load(n->u + ((2 * h + i / 2) * n->W + 2 * w + i % 2) * n->C + c);
        win.y[i] = multiply_add(win.u[i], scale, shift);
    }
    return win;
}

/* b where it is larger, else a. */
INLINE vec larger(vec a, vec b)
{
    mask is_b = (mask)(b > a);

    return (vec)(((mask)b & is_b) | ((mask)a & ~is_b));
}

void KERNELS_OF(norm_relu_pool)(float *y, size_t y_row, const struct norm *n)
{
    for (size_t c = 0; c < n->C; c += WIDTH) {
        vec scale = load(n->scale + c), shift = load(n->shift + c);

        for (size_t h = 0; h < n->H / 2; h++) {
            for (size_t w = 0; w < n->W / 2; w++) {
                struct window at = window_at(n, h, w, c, scale, shift);
                vec most = larger(larger(larger(at.y[0], at.y[1]), at.y[2]), at.y[3]);

                store(y + h * y_row + w * n->C + c, positive(most));
            }
        }
    }
}

INLINE void relu_backward_four(float *g, const float *dy, const struct norm *n, size_t p,
                               size_t count, size_t c, struct sums *s)
{
    vec scale = load(n->scale + c), shift = load(n->shift + c), mean = load(n->mean + c);

    for (size_t i = 0; i < count; i++) {
        size_t at = (p + i) * n->C + c;
        vec u = load(n->u + at);
        mask is_on = (mask)(multiply_add(u, scale, shift) > splat(0.0f));
        vec got = select(is_on, flush(load(dy + at), GRADIENT_FLOOR));

        store(g + at, got);
        sums_add(s, i, got, u - mean);
    }
}

void KERNELS_OF(norm_relu_backward)(float *g, float *sums, const float *dy,
                                    const struct norm *n)
{
    size_t pixels = n->H * n->W, whole = pixels / 4 * 4;

    for (size_t c = 0; c < n->C; c += WIDTH) {
        struct sums s = { 0 };

        for (size_t p = 0; p < whole; p += 4)
            relu_backward_four(g, dy, n, p, 4, c, &s);
        relu_backward_four(g, dy, n, whole, pixels - whole, c, &s);
        sums_store(sums, &s, c, n->C);
    }
}

/* The gradient dy of a window goes to its first largest corner. */
INLINE void pool_backward_window(float *g, const struct norm *n, struct window at, vec dy,
                                 vec mean, struct sums *s)
{
    vec most = at.y[0];
    mask is_taken = (mask)(splat(0.0f) > splat(0.0f));

    for (size_t i = 1; i < 4; i++)
        most = larger(most, at.y[i]);
    for (size_t i = 0; i < 4; i++) {
        mask is_most = (mask)(at.y[i] == most) & ~is_taken;
        mask is_on = is_most & (mask)(at.y[i] > splat(0.0f));
        vec got = select(is_on, dy);

        is_taken |= is_most;
        store(g + (i / 2 * n->W + i % 2) * n->C, got);
        sums_add(s, i, got, at.u[i] - mean);
    }
}

void KERNELS_OF(norm_relu_pool_backward)(float *g, float *sums, const float *dy,
                                         const struct norm *n)
{
    for (size_t c = 0; c < n->C; c += WIDTH) {
        vec scale = load(n->scale + c), shift = load(n->shift + c), mean = load(n->mean + c);
        struct sums s = { 0 };

        for (size_t h = 0; h < n->H / 2; h++) {
            for (size_t w = 0; w < n->W / 2; w++) {
                struct window at = window_at(n, h, w, c, scale, shift);
                vec got = flush(load(dy + (h * (n->W / 2) + w) * n->C + c), GRADIENT_FLOOR);

                pool_backward_window(g + (2 * h * n->W + 2 * w) * n->C + c, n, at, got, mean,
                                     &s);
            }
        }
        sums_store(sums, &s, c, n->C);
    }
}

void KERNELS_OF(norm_backward)(float *du, size_t du_row, const float *g, const struct norm *n)
{
    for (size_t c = 0; c < n->C; c += WIDTH) {
        vec scale = load(n->scale + c), mean = load(n->mean + c);
        vec mean_g = load(n->mean_g + c), mean_gu = load(n->mean_gu + c);

        for (size_t h = 0; h < n->H; h++) {
            for (size_t w = 0; w < n->W; w++) {
                size_t at = (h * n->W + w) * n->C + c;
                vec rest = (load(g + at) - mean_g) - (load(n->u + at) - mean) * mean_gu;

                store(du + h * du_row + w * n->C + c, flush(scale * rest, GRADIENT_FLOOR));
            }
        }
    }
}

/* hash_u32(key, i) for WIDTH numbers i from `first` on. */
INLINE words hash_words(uint32_t key, uint32_t first)
{
    words x;

    for (uint32_t lane = 0; lane < WIDTH; lane++)
        x[lane] = lane;
    x = key + (x + first) * 0x9e3779b9u;
    x = (x ^ x >> 16) * 0x7feb352du;
    x = (x ^ x >> 15) * 0x846ca68bu;
    return x ^ x >> 16;
}

void KERNELS_OF(dropout)(float *restrict x, size_t n, uint32_t key, uint32_t share, float scale)
{
    for (size_t i = 0; i < n; i += WIDTH) {
        mask is_kept = (mask)(hash_words(key, (uint32_t)i) >= (words){ 0 } + share);

        store(x + i, select(is_kept, load(x + i) * splat(scale)));
    }
}
