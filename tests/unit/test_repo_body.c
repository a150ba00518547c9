/* SPDX-License-Identifier: Apache-2.0
 * Bodies that make, move and set up repositories. */
#include "hub/web/repo_body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/git.h"

static json_t *document(const char *text)
{
    json_t *doc = NULL;

    assert_int_equal(json_parse(&doc, text, strlen(text), "body", NULL), 0);
    return doc;
}

static void a_repository_is_named_in_two_ways(void **state)
{
    static const struct {
        const char *text, *ns, *name;
        enum hosted_kind kind;
        bool is_private;
    } cases[] = {
        { "{\"name\":\"m\"}", NULL, "m", HOSTED_MODEL, false },
        { "{\"name\":\"m\",\"organization\":\"o\"}", "o", "m", HOSTED_MODEL, false },
        { "{\"name\":\"o/m\",\"organization\":\"p\"}", "o", "m", HOSTED_MODEL, false },
        { "{\"name\":\"m\",\"organization\":null,\"type\":null,\"private\":null}", NULL, "m",
          HOSTED_MODEL, false },
        { "{\"name\":\"d\",\"type\":\"dataset\",\"private\":true}", NULL, "d", HOSTED_DATASET,
          true },
        { "{\"name\":\"m\",\"visibility\":\"private\"}", NULL, "m", HOSTED_MODEL, true },
        { "{\"name\":\"m\",\"visibility\":\"public\"}", NULL, "m", HOSTED_MODEL, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *doc = document(cases[i].text);
        struct repo_body body;

        assert_int_equal(repo_body_read(&body, doc, NULL), 0);
        assert_int_equal(body.ns == NULL, cases[i].ns == NULL);
        if (body.ns)
            assert_string_equal(body.ns, cases[i].ns);
        assert_string_equal(body.name, cases[i].name);
        assert_int_equal(body.kind, cases[i].kind);
        assert_int_equal(body.is_private, cases[i].is_private);
        assert_string_equal(body.licence, "");
        assert_int_equal(body.n_files, 0);
        repo_body_finish(&body);
        json_decref(doc);
    }
}

static void first_files_come_decoded(void **state)
{
    json_t *doc = document("{\"name\":\"m\",\"license\":\"mit\",\"files\":[{\"path\":\"a\","
                           "\"content\":\"aGVhcnRo\",\"encoding\":\"base64\"},{\"path\":\"b\","
                           "\"content\":\"text\"},{\"path\":\"c\",\"content\":\"\","
                           "\"encoding\":\"utf-8\"}]}");
    static const char *const expected[][2] = { { "a", "hearth" },
                                               { "b", "text" },
                                               { "c", "" } };
    struct repo_body body;

    (void)state;
    assert_int_equal(repo_body_read(&body, doc, NULL), 0);
    assert_string_equal(body.licence, "mit");
    assert_int_equal(body.n_files, 3);
    for (size_t i = 0; i < body.n_files; i++) {
        assert_string_equal(body.files[i].path, expected[i][0]);
        assert_int_equal(body.files[i].len, strlen(expected[i][1]));
        assert_memory_equal(body.files[i].data, expected[i][1], body.files[i].len);
    }
    repo_body_finish(&body);
    json_decref(doc);
}

static void a_body_that_cannot_be_is_refused_by_field(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "{}", "body.name: expected a string, got nothing" },
        { "{\"name\":7}", "body.name: expected a string, got an integer" },
        { "{\"name\":\"m\",\"type\":\"space\"}",
          "body.type: 'space': this hub hosts models and datasets" },
        { "{\"name\":\"m\",\"private\":\"yes\"}",
          "body.private: expected true or false, got a string" },
        { "{\"name\":\"m\",\"visibility\":\"protected\"}",
          "body.visibility: 'protected' is not known here" },
        { "{\"name\":\"m\",\"license\":\"a\\nb\"}", "body.license: one line, please" },
        { "{\"name\":\"m\",\"license\":[]}", "body.license: expected a string, got an array" },
        { "{\"name\":\"m\",\"files\":{}}", "body.files: expected an array, got an object" },
        { "{\"name\":\"m\",\"files\":[{\"path\":\"a\",\"content\":\"\"},7]}",
          "files[1].path: expected a string, got nothing" },
        { "{\"name\":\"m\",\"files\":[{\"path\":\"a\",\"content\":\"\",\"encoding\":\"x\"}]}",
          "files[0].encoding: 'x' is neither base64 nor utf-8" },
        { "{\"name\":\"m\",\"files\":[{\"path\":\"a\"}]}",
          "files[0].content: expected a string, got nothing" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *doc = document(cases[i].text);
        struct repo_body body;
        struct err err = { 0 };

        assert_true(repo_body_read(&body, doc, &err) < 0);
        assert_string_equal(err.msg, cases[i].message);
        repo_body_finish(&body);
        json_decref(doc);
    }
}

