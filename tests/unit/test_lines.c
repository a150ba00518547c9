/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

/* The lines of a text, each with its number and a bar behind it. */
static void take_apart(struct buf *out, const char *text)
{
    struct lines lines;
    struct line line;

    lines_init(&lines, text, strlen(text));
    while (lines_next(&lines, &line)) {
        buf_printf(out, "%zu:", line.number);
        buf_add(out, line.text, line.len);
        buf_add_char(out, '|');
    }
}

static void a_text_is_taken_apart_whatever_wrote_it(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        { "", "" },
        { "a", "1:a|" },
        { "a\nb\n", "1:a|2:b|" },
        { "a\r\nb\r\n", "1:a|2:b|" },
        { "a\r\nb\r", "1:a|2:b|" },
        { "\n\r\nc", "1:|2:|3:c|" },
        { "a\rb\n", "1:a\rb|" },
        { "\xef\xbb\xbf"
          "a\nb",
          "1:a|2:b|" },
        { "\xef\xbb\xbf", "" },
        { "\xef\xbb", "1:\xef\xbb|" },
        { "a\n\xef\xbb\xbf"
          "b",
          "1:a|2:\xef\xbb\xbf"
          "b|" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf out;

        buf_init(&out, 100);
        take_apart(&out, rows[i].text);
        assert_string_equal(out.len > 0 ? out.data : "", rows[i].expected);
        buf_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_taken_apart_whatever_wrote_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
