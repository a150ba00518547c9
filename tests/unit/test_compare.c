/* SPDX-License-Identifier: Apache-2.0 */
#include "model/compare.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { N = 500 };

/* Two made-up evaluations of the same samples; every label is 3. */
struct pair {
    uint8_t labels[N], predicted[2][N];
    float losses[2][N];
    struct dataset data;
    struct eval evals[2];
};

static void pair_init(struct pair *p)
{
    memset(p, 0, sizeof(*p));
    memset(p->labels, 3, sizeof(p->labels));
    p->data = (struct dataset){ .n = N, .labels = p->labels };
    for (size_t k = 0; k < 2; k++) {
        memset(p->predicted[k], 3, N);
        for (size_t i = 0; i < N; i++)
            p->losses[k][i] = 0.25f;
        p->evals[k].n = N;
        p->evals[k].predicted = p->predicted[k];
        p->evals[k].losses = p->losses[k];
    }
}

/* The first n samples are misread by model k, at a loss of 2.25. */
static void misread(struct pair *p, size_t k, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        p->predicted[k][i] = 8;
        p->losses[k][i] = 2.25f;
    }
}

static struct comparison compare(struct pair *p)
{
    for (size_t k = 0; k < 2; k++) {
        struct eval *e = &p->evals[k];

        e->n_right = 0;
        e->nll = 0.0;
        for (size_t i = 0; i < N; i++) {
            e->n_right += e->predicted[i] == p->labels[i];
            e->nll += (double)e->losses[i] / N;
        }
        e->accuracy = (double)e->n_right / N;
    }
    return compare_evals(&p->evals[0], &p->evals[1], &p->data);
}

static void wilson_interval_is_that_of_the_textbooks(void **state)
{
    static const struct {
        size_t k, n;
        double low, high;
    } cases[] = {
        { 0, 0, 0.0, 1.0 },          { 0, 10, 0.0, 0.277533 },
        { 10, 10, 0.722467, 1.0 },   { 81, 263, 0.2553, 0.3662 }, /* Newcombe 1998, table I */
        { 15, 148, 0.0624, 0.1605 },                              /* the same */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct interval got = interval_wilson(cases[i].k, cases[i].n);

        assert_true(fabs(got.low - cases[i].low) < 5e-5);
        assert_true(fabs(got.high - cases[i].high) < 5e-5);
    }
}

static void models_that_answer_alike_differ_by_nothing(void **state)
{
    struct pair p;

    (void)state;
    pair_init(&p);
    misread(&p, 0, 0, 40);
    misread(&p, 1, 0, 40);
    struct comparison c = compare(&p);
    assert_true(fabs(c.accuracy) < 1e-12 && fabs(c.nll) < 1e-12);
    assert_true(fabs(c.accuracy_interval.low) < 1e-12);
    assert_true(fabs(c.accuracy_interval.high) < 1e-12);
    assert_true(c.mcnemar.p >= 1.0);
}

/* 50 of 500 gained, none lost: the bootstrap's spread is that of a binomial, 0.1 +- 0.0263. */
static void bootstrap_has_the_spread_of_a_binomial(void **state)
{
    struct pair p;

    (void)state;
    pair_init(&p);
    misread(&p, 0, 0, 50);
    struct comparison c = compare(&p);
    assert_true(fabs(c.accuracy - 0.1) < 1e-9 && fabs(c.nll + 0.2) < 1e-6);
    assert_true(fabs(c.accuracy_interval.low - 0.0737) < 0.004);
    assert_true(fabs(c.accuracy_interval.high - 0.1263) < 0.004);
    assert_true(fabs(c.nll_interval.low + 0.2526) < 0.008);
    assert_int_equal(c.mcnemar.only_second, 50);
    assert_true(c.mcnemar.p < 1e-12);
}

static void even_gains_and_losses_leave_zero_inside(void **state)
{
    struct pair p;

    (void)state;
    pair_init(&p);
    misread(&p, 0, 0, 30);
    misread(&p, 1, 30, 58);
    struct comparison c = compare(&p);
    assert_true(c.accuracy_interval.low < 0.0 && c.accuracy_interval.high > 0.0);
    assert_true(c.mcnemar.p > 0.5);
}

static void same_samples_give_the_same_interval(void **state)
{
    struct pair p;

    (void)state;
    pair_init(&p);
    misread(&p, 0, 3, 31);
    struct comparison one = compare(&p), two = compare(&p);
    assert_memory_equal(&one.accuracy_interval, &two.accuracy_interval,
                        sizeof(one.accuracy_interval));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wilson_interval_is_that_of_the_textbooks),
        cmocka_unit_test(models_that_answer_alike_differ_by_nothing),
        cmocka_unit_test(bootstrap_has_the_spread_of_a_binomial),
        cmocka_unit_test(even_gains_and_losses_leave_zero_inside),
        cmocka_unit_test(same_samples_give_the_same_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
