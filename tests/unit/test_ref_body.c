/* SPDX-License-Identifier: Apache-2.0
 * Bodies that make branches and tags. */
#include "hub/web/ref_body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* The caller's; NULL for no body. */
static json_t *document(const char *text)
{
    json_t *doc = NULL;

    if (text)
        assert_int_equal(json_parse(&doc, text, strlen(text), "body", NULL), 0);
    return doc;
}

static void a_branch_starts_at_main_when_nothing_is_said(void **state)
{
    static const struct {
        const char *text, *start;
        bool is_empty, overwrites;
    } cases[] = {
        { NULL, "main", false, false },
        { "{}", "main", false, false },
        { "{\"startingPoint\":null}", "main", false, false },
        { "{\"startingPoint\":\"v1\",\"overwrite\":true}", "v1", false, true },
        { "{\"emptyBranch\":true}", "main", true, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *doc = document(cases[i].text);
        struct branch_body body;

        assert_int_equal(branch_body_read(&body, doc, NULL), 0);
        assert_string_equal(body.start, cases[i].start);
        assert_int_equal(body.is_empty, cases[i].is_empty);
        assert_int_equal(body.overwrites, cases[i].overwrites);
        json_decref(doc);
    }
}

static void a_tag_has_a_name_and_may_have_a_message(void **state)
{
    json_t *plain = document("{\"tag\":\"v1\"}");
    json_t *said = document("{\"tag\":\"v1\",\"message\":\"first\"}");
    struct tag_body body;

    (void)state;
    assert_int_equal(tag_body_read(&body, plain, NULL), 0);
    assert_string_equal(body.tag, "v1");
    assert_string_equal(body.message, "");
    assert_int_equal(tag_body_read(&body, said, NULL), 0);
    assert_string_equal(body.message, "first");
    json_decref(plain);
    json_decref(said);
}

static int read_branch(const json_t *doc, struct err *err)
{
    struct branch_body body;

    return branch_body_read(&body, doc, err);
}

static int read_tag(const json_t *doc, struct err *err)
{
    struct tag_body body;

    return tag_body_read(&body, doc, err);
}

static int read_squash(const json_t *doc, struct err *err)
{
    struct squash_body body;

    return squash_body_read(&body, doc, err);
}

static void a_field_of_another_type_is_named(void **state)
{
    static const struct {
        int (*read)(const json_t *doc, struct err *err);
        const char *text, *message;
    } cases[] = {
        { read_branch, "{\"startingPoint\":7}",
          "body.startingPoint: expected a string, got an integer" },
        { read_branch, "{\"overwrite\":\"yes\"}",
          "body.overwrite: expected true or false, got a string" },
        { read_branch, "{\"emptyBranch\":1}",
          "body.emptyBranch: expected true or false, got an integer" },
        { read_tag, NULL, "body.tag: expected a string, got nothing" },
        { read_tag, "{\"tag\":\"\"}", "body.tag: a tag has a name" },
        { read_tag, "{\"tag\":\"v\",\"message\":{}}",
          "body.message: expected a string, got an object" },
        { read_squash, "{\"message\":false}", "body.message: expected a string, got false" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *doc = document(cases[i].text);
        struct err err = { 0 };

        assert_true(cases[i].read(doc, &err) < 0);
        assert_string_equal(err.msg, cases[i].message);
        json_decref(doc);
    }
}

static void a_squash_has_a_message_of_its_own(void **state)
{
    json_t *said = document("{\"message\":\"all in one\"}");
    struct squash_body body;

    (void)state;
    assert_int_equal(squash_body_read(&body, said, NULL), 0);
    assert_string_equal(body.message, "all in one");
    assert_int_equal(squash_body_read(&body, NULL, NULL), 0);
    assert_string_equal(body.message, "Super-squash");
    json_decref(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_branch_starts_at_main_when_nothing_is_said),
        cmocka_unit_test(a_tag_has_a_name_and_may_have_a_message),
        cmocka_unit_test(a_field_of_another_type_is_named),
        cmocka_unit_test(a_squash_has_a_message_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
