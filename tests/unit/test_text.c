/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void only_well_formed_utf8_passes(void **state)
{
    static const char *const good[] = { "",
                                        "plain",
                                        "gr\xc3\xbc\xc3\x9f",
                                        "\xe2\x82\xac",
                                        "\xf0\x9f\x8e\x89",
                                        "\xf4\x8f\xbf\xbf" };
    static const char *const bad[] = {
        "\x80",
        "\xc3",
        "\xc0\xaf",
        "\xc1\xbf",
        "\xe0\x80\x80",
        "\xed\xa0\x80",
        "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xe2\x82",
        "a\xff",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(text_is_utf8(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(text_is_utf8(bad[i], strlen(bad[i])));
}

static void what_is_no_utf8_becomes_question_marks(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        { "", "" },
        { "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
        { "a\xff\xfe", "a??" },
        { "\xc3", "?" },
        { "\xe2\x82z", "??z" },
        { "\xf0\x9f\x8e\x89\x80", "\xf0\x9f\x8e\x89?" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[16];

        (void)snprintf(text, sizeof(text), "%s", rows[i].text);
        text_make_utf8(text);
        assert_string_equal(text, rows[i].expected);
    }
}

static void a_cut_never_splits_a_character(void **state)
{
    (void)state;
    assert_int_equal(text_cut("abc", 10), 3);
    assert_int_equal(text_cut("abc", 2), 2);
    assert_int_equal(text_cut("a\xe2\x82\xac", 3), 1);
    assert_int_equal(text_cut("a\xe2\x82\xac", 4), 4);
    assert_int_equal(text_cut("\xf0\x9f\x8e\x89", 3), 0);
}

static void html_keeps_no_markup_of_strangers(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    text_add_html(&b, "<a href='x' title=\"y\">&</a>");
    assert_string_equal(b.data,
                        "&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;&lt;/a&gt;");
    buf_finish(&b);
}

static void markdown_of_strangers_has_no_effect(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    text_add_markdown(&b, "@all see #12 <!-- hearth -->\n| `x` [y](z)", 100);
    assert_null(strstr(b.data, "@all"));
    assert_null(strstr(b.data, "#12"));
    assert_null(strstr(b.data, "<!--"));
    assert_null(strchr(b.data, '\n'));
    assert_non_null(strstr(b.data, "\\|"));
    assert_non_null(strstr(b.data, "\\[y\\]"));
    buf_clear(&b);
    text_add_markdown(&b, "0123456789", 4);
    assert_string_equal(b.data, "0123\u2026");
    buf_finish(&b);
}

static void csv_fields_cannot_become_formulas(void **state)
{
    static const struct {
        const char *field, *written;
    } rows[] = {
        { "plain", "plain" },
        { "a,b", "\"a,b\"" },
        { "say \"hi\"", "\"say \"\"hi\"\"\"" },
        { "=1+1", "\"'=1+1\"" },
        { "@x", "\"'@x\"" },
        { "", "" },
        { "two\nlines", "\"two\nlines\"" },
    };
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        buf_clear(&b);
        text_add_csv(&b, rows[i].field);
        assert_string_equal(b.data, rows[i].written);
    }
    buf_finish(&b);
}

static void url_escapes_go_there_and_back(void **state)
{
    char text[] = "a%20b%2Fc%e2%82%ac", broken[] = "a%2", nul[] = "a%00b";
    struct buf b;

    (void)state;
    assert_true(text_url_decode(text));
    assert_string_equal(text, "a b/c\xe2\x82\xac");
    assert_false(text_url_decode(broken));
    assert_string_equal(broken, "a%2");
    assert_false(text_url_decode(nul));

    buf_init(&b, 100);
    text_add_url(&b, "a b/\xe2\x82\xac", TEXT_SLASH_ENCODED);
    assert_string_equal(b.data, "a%20b%2F%E2%82%AC");
    buf_clear(&b);
    text_add_url(&b, "a b/c~", TEXT_SLASH_KEPT);
    assert_string_equal(b.data, "a%20b/c~");
    buf_finish(&b);
}

static void distance_counts_edits(void **state)
{
    (void)state;
    assert_int_equal(text_distance("label", "label"), 0);
    assert_int_equal(text_distance("label", "lable"), 1);
    assert_int_equal(text_distance("label", "labels"), 1);
    assert_int_equal(text_distance("", "abc"), 3);
    assert_int_equal(text_distance("kitten", "sitting"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_well_formed_utf8_passes),
        cmocka_unit_test(what_is_no_utf8_becomes_question_marks),
        cmocka_unit_test(a_cut_never_splits_a_character),
        cmocka_unit_test(html_keeps_no_markup_of_strangers),
        cmocka_unit_test(markdown_of_strangers_has_no_effect),
        cmocka_unit_test(csv_fields_cannot_become_formulas),
        cmocka_unit_test(url_escapes_go_there_and_back),
        cmocka_unit_test(distance_counts_edits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
