/* SPDX-License-Identifier: Apache-2.0
 * Convolution, batch norm, pooling and dropout: every set against the plain loops, bit for
 * bit, with tiny numbers among the others. */
#include "model/kernels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "model/mathf.h"

enum { MAX_FLOATS = 30 * 30 * 64, MAX_WEIGHTS = 9 * 64 * 64 };

/* Arrays of the two sides; what both read stands alone. */
struct scene {
    float x[MAX_FLOATS], u[MAX_FLOATS], w[MAX_WEIGHTS];
    float channel[6][64];
    float fast[MAX_FLOATS], slow[MAX_FLOATS], sums_fast[128], sums_slow[128];
    float dw_fast[MAX_WEIGHTS], dw_slow[MAX_WEIGHTS];
};

/* In [-1, 1), and every seventh number so small that it or its square is denormal. */
static void fill(float *x, size_t n, uint64_t seed)
{
    const float tiny[] = { 0x1p-60f, -0x1p-126f, 0x1p-149f, 0x1p-140f };
    struct rng rng;

    rng_init(&rng, seed, 0);
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)(2.0 * rng_uniform(&rng) - 1.0);
        x[i] = i % 7 == 3 ? tiny[i / 7 % 4] : x[i];
    }
}

static struct scene *new_scene(void)
{
    struct scene *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    fill(s->x, MAX_FLOATS, 1);
    fill(s->u, MAX_FLOATS, 2);
    fill(s->w, MAX_WEIGHTS, 3);
    for (size_t i = 0; i < 6; i++)
        fill(s->channel[i], 64, 4 + i);
    return s;
}

/* Of our networks, and others that take the general way. */
static const struct {
    size_t side, I, O;
} sizes[] = {
    { 8, 1, 16 },   { 8, 16, 32 },  { 8, 32, 16 },  { 4, 32, 64 }, { 4, 64, 32 }, { 28, 1, 16 },
    { 28, 16, 16 }, { 14, 16, 48 }, { 14, 48, 16 }, { 6, 3, 16 },  { 5, 16, 32 },
};

enum { N_SIZES = sizeof(sizes) / sizeof(sizes[0]) };

typedef void check_fn(struct scene *s, const struct kernels *k, const struct kernels *naive,
                      size_t size);

/* Calls check for every set that this CPU has and every size. */
static void for_each_set(check_fn *check)
{
    enum kernels_presence presence = KERNELS_ABSENT;
    struct scene *s = new_scene();
    const struct kernels *k;
    size_t n = 0;

    for (size_t i = 0; (k = kernels_at(i, &presence)) != NULL; i++) {
        for (size_t size = 0; size < N_SIZES && presence == KERNELS_PRESENT; size++) {
            check(s, k, kernels_reference(), size);
            n++;
        }
    }
    assert_true(n > 0);
    free(s);
}

static struct conv conv_of(const struct scene *s, size_t size, float *y)
{
    return (struct conv){ .y = y,
                          .x = s->x,
                          .w = s->w,
                          .H = sizes[size].side,
                          .W = sizes[size].side,
                          .I = sizes[size].I,
                          .O = sizes[size].O };
}

static void check_conv3x3(struct scene *s, const struct kernels *k, const struct kernels *naive,
                          size_t size)
{
    struct conv fast = conv_of(s, size, s->fast), slow = conv_of(s, size, s->slow);

    k->conv3x3(&fast);
    naive->conv3x3(&slow);
    assert_memory_equal(s->fast, s->slow, fast.H * fast.W * fast.O * sizeof(float));
}

static void check_weights(struct scene *s, const struct kernels *k, const struct kernels *naive,
                          size_t size)
{
    struct conv sizes_only = conv_of(s, size, NULL);

    memcpy(s->dw_fast, s->w, sizeof(s->w));
    memcpy(s->dw_slow, s->w, sizeof(s->w));
    k->conv3x3_weights(s->dw_fast, s->x, s->u, &sizes_only);
    naive->conv3x3_weights(s->dw_slow, s->x, s->u, &sizes_only);
    assert_memory_equal(s->dw_fast, s->dw_slow, sizeof(s->w));
}

static struct norm norm_of(const struct scene *s, size_t size)
{
    return (struct norm){ .u = s->u,
                          .scale = s->channel[0],
                          .shift = s->channel[1],
                          .mean = s->channel[2],
                          .mean_g = s->channel[3],
                          .mean_gu = s->channel[4],
                          .H = sizes[size].side,
                          .W = sizes[size].side,
                          .C = sizes[size].O };
}

static void assert_both_equal(const struct scene *s, size_t n)
{
    assert_memory_equal(s->fast, s->slow, n * sizeof(float));
    assert_memory_equal(s->sums_fast, s->sums_slow, sizeof(s->sums_fast));
}

