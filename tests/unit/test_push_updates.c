/* SPDX-License-Identifier: Apache-2.0
 * The list of refs that git gives its hook. */
#include "hub/repo/push_updates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

#define A    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B    "0123456789abcdef0123456789abcdef01234567"
#define NONE "0000000000000000000000000000000000000000"

static int parse(struct push_updates *ret, const char *text, struct err *err)
{
    return push_updates_parse(ret, text, strlen(text), err);
}

static void each_line_is_one_update(void **state)
{
    static const char text[] =
        A " " B " refs/heads/main\n" NONE " " B " refs/tags/v1\n" B " " NONE " refs/heads/old";
    static const struct {
        const char *before, *after, *ref;
        bool makes, removes;
    } expected[] = {
        { A, B, "refs/heads/main", false, false },
        { NONE, B, "refs/tags/v1", true, false },
        { B, NONE, "refs/heads/old", false, true }, /* without an end of line */
    };
    struct push_updates updates;

    (void)state;
    assert_int_equal(parse(&updates, text, NULL), 0);
    assert_int_equal(updates.n, 3);
    assert_int_equal(updates.n_new, 1);
    for (size_t i = 0; i < updates.n; i++) {
        assert_string_equal(updates.items[i].before, expected[i].before);
        assert_string_equal(updates.items[i].after, expected[i].after);
        assert_string_equal(updates.items[i].ref, expected[i].ref);
        assert_int_equal(push_update_makes(&updates.items[i]), expected[i].makes);
        assert_int_equal(push_update_removes(&updates.items[i]), expected[i].removes);
    }
    push_updates_finish(&updates);
}

static void nothing_is_no_update(void **state)
{
    struct push_updates updates;

    (void)state;
    assert_int_equal(parse(&updates, "", NULL), 0);
    assert_int_equal(updates.n, 0);
    push_updates_finish(&updates);
}

static void a_broken_line_is_named(void **state)
{
    static const char good[] = A " " B " refs/heads/main\n";
    static const char commits[] = "update 2: expected two commits of 40 hex digits and a ref";
    static const char length[] = "update 2: a ref's name has 1 to 255 bytes";
    static const char letters[] = "update 2: a ref's name has no blank or control character";
    static const struct {
        const char *line, *message;
    } cases[] = {
        { "\n", commits },
        { A "\n", commits },
        { A " " B "\n", commits },
        { A " " B " \n", length },
        { A "x" B " refs/heads/x", commits },
        { A " " B "xrefs/heads/x", commits },
        { A " " B " refs/heads/a b", letters },
        { A " " B " refs/heads/a\tb", letters },
        { A " " B " refs/heads/a\r\n", letters },
        { A " " B " refs/heads/a\x7f", letters },
        { "AAAAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa " B " refs/heads/x", commits },
        { "../aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa " B " refs/heads/x", commits },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct push_updates updates;
        struct err err = { 0 };
        char text[512];

        (void)snprintf(text, sizeof(text), "%s%s", good, cases[i].line);
        assert_true(parse(&updates, text, &err) < 0);
        assert_string_equal(err.msg, cases[i].message);
        push_updates_finish(&updates);
    }
}

/* What stands behind a NUL would not be looked at by who takes it for the end. */
static void a_nul_is_no_end(void **state)
{
    static const char in_ref[] = A " " B " refs/heads/x\0\n" A " " B " refs/heads/y\n";
    static const char behind[] = A " " B " refs/heads/x\n\0" A " " B " refs/heads/y\n";
    struct push_updates updates;

    (void)state;
    assert_int_equal(push_updates_parse(&updates, in_ref, sizeof(in_ref) - 1, NULL),
                     -ERR_PARSE);
    push_updates_finish(&updates);
    assert_int_equal(push_updates_parse(&updates, behind, sizeof(behind) - 1, NULL),
                     -ERR_PARSE);
    push_updates_finish(&updates);
}

static void names_and_lists_have_an_end(void **state)
{
    struct push_updates updates;
    struct err err = { 0 };
    struct buf text;

    (void)state;
    buf_init(&text, 1 << 20);
    for (size_t i = 0; i < PUSH_MAX_UPDATES; i++)
        buf_printf(&text, NONE " " B " refs/heads/%0*zu\n", PUSH_MAX_REF_BYTES - 11, i);
    assert_int_equal(push_updates_parse(&updates, text.data, text.len, NULL), 0);
    assert_int_equal(updates.n, PUSH_MAX_UPDATES);
    assert_int_equal(updates.n_new, PUSH_MAX_UPDATES);
    push_updates_finish(&updates);

    buf_add_str(&text, NONE " " B " x");
    assert_int_equal(push_updates_parse(&updates, text.data, text.len, &err), -ERR_LIMIT);
    assert_string_equal(err.msg, "1001 refs at once are more than 1000");
    push_updates_finish(&updates);

    buf_clear(&text);
    buf_printf(&text, NONE " " B " refs/heads/%0*d\n", PUSH_MAX_REF_BYTES - 10, 0);
    assert_int_equal(push_updates_parse(&updates, text.data, text.len, NULL), -ERR_LIMIT);
    push_updates_finish(&updates);
    buf_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_one_update),     cmocka_unit_test(nothing_is_no_update),
        cmocka_unit_test(a_broken_line_is_named),      cmocka_unit_test(a_nul_is_no_end),
        cmocka_unit_test(names_and_lists_have_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
