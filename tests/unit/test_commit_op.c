/* SPDX-License-Identifier: Apache-2.0
 * The lines of a commit. */
#include "hub/web/commit_op.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define OID    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static json_t *document(const char *text)
{
    json_t *doc = NULL;

    assert_int_equal(json_parse(&doc, text, strlen(text), "line", NULL), 0);
    return doc;
}

static void assert_text(const char *text, const char *expected)
{
    assert_int_equal(text == NULL, expected == NULL);
    if (text)
        assert_string_equal(text, expected);
}

static void each_kind_has_its_fields(void **state)
{
    static const struct {
        const char *text;
        struct commit_op op;
    } cases[] = {
        { "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}",
          { COMMIT_HEADER, .summary = "s", .description = "", .parent = "" } },
        { "{\"key\":\"header\",\"value\":{\"summary\":\"\",\"description\":\"d\","
          "\"parentCommit\":\"" COMMIT "\"}}",
          { COMMIT_HEADER, .summary = "", .description = "d", .parent = COMMIT } },
        { "{\"key\":\"header\",\"value\":{\"summary\":\"s\",\"description\":null,"
          "\"parentCommit\":\"0123456\"}}",
          { COMMIT_HEADER, .summary = "s", .description = "", .parent = "0123456" } },
        { "{\"key\":\"file\",\"value\":{\"path\":\"a\",\"encoding\":\"base64\","
          "\"content\":\"\"}}",
          { COMMIT_FILE, .path = "a", .encoding = "base64" } },
        { "{\"key\":\"lfsFile\",\"value\":{\"path\":\"a\",\"algo\":\"sha256\",\"oid\":\"" OID
          "\",\"size\":3}}",
          { COMMIT_LARGE_FILE, .path = "a", .oid = OID } },
        { "{\"key\":\"deletedFile\",\"value\":{\"path\":\"a\"}}",
          { COMMIT_REMOVED_FILE, .path = "a" } },
        { "{\"key\":\"deletedFolder\",\"value\":{\"path\":\"a/\"}}",
          { COMMIT_REMOVED_FOLDER, .path = "a/" } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *doc = document(cases[i].text);
        const struct commit_op *expected = &cases[i].op;
        struct commit_op op;

        assert_int_equal(commit_op_read(&op, doc, 1, NULL), 0);
        assert_int_equal(op.kind, expected->kind);
        assert_text(op.summary, expected->summary);
        assert_text(op.description, expected->description);
        assert_text(op.parent, expected->parent);
        assert_text(op.path, expected->path);
        assert_text(op.encoding, expected->encoding);
        assert_text(op.oid, expected->oid);
        json_decref(doc);
    }
}

static void a_line_that_cannot_be_is_named(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "[]", "line 7.key: expected a string, got nothing" },
        { "{\"key\":\"file\"}", "line 7.value: expected an object, got nothing" },
        { "{\"key\":\"rename\",\"value\":{}}",
          "line 7: 'rename' is no operation that is known here" },
        { "{\"key\":\"header\",\"value\":{}}",
          "line 7.summary: expected a string, got nothing" },
        { "{\"key\":\"header\",\"value\":{\"summary\":\"s\",\"parentCommit\":\"012345\"}}",
          "line 7.parentCommit: expected 7 to 40 hex digits" },
        { "{\"key\":\"header\",\"value\":{\"summary\":\"s\",\"parentCommit\":\"" COMMIT "0\"}}",
          "line 7.parentCommit: expected 7 to 40 hex digits" },
        { "{\"key\":\"header\",\"value\":{\"summary\":\"s\",\"parentCommit\":\"../../HEAD\"}}",
          "line 7.parentCommit: expected 7 to 40 hex digits" },
        { "{\"key\":\"file\",\"value\":{\"encoding\":\"base64\",\"content\":\"\"}}",
          "line 7.path: expected a string, got nothing" },
        { "{\"key\":\"file\",\"value\":{\"path\":\"a\",\"encoding\":\"utf-8\"}}",
          "line 7.content: expected a string, got nothing" },
        { "{\"key\":\"lfsFile\",\"value\":{\"path\":\"a\",\"oid\":\"../x\"}}",
          "line 7.oid: expected a SHA-256: 64 hex digits" },
        { "{\"key\":\"lfsFile\",\"value\":{\"path\":\"a\",\"algo\":\"md5\",\"oid\":\"" OID
          "\"}}",
          "line 7.algo: 'md5' is not sha256" },
        { "{\"key\":\"deletedFolder\",\"value\":{\"path\":[\"a\"]}}",
          "line 7.path: expected a string, got an array" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *doc = document(cases[i].text);
        struct commit_op op;
        struct err err = { 0 };

        assert_true(commit_op_read(&op, doc, 7, &err) < 0);
        assert_string_equal(err.msg, cases[i].message);
        json_decref(doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_its_fields),
        cmocka_unit_test(a_line_that_cannot_be_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
