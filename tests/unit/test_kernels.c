/* SPDX-License-Identifier: Apache-2.0 */
#include "model/kernels.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/rng.h"
#include "model/mathf.h"

enum { M = 29, N = 48, K = 37, ODD = 1003 };

static void fill(float *x, size_t n, uint64_t seed)
{
    struct rng rng;

    rng_init(&rng, seed, 0);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(2.0 * rng_uniform(&rng) - 1.0);
}

/* Calls check for every set that this CPU has. */
static void for_each_set(void (*check)(const struct kernels *k, const struct kernels *naive))
{
    enum kernels_presence presence = KERNELS_ABSENT;
    const struct kernels *k;
    size_t n = 0;

    for (size_t i = 0; (k = kernels_at(i, &presence)) != NULL; i++) {
        if (presence == KERNELS_PRESENT) {
            check(k, kernels_reference());
            n++;
        }
    }
    assert_true(n > 0);
}

static void check_dense(const struct kernels *k, const struct kernels *naive)
{
    static float a[M * K], b[K * N], bias[N], fast[M * N], slow[M * N];

    fill(a, M * K, 1);
    fill(b, K * N, 2);
    fill(bias, N, 3);
    for (int turned = 0; turned < 2; turned++) {
        struct dense_args args = {
            .c = fast,
            .c_row = N,
            .a = a,
            .a_row = turned ? 1 : K,
            .a_col = turned ? M : 1,
            .b = b,
            .b_row = N,
            .bias = turned ? NULL : bias,
            .M = M,
            .N = N,
            .K = K,
        };
        k->dense(&args);
        args.c = slow;
        naive->dense(&args);
        assert_memory_equal(fast, slow, sizeof(fast));
    }
}

static void check_sparse(const struct kernels *k, const struct kernels *naive)
{
    enum { ROWS = 5, TERMS = 64, WIDE = 272 };
    static const uint64_t masks[ROWS] = { 0, 1, 1ULL << 63, 0x8421842184218421, UINT64_MAX };
    static float weights[WIDE], b[TERMS * WIDE], fast[ROWS * WIDE], slow[ROWS * WIDE];
    uint8_t a[ROWS * TERMS];

    fill(weights, WIDE, 4);
    fill(b, TERMS * WIDE, 5);
    for (size_t i = 0; i < sizeof(a); i++)
        a[i] = (uint8_t)(i * 13);
    for (size_t width = 16; width <= WIDE; width += 16) {
        int turned = width % 32 == 0;
        struct sparse_args args = {
            .c = fast,
            .c_row = WIDE,
            .masks = masks,
            .a = a,
            .a_row = turned ? 1 : TERMS,
            .a_col = turned ? ROWS : 1,
            .weights = weights,
            .b = b,
            .b_row = WIDE,
            .M = ROWS,
            .N = width,
        };

        fill(fast, ROWS * WIDE, 6);
        memcpy(slow, fast, sizeof(fast));
        for (size_t init = 0; init < 3; init++) {
            args.init_row = init == 2 ? WIDE : 0;
            args.c = fast;
            args.init = init == 0 ? NULL : init == 1 ? weights : fast;
            k->sparse(&args);
            args.c = slow;
            args.init = init == 2 ? slow : args.init;
            naive->sparse(&args);
            assert_memory_equal(fast, slow, sizeof(fast));
        }
    }
}

static void check_nonzero(const struct kernels *k, const struct kernels *naive)
{
    enum { GROUPS = 5, ROW = 2 };
    static const uint8_t values[] = { 0, 1, 0, 0x7f, 0x80, 0, 0xff };
    uint8_t bytes[GROUPS * 64];
    uint64_t fast[GROUPS * ROW] = { 0 }, slow[GROUPS * ROW] = { 0 };

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = values[i * i / 3 % sizeof(values)];
    k->nonzero(fast, ROW, bytes, GROUPS);
    naive->nonzero(slow, ROW, bytes, GROUPS);
    assert_memory_equal(fast, slow, sizeof(fast));
}

