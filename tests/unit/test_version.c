/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/release/version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void three_numbers_are_a_version(void **state)
{
    static const char *const good[] = { "0.0.0", "1.0.0", "1.10.3", "999999.0.1" };
    static const char *const bad[] = {
        "",          "1",      "1.0",         "1.0.0.0",
        "v1.0.0",    "1..0",   "1.0.",        "01.0.0",
        "1.0.0-rc1", "1.0.-1", "1000000.0.0", "11111111111111111111111111111111.0.0"
    };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(version_is(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(version_is(bad[i]));
}

static void new_data_raises_the_minor_number(void **state)
{
    char next[VERSION_SIZE];

    (void)state;
    version_next(next, "");
    assert_string_equal(next, "1.1.0");
    version_next(next, "1.9.3");
    assert_string_equal(next, "1.10.0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_numbers_are_a_version),
        cmocka_unit_test(new_data_raises_the_minor_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
