/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/control.h"

#include "practice_fixture.h"

static void a_forced_push_moves_the_head_and_leaves_an_event(void **state)
{
    struct fixture *f = *state;
    char before[64];

    assert_int_equal(ask(f, "GET", REPO "/pulls/2", NULL), 200);
    (void)snprintf(before, sizeof(before), "%s",
                   text_of(json_object_get(f->body, "head"), "sha"));
    order(f, "{\"as\":\"contributor-4\",\"do\":\"push\",\"number\":2,\"force\":true,"
             "\"files\":{\"contrib/x/a.txt\":\"new\",\"b\":{\"base64\":\"AAEC\"}}}");
    assert_int_equal(ask(f, "GET", REPO "/pulls/2", NULL), 200);
    const char *after = text_of(json_object_get(f->body, "head"), "sha");
    assert_string_not_equal(before, after);
    char sha[64];
    (void)snprintf(sha, sizeof(sha), "%s", after);
    assert_int_equal(ask(f, "GET", REPO "/pulls/2/files", NULL), 200);
    assert_int_equal(json_array_size(f->body), 2);
    assert_int_equal(ask(f, "GET", REPO "/issues/events?per_page=1", NULL), 200);
    assert_string_equal(text_of(json_array_get(f->body, 0), "event"), "head_ref_force_pushed");
    assert_int_equal(ask(f, "GET", "/_practice/state", NULL), 200);
    assert_string_equal(text_of(json_object_get(f->body, "refs"), "refs/pull/2/head"), sha);
}

static void a_new_pull_request_is_opened_and_merged(void **state)
{
    struct fixture *f = *state;

    order(f, "{\"as\":\"newcomer-9\",\"do\":\"open-pull\",\"title\":\"One more\","
             "\"files\":{\"contrib/n/samples.csv\":\"1,2\\n\"}}");
    assert_int_equal(json_integer_value(json_object_get(f->body, "id")), 13);
    order(f, "{\"as\":\"maintainer-1\",\"do\":\"merge\",\"number\":13}");
    assert_int_equal(ask(f, "GET", REPO "/pulls/13", NULL), 200);
    assert_true(json_is_true(json_object_get(f->body, "merged")));
    assert_string_equal(text_of(f->body, "state"), "closed");
    assert_int_equal(ask(f, "POST", "/_practice/do",
                         "{\"as\":\"maintainer-1\",\"do\":\"merge\",\"number\":13}"),
                     400);
}

static void deleted_threads_and_comments_are_gone(void **state)
{
    struct fixture *f = *state;
    char json[128];

    assert_int_equal(ask(f, "GET", REPO "/issues/6/comments", NULL), 200);
    size_t n = json_array_size(f->body);
    (void)snprintf(json, sizeof(json),
                   "{\"as\":\"maintainer-1\",\"do\":\"delete\",\"comment\":%lld}",
                   json_integer_value(json_object_get(json_array_get(f->body, 0), "id")));
    order(f, json);
    assert_int_equal(ask(f, "GET", REPO "/issues/6/comments", NULL), 200);
    assert_int_equal(json_array_size(f->body), n - 1);
    order(f, "{\"as\":\"maintainer-1\",\"do\":\"delete\",\"number\":6}");
    assert_int_equal(ask(f, "GET", REPO "/issues/6", NULL), 410);
    assert_int_equal(ask(f, "GET", REPO "/issues?state=all&per_page=100", NULL), 200);
    assert_int_equal(json_array_size(f->body), 11);
}

