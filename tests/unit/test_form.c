/* SPDX-License-Identifier: Apache-2.0 */
#include "base/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"

static int parse(struct form *form, const char *text, size_t max)
{
    return form_parse(form, text, strlen(text), max, NULL);
}

static void names_may_stand_often_and_end_in_brackets(void **state)
{
    struct form form;
    size_t at = 0;

    (void)state;
    assert_int_equal(parse(&form, "paths=a%2Fb+c&&expand[]=x&paths%5B%5D=d&flag", 9), 0);
    assert_int_equal(form.n, 4);
    assert_string_equal(form_next(&form, "paths", &at), "a/b c");
    assert_string_equal(form_next(&form, "paths", &at), "d");
    assert_null(form_next(&form, "paths", &at));
    assert_string_equal(form_get(&form, "expand"), "x");
    assert_string_equal(form_get(&form, "flag"), "");
    assert_null(form_get(&form, "other"));
    form_finish(&form);
}

static void truth_has_three_spellings(void **state)
{
    struct form form;

    (void)state;
    assert_int_equal(parse(&form, "a=true&b=True&c=1&d=false&e=", 9), 0);
    assert_true(form_is_true(&form, "a") && form_is_true(&form, "b"));
    assert_true(form_is_true(&form, "c"));
    assert_false(form_is_true(&form, "d") || form_is_true(&form, "e"));
    assert_false(form_is_true(&form, "f"));
    form_finish(&form);
}

static void broken_escapes_nuls_and_crowds_are_refused(void **state)
{
    struct form form;

    (void)state;
    assert_int_equal(parse(&form, "a=%zz", 9), -ERR_PARSE);
    form_finish(&form);
    assert_int_equal(parse(&form, "a=%00", 9), -ERR_PARSE);
    form_finish(&form);
    assert_int_equal(form_parse(&form, "a\0b", 3, 9, NULL), -ERR_PARSE);
    form_finish(&form);
    assert_int_equal(parse(&form, "a&b&c", 2), -ERR_LIMIT);
    form_finish(&form);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_may_stand_often_and_end_in_brackets),
        cmocka_unit_test(truth_has_three_spellings),
        cmocka_unit_test(broken_escapes_nuls_and_crowds_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
