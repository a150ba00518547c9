/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void code_and_text_are_set_and_the_code_comes_back_negative(void **state)
{
    struct err err = { 0 };

    (void)state;
    assert_int_equal(err_set(&err, ERR_LIMIT, "row %d", 7), -ERR_LIMIT);
    assert_int_equal(err.code, ERR_LIMIT);
    assert_string_equal(err.msg, "row 7");
    assert_int_equal(err_set(NULL, ERR_DB, "nobody listens"), -ERR_DB);
}

static void context_goes_in_front(void **state)
{
    struct err err = { 0 };

    (void)state;
    int rc = err_set(&err, ERR_PARSE, "no label");
    assert_int_equal(err_wrap(&err, rc, "%s:%d", "samples.csv", 3), -ERR_PARSE);
    assert_string_equal(err.msg, "samples.csv:3: no label");
    assert_int_equal(err.code, ERR_PARSE);
    assert_int_equal(err_wrap(NULL, rc, "x"), -ERR_PARSE);
}

static void a_missing_file_is_told_from_other_failures(void **state)
{
    struct err err = { 0 };

    (void)state;
    errno = ENOENT;
    assert_int_equal(err_errno(&err, "cannot open '%s'", "x"), -ERR_NOTFOUND);
    errno = ENOSPC;
    assert_int_equal(err_errno(&err, "cannot write '%s'", "x"), -ERR_IO);
    assert_non_null(strstr(err.msg, "cannot write 'x': "));
}

static void a_message_is_one_line_whatever_went_into_it(void **state)
{
    char long_text[3000];
    struct err err = { 0 };

    (void)state;
    (void)err_set(&err, ERR_PARSE, "bad %s", "a\nb\x1b[31m");
    assert_string_equal(err.msg, "bad a b [31m");
    memset(long_text, 'x', sizeof(long_text));
    long_text[sizeof(long_text) - 1] = '\0';
    (void)err_set(&err, ERR_PARSE, "%s", long_text);
    assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
    (void)err_wrap(&err, -ERR_PARSE, "context");
    assert_non_null(strstr(err.msg, "context: x"));
    (void)err_set(&err, ERR_PARSE, "%s",
                  "\xff\xfe"
                  "0 gr\xc3\xbc\xc3\x9f \xc3");
    assert_string_equal(err.msg, "??0 gr\xc3\xbc\xc3\x9f ?");
    long_text[sizeof(err.msg) - 2] = '\xc3'; /* a letter of two bytes, cut by the end */
    long_text[sizeof(err.msg) - 1] = '\xbc';
    (void)err_set(&err, ERR_PARSE, "%s", long_text);
    assert_int_equal(err.msg[sizeof(err.msg) - 2], '?');
    memset(long_text, 'x', sizeof(err.msg));
    long_text[sizeof(err.msg) - 13] = '\xc3';
    long_text[sizeof(err.msg) - 12] = '\xbc';
    (void)err_set(&err, ERR_PARSE, "%s", long_text);
    (void)err_wrap(&err, -ERR_PARSE, "context 1");
    assert_int_equal(err.msg[sizeof(err.msg) - 2], '?');
}

static void every_code_has_a_word(void **state)
{
    (void)state;
    for (int code = 0; code <= ERR_REFUSED; code++)
        assert_string_not_equal(err_name(code), "unknown");
    assert_string_equal(err_name(-ERR_LIMIT), "limit");
    assert_string_equal(err_name(9999), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_and_text_are_set_and_the_code_comes_back_negative),
        cmocka_unit_test(context_goes_in_front),
        cmocka_unit_test(a_missing_file_is_told_from_other_failures),
        cmocka_unit_test(a_message_is_one_line_whatever_went_into_it),
        cmocka_unit_test(every_code_has_a_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
