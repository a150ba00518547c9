/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/practice.h"

#include "practice_fixture.h"

static int start_gitea(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->options.dialect = "gitea";
    assert_int_equal(fixture_start(f), 0);
    *state = f;
    return 0;
}

static const json_t *field(const struct fixture *f, const char *key)
{
    return json_object_get(f->body, key);
}

static long long id_of(const struct fixture *f)
{
    return json_integer_value(field(f, "id"));
}

static const char *head_of(struct fixture *f, int number)
{
    static char sha[64];
    char path[64];

    (void)snprintf(path, sizeof(path), REPO "/pulls/%d", number);
    assert_int_equal(ask(f, "GET", path, NULL), 200);
    (void)snprintf(sha, sizeof(sha), "%s", text_of(field(f, "head"), "sha"));
    return sha;
}

static void the_server_says_what_it_is(void **state)
{
    struct fixture *f = *state;

    f->user_agent = NULL; /* nobody asks for it */
    f->authorization = NULL;
    assert_int_equal(ask(f, "GET", "/version", NULL), 200);
    assert_non_null(strstr(text_of(f->body, "version"), "+gitea-"));
    assert_int_equal(ask(f, "GET", "/settings/api", NULL), 200);
    assert_int_equal(json_integer_value(field(f, "max_response_items")), 50);
    assert_int_equal(ask(f, "GET", "/user", NULL), 401);
    assert_null(reply_find(&f->reply, "X-RateLimit-Limit"));
}

static void larger_pages_are_cut_in_silence_and_few_lists_are_linked(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 60; i++)
        order(f, "{\"as\":\"newcomer-5\",\"do\":\"open\",\"title\":\"One more\"}");
    assert_int_equal(ask(f, "GET", REPO "/issues?state=all&limit=100", NULL), 200);
    assert_int_equal(json_array_size(f->body), 50);
    assert_string_equal(reply_find(&f->reply, "X-Total-Count"), "72");
    assert_string_equal(reply_find(&f->reply, "Link"),
                        "<http://forge.test:80/api/v1/repos/open-digits/digits/"
                        "issues?state=all&limit=100&page=2>; rel=\"next\","
                        "<http://forge.test:80/api/v1/repos/open-digits/digits/"
                        "issues?state=all&limit=100&page=2>; rel=\"last\"");
    assert_int_equal(ask(f, "GET", REPO "/issues?state=all&per_page=5", NULL), 200);
    assert_int_equal(json_array_size(f->body), 30);
    assert_int_equal(ask(f, "GET", REPO "/issues/comments?limit=2", NULL), 200);
    assert_int_equal(json_array_size(f->body), 2);
    assert_null(reply_find(&f->reply, "Link"));
    assert_non_null(reply_find(&f->reply, "X-Total-Count"));
    assert_null(reply_find(&f->reply, "ETag"));
}

static void comments_of_one_issue_come_all_at_once(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 60; i++)
        order(f, "{\"as\":\"newcomer-5\",\"do\":\"comment\",\"number\":12,\"body\":\"b\"}");
    assert_int_equal(ask(f, "GET", REPO "/issues/12/comments?page=2&limit=10", NULL), 200);
    assert_int_equal(json_array_size(f->body), 60);
}

static void a_plain_issue_has_a_null_where_a_pull_request_has_an_object(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "GET", REPO "/issues/12", NULL), 200);
    assert_true(json_is_null(field(f, "pull_request")));
    assert_true(json_is_null(field(f, "assignees")));
    assert_null(field(f, "state_reason"));
    assert_string_equal(text_of(f->body, "body"),
                        "I have an hour on Sunday and could draw some.");
    assert_int_equal(ask(f, "GET", REPO "/issues/1", NULL), 200);
    assert_true(json_is_true(json_object_get(field(f, "pull_request"), "merged")));
    assert_int_equal(ask(f, "GET", REPO "/issues?type=pulls&state=all", NULL), 200);
    assert_int_equal(json_array_size(f->body), 4);
}

static void times_have_the_zone_of_the_server(void **state)
{
    struct fixture *f = *state;

    order(f, "{\"as\":\"newcomer-5\",\"do\":\"open\",\"title\":\"Now\"}");
    assert_int_equal(ask(f, "GET", REPO "/issues/13", NULL), 200);
    assert_string_equal(text_of(f->body, "created_at"), "2026-01-01T02:00:00+02:00");
    assert_int_equal(
        ask(f, "GET", REPO "/issues?since=2026-01-01T02:00:00%2B02:00&state=all", NULL), 200);
    assert_int_equal(json_array_size(f->body), 1);
    assert_int_equal(ask(f, "GET", REPO "/issues?since=2026-01-01T00:00:01Z&state=all", NULL),
                     200);
    assert_int_equal(json_array_size(f->body), 0);
    assert_int_equal(ask(f, "GET", REPO "/issues?before=2025-12-31T23:59:59Z&state=all", NULL),
                     200);
    assert_int_equal(json_array_size(f->body), 12);
    assert_int_equal(ask(f, "GET", REPO "/issues?since=2026-01-01T02:00:00+02:00", NULL), 422);
}