static void check_elementwise(const struct kernels *k, const struct kernels *naive)
{
    static float x[M * N], fast[M * N], slow[M * N], sum_fast[N], sum_slow[N];

    fill(x, M * N, 6);
    x[3] = NAN;
    x[5] = -0.0f;
    memcpy(fast, x, sizeof(x));
    memcpy(slow, x, sizeof(x));
    k->relu(fast, N, M, N);
    naive->relu(slow, N, M, N);
    assert_memory_equal(fast, slow, sizeof(fast));

    memcpy(fast, x, sizeof(x));
    fast[7] = 0x1p-60f;
    fast[8] = -0x1p-149f;
    memcpy(slow, fast, sizeof(x));
    k->relu_backward(fast, x, N, M, N);
    naive->relu_backward(slow, x, N, M, N);
    assert_memory_equal(fast, slow, sizeof(fast));

    k->sum_rows(sum_fast, x, N, M, N);
    naive->sum_rows(sum_slow, x, N, M, N);
    sum_fast[3] = sum_slow[3] = 0.0f; /* the sign of a NaN is the compiler's business */
    assert_memory_equal(sum_fast, sum_slow, sizeof(sum_fast));
}

static void check_cell(const struct kernels *k, const struct kernels *naive)
{
    static float a[M * K], b[K * N], bias[N], fast[M * N], slow[M * N], d_fast[M * N],
        d_slow[M * N];
    struct dense_args args = {
        .c = fast,
        .c_row = N,
        .a = a,
        .a_row = K,
        .a_col = 1,
        .b = b,
        .b_row = N,
        .bias = bias,
        .M = M,
        .N = N,
        .K = K,
    };

    fill(a, M * K, 11);
    fill(b, K * N, 12);
    fill(bias, N, 13);
    k->cell(&args);
    args.c = slow;
    naive->cell(&args);
    assert_memory_equal(fast, slow, sizeof(fast));

    fill(d_fast, M * N, 14);
    d_fast[4] = 0x1p-60f;
    d_fast[5] = -0x1p-149f;
    memcpy(d_slow, d_fast, sizeof(d_fast));
    k->cell_backward(d_fast, N, fast, N, M, N);
    naive->cell_backward(d_slow, N, slow, N, M, N);
    assert_memory_equal(d_fast, d_slow, sizeof(d_fast));
}

static void check_softmax_loss(const struct kernels *k, const struct kernels *naive)
{
    enum { B = 61, O = 10 };
    static float z[B * KERNEL_LANES], fast[B * KERNEL_LANES], slow[B * KERNEL_LANES];
    float loss_fast[B], loss_slow[B];
    uint8_t labels[B];

    fill(z, B * KERNEL_LANES, 7);
    for (size_t b = 0; b < B; b++) {
        labels[b] = (uint8_t)(b % O);
        for (size_t o = 0; o < O; o++)
            z[b * KERNEL_LANES + o] *= b < 30 ? 3.0f : 90.0f;
    }
    k->softmax_loss(fast, loss_fast, z, labels, 1.0f / B, B, O);
    naive->softmax_loss(slow, loss_slow, z, labels, 1.0f / B, B, O);
    assert_memory_equal(fast, slow, sizeof(fast));
    assert_memory_equal(loss_fast, loss_slow, sizeof(loss_fast));
}

static void check_adam(const struct kernels *k, const struct kernels *naive)
{
    static float w[2][ODD], m[2][ODD], v[2][ODD], g[ODD];
    const struct adam adam = { 0.9f, 0.999f, 1e-3f, 1e-8f };

    for (size_t side = 0; side < 2; side++) {
        fill(w[side], ODD, 8);
        memset(m[side], 0, sizeof(m[side]));
        memset(v[side], 0, sizeof(v[side]));
    }
    for (size_t step = 0; step < 50; step++) {
        fill(g, ODD, 9 + step);
        for (size_t i = 0; i < ODD; i += 3)
            g[i] *= 0x1p-45f; /* some pass the floors, some do not */
        k->adam(w[0], m[0], v[0], g, ODD, &adam);
        naive->adam(w[1], m[1], v[1], g, ODD, &adam);
    }
    assert_memory_equal(w[0], w[1], sizeof(w[0]));
    assert_memory_equal(m[0], m[1], sizeof(m[0]));
    assert_memory_equal(v[0], v[1], sizeof(v[0]));
}

