/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_seed_gives_the_same_numbers_for_ever(void **state)
{
    struct rng a, b;

    (void)state;
    rng_init(&a, 42, 0);
    rng_init(&b, 42, 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(rng_u32(&a), rng_u32(&b));
}

static void seeds_and_streams_differ(void **state)
{
    struct rng a, b, c;
    int same = 0;

    (void)state;
    rng_init(&a, 42, 0);
    rng_init(&b, 43, 0);
    rng_init(&c, 42, 1);
    for (int i = 0; i < 1000; i++) {
        uint32_t x = rng_u32(&a);

        same += x == rng_u32(&b);
        same += x == rng_u32(&c);
    }
    assert_true(same < 3);
}

static void bounded_numbers_are_even(void **state)
{
    int counts[10] = { 0 };
    struct rng rng;

    (void)state;
    rng_init(&rng, 7, 0);
    for (int i = 0; i < 100000; i++)
        counts[rng_below(&rng, 10)]++;
    for (int i = 0; i < 10; i++) /* 10000 expected, standard deviation 95 */
        assert_in_range(counts[i], 9500, 10500);
    assert_int_equal(rng_below(&rng, 1), 0);
}

static void uniform_numbers_fill_the_interval(void **state)
{
    struct rng rng;
    double sum = 0, least = 1, most = 0;

    (void)state;
    rng_init(&rng, 7, 3);
    for (int i = 0; i < 100000; i++) {
        double x = rng_uniform(&rng);

        assert_true(x >= 0 && x < 1);
        sum += x;
        least = x < least ? x : least;
        most = x > most ? x : most;
    }
    assert_true(sum > 49500 && sum < 50500);
    assert_true(least < 0.001 && most > 0.999);
}

static void a_permutation_holds_each_number_once(void **state)
{
    uint32_t order[500];
    char seen[500] = { 0 };
    struct rng rng;
    int moved = 0;

    (void)state;
    rng_init(&rng, 1, 1);
    rng_permutation(&rng, order, 500);
    for (size_t i = 0; i < 500; i++) {
        assert_true(order[i] < 500);
        assert_int_equal(seen[order[i]]++, 0);
        moved += order[i] != i;
    }
    assert_true(moved > 400);
    rng_permutation(&rng, order, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_gives_the_same_numbers_for_ever),
        cmocka_unit_test(seeds_and_streams_differ),
        cmocka_unit_test(bounded_numbers_are_even),
        cmocka_unit_test(uniform_numbers_fill_the_interval),
        cmocka_unit_test(a_permutation_holds_each_number_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
