/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static void empty_buffer_reads_as_empty_text(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 10);
    assert_string_equal(b.data, "");
    buf_finish(&b);
    buf_finish(NULL);
}

static void appended_pieces_follow_each_other(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 100);
    buf_add_str(&b, "one ");
    buf_printf(&b, "%d%c", 2, ' ');
    buf_add_char(&b, '3');
    assert_string_equal(b.data, "one 2 3");
    assert_int_equal(b.len, 7);
    assert_int_equal(buf_check(&b, "text", NULL), 0);
    buf_truncate(&b, 3);
    assert_string_equal(b.data, "one");
    buf_finish(&b);
}

static void maximum_is_reached_exactly_and_never_passed(void **state)
{
    struct err err = { 0 };
    struct buf b;

    (void)state;
    buf_init(&b, 4);
    buf_add_str(&b, "1234");
    assert_int_equal(buf_check(&b, "four", &err), 0);
    buf_add_str(&b, "5");
    assert_string_equal(b.data, "1234");
    assert_int_equal(buf_check(&b, "four", &err), -ERR_LIMIT);
    assert_string_equal(err.msg, "four: larger than the limit of 4 bytes");
    buf_printf(&b, "%s", "");
    assert_true(b.overflow);
    buf_clear(&b);
    assert_false(b.overflow);
    buf_finish(&b);
}

static void nothing_is_appended_in_part(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 5);
    buf_add_str(&b, "abc");
    buf_printf(&b, "%s", "defg");
    assert_string_equal(b.data, "abc");
    buf_add_str(&b, "d"); /* would fit, but what came before it is missing */
    assert_string_equal(b.data, "abc");
    buf_finish(&b);
}

static void taken_bytes_belong_to_the_taker(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 100);
    buf_add_str(&b, "mine");
    char *text = buf_take(&b);
    assert_string_equal(text, "mine");
    assert_int_equal(b.len, 0);
    free(text);
    text = buf_take(&b);
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_buffer_reads_as_empty_text),
        cmocka_unit_test(appended_pieces_follow_each_other),
        cmocka_unit_test(maximum_is_reached_exactly_and_never_passed),
        cmocka_unit_test(nothing_is_appended_in_part),
        cmocka_unit_test(taken_bytes_belong_to_the_taker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
