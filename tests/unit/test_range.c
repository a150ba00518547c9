/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/range.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

struct expectation {
    const char *header;
    int64_t size;
    struct range range;
};

static const struct expectation expectations[] = {
    { NULL, 10, { RANGE_WHOLE, 0, 10 } },
    { "bytes=0-0", 10, { RANGE_PART, 0, 1 } },
    { "bytes=2-4", 10, { RANGE_PART, 2, 3 } },
    { "bytes=2-", 10, { RANGE_PART, 2, 8 } },
    { "bytes=2-99", 10, { RANGE_PART, 2, 8 } },
    { "bytes=9-9", 10, { RANGE_PART, 9, 1 } },
    { "bytes=-3", 10, { RANGE_PART, 7, 3 } },
    { "bytes=-99", 10, { RANGE_PART, 0, 10 } },
    { "bytes=0-9223372036854775807", 10, { RANGE_PART, 0, 10 } },
    { "bytes=10-", 10, { RANGE_UNSATISFIABLE, 0, 0 } },
    { "bytes=10-12", 10, { RANGE_UNSATISFIABLE, 0, 0 } },
    { "bytes=-0", 10, { RANGE_UNSATISFIABLE, 0, 0 } },
    { "bytes=0-0", 0, { RANGE_WHOLE, 0, 0 } },
    { "bytes=-1", 0, { RANGE_WHOLE, 0, 0 } },
    { "bytes=4-2", 10, { RANGE_WHOLE, 0, 10 } },
    { "bytes=0-1,3-4", 10, { RANGE_WHOLE, 0, 10 } },
    { "bytes=a-b", 10, { RANGE_WHOLE, 0, 10 } },
    { "bytes=-", 10, { RANGE_WHOLE, 0, 10 } },
    { "bytes=", 10, { RANGE_WHOLE, 0, 10 } },
    { "bytes=+1-2", 10, { RANGE_WHOLE, 0, 10 } },
    { "bytes=1-2 ", 10, { RANGE_WHOLE, 0, 10 } },
    { "bytes=99999999999999999999-", 10, { RANGE_WHOLE, 0, 10 } },
    { "bytes=0-9223372036854775808", 10, { RANGE_WHOLE, 0, 10 } },
    { "items=0-1", 10, { RANGE_WHOLE, 0, 10 } },
};

static void ranges_are_read_or_ignored(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(expectations) / sizeof(expectations[0]); i++) {
        const struct expectation *e = &expectations[i];
        const struct range r = range_read(e->header, e->size);

        assert_int_equal(r.kind, e->range.kind);
        assert_int_equal(r.first, e->range.first);
        assert_int_equal(r.len, e->range.len);
    }
}

static void etags_are_found_in_lists_whole_only(void **state)
{
    (void)state;
    assert_true(etag_is_listed("\"abc\"", "\"abc\""));
    assert_true(etag_is_listed("\"x\", W/\"abc\" ,\"y\"", "\"abc\""));
    assert_true(etag_is_listed("*", "\"abc\""));
    assert_false(etag_is_listed(NULL, "\"abc\""));
    assert_false(etag_is_listed("", "\"abc\""));
    assert_false(etag_is_listed("abc", "\"abc\""));
    assert_false(etag_is_listed("\"abc", "\"abc\""));
    assert_false(etag_is_listed("\"abc\"x", "\"abc\""));
    assert_false(etag_is_listed(" , ,", "\"abc\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_read_or_ignored),
        cmocka_unit_test(etags_are_found_in_lists_whole_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
