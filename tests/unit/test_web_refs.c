/* SPDX-License-Identifier: Apache-2.0
 * Branches over the network, and which commit a file is from. */
#include "hub/web/web.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/json.h"
#include "tests/support/site.h"

static const char branch_path[] = "/api/models/ada/m/branch/side";

/* ada's repository "m"; her token. */
static char *create(struct site_fixture *fix)
{
    char *token = site_token(fix, "ada", "write");

    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, "{\"name\":\"m\"}"),
                     200);
    return token;
}

/* One commit that writes a file; its name, the caller's. */
static char *put(struct site_fixture *fix, const char *token, const char *branch,
                 const char *path, const char *summary)
{
    char *where = xasprintf("/api/models/ada/m/commit/%s", branch);
    char *body = xasprintf("{\"key\":\"header\",\"value\":{\"summary\":\"%s\"}}\n"
                           "{\"key\":\"file\",\"value\":{\"path\":\"%s\",\"content\":\"%s\","
                           "\"encoding\":\"utf-8\"}}\n",
                           summary, path, summary);
    json_t *doc = NULL;

    assert_int_equal(site_send(fix, "POST", where, token, body), 200);
    assert_int_equal(json_parse(&doc, fix->res.body.data, fix->res.body.len, "reply", NULL), 0);
    char *commit = xstrdup(json_string_value(json_object_get(doc, "commitOid")));
    json_decref(doc);
    free(body);
    free(where);
    return commit;
}

static void an_empty_branch_has_one_commit_and_no_file(void **state)
{
    struct site_fixture *fix = *state;
    char *token = create(fix);

    assert_int_equal(site_send(fix, "POST", branch_path, token, "{\"emptyBranch\":true}"), 200);
    assert_int_equal(site_get(fix, "/api/models/ada/m/tree/side"), 200);
    assert_string_equal(fix->res.body.data, "[]");
    assert_int_equal(site_get(fix, "/api/models/ada/m/commits/side"), 200);
    assert_string_equal(site_header(fix, "x-total-count"), "1");
    free(put(fix, token, "side", "a.txt", "first"));
    assert_int_equal(site_get(fix, "/ada/m/resolve/side/a.txt"), 200);
    assert_int_equal(site_get(fix, "/ada/m/resolve/main/a.txt"), 404);
    free(token);
}

static void a_branch_is_moved_only_by_who_says_so(void **state)
{
    struct site_fixture *fix = *state;
    char *token = create(fix);

    assert_int_equal(site_send(fix, "POST", branch_path, token, "{}"), 200);
    free(put(fix, token, "main", "a.txt", "later"));
    assert_int_equal(site_send(fix, "POST", branch_path, token, "{}"), 409);
    assert_int_equal(site_get(fix, "/ada/m/resolve/side/a.txt"), 404);
    assert_int_equal(site_send(fix, "POST", branch_path, token, "{\"overwrite\":true}"), 200);
    assert_int_equal(site_get(fix, "/ada/m/resolve/side/a.txt"), 200);
    assert_int_equal(site_send(fix, "POST", branch_path, token,
                               "{\"overwrite\":true,\"startingPoint\":\"absent\"}"),
                     404);
    assert_int_equal(site_get(fix, "/ada/m/resolve/side/a.txt"), 200);
    assert_int_equal(
        site_send(fix, "POST", "/api/models/ada/m/branch/a..b", token, "{\"overwrite\":true}"),
        400);
    free(token);
}

/* Revisions of such names are asked for as something else, so nobody could read them. */
static void names_that_mean_something_else_are_refused(void **state)
{
    static const char *const names[] = { "HEAD", "refs%2Fpr%2F1", "refs%2Fheads%2Fmain",
                                         "0123456789abcdef0123456789abcdef01234567" };
    struct site_fixture *fix = *state;
    char *token = create(fix);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *path = xasprintf("/api/models/ada/m/branch/%s", names[i]);

        assert_int_equal(site_send(fix, "POST", path, token, "{}"), 400);
        site_assert_has(fix, "cannot be the name of a branch or tag");
        free(path);
    }
    assert_int_equal(
        site_send(fix, "POST", "/api/models/ada/m/tag/main", token, "{\"tag\":\"HEAD\"}"), 400);
    free(token);
}

static void assert_from(const struct site_fixture *fix, const char *path, const char *commit,
                        const char *title)
{
    const json_t *entry = NULL, *last;
    json_t *doc = NULL;

    assert_int_equal(json_parse(&doc, fix->res.body.data, fix->res.body.len, "reply", NULL), 0);
    for (size_t i = 0; !entry && i < json_array_size(doc); i++) {
        const json_t *item = json_array_get(doc, i);

        if (strcmp(json_string_value(json_object_get(item, "path")), path) == 0)
            entry = item;
    }
    assert_non_null(entry);
    last = json_object_get(entry, "lastCommit");
    assert_string_equal(json_string_value(json_object_get(last, "id")), commit);
    assert_string_equal(json_string_value(json_object_get(last, "title")), title);
    assert_non_null(strchr(json_string_value(json_object_get(last, "date")), 'T'));
    json_decref(doc);
}

static void an_expanded_tree_tells_each_last_commit(void **state)
{
    struct site_fixture *fix = *state;
    char *token = create(fix);
    char *first = put(fix, token, "main", "dir/deep/a.txt", "first");
    char *second = put(fix, token, "main", "dir/b.txt", "second");
    char *third = put(fix, token, "main", "c.txt", "third\\nand more");

    assert_int_equal(site_get(fix, "/api/models/ada/m/tree/main?recursive=true"), 200);
    site_assert_has_not(fix, "lastCommit");
    assert_int_equal(site_get(fix, "/api/models/ada/m/tree/main?recursive=true&expand=true"),
                     200);
    assert_from(fix, "dir/deep/a.txt", first, "first");
    assert_from(fix, "dir/deep", first, "first");
    assert_from(fix, "dir", second, "second");
    assert_from(fix, "c.txt", third, "third");
    assert_int_equal(site_get(fix, "/api/models/ada/m/tree/main?expand=true&limit=1"), 200);
    assert_non_null(strstr(site_header(fix, "link"), "expand=true"));
    assert_int_equal(site_send(fix, "POST", "/api/models/ada/m/paths-info/main", NULL,
                               "paths=dir%2Fb.txt&expand=true"),
                     200);
    assert_from(fix, "dir/b.txt", second, "second");
    free(first);
    free(second);
    free(third);
    free(token);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, site_start, site_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(an_empty_branch_has_one_commit_and_no_file),
        SERVED(a_branch_is_moved_only_by_who_says_so),
        SERVED(names_that_mean_something_else_are_refused),
        SERVED(an_expanded_tree_tells_each_last_commit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
