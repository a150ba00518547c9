/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/practice.h"

#include "practice_fixture.h"

static void requests_without_a_name_or_with_a_wrong_token_are_refused(void **state)
{
    struct fixture *f = *state;

    f->user_agent = NULL;
    assert_int_equal(ask(f, "GET", "/user", NULL), 403);
    f->user_agent = "test";
    f->authorization = "Bearer wrong";
    assert_int_equal(ask(f, "GET", "/user", NULL), 401);
    assert_string_equal(text_of(f->body, "message"), "Bad credentials");
    f->authorization = NULL;
    assert_int_equal(ask(f, "GET", "/user", NULL), 401);
    assert_int_equal(ask(f, "GET", REPO, NULL), 200);
    f->authorization = f->token;
    assert_int_equal(ask(f, "GET", "/user", NULL), 200);
    assert_string_equal(text_of(f->body, "login"), PRACTICE_BOT);
}

static void pages_are_linked_by_the_repositorys_id(void **state)
{
    struct fixture *f = *state;
    json_t *seen = json_object();

    for (int page = 1; page <= 3; page++) {
        char path[128];
        size_t i;
        json_t *issue;

        (void)snprintf(path, sizeof(path), REPO "/issues?state=all&per_page=5&page=%d", page);
        assert_int_equal(ask(f, "GET", path, NULL), 200);
        json_array_foreach(f->body, i, issue)
        {
            char number[32];

            (void)snprintf(number, sizeof(number), "%lld",
                           json_integer_value(json_object_get(issue, "number")));
            assert_null(json_object_get(seen, number));
            (void)json_object_set_new(seen, number, json_true());
        }
        const char *link = reply_find(&f->reply, "Link");
        assert_non_null(strstr(link, "http://forge.test:80/api/v3/repositories/"));
        assert_int_equal(strstr(link, "rel=\"next\"") != NULL, page < 3);
        assert_int_equal(strstr(link, "rel=\"prev\"") != NULL, page > 1);
    }
    assert_int_equal(json_object_size(seen), 12);
    json_decref(seen);
}

static int next_page(struct fixture *f)
{
    const char *link = reply_find(&f->reply, "Link");
    char path[512];

    if (!link || !strstr(link, "rel=\"next\""))
        return 0;
    const char *at = strstr(link, "/repositories/");
    (void)snprintf(path, sizeof(path), "%.*s", (int)strcspn(at, ">"), at);
    assert_int_equal(ask(f, "GET", path, NULL), 200);
    return 1;
}

static void a_cursor_stays_right_while_rows_come_and_go(void **state)
{
    struct fixture *f = *state;
    long long seen = 0;

    assert_int_equal(
        ask(f, "GET", REPO "/issues?state=all&per_page=5&sort=created&direction=asc", NULL),
        200);
    assert_non_null(strstr(reply_find(&f->reply, "Link"), "after="));
    assert_null(strstr(reply_find(&f->reply, "Link"), "rel=\"last\""));
    char *next = strdup(reply_find(&f->reply, "Link"));
    order(f, "{\"as\":\"maintainer-1\",\"do\":\"delete\",\"number\":1}");
    const char *at = strstr(next, "/repositories/");
    next[(size_t)(at - next) + strcspn(at, ">")] = '\0';
    assert_int_equal(ask(f, "GET", at, NULL), 200);
    do {
        size_t i;
        json_t *issue;

        json_array_foreach(f->body, i, issue)
        {
            long long number = json_integer_value(json_object_get(issue, "number"));

            assert_int_equal(number, seen == 0 ? 6 : seen + 1);
            seen = number;
        }
    } while (next_page(f));
    assert_int_equal(seen, 12);
    free(next);
    assert_int_equal(ask(f, "GET", REPO "/issues?after=nonsense", NULL), 422);
}

static void deep_pages_need_a_cursor_and_events_end_at_300(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "GET", REPO "/issues?per_page=100&page=101", NULL), 422);
    assert_non_null(strstr(text_of(f->body, "message"), "cursor based pagination"));
    assert_int_equal(ask(f, "GET", REPO "/issues/comments?per_page=100&page=101", NULL), 200);
    assert_int_equal(ask(f, "GET", REPO "/issues/events?page=300", NULL), 200);
    assert_int_equal(ask(f, "GET", REPO "/issues/events?page=301", NULL), 422);
}