static void a_label_that_is_not_there_takes_the_filter_with_it(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "GET", REPO "/issues?labels=retrain", NULL), 200);
    assert_int_equal(json_array_size(f->body), 3);
    assert_int_equal(ask(f, "GET", REPO "/issues?labels=nobody", NULL), 200);
    assert_string_equal(reply_find(&f->reply, "X-Total-Count"), "9");
}

static void labels_go_by_id_and_their_moments_tell_the_way_by_a_digit(void **state)
{
    struct fixture *f = *state;
    static const char made[] =
        "{\"name\":\"area/ui\",\"color\":\"#00aabb\",\"exclusive\":true}";
    char path[128];

    assert_int_equal(ask(f, "POST", REPO "/labels", "{\"name\":\"area/ui\"}"), 422);
    assert_int_equal(ask(f, "POST", REPO "/labels", made), 201);
    long long id = id_of(f);
    assert_string_equal(text_of(f->body, "color"), "00aabb");
    assert_int_equal(ask(f, "POST", REPO "/labels", made), 201); /* twice, and no word */
    assert_int_equal(ask(f, "POST", REPO "/issues/12/labels", "{\"labels\":[\"area/ui\"]}"),
                     200);
    assert_int_equal(json_array_size(f->body), 1);
    assert_int_equal(ask(f, "POST", REPO "/issues/12/labels", "{\"labels\":[\"unknown\"]}"),
                     200);
    assert_int_equal(json_array_size(f->body), 1);
    assert_int_equal(ask(f, "POST", REPO "/issues/12/labels", "{\"labels\":[\"bug\",1]}"), 400);
    (void)snprintf(path, sizeof(path), REPO "/issues/12/labels/%lld", id);
    assert_int_equal(ask(f, "DELETE", path, NULL), 204);
    assert_int_equal(ask(f, "DELETE", REPO "/issues/12/labels/99999", NULL), 422);
    assert_int_equal(ask(f, "GET", REPO "/issues/12/timeline", NULL), 200);
    assert_int_equal(json_array_size(f->body), 2);
    assert_string_equal(text_of(json_array_get(f->body, 0), "type"), "label");
    assert_string_equal(text_of(json_array_get(f->body, 0), "body"), "1");
    assert_string_equal(text_of(json_array_get(f->body, 1), "body"), "");
}

static void an_exclusive_label_displaces_its_siblings(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "POST", REPO "/labels",
                         "{\"name\":\"area/ui\",\"color\":\"00aabb\",\"exclusive\":true}"),
                     201);
    assert_int_equal(ask(f, "POST", REPO "/labels",
                         "{\"name\":\"area/api\",\"color\":\"00aabb\",\"exclusive\":true}"),
                     201);
    assert_int_equal(
        ask(f, "POST", REPO "/issues/12/labels", "{\"labels\":[\"bug\",\"area/ui\"]}"), 200);
    assert_int_equal(ask(f, "POST", REPO "/issues/12/labels", "{\"labels\":[\"area/api\"]}"),
                     200);
    assert_int_equal(json_array_size(f->body), 2);
    assert_string_equal(text_of(json_array_get(f->body, 1), "name"), "area/api");
}

static void pushes_stand_in_the_timeline(void **state)
{
    struct fixture *f = *state;
    size_t n;

    order(f, "{\"as\":\"contributor-4\",\"do\":\"push\",\"number\":2,\"files\":{\"a\":\"1\"}}");
    assert_int_equal(ask(f, "GET", REPO "/issues/2/timeline", NULL), 200);
    n = json_array_size(f->body);
    const json_t *last = json_array_get(f->body, n - 1);
    assert_string_equal(text_of(last, "type"), "pull_push");
    assert_non_null(strstr(text_of(last, "body"), "\"is_force_push\":false"));
    assert_int_equal(ask(f, "GET", REPO "/issues/2/timeline?page=2&limit=3", NULL), 200);
    assert_int_equal(json_array_size(f->body), 3);
}