static void a_transferred_thread_says_where_it_is_and_a_converted_one_stays(void **state)
{
    struct fixture *f = *state;

    order(f, "{\"as\":\"maintainer-1\",\"do\":\"transfer\",\"number\":12,"
             "\"to\":\"open-digits/archive\"}");
    assert_int_equal(ask(f, "GET", REPO "/issues/12", NULL), 301);
    assert_string_equal(reply_find(&f->reply, "Location"),
                        "http://forge.test:80/api/v3/repos/open-digits/archive/issues/12");
    assert_int_equal(ask(f, "GET", "/repos/open-digits/archive/issues/12", NULL), 404);
    order(f, "{\"as\":\"maintainer-1\",\"do\":\"convert\",\"number\":9}");
    assert_int_equal(ask(f, "GET", REPO "/issues/9", NULL), 200);
    assert_string_equal(text_of(f->body, "state"), "closed");
    assert_string_equal(text_of(f->body, "state_reason"), "completed");
    assert_true(json_is_true(json_object_get(f->body, "locked")));
    assert_int_equal(ask(f, "GET", REPO "/issues/9/timeline", NULL), 200);
    const json_t *last = json_array_get(f->body, json_array_size(f->body) - 1);
    assert_string_equal(text_of(last, "event"), "converted_to_discussion");
}

static void rights_follow_the_role_of_now(void **state)
{
    struct fixture *f = *state;

    order(
        f,
        "{\"as\":\"maintainer-2\",\"do\":\"role\",\"login\":\"hearth-bot\",\"role\":\"read\"}");
    assert_int_equal(ask(f, "POST", REPO "/issues/5/labels", "{\"labels\":[\"bug\"]}"), 403);
    assert_int_equal(ask(f, "POST", REPO "/releases", "{\"tag_name\":\"v1\"}"), 403);
    assert_int_equal(ask(f, "GET", REPO "/collaborators/maintainer-1/permission", NULL), 403);
    assert_int_equal(ask(f, "POST", REPO "/issues/5/comments", "{\"body\":\"x\"}"), 201);
    order(f, "{\"as\":\"maintainer-2\",\"do\":\"lock\",\"number\":5,\"reason\":\"resolved\"}");
    assert_int_equal(ask(f, "POST", REPO "/issues/5/comments", "{\"body\":\"x\"}"), 403);
}

static void a_repository_moves_and_goes(void **state)
{
    struct fixture *f = *state;

    order(f, "{\"as\":\"maintainer-2\",\"do\":\"rename\",\"to\":\"numerals\"}");
    assert_int_equal(ask(f, "GET", REPO "/issues", NULL), 301);
    assert_int_equal(ask(f, "POST", REPO "/issues", "{\"title\":\"x\"}"), 307);
    assert_int_equal(ask(f, "GET", "/repos/open-digits/numerals/issues", NULL), 200);
    order(f, "{\"as\":\"maintainer-2\",\"do\":\"archive\"}");
    assert_int_equal(ask(f, "POST", "/repos/open-digits/numerals/issues", "{\"title\":\"x\"}"),
                     403);
    order(f, "{\"as\":\"maintainer-2\",\"do\":\"gone\",\"status\":451}");
    assert_int_equal(ask(f, "GET", "/repos/open-digits/numerals/issues", NULL), 451);
}

static void wrong_orders_are_refused_by_what_is_wrong(void **state)
{
    static const struct {
        const char *json, *message;
    } cases[] = {
        { "{}", "as" },
        { "{\"as\":\"a\",\"do\":\"dance\"}", "dance" },
        { "{\"as\":\"a\",\"do\":\"comment\",\"number\":99,\"body\":\"x\"}", "number" },
        { "{\"as\":\"a\",\"do\":\"comment\",\"number\":5}", "body" },
        { "{\"as\":\"a\",\"do\":\"merge\",\"number\":5}", "not a pull request" },
        { "{\"as\":\"a\",\"do\":\"push\",\"number\":2}", "files" },
        { "{\"as\":\"a\",\"do\":\"push\",\"number\":2,\"files\":{\"a\":1}}", "'a'" },
        { "{\"as\":\"a\",\"do\":\"role\",\"login\":\"b\",\"role\":\"king\"}", "king" },
        { "{\"as\":\"a\",\"do\":\"unlabel\",\"number\":5,\"label\":\"bug\"}", "bug" },
        { "[", "body" },
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(ask(f, "POST", "/_practice/do", cases[i].json), 400);
        assert_non_null(strstr(text_of(f->body, "message"), cases[i].message));
    }
    assert_int_equal(ask(f, "GET", "/_practice/nothing", NULL), 404);
}

