/* SPDX-License-Identifier: Apache-2.0
 * Large files are listed with their names, and taken out of a repository for good. */
#include "hub/web/web.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/json.h"
#include "tests/support/site.h"

static const char list_path[] = "/api/models/ada/m/lfs-files";
static const char drop_path[] = "/api/models/ada/m/lfs-files/batch";

static void put(struct site_fixture *fix, const char *token, const char *path,
                const char *content)
{
    char *body = xasprintf("{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n"
                           "{\"key\":\"file\",\"value\":{\"path\":\"%s\",\"content\":\"%s\","
                           "\"encoding\":\"utf-8\"}}\n",
                           path, content);

    assert_int_equal(site_send(fix, "POST", "/api/models/ada/m/commit/main", token, body), 200);
    free(body);
}

/* "w.bin" twice, "v1" at the first; ada's token. */
static char *make(struct site_fixture *fix)
{
    char *token = site_token(fix, "ada", "write");

    assert_int_equal(site_send(fix, "POST", "/api/repos/create", token, "{\"name\":\"m\"}"),
                     200);
    put(fix, token, "w.bin", "first");
    assert_int_equal(
        site_send(fix, "POST", "/api/models/ada/m/tag/main", token, "{\"tag\":\"v1\"}"), 200);
    put(fix, token, "w.bin", "second");
    put(fix, token, "a.txt", "small");
    return token;
}

static size_t count_listed(struct site_fixture *fix, const char *token, const char *path)
{
    json_t *doc = NULL;

    assert_int_equal(site_send(fix, "GET", path, token, ""), 200);
    assert_int_equal(json_parse(&doc, fix->res.body.data, fix->res.body.len, "list", NULL), 0);
    size_t n = json_array_size(doc);
    json_decref(doc);
    return n;
}

static int drop(struct site_fixture *fix, const char *token, const char *content,
                const char *rewrites)
{
    char oid[SHA256_HEX_SIZE];

    sha256_hex(oid, content, strlen(content));
    char *body =
        xasprintf("{\"deletions\":{\"sha\":[\"%s\"],\"rewriteHistory\":%s}}", oid, rewrites);
    int status = site_send(fix, "POST", drop_path, token, body);
    free(body);
    return status;
}

static void contents_are_listed_with_a_name_and_a_ref(void **state)
{
    struct site_fixture *fix = *state;
    char *token = make(fix), oid[SHA256_HEX_SIZE];

    assert_int_equal(count_listed(fix, token, list_path), 2);
    sha256_hex(oid, "second", 6);
    char *wanted =
        xasprintf("\"fileOid\":\"%s\",\"filename\":\"w.bin\",\"oid\":\"%s\"", oid, oid);
    site_assert_has(fix, wanted);
    site_assert_has(fix, "\"ref\":\"main\",\"size\":6");
    site_assert_has(fix, "\"ref\":\"v1\",\"size\":5");
    free(wanted);
    assert_int_equal(count_listed(fix, token, "/api/models/ada/m/lfs-files?limit=1"), 1);
    assert_non_null(strstr(site_header(fix, "link"), "lfs-files?limit=1&cursor=1>; rel="));
    assert_int_equal(count_listed(fix, token, "/api/models/ada/m/lfs-files?limit=1&cursor=1"),
                     1);
    assert_string_equal(site_header(fix, "link"), "");
    free(token);
}

static void a_content_goes_from_the_whole_history(void **state)
{
    struct site_fixture *fix = *state;
    char *token = make(fix);

    assert_int_equal(drop(fix, token, "first", "true"), 200);
    assert_int_equal(count_listed(fix, token, list_path), 1);
    assert_int_equal(site_get(fix, "/ada/m/resolve/v1/w.bin"), 404);
    assert_int_equal(site_get(fix, "/ada/m/resolve/main/w.bin"), 200);
    assert_string_equal(fix->res.body.data, "second");
    assert_int_equal(drop(fix, token, "second", "true"), 200);
    assert_int_equal(site_get(fix, "/ada/m/resolve/main/w.bin"), 404);
    assert_int_equal(site_get(fix, "/ada/m/resolve/main/a.txt"), 200);
    assert_int_equal(site_get(fix, "/api/models/ada/m/commits/main"), 200);
    assert_string_equal(site_header(fix, "x-total-count"), "4");
    free(token);
}

