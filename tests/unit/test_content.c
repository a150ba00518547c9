/* SPDX-License-Identifier: Apache-2.0
 * One file's bytes out of a JSON string. More than a megabyte: tests/unit/test_web_large.c. */
#include "hub/web/content.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"

static void text_in_pieces_is_decoded_as_its_encoding_says(void **state)
{
    static const struct {
        const char *text, *encoding, *bytes; /* NULL: refused */
    } cases[] = {
        { "QUJD", "base64", "ABC" },
        { "QUJD", "utf-8", "QUJD" },
        { "QUI=", "base64", "AB" },
        { "QU\\/D", "base64", "A\x4f\xc3" },
        { "", "base64", "" },
        { "a\\u00e9\\n", "utf-8", "a\xc3\xa9\n" },
        { "QUJ", "base64", NULL },
        { "Q\\u0055JD", "base64", NULL },
        { "not base64", "base64", NULL },
        { "\xff", "utf-8", NULL },
        { "\\q", "utf-8", NULL },
        { "QUJD", "latin-1", NULL },
    };
    struct content content;

    (void)state;
    content_init(&content, NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (const char *at = cases[i].text; *at; at++)
            assert_int_equal(content_add(&content, at, 1, NULL), 0);
        int rc = content_end(&content, cases[i].encoding, NULL);
        assert_int_equal(rc < 0, cases[i].bytes == NULL);
        if (cases[i].bytes)
            assert_string_equal(content.bytes.data, cases[i].bytes);
        content_reset(&content);
    }
    content_finish(&content);
}

/* JSON has no such byte in a string: what comes behind it must not be lost in silence. */
static void a_nul_is_refused_in_either_encoding(void **state)
{
    static const char text[] = "QUJD\0QUJD";
    static const char *const encodings[] = { "utf-8", "base64" };
    struct content content;

    (void)state;
    content_init(&content, NULL);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(content_add(&content, text, sizeof(text) - 1, NULL), 0);
        assert_int_equal(content_end(&content, encodings[i], NULL), -ERR_PARSE);
        content_reset(&content);
    }
    content_finish(&content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_in_pieces_is_decoded_as_its_encoding_says),
        cmocka_unit_test(a_nul_is_refused_in_either_encoding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