static void check_norm(struct scene *s, const struct kernels *k, const struct kernels *naive,
                       size_t size)
{
    struct norm n = norm_of(s, size);
    size_t row = (n.W + 2) * n.C, floats = n.H * row;

    k->channel_sums(s->sums_fast, s->u, n.H * n.W, n.C);
    naive->channel_sums(s->sums_slow, s->u, n.H * n.W, n.C);
    k->norm_relu(s->fast, row, &n);
    naive->norm_relu(s->slow, row, &n);
    assert_both_equal(s, floats);
    k->norm_backward(s->fast, row, s->x, &n);
    naive->norm_backward(s->slow, row, s->x, &n);
    assert_both_equal(s, floats);
    k->norm_relu_backward(s->fast, s->sums_fast, s->x, &n);
    naive->norm_relu_backward(s->slow, s->sums_slow, s->x, &n);
    assert_both_equal(s, floats);
}

static void check_pool(struct scene *s, const struct kernels *k, const struct kernels *naive,
                       size_t size)
{
    struct norm n = norm_of(s, size);

    if (n.W % 2 != 0)
        return;
    s->u[0] = s->u[n.C] = 0.75f; /* a tie, which the first corner wins */
    k->norm_relu_pool(s->fast, n.W * n.C, &n);
    naive->norm_relu_pool(s->slow, n.W * n.C, &n);
    assert_both_equal(s, n.H * n.W * n.C);
    k->norm_relu_pool_backward(s->fast, s->sums_fast, s->x, &n);
    naive->norm_relu_pool_backward(s->slow, s->sums_slow, s->x, &n);
    assert_both_equal(s, n.H * n.W * n.C);
}

static void check_dropout(struct scene *s, const struct kernels *k, const struct kernels *naive,
                          size_t size)
{
    const uint32_t share = 0x4ccccccd; /* three tenths */
    size_t n = sizes[size].side * sizes[size].side * sizes[size].O, n_dropped = 0;

    memcpy(s->fast, s->x, sizeof(s->x));
    memcpy(s->slow, s->x, sizeof(s->x));
    k->dropout(s->fast, n, 77 + (uint32_t)size, share, 1.0f / 0.7f);
    naive->dropout(s->slow, n, 77 + (uint32_t)size, share, 1.0f / 0.7f);
    assert_memory_equal(s->fast, s->slow, n * sizeof(float));
    for (size_t i = 0; i < n; i++)
        n_dropped += bits_of_float(s->fast[i]) == 0;
    assert_in_range(n_dropped, n * 20 / 100, n * 40 / 100);
}

static void every_set_convolves_as_the_reference(void **state)
{
    (void)state;
    for_each_set(check_conv3x3);
}

static void every_set_sums_up_weights_as_the_reference(void **state)
{
    (void)state;
    for_each_set(check_weights);
}

static void every_set_norms_as_the_reference(void **state)
{
    (void)state;
    for_each_set(check_norm);
}

static void every_set_pools_as_the_reference(void **state)
{
    (void)state;
    for_each_set(check_pool);
}

static void every_set_drops_three_tenths_as_the_reference(void **state)
{
    (void)state;
    for_each_set(check_dropout);
}

/* One pixel of 1 in an image of zeros draws the kernel, turned around, into the output. */
static void one_bright_pixel_shows_the_kernel(void **state)
{
    float x[6 * 6] = { 0 }, w[9 * KERNEL_LANES], y[4 * 4 * KERNEL_LANES];
    struct conv conv = { .y = y, .x = x, .w = w, .H = 4, .W = 4, .I = 1, .O = KERNEL_LANES };

    (void)state;
    for (size_t i = 0; i < 9 * KERNEL_LANES; i++)
        w[i] = (float)i;
    x[2 * 6 + 2] = 1.0f; /* pixel (1,1) behind the rim */
    kernels_reference()->conv3x3(&conv);
    for (size_t h = 0; h < 3; h++) {
        for (size_t v = 0; v < 3; v++)
            assert_true(y[(h * 4 + v) * KERNEL_LANES + 5] ==
                        w[((2 - h) * 3 + (2 - v)) * KERNEL_LANES + 5]);
    }
    assert_true(y[3 * KERNEL_LANES] == 0.0f);
}

/* The floor turns them to zero before they reach a weight, a mean or another layer. */
static void planted_denormals_end_in_the_backward_passes(void **state)
{
    enum { C = KERNEL_LANES };
    float one[C], zero[C] = { 0 }, u[C], dy[C], g[C], du[C], sums[2 * C];
    struct norm n = { u, one, one, zero, zero, zero, 1, 1, C };

    (void)state;
    for (size_t c = 0; c < C; c++) {
        one[c] = u[c] = 1.0f;
        dy[c] = c % 2 ? 0x1p-130f : -0x1p-51f;
    }
    kernels_reference()->norm_relu_backward(g, sums, dy, &n);
    kernels_reference()->norm_backward(du, C, dy, &n);
    for (size_t c = 0; c < C; c++)
        assert_true(g[c] == 0.0f && du[c] == 0.0f && sums[c] == 0.0f && sums[C + c] == 0.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_convolves_as_the_reference),
        cmocka_unit_test(every_set_sums_up_weights_as_the_reference),
        cmocka_unit_test(every_set_norms_as_the_reference),
        cmocka_unit_test(every_set_pools_as_the_reference),
        cmocka_unit_test(every_set_drops_three_tenths_as_the_reference),
        cmocka_unit_test(one_bright_pixel_shows_the_kernel),
        cmocka_unit_test(planted_denormals_end_in_the_backward_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