static void only_so_many_files_come_first(void **state)
{
    (void)state;
    for (int more = 1; more >= 0; more--) {
        json_t *doc = json_pack("{s:s,s:[]}", "name", "m", "files");
        struct repo_body body;
        struct err err = { 0 };

        for (int i = 0; i < REPO_BODY_MAX_FILES + more; i++)
            (void)json_array_append_new(json_object_get(doc, "files"),
                                        json_pack("{s:s,s:s}", "path", "a", "content", ""));
        assert_int_equal(repo_body_read(&body, doc, &err), more ? -ERR_LIMIT : 0);
        if (more)
            assert_string_equal(err.msg, "body.files: 101 are more than 100");
        repo_body_finish(&body);
        json_decref(doc);
    }
}

static void a_move_goes_from_name_to_name(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "{\"fromRepo\":\"a/m\",\"toRepo\":\"b/n\",\"type\":\"dataset\"}", NULL },
        { "{\"fromRepo\":\"a/m\"}", "body.toRepo: expected a string, got nothing" },
        { "{\"fromRepo\":\"a\",\"toRepo\":\"b/n\"}",
          "body.fromRepo: repository 'a': expected namespace/name" },
        { "{\"fromRepo\":\"a/m\",\"toRepo\":\"../n\"}", "body.toRepo: repository '../n'" },
        { "{\"fromRepo\":\"a/m\",\"toRepo\":\"api/n\"}",
          "body.toRepo: repository 'api/n': this namespace is reserved" },
        { "{\"fromRepo\":\"a/m\",\"toRepo\":\"b/n\",\"type\":\"space\"}",
          "body.type: 'space': this hub hosts models and datasets" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *doc = document(cases[i].text);
        struct move_body body;
        struct err err = { 0 };

        assert_int_equal(move_body_read(&body, doc, &err) == 0, cases[i].message == NULL);
        if (cases[i].message) {
            assert_non_null(strstr(err.msg, cases[i].message));
        } else {
            assert_string_equal(body.from_ns, "a");
            assert_string_equal(body.from_name, "m");
            assert_string_equal(body.to_ns, "b");
            assert_string_equal(body.to_name, "n");
            assert_int_equal(body.kind, HOSTED_DATASET);
        }
        move_body_finish(&body);
        json_decref(doc);
    }
}

static void settings_change_what_they_mention(void **state)
{
    static const struct {
        const char *text, *message;
        struct settings_body body;
    } cases[] = {
        { "{}", NULL, { 0 } },
        { "{\"private\":null,\"gated\":null}", NULL, { 0 } },
        { "{\"private\":false}", NULL, { .has_privacy = true } },
        { "{\"private\":true}", NULL, { .has_privacy = true, .is_private = true } },
        { "{\"private\":true,\"visibility\":\"public\"}", NULL, { .has_privacy = true } },
        { "{\"visibility\":\"private\"}", NULL, { .has_privacy = true, .is_private = true } },
        { "{\"gated\":false}", NULL, { .has_gate = true } },
        { "{\"gated\":\"auto\"}", NULL, { .has_gate = true, .gate = GATE_AUTO } },
        { "{\"gated\":\"manual\"}", NULL, { .has_gate = true, .gate = GATE_MANUAL } },
        { "{\"gated\":true}", "body.gated: expected false, \"auto\" or \"manual\"", { 0 } },
        { "{\"gated\":\"x\"}", "body.gated: expected false, \"auto\" or \"manual\"", { 0 } },
        { "{\"visibility\":\"x\"}", "body.visibility: expected public or private", { 0 } },
        { "{\"private\":1}", "body.private: expected true or false, got an integer", { 0 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *doc = document(cases[i].text);
        struct settings_body body;
        struct err err = { 0 };

        assert_int_equal(settings_body_read(&body, doc, &err) == 0, cases[i].message == NULL);
        if (cases[i].message) {
            assert_string_equal(err.msg, cases[i].message);
        } else {
            assert_int_equal(body.has_privacy, cases[i].body.has_privacy);
            assert_int_equal(body.is_private, cases[i].body.is_private);
            assert_int_equal(body.has_gate, cases[i].body.has_gate);
            assert_int_equal(body.gate, cases[i].body.gate);
        }
        json_decref(doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_repository_is_named_in_two_ways),
        cmocka_unit_test(first_files_come_decoded),
        cmocka_unit_test(a_body_that_cannot_be_is_refused_by_field),
        cmocka_unit_test(only_so_many_files_come_first),
        cmocka_unit_test(a_move_goes_from_name_to_name),
        cmocka_unit_test(settings_change_what_they_mention),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
