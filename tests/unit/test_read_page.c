/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/forge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"
#include "store/db.h"
#include "tests/support/scripted_http.h"

#define API "https://api.github.com"

struct scene {
    struct scripted_http script;
    struct db *db;
    struct forge *forge;
    struct err err;
    size_t n_items;
    char next[200];
    int refuse; /* what the page function returns */
};

static int set_up(void **state)
{
    struct scene *s = xcalloc(1, sizeof(*s));

    scripted_http_init(&s->script);
    assert_int_equal(db_open(&s->db, ":memory:", DB_HEARTH, DB_CREATE, &s->err), 0);
    const struct forge_options options = {
        .dialect = "github",
        .url = API,
        .upload_url = "",
        .owner = "o",
        .name = "n",
        .token = "t",
        .http = &s->script.http,
        .db = s->db,
        .clock = &s->script.clock,
        .content_per_minute = 60,
        .content_per_hour = 400,
    };
    assert_int_equal(forge_new(&s->forge, &options, &s->err), 0);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;

    forge_free(s->forge);
    db_close(s->db);
    free(s);
    return 0;
}

static int take(void *ctx, const struct forge_page *page, struct err *err)
{
    struct scene *s = ctx;

    (void)err;
    s->n_items = page->n;
    (void)snprintf(s->next, sizeof(s->next), "%s", page->next);
    return s->refuse;
}

static int read_page(struct scene *s, const struct forge_read *what,
                     const struct scripted_answer *answer)
{
    scripted_http_play(&s->script, answer, 1);
    return forge_read_page(s->forge, what, take, s, &s->err);
}

static const struct {
    struct forge_read what;
    const char *path;
} first_pages[] = {
    { { .list = FORGE_ISSUES, .oldest_first = true },
      "/issues?per_page=100&state=all&sort=created&direction=asc" },
    { { .list = FORGE_ISSUES, .since_at = 1700000000 },
      "/issues?per_page=100&state=all&sort=updated&direction=asc&since=2023-11-14T22:13:20Z" },
    { { .list = FORGE_COMMENTS, .since_at = 1700000000 },
      "/issues/comments?per_page=100&sort=updated&direction=asc&since=2023-11-14T22:13:20Z" },
    { { .list = FORGE_COMMENTS, .number = 7 }, "/issues/7/comments?per_page=100" },
    { { .list = FORGE_REVIEW_COMMENTS, .oldest_first = true },
      "/pulls/comments?per_page=100&sort=created&direction=asc" },
    { { .list = FORGE_EVENTS, .since_at = 5 }, "/issues/events?per_page=100" },
    { { .list = FORGE_RELEASES }, "/releases?per_page=100" },
};

static void only_parameters_that_a_list_has_are_sent(void **state)
{
    const struct scripted_answer empty = { 200, { 0 }, "[]" };
    struct scene *s = *state;
    char line[400];

    for (size_t i = 0; i < sizeof(first_pages) / sizeof(first_pages[0]); i++) {
        assert_int_equal(read_page(s, &first_pages[i].what, &empty), 0);
        (void)snprintf(line, sizeof(line), "GET " API "/repos/o/n%s", first_pages[i].path);
        assert_string_equal(s->script.asked[0].line, line);
        assert_int_equal(s->n_items, 0);
        assert_string_equal(s->next, "");
    }
}

static void next_is_asked_as_it_came_on_our_origin(void **state)
{
    const struct scripted_answer page = {
        200,
        { "link", "<https://elsewhere.test/repositories/1/issues?after=a%3D>; rel=\"next\"" },
        "[]"
    };
    const struct scripted_answer empty = { 200, { 0 }, "null" };
    const struct forge_read first = { .list = FORGE_ISSUES };
    struct scene *s = *state;

    assert_int_equal(read_page(s, &first, &page), 0);
    const struct forge_read second = { .list = FORGE_ISSUES, .next = s->next };
    assert_int_equal(read_page(s, &second, &empty), 0);
    assert_string_equal(s->script.asked[0].line,
                        "GET " API "/repositories/1/issues?after=a%3D");
}

static void page_that_is_its_own_next_is_refused(void **state)
{
    const struct scripted_answer page = {
        200, { "link", "</repositories/1/issues?page=2>; rel=\"next\"" }, "[]"
    };
    const struct forge_read what = { .list = FORGE_ISSUES,
                                     .next = "/repositories/1/issues?page=2" };
    struct scene *s = *state;

    assert_int_equal(read_page(s, &what, &page), -ERR_FORGE);
    assert_non_null(strstr(s->err.msg, "itself"));
}

static void validator_is_kept_only_when_the_page_was_taken(void **state)
{
    const struct scripted_answer page = { 200, { "etag", "\"1\"" }, "[]" };
    const struct forge_read what = { .list = FORGE_EVENTS, .if_changed = true };
    struct scene *s = *state;

    s->refuse = -ERR_DB;
    assert_int_equal(read_page(s, &what, &page), -ERR_DB);
    s->refuse = 0;
    assert_int_equal(read_page(s, &what, &page), 0);
    assert_string_equal(s->script.asked[0].none_match, "");
    assert_int_equal(read_page(s, &what, &page), 0);
    assert_string_equal(s->script.asked[0].none_match, "\"1\"");
}

static const char *const bad_pages[] = { "{}", "[7]", "[null]", "[{\"number\":0}]", "\"x\"" };

static void page_that_cannot_be_is_refused_as_a_whole(void **state)
{
    const struct forge_read what = { .list = FORGE_ISSUES };
    struct scene *s = *state;

    for (size_t i = 0; i < sizeof(bad_pages) / sizeof(bad_pages[0]); i++) {
        const struct scripted_answer page = { 200, { 0 }, bad_pages[i] };

        s->n_items = 99;
        assert_int_equal(read_page(s, &what, &page), -ERR_FORGE);
        assert_int_equal(s->n_items, 99);
        assert_non_null(strstr(s->err.msg, "issues"));
    }
}

/* One person's zero byte must not stop the reading of a whole repository. */
static void page_with_an_escaped_nul_is_read(void **state)
{
    const struct forge_read what = { .list = FORGE_ISSUES };
    struct scene *s = *state;
    const struct scripted_answer page = {
        200,
        { 0 },
        "[{\"number\":1,\"title\":\"a\\u0000b\",\"user\":null,\"state\":\"open\","
        "\"created_at\":\"2026-01-02T03:04:05Z\","
        "\"updated_at\":\"2026-01-02T03:04:05Z\"}]"
    };

    assert_int_equal(read_page(s, &what, &page), 0);
    assert_int_equal(s->n_items, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_parameters_that_a_list_has_are_sent),
        TEST(next_is_asked_as_it_came_on_our_origin),
        TEST(page_that_is_its_own_next_is_refused),
        TEST(validator_is_kept_only_when_the_page_was_taken),
        TEST(page_that_cannot_be_is_refused_as_a_whole),
        TEST(page_with_an_escaped_nul_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