static void what_is_empty_may_be_null(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "GET", REPO "/issues/12/reactions", NULL), 200);
    assert_string_equal(f->reply.body.data, "null");
    assert_int_equal(ask(f, "GET", REPO "/issues/12/comments", NULL), 200);
    assert_string_equal(f->reply.body.data, "[]");
    assert_int_equal(ask(f, "GET", REPO "/issues/12/timeline", NULL), 200);
    assert_string_equal(f->reply.body.data, "null");
}

static void a_reaction_is_taken_back_by_its_content(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "POST", REPO "/issues/12/reactions", "{\"content\":\"heart\"}"),
                     201);
    assert_null(field(f, "id"));
    assert_int_equal(ask(f, "POST", REPO "/issues/12/reactions", "{\"content\":\"heart\"}"),
                     200);
    assert_int_equal(ask(f, "POST", REPO "/issues/12/reactions", "{\"content\":\"tea\"}"), 403);
    assert_int_equal(ask(f, "DELETE", REPO "/issues/12/reactions", "{\"content\":\"heart\"}"),
                     200);
    assert_int_equal(ask(f, "GET", REPO "/issues/12/reactions", NULL), 200);
    assert_int_equal(json_array_size(f->body), 0);
}

static void a_status_is_called_status_and_an_unknown_commit_is_500(void **state)
{
    struct fixture *f = *state;
    char path[128];

    const char *sha = head_of(f, 2);
    (void)snprintf(path, sizeof(path), REPO "/commits/%s/status", sha);
    assert_int_equal(ask(f, "GET", path, NULL), 200);
    assert_string_equal(text_of(f->body, "state"), "");
    assert_true(json_is_null(field(f, "statuses")));
    (void)snprintf(path, sizeof(path), REPO "/statuses/%s", sha);
    assert_int_equal(ask(f, "POST", path, "{\"state\":\"error\",\"context\":\"a\"}"), 201);
    assert_string_equal(text_of(f->body, "status"), "error");
    assert_null(field(f, "state"));
    (void)snprintf(path, sizeof(path), REPO "/commits/%s/status", sha);
    assert_int_equal(ask(f, "GET", path, NULL), 200);
    assert_string_equal(text_of(f->body, "state"), "failure");
    assert_int_equal(ask(f, "POST", REPO "/statuses/0000", "{\"state\":\"success\"}"), 500);
}

static void an_edit_is_201_and_a_merged_pull_request_stays_closed(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "PATCH", REPO "/issues/12", "{\"state\":\"closed\"}"), 201);
    assert_string_equal(text_of(f->body, "state"), "closed");
    assert_int_equal(ask(f, "PATCH", REPO "/issues/1", "{\"state\":\"open\"}"), 412);
    assert_int_equal(ask(f, "PUT", REPO "/issues/12/lock", "{}"), 404);
    order(f, "{\"as\":\"maintainer-1\",\"do\":\"delete\",\"number\":12}");
    assert_int_equal(ask(f, "GET", REPO "/issues/12", NULL), 404);
}

static void a_release_is_there_once_and_takes_files_as_a_form(void **state)
{
    static const char release[] = "{\"tag_name\":\"v1.0.0\",\"name\":\"One\"}";
    static const char form[] = "--XX\r\nContent-Disposition: form-data; name=\"attachment\"; "
                               "filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
                               "--XX--\r\n";
    struct fixture *f = *state;
    char path[160];

    assert_int_equal(ask(f, "POST", REPO "/tags", "{\"tag_name\":\"v1.0.0\"}"), 201);
    assert_int_equal(ask(f, "POST", REPO "/tags", "{\"tag_name\":\"v1.0.0\"}"), 409);
    assert_int_equal(ask(f, "POST", REPO "/releases", release), 201); /* the tag is taken up */
    long long id = id_of(f);
    assert_int_equal(ask(f, "POST", REPO "/releases", release), 409);
    (void)snprintf(path, sizeof(path), REPO "/releases/%lld/assets", id);
    f->content_type = "multipart/form-data; boundary=XX";
    assert_int_equal(ask(f, "POST", path, form), 201);
    assert_string_equal(text_of(f->body, "name"), "a.txt");
    assert_int_equal(json_integer_value(field(f, "size")), 5);
    assert_int_equal(ask(f, "POST", path, form), 201); /* a second one of the name */
    assert_int_equal(ask(f, "POST", path, "hello"), 400);
    f->content_type = "application/octet-stream";
    (void)snprintf(path, sizeof(path), REPO "/releases/%lld/assets?name=b", id);
    assert_int_equal(ask(f, "POST", path, "hello"), 201);
    (void)snprintf(path, sizeof(path), REPO "/releases/%lld/assets/%lld", id, id_of(f));
    assert_int_equal(ask(f, "DELETE", path, NULL), 204);
    assert_int_equal(ask(f, "GET", path, NULL), 404);
}

