/* SPDX-License-Identifier: Apache-2.0
 * Bodies that name files. */
#include "hub/web/file_body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"

#define OID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char json_media[] = "application/json; charset=utf-8";
static const char form_media[] = "application/x-www-form-urlencoded";

static json_t *document(const char *text)
{
    json_t *doc = NULL;

    assert_int_equal(json_parse(&doc, text, strlen(text), "body", NULL), 0);
    return doc;
}

static void paths_come_as_a_form_or_as_json(void **state)
{
    static const struct {
        const char *type, *text;
        bool expands;
    } cases[] = {
        { form_media, "paths=a%2Fb&paths=c+d&expand=True", true },
        { form_media, "paths[]=a%2Fb&paths[]=c%20d", false },
        { NULL, "paths=a%2Fb&paths=c+d", false },
        { json_media, "{\"paths\":[\"a/b\",\"c d\"],\"expand\":true}", true },
        { json_media, "{\"paths\":[\"a/b\",\"c d\"]}", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct paths_body body;

        assert_int_equal(
            paths_body_read(&body, cases[i].type, cases[i].text, strlen(cases[i].text), NULL),
            0);
        assert_int_equal(body.n, 2);
        assert_string_equal(body.paths[0], "a/b");
        assert_string_equal(body.paths[1], "c d");
        assert_int_equal(body.expands, cases[i].expands);
        paths_body_finish(&body);
    }
}

static void paths_that_cannot_be_are_refused(void **state)
{
    static const struct {
        const char *type, *text, *message;
    } cases[] = {
        { json_media, "{\"paths\":\"a\"}", "body.paths: expected an array, got a string" },
        { json_media, "{\"paths\":[\"a\",7]}", "body.paths[1]: expected a string" },
        { json_media, "{\"paths\":[],\"expand\":1}",
          "body.expand: expected true or false, got an integer" },
        { json_media, "paths=a", "body:1:" },
        { form_media, "paths=%4", "" },
        { form_media, "paths=%00", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct paths_body body;
        struct err err = { 0 };

        assert_int_equal(
            paths_body_read(&body, cases[i].type, cases[i].text, strlen(cases[i].text), &err),
            -ERR_PARSE);
        assert_non_null(strstr(err.msg, cases[i].message));
        paths_body_finish(&body);
    }
}

static void only_so_many_paths_are_looked_up(void **state)
{
    static const struct {
        const char *type, *before, *one, *after;
    } shapes[] = {
        { form_media, "expand=1", "&paths=a", "" },
        { json_media, "{\"paths\":[\"a\"", ",\"a\"", "]}" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        size_t first = i, n = FILE_BODY_MAX_PATHS; /* JSON's has one before the others */
        struct paths_body body;
        struct err err = { 0 };
        struct buf text;

        buf_init(&text, 1 << 20);
        buf_add_str(&text, shapes[i].before);
        for (size_t k = first; k < n; k++)
            buf_add_str(&text, shapes[i].one);
        size_t len = text.len;
        buf_add_str(&text, shapes[i].after);
        assert_int_equal(paths_body_read(&body, shapes[i].type, text.data, text.len, NULL), 0);
        assert_int_equal(body.n, n);
        paths_body_finish(&body);

        char *most = xstrndup(text.data, len);
        buf_clear(&text);
        buf_printf(&text, "%s%s%s", most, shapes[i].one, shapes[i].after);
        assert_int_equal(paths_body_read(&body, shapes[i].type, text.data, text.len, &err),
                         -ERR_LIMIT);
        assert_string_equal(err.msg, "body.paths: 1001 are more than 1000");
        paths_body_finish(&body);
        free(most);
        buf_finish(&text);
    }
}

static void a_preupload_tells_files_and_rules(void **state)
{
    json_t *doc = document("{\"files\":[{\"path\":\"a\",\"size\":7,\"sample\":\"eA==\"},"
                           "{\"path\":\"b\"}],\"gitAttributes\":\"*.bin filter=lfs\","
                           "\"gitIgnore\":\"\"}");
    json_t *bare = document("{\"files\":[],\"gitIgnore\":null}");
    struct preupload_body body;

    (void)state;
    assert_int_equal(preupload_body_read(&body, doc, NULL), 0);
    assert_int_equal(body.n, 2);
    assert_string_equal(body.files[0].path, "a");
    assert_int_equal(body.files[0].size, 7);
    assert_int_equal(body.files[1].size, 0);
    assert_string_equal(body.attributes, "*.bin filter=lfs");
    assert_string_equal(body.ignore, ""); /* sent, and empty */
    preupload_body_finish(&body);

    assert_int_equal(preupload_body_read(&body, bare, NULL), 0);
    assert_null(body.attributes);
    assert_null(body.ignore);
    preupload_body_finish(&body);
    json_decref(doc);
    json_decref(bare);
}

static void a_preupload_that_cannot_be_is_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "{}", "body.files: expected an array, got nothing" },
        { "{\"files\":[{\"size\":1}]}", "body.files[0].path: expected a string, got nothing" },
        { "{\"files\":[{\"path\":\"a\"},{\"path\":\"b\",\"size\":-1}]}",
          "body.files[1].size: -1 is outside 0..9223372036854775807" },
        { "{\"files\":[{\"path\":\"a\",\"size\":1.5}]}",
          "body.files[0].size: expected an integer, got a real" },
        { "{\"files\":[],\"gitIgnore\":[]}",
          "body.gitIgnore: expected a string, got an array" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *doc = document(cases[i].text);
        struct preupload_body body;
        struct err err = { 0 };

        assert_true(preupload_body_read(&body, doc, &err) < 0);
        assert_string_equal(err.msg, cases[i].message);
        preupload_body_finish(&body);
        json_decref(doc);
    }
}

static void rules_have_so_many_bytes(void **state)
{
    char *rules = xmalloc(FILE_BODY_MAX_RULES_BYTES + 2);

    (void)state;
    memset(rules, '#', FILE_BODY_MAX_RULES_BYTES + 1);
    rules[FILE_BODY_MAX_RULES_BYTES + 1] = '\0';
    for (int more = 1; more >= 0; more--) {
        json_t *doc = json_pack("{s:[],s:s%}", "files", "gitAttributes", rules,
                                (size_t)(FILE_BODY_MAX_RULES_BYTES + more));
        struct preupload_body body;
        struct err err = { 0 };

        assert_int_equal(preupload_body_read(&body, doc, &err), more ? -ERR_LIMIT : 0);
        if (more)
            assert_string_equal(err.msg, "body.gitAttributes: more than 1048576 bytes");
        preupload_body_finish(&body);
        json_decref(doc);
    }
    free(rules);
}

static void large_files_go_by_their_hash(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "{\"deletions\":{\"sha\":[\"" OID "\"],\"rewriteHistory\":true}}", NULL },
        { "{}", "body.deletions: expected an object, got nothing" },
        { "{\"deletions\":{\"sha\":[]}}", "body.deletions.sha: names no file" },
        { "{\"deletions\":{\"sha\":[\"" OID "\",\"../x\"]}}",
          "body.deletions.sha[1]: expected a SHA-256: 64 hex digits" },
        { "{\"deletions\":{\"sha\":[\"" OID "\"],\"rewriteHistory\":1}}",
          "body.deletions.rewriteHistory: expected true or false, got an integer" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *doc = document(cases[i].text);
        struct drop_body body;
        struct err err = { 0 };

        assert_int_equal(drop_body_read(&body, doc, &err) == 0, cases[i].message == NULL);
        if (cases[i].message) {
            assert_string_equal(err.msg, cases[i].message);
        } else {
            assert_int_equal(body.drop.n, 1);
            assert_string_equal(body.drop.oids[0], OID);
            assert_int_equal(body.drop.history, HUB_REWRITE_HISTORY);
        }
        drop_body_finish(&body);
        json_decref(doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_come_as_a_form_or_as_json),
        cmocka_unit_test(paths_that_cannot_be_are_refused),
        cmocka_unit_test(only_so_many_paths_are_looked_up),
        cmocka_unit_test(a_preupload_tells_files_and_rules),
        cmocka_unit_test(a_preupload_that_cannot_be_is_refused),
        cmocka_unit_test(rules_have_so_many_bytes),
        cmocka_unit_test(large_files_go_by_their_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
