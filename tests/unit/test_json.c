/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static json_t *parsed(const char *text)
{
    json_t *doc = NULL;

    assert_int_equal(json_parse(&doc, text, strlen(text), "test", NULL), 0);
    return doc;
}

static void damaged_documents_are_refused_with_their_place(void **state)
{
    static const char *const bad[] = {
        "", "{", "[1,]", "{\"a\":1,\"a\":2}", "[1] x", "\"\xff\"", "\"a\\u0000b\"", "nul",
    };
    struct err err = { 0 };
    json_t *doc = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(json_parse(&doc, bad[i], strlen(bad[i]), "reply", &err), -ERR_PARSE);
        assert_non_null(strstr(err.msg, "reply:1:"));
    }
    assert_null(doc);
}

static void an_escaped_nul_is_replaced_and_a_written_one_stays(void **state)
{
    char text[] = "[\"a\\u0000\\u0000b\",\"\\\\u0000\",\"\\\\\\u0000\"]";

    (void)state;
    json_replace_nul(text, strlen(text));
    json_t *doc = parsed(text);
    assert_string_equal(json_string_value(json_array_get(doc, 0)), "a\xef\xbf\xbd\xef\xbf\xbd"
                                                                   "b");
    assert_string_equal(json_string_value(json_array_get(doc, 1)), "\\u0000");
    assert_string_equal(json_string_value(json_array_get(doc, 2)), "\\\xef\xbf\xbd");
    json_decref(doc);
}

static void deep_nesting_is_a_limit(void **state)
{
    char text[2 * JSON_MAX_DEPTH + 3];
    struct err err = { 0 };
    json_t *doc = NULL;

    (void)state;
    memset(text, '[', JSON_MAX_DEPTH + 1);
    memset(text + JSON_MAX_DEPTH + 1, ']', JSON_MAX_DEPTH + 1);
    assert_int_equal(json_parse(&doc, text, 2 * JSON_MAX_DEPTH + 2, "reply", &err), -ERR_LIMIT);
    assert_int_equal(json_parse(&doc, text + 1, 2 * JSON_MAX_DEPTH, "reply", &err), 0);
    json_decref(doc);
    doc = parsed("[\"[[[[[[[[ \\\" [[[[[[\"]");
    json_decref(doc);
}

static void a_reader_keeps_the_first_fault_and_its_path(void **state)
{
    json_t *doc = parsed("{\"user\":{\"id\":\"7\"},\"n\":-1}");
    struct json_reader r;
    struct err err = { 0 };

    (void)state;
    json_reader_init(&r, "issue");
    size_t mark = json_enter(&r, "user");
    assert_int_equal(json_i64(&r, json_object_get(doc, "user"), "id", 1, 10), 1);
    json_leave(&r, mark);
    assert_int_equal(json_i64(&r, doc, "n", 0, 10), 0);
    assert_int_equal(json_reader_check(&r, &err), -ERR_PARSE);
    assert_string_equal(err.msg, "issue.user.id: expected an integer, got a string");
    json_decref(doc);
}

static void optional_fields_take_absent_and_null(void **state)
{
    json_t *doc = parsed("{\"a\":null,\"t\":\"2026-11-24T02:28:13Z\",\"b\":true}");
    struct json_reader r;

    (void)state;
    json_reader_init(&r, "");
    assert_string_equal(json_str(&r, doc, "a", JSON_OPTIONAL), "");
    assert_string_equal(json_str(&r, doc, "z", JSON_OPTIONAL), "");
    assert_null(json_arr(&r, doc, "a", JSON_OPTIONAL));
    assert_null(json_obj(&r, doc, "a", JSON_OPTIONAL));
    assert_int_equal(json_i64_or(&r, doc, "a", 0, 9, 5), 5);
    assert_true(json_bool_or(&r, doc, "b", false));
    assert_int_equal(json_time(&r, doc, "t", JSON_REQUIRED), 1795487293);
    assert_int_equal(json_reader_check(&r, NULL), 0);
    json_decref(doc);
}

static void wrong_types_and_ranges_are_named(void **state)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        { "{\"v\":11}", "x.v: 11 is outside 0..10" },
        { "{\"v\":1.5}", "x.v: expected an integer, got a real" },
        { "{\"v\":null}", "x.v: expected an integer, got null" },
        { "{}", "x.v: expected an integer, got nothing" },
        { "[]", "x.v: expected an integer, got nothing" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        json_t *doc = parsed(rows[i].text);
        struct json_reader r;
        struct err err = { 0 };

        json_reader_init(&r, "x");
        (void)json_i64(&r, doc, "v", 0, 10);
        assert_true(json_reader_check(&r, &err) < 0);
        assert_string_equal(err.msg, rows[i].message);
        json_decref(doc);
    }
}

static void a_list_has_at_most_so_many_items(void **state)
{
    json_t *doc = parsed("{\"a\":[1,2,3],\"b\":null}");
    struct json_reader r;

    (void)state;
    json_reader_init(&r, "body");
    assert_int_equal(json_array_size(json_list(&r, doc, "a", JSON_REQUIRED, 3)), 3);
    assert_null(json_list(&r, doc, "b", JSON_OPTIONAL, 3));
    assert_int_equal(json_reader_check(&r, NULL), 0);
    (void)json_list(&r, doc, "a", JSON_REQUIRED, 2);
    assert_int_equal(r.first.code, ERR_LIMIT);
    assert_string_equal(r.first.msg, "body.a: 3 are more than 2");
    json_decref(doc);
}

static void equal_values_are_written_as_equal_bytes(void **state)
{
    json_t *doc = parsed("{\"b\":1, \"a\":[true,null]}");
    struct buf out;

    (void)state;
    buf_init(&out, 1000);
    json_write(&out, doc, 0);
    assert_string_equal(out.data, "{\"a\":[true,null],\"b\":1}");
    buf_finish(&out);
    json_decref(doc);
}

/* As jansson has it, which knows how. */
static void values_are_written_in_their_own_order(void **state)
{
    static const char *const docs[] = {
        "null",
        "true",
        "-7",
        "9223372036854775807",
        "0.5",
        "1e+300",
        "\"\"",
        "[]",
        "{}",
        "[1,[2,[]],{\"b\":false,\"a\":{\"z\":null,\"y\":\"x\"}}]",
        "\"\\\" \\\\ / \\b\\f\\n\\r\\t \\u0001\\u001f\\u007f \xc3\xa9 \xf0\x9f\x99\x82\"",
        "{\"a\\\"\\n\":1}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(docs) / sizeof(docs[0]); i++) {
        json_t *doc = parsed(docs[i]);
        char *expected = json_dumps(doc, JSON_COMPACT | JSON_ENCODE_ANY);
        struct buf out;

        buf_init(&out, 1000);
        json_write_as_is(&out, doc);
        assert_string_equal(out.data, expected);
        free(expected);
        buf_finish(&out);
        json_decref(doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_documents_are_refused_with_their_place),
        cmocka_unit_test(an_escaped_nul_is_replaced_and_a_written_one_stays),
        cmocka_unit_test(deep_nesting_is_a_limit),
        cmocka_unit_test(a_reader_keeps_the_first_fault_and_its_path),
        cmocka_unit_test(optional_fields_take_absent_and_null),
        cmocka_unit_test(wrong_types_and_ranges_are_named),
        cmocka_unit_test(a_list_has_at_most_so_many_items),
        cmocka_unit_test(equal_values_are_written_as_equal_bytes),
        cmocka_unit_test(values_are_written_in_their_own_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