static void only_admins_may_ask_what_others_may(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "GET", REPO "/collaborators/maintainer-1/permission", NULL), 200);
    assert_string_equal(text_of(f->body, "permission"), "write");
    order(f, "{\"as\":\"maintainer-2\",\"do\":\"role\",\"login\":\"hearth-bot\","
             "\"role\":\"write\"}");
    assert_int_equal(ask(f, "GET", REPO "/collaborators/maintainer-1/permission", NULL), 403);
    assert_int_equal(ask(f, "GET", REPO "/collaborators/hearth-bot/permission", NULL), 200);
    assert_int_equal(ask(f, "GET", REPO "/collaborators/maintainer-1", NULL), 204);
    assert_int_equal(ask(f, "GET", REPO "/collaborators/visitor-7", NULL), 404);
}

static void a_renamed_repository_answers_every_verb_with_301(void **state)
{
    struct fixture *f = *state;

    order(f, "{\"as\":\"maintainer-2\",\"do\":\"rename\",\"to\":\"numerals\"}");
    assert_int_equal(ask(f, "GET", REPO "/issues?state=all", NULL), 301);
    assert_string_equal(reply_find(&f->reply, "Location"),
                        "/api/v1/repos/open-digits/numerals/issues?state=all");
    assert_int_equal(ask(f, "POST", REPO "/issues/12/comments", "{\"body\":\"b\"}"), 301);
    assert_int_equal(ask(f, "GET", "/repos/open-digits/numerals/issues", NULL), 200);
}

static void an_archived_repository_is_423(void **state)
{
    struct fixture *f = *state;

    order(f, "{\"as\":\"maintainer-2\",\"do\":\"archive\"}");
    assert_int_equal(ask(f, "POST", REPO "/issues/12/comments", "{\"body\":\"b\"}"), 423);
}

static void whoever_is_gone_is_a_ghost_with_a_negative_id(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "GET", REPO "/issues/11", NULL), 200);
    assert_int_equal(json_integer_value(json_object_get(field(f, "user"), "id")), -1);
    assert_string_equal(text_of(field(f, "user"), "login"), "Ghost");
    assert_int_equal(ask(f, "GET", REPO "/pulls/2/reviews", NULL), 200);
    assert_int_equal(json_integer_value(json_object_get(
                         json_object_get(json_array_get(f->body, 1), "user"), "id")),
                     -1);
    long long review = json_integer_value(json_object_get(json_array_get(f->body, 0), "id"));
    char path[128];
    (void)snprintf(path, sizeof(path), REPO "/pulls/2/reviews/%lld/comments", review);
    assert_int_equal(ask(f, "GET", path, NULL), 200);
    assert_int_equal(json_array_size(f->body), 1);
}

int main(void)
{
#define WITH_GITEA(test) cmocka_unit_test_setup_teardown(test, start_gitea, stop_sample)
    const struct CMUnitTest tests[] = {
        WITH_GITEA(the_server_says_what_it_is),
        WITH_GITEA(larger_pages_are_cut_in_silence_and_few_lists_are_linked),
        WITH_GITEA(comments_of_one_issue_come_all_at_once),
        WITH_GITEA(a_plain_issue_has_a_null_where_a_pull_request_has_an_object),
        WITH_GITEA(times_have_the_zone_of_the_server),
        WITH_GITEA(a_label_that_is_not_there_takes_the_filter_with_it),
        WITH_GITEA(labels_go_by_id_and_their_moments_tell_the_way_by_a_digit),
        WITH_GITEA(an_exclusive_label_displaces_its_siblings),
        WITH_GITEA(pushes_stand_in_the_timeline),
        WITH_GITEA(what_is_empty_may_be_null),
        WITH_GITEA(a_reaction_is_taken_back_by_its_content),
        WITH_GITEA(a_status_is_called_status_and_an_unknown_commit_is_500),
        WITH_GITEA(an_edit_is_201_and_a_merged_pull_request_stays_closed),
        WITH_GITEA(a_release_is_there_once_and_takes_files_as_a_form),
        WITH_GITEA(only_admins_may_ask_what_others_may),
        WITH_GITEA(a_renamed_repository_answers_every_verb_with_301),
        WITH_GITEA(an_archived_repository_is_423),
        WITH_GITEA(whoever_is_gone_is_a_ghost_with_a_negative_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
