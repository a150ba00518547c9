/* SPDX-License-Identifier: Apache-2.0 */
#include "base/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static void whole_numbers_are_read_whole_or_not_at_all(void **state)
{
    static const struct {
        const char *text;
        int rc;
        int64_t value;
    } rows[] = {
        { "0", 0, 0 },
        { "-5", 0, -5 },
        { "16", 0, 16 },
        { "007", 0, 7 },
        { "17", -ERR_RANGE, 0 },
        { "-6", -ERR_RANGE, 0 },
        { "99999999999999999999", -ERR_RANGE, 0 },
        { "", -ERR_PARSE, 0 },
        { "-", -ERR_PARSE, 0 },
        { " 1", -ERR_PARSE, 0 },
        { "1 ", -ERR_PARSE, 0 },
        { "+1", -ERR_PARSE, 0 },
        { "0x1", -ERR_PARSE, 0 },
        { "1.0", -ERR_PARSE, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t value = 0;

        assert_int_equal(parse_i64(&value, rows[i].text, -5, 16, "n", NULL), rows[i].rc);
        assert_int_equal(value, rows[i].value);
    }
}

static void the_error_names_field_text_and_bounds(void **state)
{
    struct err err = { 0 };
    int64_t value = 7;

    (void)state;
    assert_int_equal(parse_i64(&value, "11", 0, 9, "label", &err), -ERR_RANGE);
    assert_string_equal(err.msg, "label: 11 is outside 0..9");
    assert_int_equal(value, 7);
}

static void reals_are_finite_and_complete(void **state)
{
    static const char *const bad[] = { "", "nan", "inf", "-inf", "1e999", "1,5", "1.5x", " 1" };
    double value = 0;

    (void)state;
    assert_int_equal(parse_f64(&value, "1.5e-1", 0, 1, "x", NULL), 0);
    assert_true(value == 0.15);
    assert_int_equal(parse_f64(&value, "2", 0, 1, "x", NULL), -ERR_RANGE);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(parse_f64(&value, bad[i], -10, 10, "x", NULL), -ERR_PARSE);
}

static void sizes_and_times_know_their_units(void **state)
{
    int64_t value = 0;

    (void)state;
    assert_int_equal(parse_size(&value, "64k", 0, INT64_MAX, "size", NULL), 0);
    assert_int_equal(value, 65536);
    assert_int_equal(parse_size(&value, "9223372036854775807G", 0, INT64_MAX, "size", NULL),
                     -ERR_RANGE);
    assert_int_equal(parse_size(&value, "1T", 0, INT64_MAX, "size", NULL), -ERR_PARSE);
    assert_int_equal(parse_duration(&value, "14d", 0, INT64_MAX, "age", NULL), 0);
    assert_int_equal(value, 14 * 86400);
    assert_int_equal(parse_duration(&value, "90", 0, 3600, "age", NULL), 0);
    assert_int_equal(value, 90);
    assert_int_equal(parse_duration(&value, "2hh", 0, INT64_MAX, "age", NULL), -ERR_PARSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_are_read_whole_or_not_at_all),
        cmocka_unit_test(the_error_names_field_text_and_bounds),
        cmocka_unit_test(reals_are_finite_and_complete),
        cmocka_unit_test(sizes_and_times_know_their_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
