/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/rng.h"

enum { NOW = 1700000040, MINUTE = 60, SLOT = 10, LIMIT = 40, STEPS = 4000 };

static void what_was_used_leaves_after_the_span_and_not_before(void **state)
{
    struct window w;

    (void)state;
    window_init(&w, MINUTE, SLOT);
    (void)window_add(&w, NOW + 9, 7);
    (void)window_add(&w, NOW + 15, 2);
    assert_int_equal(window_used(&w, NOW + 15), 9);
    assert_int_equal(window_used(&w, NOW + 9 + MINUTE), 9);
    assert_int_equal(window_used(&w, NOW + SLOT + MINUTE), 2);
    assert_int_equal(window_used(&w, NOW + 2 * SLOT + MINUTE), 0);
}

static void a_clock_that_was_set_back_forgets_the_future(void **state)
{
    struct window w;

    (void)state;
    window_init(&w, MINUTE, SLOT);
    (void)window_add(&w, NOW + 3600, 100);
    assert_int_equal(window_used(&w, NOW), 0);
    assert_int_equal(window_free_at(&w, NOW, 0), NOW);
}

static void who_waits_until_it_is_free_never_passes_the_limit_in_any_span(void **state)
{
    static int64_t used_at[STEPS * SLOT]; /* by second */
    struct rng rng;
    struct window w;
    int64_t now = NOW, n_used = 0;

    (void)state;
    rng_init(&rng, 1, 1);
    window_init(&w, MINUTE, SLOT);
    for (int i = 0; i < STEPS; i++) {
        int64_t n = 1 + (int64_t)rng_below(&rng, 5);

        now += (int64_t)rng_below(&rng, 3);
        now = window_free_at(&w, now, LIMIT - n);
        if (now - NOW >= STEPS * SLOT)
            break;
        (void)window_add(&w, now, n);
        used_at[now - NOW] += n;
        n_used += n;
    }
    assert_true(n_used > LIMIT * 10);
    for (int64_t from = 0; from + MINUTE <= STEPS * SLOT; from++) {
        int64_t sum = 0;

        for (int64_t at = from; at < from + MINUTE; at++)
            sum += used_at[at];
        assert_in_range(sum, 0, LIMIT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_used_leaves_after_the_span_and_not_before),
        cmocka_unit_test(a_clock_that_was_set_back_forgets_the_future),
        cmocka_unit_test(who_waits_until_it_is_free_never_passes_the_limit_in_any_span),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
