/* SPDX-License-Identifier: Apache-2.0 */
#include "model/optimizer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/mathf.h"
#include "model/recipe.h"

#include "tests/fixtures/model/golden_optimizers.h"

static void own_cosine_is_the_library_s_to_1e_15(void **state)
{
    (void)state;
    for (int i = 0; i <= 1000; i++) {
        double t = i / 1000.0;

        assert_true(fabs(cos_pi_f64(t) - cos(3.14159265358979323846 * t)) < 1e-15);
    }
    assert_true(cos_pi_f64(0.0) >= 1.0 && cos_pi_f64(1.0) <= -1.0);
}

/* The rate of every step of a training of n steps. */
static void rates(double *out, enum schedule schedule, size_t n)
{
    const struct recipe recipe = { .learning_rate = 0.5, .schedule = schedule };
    struct updates updates;

    updates_init(&updates, &recipe, n);
    for (size_t i = 0; i < n; i++) {
        struct update u = updates_next(&updates);

        assert_int_equal(u.number, i + 1);
        out[i] = (double)u.rate;
    }
}

static void constant_schedule_keeps_the_rate(void **state)
{
    double rate[100];

    (void)state;
    rates(rate, SCHEDULE_CONSTANT, 100);
    for (size_t i = 0; i < 100; i++)
        assert_true(fabs(rate[i] - 0.5) < 1e-9);
}

static void cosine_falls_from_the_rate_towards_0(void **state)
{
    double rate[100];

    (void)state;
    rates(rate, SCHEDULE_COSINE, 100);
    assert_true(fabs(rate[0] - 0.5) < 1e-9);
    assert_true(fabs(rate[50] - 0.25) < 1e-7);
    for (size_t i = 1; i < 100; i++)
        assert_true(rate[i] < rate[i - 1]);
    assert_true(rate[99] > 0.0 && rate[99] < 0.001);
}

static void one_cycle_climbs_for_three_tenths_and_then_falls(void **state)
{
    double rate[100];

    (void)state;
    rates(rate, SCHEDULE_ONE_CYCLE, 100);
    assert_true(fabs(rate[0] - 0.5 / 25) < 1e-8);
    for (size_t i = 1; i <= 30; i++)
        assert_true(rate[i] > rate[i - 1]);
    assert_true(fabs(rate[30] - 0.5) < 1e-8);
    for (size_t i = 31; i < 100; i++)
        assert_true(rate[i] < rate[i - 1]);
    assert_true(rate[99] < 0.001);
}

/* Two steps of each rule on numbers that are exact in binary, worked out by hand. */
static void sgd_remembers_its_momentum(void **state)
{
    const struct update u = {
        .optimizer = OPTIMIZER_SGD, .rate = 0.5f, .momentum = 0.5f, .decay = 0.25f
    };
    float w[1] = { 4.0f }, m[1] = { 0.0f }, v[1] = { 0.0f };
    const float g[1] = { 1.0f };

    (void)state;
    update_apply(&u, kernels_reference(), w, m, v, g, 1);
    assert_true(fabsf(m[0] - 2.0f) < 1e-9f && fabsf(w[0] - 3.0f) < 1e-9f);
    update_apply(&u, kernels_reference(), w, m, v, g, 1);
    assert_true(fabsf(m[0] - 2.75f) < 1e-9f && fabsf(w[0] - 1.625f) < 1e-9f);
}

static void adamw_shrinks_weights_past_adam(void **state)
{
    const struct recipe recipe = { .learning_rate = 0.125, .weight_decay = 0.5 };
    struct updates updates;
    float plain[2] = { 2.0f, -8.0f }, decayed[2] = { 2.0f, -8.0f };
    float m[4] = { 0 }, v[4] = { 0 };
    const float g[2] = { 0.5f, -0.5f };

    (void)state;
    updates_init(&updates, &recipe, 1);
    struct update u = updates_next(&updates);
    update_apply(&u, kernels_reference(), plain, m, v, g, 2);
    u.optimizer = OPTIMIZER_ADAMW;
    update_apply(&u, kernels_reference(), decayed, m + 2, v + 2, g, 2);
    assert_true(fabsf(plain[0] - 1.875f) < 1e-5f && fabsf(plain[1] + 7.875f) < 1e-5f);
    assert_true(fabsf(decayed[0] - 1.75f) < 1e-5f && fabsf(decayed[1] + 7.375f) < 1e-5f);
    assert_memory_equal(m, m + 2, 2 * sizeof(*m));
}

static void sgd_flushes_what_has_faded(void **state)
{
    const struct update u = { .optimizer = OPTIMIZER_SGD, .rate = 0.5f, .momentum = 0.5f };
    float w[1] = { 1.0f }, m[1] = { 0x1p-100f }, v[1] = { 0.0f };
    const float g[1] = { 0.0f };

    (void)state;
    update_apply(&u, kernels_reference(), w, m, v, g, 1);
    assert_int_equal(bits_of_float(m[0]), 0);
}

/* Five steps under a cosine; numbers as in make_golden_optimizers.py. */
static void rules_walk_as_those_of_torch(void **state)
{
    static const struct {
        enum optimizer optimizer;
        const double *golden;
    } rules[] = {
        { OPTIMIZER_ADAM, golden_adam },
        { OPTIMIZER_ADAMW, golden_adamw },
        { OPTIMIZER_SGD, golden_sgd },
    };
    enum { N = 4, STEPS = 5 };

    (void)state;
    for (size_t r = 0; r < sizeof(rules) / sizeof(rules[0]); r++) {
        const struct recipe recipe = { .learning_rate = 0.05,
                                       .optimizer = rules[r].optimizer,
                                       .schedule = SCHEDULE_COSINE,
                                       .weight_decay = 0.1,
                                       .momentum = 0.9 };
        float w[N] = { -0.75f, -0.25f, 0.25f, 0.75f }, m[N] = { 0 }, v[N] = { 0 }, g[N];
        struct updates updates;

        updates_init(&updates, &recipe, STEPS);
        for (size_t step = 0; step < STEPS; step++) {
            const struct update u = updates_next(&updates);

            for (size_t i = 0; i < N; i++)
                g[i] = ((float)((step * 7 + i * 3) % 11) - 5.0f) / 8.0f;
            update_apply(&u, kernels_reference(), w, m, v, g, N);
            assert_true(fabs((double)u.rate - golden_rates[step]) < 1e-8);
            for (size_t i = 0; i < N; i++)
                assert_true(fabs((double)w[i] - rules[r].golden[step * N + i]) < 1e-6);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_cosine_is_the_library_s_to_1e_15),
        cmocka_unit_test(constant_schedule_keeps_the_rate),
        cmocka_unit_test(cosine_falls_from_the_rate_towards_0),
        cmocka_unit_test(one_cycle_climbs_for_three_tenths_and_then_falls),
        cmocka_unit_test(sgd_remembers_its_momentum),
        cmocka_unit_test(adamw_shrinks_weights_past_adam),
        cmocka_unit_test(sgd_flushes_what_has_faded),
        cmocka_unit_test(rules_walk_as_those_of_torch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