static void every_set_computes_dense_as_the_reference(void **state)
{
    (void)state;
    for_each_set(check_dense);
}

static void every_set_computes_sparse_as_the_reference(void **state)
{
    (void)state;
    for_each_set(check_nonzero);
    for_each_set(check_sparse);
}

static void every_set_computes_elementwise_as_the_reference(void **state)
{
    (void)state;
    for_each_set(check_elementwise);
}

static void every_set_computes_the_recurrent_cell_as_the_reference(void **state)
{
    (void)state;
    for_each_set(check_cell);
}

static void every_set_computes_softmax_loss_as_the_reference(void **state)
{
    (void)state;
    for_each_set(check_softmax_loss);
}

static void every_set_computes_adam_as_the_reference(void **state)
{
    (void)state;
    for_each_set(check_adam);
}

static void planted_denormals_are_flushed_by_adam(void **state)
{
    const struct adam adam = { 0.9f, 0.999f, 1e-3f, 1e-8f };
    float w = 1.0f, m = 0x1p-140f, v = 0x1p-149f, g = 0x1p-130f;

    (void)state;
    kernels_reference()->adam(&w, &m, &v, &g, 1, &adam);
    assert_true(w == 1.0f && m == 0.0f && v == 0.0f);
}

static void exp_is_within_two_ulp(void **state)
{
    (void)state;
    for (double x = -86.9; x < 88.0; x += 0.00371) {
        float got = exp_f32((float)x);
        double want = exp((double)(float)x);

        assert_true(fabs((double)got - want) <= want * 0x1p-22);
    }
    assert_true(exp_f32(0.0f) == 1.0f);
    assert_true(exp_f32(-1000.0f) > 0.0f && exp_f32(-1000.0f) < 1e-37f);
}

static void tanh_is_within_three_ulp_and_odd(void **state)
{
    (void)state;
    for (double x = 1e-6; x < 12.0; x *= 1.0007) {
        float got = tanh_f32((float)x), spacing = nextafterf(got, 2.0f) - got;
        double want = tanh((double)(float)x);

        if (fabs((double)got - want) > 3.0 * (double)spacing)
            fail_msg("tanh(%.9g): %.9g, not %.9g", x, (double)got, want);
        assert_true(bits_of_float(tanh_f32(-(float)x)) == (bits_of_float(got) ^ 0x80000000u));
    }
    assert_true(tanh_f32(0.0f) == 0.0f && tanh_f32(1e30f) == 1.0f);
    assert_true(tanh_f32(0x1p-149f) == 0x1p-149f);
}

static void log_is_within_four_ulp(void **state)
{
    (void)state;
    for (double x = 1e-300; x < 1e300; x *= 1.37)
        assert_true(fabs(log_f64(x) - log(x)) <= fabs(log(x)) * 0x1p-50);
    for (double x = 0.5; x < 2.0; x += 0.00137)
        assert_true(fabs(log_f64(x) - log(x)) <= 0x1p-52);
    assert_true(log_f64(1.0) == 0.0);
}