static void an_unchanged_list_costs_nothing(void **state)
{
    struct fixture *f = *state;
    char tag[128];

    assert_int_equal(ask(f, "GET", REPO "/issues/comments", NULL), 200);
    (void)snprintf(tag, sizeof(tag), "%s", reply_find(&f->reply, "ETag"));
    assert_string_equal(reply_find(&f->reply, "X-RateLimit-Used"), "1");
    f->none_match = tag;
    assert_int_equal(ask(f, "GET", REPO "/issues/comments", NULL), 304);
    assert_int_equal(f->reply.body.len, 0);
    assert_string_equal(reply_find(&f->reply, "X-RateLimit-Used"), "1");
    assert_int_equal(ask(f, "POST", REPO "/issues/5/comments", "{\"body\":\"new\"}"), 201);
    assert_int_equal(ask(f, "GET", REPO "/issues/comments", NULL), 200);
}

static void since_is_inclusive_and_checked(void **state)
{
    struct fixture *f = *state;

    f->now_ms += 60000;
    assert_int_equal(ask(f, "POST", REPO "/issues/5/comments", "{\"body\":\"new\"}"), 201);
    assert_int_equal(ask(f, "GET", REPO "/issues?state=all&since=2026-01-01T00:01:00Z", NULL),
                     200);
    assert_int_equal(json_array_size(f->body), 1);
    assert_int_equal(ask(f, "GET", REPO "/issues/comments?since=2026-01-01T00:01:00Z", NULL),
                     200);
    assert_int_equal(json_array_size(f->body), 1);
    assert_int_equal(ask(f, "GET", REPO "/issues/comments?since=2026-01-01T00:01:01Z", NULL),
                     200);
    assert_int_equal(json_array_size(f->body), 0);
    assert_int_equal(ask(f, "GET", REPO "/issues?since=yesterday", NULL), 422);
}

static void a_comment_is_made_edited_and_deleted(void **state)
{
    struct fixture *f = *state;
    char path[128];

    assert_int_equal(ask(f, "POST", REPO "/issues/12/comments", "{\"body\":\"one\"}"), 201);
    (void)snprintf(path, sizeof(path), REPO "/issues/comments/%lld",
                   json_integer_value(json_object_get(f->body, "id")));
    assert_int_equal(ask(f, "PATCH", path, "{\"body\":\"two\"}"), 200);
    assert_string_equal(text_of(f->body, "body"), "two");
    assert_int_equal(ask(f, "GET", REPO "/issues/12", NULL), 200);
    assert_int_equal(json_integer_value(json_object_get(f->body, "comments")), 1);
    assert_int_equal(ask(f, "DELETE", path, NULL), 204);
    assert_int_equal(ask(f, "GET", path, NULL), 404);
    assert_int_equal(ask(f, "GET", REPO "/issues/12", NULL), 200);
    assert_int_equal(json_integer_value(json_object_get(f->body, "comments")), 0);
    assert_int_equal(ask(f, "POST", REPO "/issues/12/comments", "{}"), 422);
    assert_int_equal(ask(f, "POST", REPO "/issues/12/comments", "{"), 400);
}

static void labels_come_and_go_one_by_one_and_leave_events(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "POST", REPO "/issues/12/labels", "{\"labels\":[\"new one\"]}"),
                     200);
    assert_int_equal(json_array_size(f->body), 1);
    assert_int_equal(ask(f, "GET", REPO "/labels/new%20one", NULL), 200);
    assert_int_equal(ask(f, "DELETE", REPO "/issues/12/labels/new%20one", NULL), 200);
    assert_int_equal(json_array_size(f->body), 0);
    assert_int_equal(ask(f, "DELETE", REPO "/issues/12/labels/new%20one", NULL), 404);
    assert_int_equal(ask(f, "GET", REPO "/issues/events?per_page=2", NULL), 200);
    assert_string_equal(text_of(json_array_get(f->body, 0), "event"), "unlabeled");
    assert_string_equal(text_of(json_array_get(f->body, 1), "event"), "labeled");
}

static void the_worst_of_the_newest_statuses_counts(void **state)
{
    struct fixture *f = *state;
    char path[128], sha[64];

    assert_int_equal(ask(f, "GET", REPO "/pulls/2", NULL), 200);
    (void)snprintf(sha, sizeof(sha), "%s", text_of(json_object_get(f->body, "head"), "sha"));
    (void)snprintf(path, sizeof(path), REPO "/statuses/%s", sha);
    assert_int_equal(ask(f, "POST", path, "{\"state\":\"pending\",\"context\":\"a\"}"), 201);
    assert_int_equal(ask(f, "POST", path, "{\"state\":\"success\",\"context\":\"a\"}"), 201);
    assert_int_equal(ask(f, "POST", path, "{\"state\":\"great\"}"), 422);
    (void)snprintf(path, sizeof(path), REPO "/commits/%s/status", sha);
    assert_int_equal(ask(f, "GET", path, NULL), 200);
    assert_string_equal(text_of(f->body, "state"), "success");
    assert_int_equal(json_integer_value(json_object_get(f->body, "total_count")), 1);
    assert_int_equal(ask(f, "GET", REPO "/commits/main/status", NULL), 200);
    assert_string_equal(text_of(f->body, "state"), "pending");
    assert_int_equal(ask(f, "POST", REPO "/statuses/0000", "{\"state\":\"success\"}"), 422);
}