static void without_rewriting_its_pointer_is_what_is_left(void **state)
{
    struct site_fixture *fix = *state;
    char *token = make(fix);

    assert_int_equal(drop(fix, token, "second", "false"), 200);
    assert_int_equal(site_get(fix, "/ada/m/resolve/main/w.bin"), 200);
    site_assert_has(fix, "version https://git-lfs.github.com/spec/v1");
    assert_int_equal(site_get(fix, "/ada/m/resolve/v1/w.bin"), 200);
    assert_string_equal(fix->res.body.data, "first");
    free(token);
}

static void what_goes_leaves_room_in_the_quota(void **state)
{
    struct site_fixture *fix = *state;
    char *token = make(fix);
    static const char body[] =
        "{\"operation\":\"upload\",\"objects\":[{\"size\":1000,\"oid\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\"}]}";
    static const char batch[] = "/ada/m.git/info/lfs/objects/batch";

    char *large = xmalloc(2001);
    memset(large, 'x', 2000);
    large[2000] = '\0';
    put(fix, token, "large.bin", large);
    site_set_quota(fix, "ada", 2500);
    assert_int_equal(site_send(fix, "POST", batch, token, body), 200);
    site_assert_has(fix, "quota");
    assert_int_equal(drop(fix, token, large, "true"), 200);
    assert_int_equal(site_send(fix, "POST", batch, token, body), 200);
    site_assert_has_not(fix, "quota");
    free(large);
    free(token);
}

static void only_who_may_change_a_repository_does_so(void **state)
{
    struct site_fixture *fix = *state;
    char *token = make(fix), *reader = site_token(fix, "ada", "read");
    char *other = site_token(fix, "eve", "write");

    assert_int_equal(drop(fix, reader, "first", "true"), 403);
    assert_int_equal(drop(fix, other, "first", "true"), 403);
    assert_int_equal(drop(fix, NULL, "first", "true"), 401);
    assert_int_equal(site_send(fix, "GET", list_path, other, ""), 403);
    assert_int_equal(site_get(fix, list_path), 401);
    assert_int_equal(site_get(fix, "/api/models/ada/none/lfs-files"), 401);
    assert_int_equal(count_listed(fix, token, list_path), 2);
    free(other);
    free(reader);
    free(token);
}

static void hostile_lists_take_nothing_away(void **state)
{
    static const char *const bodies[] = {
        "{}",
        "{\"deletions\":{}}",
        "{\"deletions\":{\"sha\":[]}}",
        "{\"deletions\":{\"sha\":\"*\"}}",
        "{\"deletions\":{\"sha\":[\"../../HEAD\"]}}",
        "{\"deletions\":{\"sha\":[1]}}",
        "{\"deletions\":{\"rewriteHistory\":\"yes\",\"sha\":["
        "\"0000000000000000000000000000000000000000000000000000000000000000\"]}}",
    };
    struct site_fixture *fix = *state;
    char *token = make(fix);

    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
        assert_int_equal(site_send(fix, "POST", drop_path, token, bodies[i]), 400);
    assert_int_equal(drop(fix, token, "never sent", "true"), 200);
    assert_int_equal(count_listed(fix, token, list_path), 2);
    free(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(contents_are_listed_with_a_name_and_a_ref, site_start,
                                        site_stop),
        cmocka_unit_test_setup_teardown(a_content_goes_from_the_whole_history, site_start,
                                        site_stop),
        cmocka_unit_test_setup_teardown(without_rewriting_its_pointer_is_what_is_left,
                                        site_start, site_stop),
        cmocka_unit_test_setup_teardown(what_goes_leaves_room_in_the_quota, site_start,
                                        site_stop),
        cmocka_unit_test_setup_teardown(only_who_may_change_a_repository_does_so, site_start,
                                        site_stop),
        cmocka_unit_test_setup_teardown(hostile_lists_take_nothing_away, site_start, site_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