static void requests_are_remembered_until_forgotten(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, "GET", REPO "/issues?state=all", NULL), 200);
    assert_int_equal(ask(f, "GET", "/_practice/requests", NULL), 200);
    assert_string_equal(json_string_value(json_array_get(f->body, 0)),
                        "GET " REPO "/issues?state=all 200");
    assert_int_equal(ask(f, "DELETE", "/_practice/requests", NULL), 200);
    assert_int_equal(ask(f, "GET", "/_practice/requests", NULL), 200);
    assert_int_equal(json_array_size(f->body), 0);
}

static void effects_are_the_same_whatever_their_order(void **state)
{
    static const char one[] = "{\"body\":\"one\"}", two[] = "{\"body\":\"two\"}";
    struct fixture *f = *state;
    char *first;

    assert_int_equal(ask(f, "POST", REPO "/issues/5/comments", two), 201);
    assert_int_equal(ask(f, "POST", REPO "/issues/5/comments", one), 201);
    assert_int_equal(ask(f, "POST", REPO "/issues/5/labels", "{\"labels\":[\"bug\"]}"), 200);
    assert_int_equal(ask(f, "GET", "/_practice/effects", NULL), 200);
    assert_int_equal(json_array_size(json_object_get(f->body, "comments")), 2);
    assert_int_equal(json_array_size(json_object_get(f->body, "events")), 1);
    first = strdup(f->reply.body.data);

    fixture_stop(f);
    memset(f, 0, sizeof(*f));
    assert_int_equal(fixture_start(f), 0);
    f->now_ms += 5000;
    assert_int_equal(ask(f, "POST", REPO "/issues/5/labels", "{\"labels\":[\"bug\"]}"), 200);
    assert_int_equal(ask(f, "POST", REPO "/issues/5/comments", one), 201);
    assert_int_equal(ask(f, "POST", REPO "/issues/5/comments", two), 201);
    assert_int_equal(ask(f, "GET", "/_practice/effects", NULL), 200);
    assert_string_equal(f->reply.body.data, first);
    assert_int_equal(ask(f, "POST", REPO "/issues/5/comments", two), 201);
    assert_int_equal(ask(f, "GET", "/_practice/effects", NULL), 200);
    assert_string_not_equal(f->reply.body.data, first);
    free(first);
}

static void a_saved_forge_starts_again_where_it_was(void **state)
{
    struct fixture *f = *state;
    struct err err = { 0 };
    char *before, *token = strdup(f->token);

    order(f, "{\"as\":\"visitor-7\",\"do\":\"open\",\"title\":\"Again\"}");
    assert_int_equal(ask(f, "GET", "/_practice/state", NULL), 200);
    before = strdup(f->reply.body.data);
    assert_int_equal(practice_stop(f->p, &err), 0);
    f->now_ms += 5000;
    assert_int_equal(practice_start(&f->p, &f->options, &err), 0);
    assert_int_equal(ask(f, "GET", "/_practice/state", NULL), 200);
    assert_string_equal(f->reply.body.data, before);
    assert_int_equal(ask(f, "GET", "/user", NULL), 200);
    free(token);
    free(before);
}

int main(void)
{
#define WITH_SAMPLE(test) cmocka_unit_test_setup_teardown(test, start_sample, stop_sample)
    const struct CMUnitTest tests[] = {
        WITH_SAMPLE(a_forced_push_moves_the_head_and_leaves_an_event),
        WITH_SAMPLE(a_new_pull_request_is_opened_and_merged),
        WITH_SAMPLE(deleted_threads_and_comments_are_gone),
        WITH_SAMPLE(a_transferred_thread_says_where_it_is_and_a_converted_one_stays),
        WITH_SAMPLE(rights_follow_the_role_of_now),
        WITH_SAMPLE(a_repository_moves_and_goes),
        WITH_SAMPLE(wrong_orders_are_refused_by_what_is_wrong),
        WITH_SAMPLE(requests_are_remembered_until_forgotten),
        WITH_SAMPLE(effects_are_the_same_whatever_their_order),
        WITH_SAMPLE(a_saved_forge_starts_again_where_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