/* Factors over the whole range, with sums that cancel, so that rounding twice would show. */
static void software_multiply_add_rounds_once(void **state)
{
    struct rng rng;

    (void)state;
    rng_init(&rng, 11, 0);
    for (size_t i = 0; i < 200000; i++) {
        float a = float_of_bits(rng_u32(&rng) >> 2 & 0x1fffffffu) + 1.0f;
        float b = (float)rng_uniform(&rng) * 2.0f - 1.0f;
        float c = -(a * b) * (i % 3 == 0 ? 1.0f : (float)rng_uniform(&rng));
        float want = fmaf(a, b, c), got = multiply_add_f32(a, b, c);

        assert_memory_equal(&got, &want, sizeof(got));
    }
    assert_true(multiply_add_f32(0x1.000002p0f, 0x1.000002p0f, 0x1p-60f) ==
                fmaf(0x1.000002p0f, 0x1.000002p0f, 0x1p-60f));
    assert_true(isinf(multiply_add_f32(0x1p120f, 0x1p120f, 1.0f)));
    assert_true(multiply_add_f32(-0x1p120f, 0x1p120f, 1.0f) == -INFINITY);
    assert_true(isnan(multiply_add_f32(NAN, 1.0f, 1.0f)));
}

/* Of numbers of any exponent but the largest: sums that leave next to nothing, and products
 * that lie halfway between two floats, where the least addend decides. */
static void draw_terms(float *a, float *b, float *c, struct rng *rng, bool is_halfway)
{
    const float least[] = { 0.0f, 0x1p-70f, -0x1p-70f };

    *a = is_halfway ? 3.0f : float_of_bits(rng_u32(rng) & 0xbfffffffu);
    for (size_t j = 0; j < KERNEL_LANES; j++) {
        b[j] = float_of_bits(rng_u32(rng) & 0xbfffffffu);
        if (is_halfway)
            c[j] = b[j] * least[j % 3];
        else if (j % 2)
            c[j] = float_of_bits(rng_u32(rng) & 0xbfffffffu);
        else
            c[j] = float_of_bits(bits_of_float(-(*a * b[j])) ^ 1u << j);
    }
}

static void check_multiply_add(const struct kernels *k, const struct kernels *naive)
{
    float a, b[KERNEL_LANES], c[KERNEL_LANES], got[KERNEL_LANES], want[KERNEL_LANES];
    const struct dense_args args = {
        .c = got, .a = &a, .b = b, .bias = c, .M = 1, .N = KERNEL_LANES, .K = 1
    };
    struct rng rng;

    (void)naive;
    rng_init(&rng, 12, 0);
    for (size_t i = 0; i < 20000; i++) {
        draw_terms(&a, b, c, &rng, i % 2);
        for (size_t j = 0; j < KERNEL_LANES; j++)
            want[j] = fmaf(a, b[j], c[j]);
        k->dense(&args);
        assert_memory_equal(got, want, sizeof(got));
    }
}

static void every_set_rounds_a_multiply_add_once(void **state)
{
    (void)state;
    for_each_set(check_multiply_add);
}

static void unknown_set_is_refused_by_name(void **state)
{
    const struct kernels *k = NULL;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(kernels_choose(&k, "v5", &err), -ERR_USAGE);
    assert_non_null(strstr(err.msg, "'v5'"));
    assert_null(k);
    assert_int_equal(kernels_choose(&k, "baseline", &err), 0);
    assert_string_equal(k->name, "baseline");
    assert_int_equal(kernels_choose(&k, "", &err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_computes_dense_as_the_reference),
        cmocka_unit_test(every_set_computes_sparse_as_the_reference),
        cmocka_unit_test(every_set_computes_elementwise_as_the_reference),
        cmocka_unit_test(every_set_computes_the_recurrent_cell_as_the_reference),
        cmocka_unit_test(every_set_computes_softmax_loss_as_the_reference),
        cmocka_unit_test(every_set_computes_adam_as_the_reference),
        cmocka_unit_test(planted_denormals_are_flushed_by_adam),
        cmocka_unit_test(exp_is_within_two_ulp),
        cmocka_unit_test(tanh_is_within_three_ulp_and_odd),
        cmocka_unit_test(log_is_within_four_ulp),
        cmocka_unit_test(software_multiply_add_rounds_once),
        cmocka_unit_test(every_set_rounds_a_multiply_add_once),
        cmocka_unit_test(unknown_set_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
