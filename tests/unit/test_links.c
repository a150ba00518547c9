/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/rules/links.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

static const struct {
    const char *text, *expected;
} rows[] = {
    { "", "" },
    { "See #12, #7 and #12 again.", "thread:12 thread:7 " },
    { "GH-4 (#5)", "thread:4 thread:5 " },
    { "Fixes #3. closes #4", "thread:3 fixes:3 thread:4 fixes:4 " },
    { "fixed: #3", "thread:3 fixes:3 " },
    { "prefixes #3", "thread:3 " },
    { "other/repo#4 and https://example.org/x/issues/5#6", "" },
    { "#0 #012 #x #1234567890", "" },
    { "since 4fd1c0a it fails", "commit:4fd1c0a " },
    { "4FD1C0A4fd1c0a4fd1c0a4fd1c0a4fd1c0a4fd1c",
      "commit:4fd1c0a4fd1c0a4fd1c0a4fd1c0a4fd1c0a4fd1c " },
    { "defaced 1234567 face", "" },
    { "run 0123456789abcdef was good", "run:0123456789abcdef " },
    { "v1.2.3, version 1.4. Release 2.0.1", "release:1.2.3 release:1.4 release:2.0.1 " },
    { "python 3.11 and 1.2.3.4 and v1", "" },
    { "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
      "sample:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef " },
};

static void references_are_found_and_look_alikes_are_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct links links = { .n = 0 };
        struct buf got;

        buf_init(&got, 4096);
        links_find(&links, rows[i].text);
        for (size_t j = 0; j < links.n; j++)
            buf_printf(&got, "%s:%s ", feedback_link_kind_name(links.items[j].kind),
                       links.items[j].target);
        assert_string_equal(got.data, rows[i].expected);
        buf_finish(&got);
    }
}

static void more_than_the_limit_is_left_out(void **state)
{
    struct links links = { .n = 0 };
    struct buf text;

    (void)state;
    buf_init(&text, 4096);
    for (int i = 1; i <= LINKS_MAX + 5; i++)
        buf_printf(&text, "#%d ", i);
    links_find(&links, text.data);
    assert_int_equal(links.n, LINKS_MAX);
    buf_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_are_found_and_look_alikes_are_not),
        cmocka_unit_test(more_than_the_limit_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
