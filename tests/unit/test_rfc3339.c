/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rfc3339.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/rng.h"

static void times_of_every_forge_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t at;
    } rows[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "2000-02-29T12:00:00Z", 951825600 },
        { "2026-11-24T02:28:13Z", 1795487293 },
        { "2026-11-24T02:28:13.496Z", 1795487293 },
        { "2026-11-24T04:28:13+02:00", 1795487293 },
        { "2026-11-23T21:58:13-04:30", 1795487293 },
        { "2026-11-24t02:28:13z", 1795487293 },
        { "0001-01-01T00:00:00Z", 0 },
        { "9999-12-31T23:59:59Z", 253402300799 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t at = -1;

        assert_int_equal(rfc3339_parse(&at, rows[i].text, NULL), 0);
        assert_int_equal(at, rows[i].at);
    }
}

static void other_texts_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "2026",
        "2026-11-24",
        "2026-11-24T02:28Z",
        "2026-11-24T02:28:13",
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+2:00",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00Zx",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+01:00",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int64_t at = -1;

        assert_int_equal(rfc3339_parse(&at, bad[i], NULL), -ERR_PARSE);
        assert_int_equal(at, -1);
    }
}

static void what_is_written_is_read_back(void **state)
{
    char text[RFC3339_SIZE], date[HTTP_DATE_SIZE];
    struct rng rng;

    (void)state;
    rng_init(&rng, 1, 0);
    for (int i = 0; i < 20000; i++) {
        int64_t at = (int64_t)rng_u32(&rng) * 58, back = -1;

        assert_int_equal(rfc3339_parse(&back, rfc3339_format(text, at), NULL), 0);
        assert_int_equal(back, at);
        assert_int_equal(http_date_parse(&back, http_date_format(date, at), NULL), 0);
        assert_int_equal(back, at);
    }
}

static void times_outside_the_calendar_are_clamped(void **state)
{
    char text[RFC3339_SIZE];

    (void)state;
    assert_string_equal(rfc3339_format(text, -5), "1970-01-01T00:00:00Z");
    assert_string_equal(rfc3339_format(text, INT64_MAX), "9999-12-31T23:59:59Z");
}

static void http_dates_come_in_three_forms(void **state)
{
    static const char *const same[] = {
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    };
    static const char *const bad[] = { "", "Sun", "120", "Sun, 06 Nov 1994 08:49:37 CET",
                                       "Sun, 31 Feb 1994 08:49:37 GMT" };
    int64_t at = 0;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(http_date_parse(&at, same[i], NULL), 0);
        assert_int_equal(at, 784111777);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(http_date_parse(&at, bad[i], NULL), -ERR_PARSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_of_every_forge_are_read),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(times_outside_the_calendar_are_clamped),
        cmocka_unit_test(http_dates_come_in_three_forms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
