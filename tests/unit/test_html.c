/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/buf.h"

static void check(struct buf *out, const char *expected)
{
    assert_string_equal(out->data, expected);
    buf_clear(out);
}

static void texts_are_escaped_and_the_format_is_not(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    html_printf(&out, "<a title=\"%s\">%s</a>", "\"><script>", "Tom & 'Jerry'");
    check(&out, "<a title=\"&quot;&gt;&lt;script&gt;\">Tom &amp; &#39;Jerry&#39;</a>");
    html_printf(&out, "<b>%c%c</b>", '<', 'x');
    check(&out, "<b>&lt;x</b>");
    html_printf(&out, "%.7s|%.3s|%.0s|%.2s", "0123456789", "<b", "gone", "\xc3\xa4\xc3\xa4");
    check(&out, "0123456|&lt;b||\xc3\xa4");
    html_printf(&out, "plain");
    check(&out, "plain");
    buf_finish(&out);
}

static void numbers_of_every_size_are_written(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    html_printf(&out, "%d %u %ld %lu %lld %llu", -1, 4294967295u, -2L, 3ul, -4LL, 5ull);
    check(&out, "-1 4294967295 -2 3 -4 5");
    html_printf(&out, "%zu %" PRId64 " %" PRIu64, (size_t)7, INT64_MIN, UINT64_MAX);
    check(&out, "7 -9223372036854775808 18446744073709551615");
    html_printf(&out, "%.1f%% of %.0f, %f", 99.95, 3.0, 0.5);
    check(&out, "100.0% of 3, 0.500000");
    buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_escaped_and_the_format_is_not),
        cmocka_unit_test(numbers_of_every_size_are_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
