/* SPDX-License-Identifier: Apache-2.0
 * Whoever may not see a private repository learns nothing of it: not from the answer, nor from
 * the work behind it. Time cannot be compared in a test, but what it is spent on can: the
 * statements that SQLite runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "base/alloc.h"
#include "tests/support/site.h"

/* What every database of this process ran, in order. */
static struct {
    pthread_mutex_t lock;
    struct buf statements;
} work = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int note(unsigned what, void *ctx, void *statement, void *text)
{
    (void)what;
    (void)ctx;
    (void)text;
    (void)pthread_mutex_lock(&work.lock);
    buf_printf(&work.statements, "%s\n", sqlite3_sql(statement));
    (void)pthread_mutex_unlock(&work.lock);
    return 0;
}

static int watch(sqlite3 *db, const char **message, const struct sqlite3_api_routines *api)
{
    (void)message;
    (void)api;
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, note, NULL);
}

/* The answer, and the work behind it, with the name taken out. */
static char *answer_to(struct site_fixture *fix, const char *method, const char *path,
                       const char *token)
{
    static const char body[] =
        "{\"operation\":\"download\",\"files\":[],\"objects\":[],\"paths\":[]}";

    buf_clear(&work.statements);
    int status = site_send(fix, method, path, token, strcmp(method, "GET") == 0 ? "" : body);
    if (!strstr(work.statements.data, "hosted_repo"))
        fail_msg("%s %s: %d %s", method, path, status, fix->res.body.data);
    return xasprintf("%d %s %s %zu\n%s", status, site_header(fix, "x-error-code"),
                     fix->res.body.data, fix->res.n_headers, work.statements.data);
}

static const struct {
    const char *method, *head, *tail; /* of the address, around the name */
} requests[] = {
    { "GET", "/api/models/ada/", "" },
    { "GET", "/api/models/ada/", "/tree/main" },
    { "GET", "/api/models/ada/", "/refs" },
    { "GET", "/ada/", "/resolve/main/README.md" },
    { "GET", "/ada/", "/raw/main/README.md" },
    { "GET", "/ada/", "" },
    { "GET", "/ada/", "/tree/main" },
    { "GET", "/api/models/ada/", "/commits/main" },
    { "GET", "/api/models/ada/", "/auth-check/write" },
    { "GET", "/api/models/ada/", "/xet-write-token/main" },
    { "POST", "/api/models/ada/", "/paths-info/main" },
    { "POST", "/api/models/ada/", "/preupload/main" },
    { "POST", "/api/models/ada/", "/commit/main" },
    { "PUT", "/api/models/ada/", "/settings" },
    { "POST", "/ada/", ".git/info/lfs/objects/batch" },
    { "GET", "/ada/", ".git/info/refs?service=git-upload-pack" },
};

static void compare(struct site_fixture *fix, size_t i, const char *name, const char *token)
{
    char *there = xasprintf("%s%s%s", requests[i].head, name, requests[i].tail);
    char *absent = xasprintf("%sx%s", requests[i].head, requests[i].tail);
    char *one = answer_to(fix, requests[i].method, there, token);
    char *two = answer_to(fix, requests[i].method, absent, token);

    if (strcmp(one, two) != 0)
        fail_msg("%s %s\n%s\nbut %s\n%s", requests[i].method, there, one, absent, two);
    free(one);
    free(two);
    free(there);
    free(absent);
}

static void a_private_repository_is_as_one_that_is_not_there(void **state)
{
    struct site_fixture *fix = *state;
    char *ada = site_token(fix, "ada", "write"), *bob = site_token(fix, "bob", "write");

    assert_int_equal(
        site_send(fix, "POST", "/api/repos/create", ada, "{\"name\":\"o\",\"private\":true}"),
        200);
    assert_int_equal(site_send(fix, "POST", "/api/repos/move", ada,
                               "{\"fromRepo\":\"ada/o\",\"toRepo\":\"ada/m\"}"),
                     200);
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        compare(fix, i, "m", NULL);
        compare(fix, i, "m", bob);
        compare(fix, i, "o", NULL); /* where it was */
        compare(fix, i, "o", bob);
    }
    assert_int_equal(site_get(fix, "/api/models?author=ada"), 200);
    assert_string_equal(fix->res.body.data, "[]");
    assert_int_equal(site_get(fix, "/"), 200);
    site_assert_has_not(fix, "ada/m");
    assert_int_equal(site_send(fix, "GET", "/api/models/ada/m", ada, ""), 200);
    site_assert_has(fix, "\"private\":true");
    free(ada);
    free(bob);
}

/* Lists are made from what is kept of all repositories. */
static void what_is_kept_of_a_private_repository_is_shown_to_its_owner_alone(void **state)
{
    static const char commit[] =
        "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n"
        "{\"key\":\"file\",\"value\":{\"path\":\"README.md\",\"encoding\":\"utf-8\","
        "\"content\":\"---\\nlicense: mit\\n---\\n\"}}\n";
    static const char *const lists[] = { "/api/models?author=ada",
                                         "/api/models?filter=license:mit",
                                         "/api/models-tags-by-type" };
    struct site_fixture *fix = *state;
    char *ada = site_token(fix, "ada", "write"), *bob = site_token(fix, "bob", "write");

    assert_int_equal(
        site_send(fix, "POST", "/api/repos/create", ada, "{\"name\":\"m\",\"private\":true}"),
        200);
    assert_int_equal(site_send(fix, "POST", "/api/models/ada/m/commit/main", ada, commit), 200);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        assert_int_equal(site_send(fix, "GET", lists[i], ada, ""), 200);
        site_assert_has(fix, "license:mit");
        assert_int_equal(site_send(fix, "GET", lists[i], bob, ""), 200);
        site_assert_has_not(fix, "license:mit");
        assert_int_equal(site_get(fix, lists[i]), 200);
        site_assert_has_not(fix, "license:mit");
    }
    assert_int_equal(
        site_send(fix, "PUT", "/api/models/ada/m/settings", ada, "{\"private\":false}"), 200);
    assert_int_equal(site_get(fix, lists[0]), 200);
    site_assert_has(fix, "license:mit");
    assert_int_equal(
        site_send(fix, "PUT", "/api/models/ada/m/settings", ada, "{\"private\":true}"), 200);
    assert_int_equal(site_get(fix, lists[0]), 200);
    assert_string_equal(fix->res.body.data, "[]");
    free(ada);
    free(bob);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_private_repository_is_as_one_that_is_not_there,
                                        site_start, site_stop),
        cmocka_unit_test_setup_teardown(
            what_is_kept_of_a_private_repository_is_shown_to_its_owner_alone, site_start_later,
            site_stop),
    };

    buf_init(&work.statements, 1 << 20);
    if (sqlite3_auto_extension((void (*)(void))watch) != SQLITE_OK)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sqlite3_reset_auto_extension();
    buf_finish(&work.statements);
    return failed;
}
