/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

static const int64_t start = 3000000; /* of a window */

static struct rate_state count(struct rate *rate, const char *key, int64_t now)
{
    struct rate_state state;

    rate_count(&state, rate, key, now);
    return state;
}

static void a_key_is_refused_past_its_limit_until_the_window_ends(void **state)
{
    struct rate *rate = rate_new(3);

    (void)state;
    for (int64_t left = 2; left >= 0; left--) {
        struct rate_state s = count(rate, "a", start + 10);

        assert_false(s.is_refused);
        assert_int_equal(s.left, left);
        assert_int_equal(s.reset_s, RATE_WINDOW_S - 10);
    }
    assert_true(count(rate, "a", start + 299).is_refused);
    assert_false(count(rate, "b", start + 299).is_refused);
    assert_false(count(rate, "a", start + 300).is_refused);
    assert_int_equal(count(rate, "a", start + 300).left, 1);
    rate_free(rate);
}

static void without_a_limit_nobody_is_refused(void **state)
{
    struct rate *rate = rate_new(0);

    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_false(count(rate, "a", start).is_refused);
    assert_int_equal(count(rate, "a", start).limit, 0);
    rate_free(rate);
}

/* More addresses than counters: memory stays what it is, nobody gets more than the limit. */
static void a_crowd_shares_what_counters_there_are(void **state)
{
    struct rate *rate = rate_new(2);
    int passed = 0;
    char key[32];

    (void)state;
    for (int i = 0; i < 4 * RATE_SLOTS; i++) {
        (void)snprintf(key, sizeof(key), "address %d", i);
        passed += !count(rate, key, start).is_refused;
    }
    assert_true(passed >= RATE_SLOTS && passed <= 2 * RATE_SLOTS);
    rate_free(rate);
}

static void one_house_is_one_address(void **state)
{
    static const struct {
        const char *peer, *key;
    } rows[] = {
        { "192.0.2.1", "address 192.0.2.1" },
        { "::ffff:192.0.2.1", "address ::ffff:192.0.2.1" },
        { "2001:db8:1:2:3:4:5:6", "address 2001:db8:1:2::" },
        { "2001:db8:1:2::9", "address 2001:db8:1:2::" },
        { "2001:db8:1:3::9", "address 2001:db8:1:3::" },
        { "nonsense", "address nonsense" },
    };
    char key[RATE_KEY_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        rate_address_key(key, rows[i].peer);
        assert_string_equal(key, rows[i].key);
    }
}

static void the_own_machine_is_known(void **state)
{
    (void)state;
    assert_true(rate_is_own_machine("127.0.0.1"));
    assert_true(rate_is_own_machine("127.8.0.1"));
    assert_true(rate_is_own_machine("::1"));
    assert_true(rate_is_own_machine("::ffff:127.0.0.1"));
    assert_false(rate_is_own_machine("12.7.0.1"));
    assert_false(rate_is_own_machine("::12"));
    assert_false(rate_is_own_machine("192.0.2.127"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_house_is_one_address),
        cmocka_unit_test(the_own_machine_is_known),
        cmocka_unit_test(a_key_is_refused_past_its_limit_until_the_window_ends),
        cmocka_unit_test(without_a_limit_nobody_is_refused),
        cmocka_unit_test(a_crowd_shares_what_counters_there_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