static void a_release_makes_its_tag_and_takes_files_once(void **state)
{
    static const char release[] = "{\"tag_name\":\"v1.0.0\",\"name\":\"One\"}";
    struct fixture *f = *state;
    char path[160];

    assert_int_equal(ask(f, "POST", REPO "/releases", release), 201);
    long long id = json_integer_value(json_object_get(f->body, "id"));
    assert_non_null(strstr(text_of(f->body, "upload_url"), "/api/uploads/repos/open-digits/"));
    assert_int_equal(ask(f, "POST", REPO "/releases", release), 422);
    assert_string_equal(text_of(json_array_get(json_object_get(f->body, "errors"), 0), "code"),
                        "already_exists");
    assert_int_equal(ask(f, "GET", REPO "/git/ref/tags/v1.0.0", NULL), 200);

    (void)snprintf(path, sizeof(path), REPO "/releases/%lld/assets?name=a%%20b.txt", id);
    assert_int_equal(ask(f, "POST", path, "hello"), 201);
    assert_string_equal(text_of(f->body, "name"), "a.b.txt");
    assert_string_equal(
        text_of(f->body, "digest"),
        "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    long long asset = json_integer_value(json_object_get(f->body, "id"));
    assert_int_equal(ask(f, "POST", path, "hello"), 422);
    (void)snprintf(path, sizeof(path), REPO "/releases/assets/%lld", asset);
    f->accept = "application/octet-stream";
    assert_int_equal(ask(f, "GET", path, NULL), 200);
    assert_int_equal(fs_size(f->reply.file), 5);
    assert_int_equal(ask(f, "GET", REPO "/releases/tags/v1.0.0", NULL), 200);
    assert_int_equal(json_array_size(json_object_get(f->body, "assets")), 1);
}

static void the_sample_tells_the_story_it_promises(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "GET", REPO "/pulls/1", NULL), 200);
    assert_true(json_is_true(json_object_get(f->body, "merged")));
    assert_int_equal(ask(f, "GET", REPO "/issues?labels=retrain", NULL), 200);
    assert_int_equal(json_array_size(f->body), 3);
    assert_int_equal(ask(f, "GET", REPO "/collaborators/former-helper-4/permission", NULL),
                     200);
    assert_string_equal(text_of(f->body, "role_name"), "read");
    assert_int_equal(ask(f, "GET", REPO "/collaborators/maintainer-1/permission", NULL), 200);
    assert_string_equal(text_of(f->body, "role_name"), "maintain");
    assert_string_equal(text_of(f->body, "permission"), "write");
    assert_int_equal(ask(f, "GET", REPO "/pulls/2/reviews", NULL), 200);
    assert_true(json_is_null(json_object_get(json_array_get(f->body, 1), "user")));
    assert_int_equal(ask(f, "GET", REPO "/pulls/1/files?per_page=100", NULL), 200);
    assert_int_equal(json_array_size(f->body), 35);
}

int main(void)
{
#define WITH_SAMPLE(test) cmocka_unit_test_setup_teardown(test, start_sample, stop_sample)
    const struct CMUnitTest tests[] = {
        WITH_SAMPLE(requests_without_a_name_or_with_a_wrong_token_are_refused),
        WITH_SAMPLE(pages_are_linked_by_the_repositorys_id),
        WITH_SAMPLE(a_cursor_stays_right_while_rows_come_and_go),
        WITH_SAMPLE(deep_pages_need_a_cursor_and_events_end_at_300),
        WITH_SAMPLE(an_unchanged_list_costs_nothing),
        WITH_SAMPLE(since_is_inclusive_and_checked),
        WITH_SAMPLE(a_comment_is_made_edited_and_deleted),
        WITH_SAMPLE(labels_come_and_go_one_by_one_and_leave_events),
        WITH_SAMPLE(the_worst_of_the_newest_statuses_counts),
        WITH_SAMPLE(a_release_makes_its_tag_and_takes_files_once),
        WITH_SAMPLE(the_sample_tells_the_story_it_promises),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
