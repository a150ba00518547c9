/* SPDX-License-Identifier: Apache-2.0
 * What a client is told before it uploads: which files it may leave out, and how the others
 * come. */
#include "hub/web/web.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/json.h"
#include "tests/support/site.h"

static const char preupload_path[] = "/api/models/ada/m/preupload/main";
static const char three_files[] =
    "\"files\":[{\"path\":\"a.log\",\"size\":3},{\"path\":\"keep/b.log\",\"size\":3},"
    "{\"path\":\"w.bin\",\"size\":3}]";

static char *create(struct site_fixture *fix)
{
    char *token = site_token(fix, "ada", "write");

    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, "{\"name\":\"m\"}"),
                     200);
    return token;
}

static void ask(struct site_fixture *fix, const char *token, const char *more)
{
    char *body = xasprintf("{%s%s}", three_files, more);

    assert_int_equal(site_send(fix, "POST", preupload_path, token, body), 200);
    free(body);
}

static void assert_ignored(const struct site_fixture *fix, const char *path, bool is_ignored)
{
    json_t *doc = NULL;
    const json_t *files;
    bool is_found = false;

    assert_int_equal(json_parse(&doc, fix->res.body.data, fix->res.body.len, "reply", NULL), 0);
    files = json_object_get(doc, "files");
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *file = json_array_get(files, i);

        if (strcmp(json_string_value(json_object_get(file, "path")), path) != 0)
            continue;
        is_found = true;
        assert_int_equal(json_is_true(json_object_get(file, "shouldIgnore")), is_ignored);
    }
    assert_true(is_found);
    json_decref(doc);
}

static int commit_file(struct site_fixture *fix, const char *token, const char *path,
                       const char *content)
{
    char *body = xasprintf("{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n"
                           "{\"key\":\"file\",\"value\":{\"path\":\"%s\","
                           "\"content\":\"%s\",\"encoding\":\"utf-8\"}}\n",
                           path, content);
    int status = site_send(fix, "POST", "/api/models/ada/m/commit/main", token, body);

    free(body);
    return status;
}

static void what_gitignore_names_need_not_be_sent(void **state)
{
    struct site_fixture *fix = *state;
    char *token = create(fix);

    ask(fix, token, "");
    assert_ignored(fix, "a.log", false);
    ask(fix, token, ",\"gitIgnore\":\"*.log\\n!b.log\\n\"");
    assert_ignored(fix, "a.log", true);
    assert_ignored(fix, "keep/b.log", false);
    assert_int_equal(commit_file(fix, token, ".gitignore", "keep/\\n"), 200);
    ask(fix, token, "");
    assert_ignored(fix, "a.log", false);
    assert_ignored(fix, "keep/b.log", true);
    ask(fix, token, ",\"gitIgnore\":\"\""); /* the one that comes wins */
    assert_ignored(fix, "keep/b.log", false);
    free(token);
}

static void a_gitignore_past_its_limits_is_refused_by_name(void **state)
{
    struct site_fixture *fix = *state;
    char *token = create(fix);
    struct buf body;

    buf_init(&body, 1 << 20);
    buf_printf(&body, "{%s,\"gitIgnore\":\"", three_files);
    for (int i = 0; i < 1001; i++)
        buf_add_str(&body, "x\\n");
    buf_add_str(&body, "\"}");
    assert_int_equal(site_send(fix, "POST", preupload_path, token, body.data), 400);
    site_assert_has(fix, "gitIgnore: more than 1000 rules");
    buf_finish(&body);
    free(token);
}

static void a_gitattributes_past_its_limits_is_refused_until_it_is_replaced(void **state)
{
    static const char too_many[] = ".gitattributes: more than 1000 lines for LFS";
    struct site_fixture *fix = *state;
    char *token = create(fix);
    struct buf lines, more;

    buf_init(&lines, 1 << 20);
    buf_init(&more, 1 << 20);
    for (int i = 0; i <= 1000; i++)
        buf_add_str(&lines, "*.bin filter=lfs\\n");
    buf_printf(&more, "{%s,\"gitAttributes\":\"%s\"}", three_files, lines.data);
    assert_int_equal(site_send(fix, "POST", preupload_path, token, more.data), 400);
    site_assert_has(fix, "gitAttributes: more than 1000 lines for LFS");

    assert_int_equal(commit_file(fix, token, ".gitattributes", lines.data), 200);
    buf_clear(&more);
    buf_printf(&more, "{%s}", three_files);
    assert_int_equal(site_send(fix, "POST", preupload_path, token, more.data), 400);
    site_assert_has(fix, too_many);
    assert_int_equal(commit_file(fix, token, "a.bin", "x"), 413);
    site_assert_has(fix, too_many);

    assert_int_equal(commit_file(fix, token, ".gitattributes", "*.bin filter=lfs\\n"), 200);
    assert_int_equal(commit_file(fix, token, "a.bin", "x"), 200);
    ask(fix, token, "");
    buf_finish(&more);
    buf_finish(&lines);
    free(token);
}

static void small_files_come_with_the_commit_where_xet_would_take_them(void **state)
{
    static const struct {
        const char *agent;
        bool is_lfs;
    } agents[] = {
        { "unknown/None; hf_hub/0.36.2; python/3.11", true },
        { "unknown/None; hf_hub/1.19.4; python/3.11", true },
        { "unknown/None; hf_hub/1.20.0; python/3.11", false },
        { "hf-cli/1; hf_hub/2.4.0; hf_xet/1.8.0", false },
        { "unknown/None; hf_hub/1.20rc1", false },
        { "hf_hub/", true },
        { "hf_hub/9", true },
        { "curl/7.88", true },
    };
    struct site_fixture *fix = *state;
    char *token = create(fix);

    for (size_t i = 0; i < sizeof(agents) / sizeof(agents[0]); i++) {
        struct http_request *req = site_prepare(fix, "POST", preupload_path);

        http_request_header(req, "Authorization", token);
        http_request_header(req, "User-Agent", agents[i].agent);
        req->body = "{\"files\":[{\"path\":\"w.bin\",\"size\":3},"
                    "{\"path\":\"large.bin\",\"size\":10000000}]}";
        req->body_len = strlen(req->body);
        assert_int_equal(site_perform(fix), 200);
        site_assert_has(fix, "\"path\":\"large.bin\",\"shouldIgnore\":false,"
                             "\"uploadMode\":\"lfs\"");
        site_assert_has(fix, agents[i].is_lfs ? "\"path\":\"w.bin\",\"shouldIgnore\":false,"
                                                "\"uploadMode\":\"lfs\""
                                              : "\"path\":\"w.bin\",\"shouldIgnore\":false,"
                                                "\"uploadMode\":\"regular\"");
    }
    free(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_gitignore_names_need_not_be_sent, site_start,
                                        site_stop),
        cmocka_unit_test_setup_teardown(a_gitignore_past_its_limits_is_refused_by_name,
                                        site_start, site_stop),
        cmocka_unit_test_setup_teardown(
            a_gitattributes_past_its_limits_is_refused_until_it_is_replaced, site_start,
            site_stop),
        cmocka_unit_test_setup_teardown(
            small_files_come_with_the_commit_where_xet_would_take_them, site_start, site_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
