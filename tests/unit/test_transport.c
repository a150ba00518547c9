/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/transport.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/transport_scene.h"

static void validator_is_sent_only_after_its_rows_were_kept(void **state)
{
    const struct scripted_answer first[] = { { 200, { "etag", "W/\"1\"" }, "[]" } };
    const struct scripted_answer again[] = {
        { 304, { "link", "<" API "/repos/o/n/issues?page=2>; rel=\"next\"" }, NULL }
    };
    struct scene *s = *state;
    struct transport_reply reply;

    assert_int_equal(SEND(s, &get_issues, &reply, first), 0);
    assert_string_equal(s->script.asked[0].line, "GET " API "/repos/o/n/issues");
    assert_string_equal(s->script.asked[0].authorization, BEARER);
    assert_string_equal(s->script.asked[0].none_match, "");
    transport_reply_finish(&reply); /* as a crash before the commit */

    assert_int_equal(SEND(s, &get_issues, &reply, first), 0);
    assert_string_equal(s->script.asked[0].none_match, "");
    assert_int_equal(transport_keep(s->t, &get_issues, &reply, &s->err), 0);
    transport_reply_finish(&reply);

    assert_int_equal(SEND(s, &get_issues, &reply, again), 0);
    assert_string_equal(s->script.asked[0].none_match, "W/\"1\"");
    assert_true(reply.is_unchanged);
    assert_string_equal(reply.next.data, "/api/v3/repos/o/n/issues?page=2");
    transport_reply_finish(&reply);
    assert_int_equal(transport_counts(s->t).conditional, 1);
    assert_int_equal(transport_counts(s->t).unchanged, 1);
}

static void validator_of_another_token_is_not_sent(void **state)
{
    const struct scripted_answer first[] = { { 200, { "etag", "\"1\"" }, "[]" } };
    struct scene *s = *state;
    struct transport_options options = scene_options(s);
    struct transport_reply reply;

    assert_int_equal(SEND(s, &get_issues, &reply, first), 0);
    assert_int_equal(transport_keep(s->t, &get_issues, &reply, &s->err), 0);
    transport_reply_finish(&reply);
    options.token = "other";
    transport_free(s->t);
    assert_int_equal(transport_new(&s->t, &options, &s->err), 0);
    assert_int_equal(SEND(s, &get_issues, &reply, first), 0);
    assert_string_equal(s->script.asked[0].none_match, "");
    transport_reply_finish(&reply);
}

static void read_is_tried_again_with_growing_pauses(void **state)
{
    const struct scripted_answer answers[] = { { 502, { 0 }, "<html>" },
                                               { -ERR_NET, { 0 }, NULL },
                                               { 200, { 0 }, "[{\"cut" },
                                               { 200, { 0 }, "[]" } };
    struct scene *s = *state;
    struct transport_reply reply;

    assert_int_equal(SEND(s, &get_issues, &reply, answers), 0);
    assert_int_equal(s->script.now_ms / 1000 - SCRIPT_NOW, 1 + 2 + 4);
    assert_int_equal(transport_counts(s->t).retries, 3);
    transport_reply_finish(&reply);
}

static void read_gives_up_after_five_tries(void **state)
{
    const struct scripted_answer answers[] = { { 500, { 0 }, "{}" },
                                               { 500, { 0 }, "{}" },
                                               { 500, { 0 }, "{}" },
                                               { 500, { 0 }, "{}" },
                                               { 500, { 0 }, "{\"message\":\"Oh\"}" } };
    struct scene *s = *state;
    struct transport_reply reply;

    assert_int_equal(SEND(s, &get_issues, &reply, answers), -ERR_FORGE);
    assert_non_null(strstr(s->err.msg, "500: Oh"));
    assert_non_null(strstr(s->err.msg, "GET /repos/o/n/issues"));
}

static void a_broken_connection_is_told_with_its_address_once(void **state)
{
    const struct scripted_answer answer = { -ERR_NET, { 0 }, NULL };
    struct scene *s = *state;
    struct transport_reply reply;

    assert_int_equal(scene_send(s, &post_once, &reply, &answer, 1), -ERR_NET);
    assert_string_equal(s->err.msg,
                        "POST " API "/repos/o/n/issues/1/comments: the script says so");
}

static const struct {
    struct scripted_answer answer;
    int rc;
} lost_writes[] = {
    { { -ERR_NET, { 0 }, NULL }, -ERR_NET },
    { { -ERR_TIMEOUT, { 0 }, NULL }, -ERR_TIMEOUT },
    { { 500, { 0 }, "{}" }, -ERR_NET },
    { { 502, { 0 }, "<html>" }, -ERR_NET },
    { { 503, { "retry-after", "1" }, "{}" }, -ERR_NET },
    { { 201, { 0 }, "{\"id\":" }, -ERR_NET },
    { { 201, { 0 }, "<html>" }, -ERR_NET },
};

static void write_that_may_have_happened_is_never_sent_twice(void **state)
{
    struct scene *s = *state;

    for (size_t i = 0; i < sizeof(lost_writes) / sizeof(lost_writes[0]); i++) {
        struct transport_reply reply;

        s->script.now_ms += 7200 * 1000;
        assert_int_equal(scene_send(s, &post_once, &reply, &lost_writes[i].answer, 1),
                         lost_writes[i].rc);
    }
}

static void write_that_was_refused_for_a_limit_is_sent_after_the_wait(void **state)
{
    const struct scripted_answer answers[] = { { 403, { "retry-after", "30" }, "{}" },
                                               { 201, { 0 }, "{\"id\":5}" } };
    struct scene *s = *state;
    struct transport_reply reply;

    assert_int_equal(SEND(s, &post_once, &reply, answers), 0);
    assert_int_equal(s->script.now_ms / 1000 - SCRIPT_NOW, 30);
    transport_reply_finish(&reply);
}

static void idempotent_write_is_sent_again(void **state)
{
    const struct scripted_answer answers[] = { { -ERR_NET, { 0 }, NULL },
                                               { 200, { 0 }, "{\"id\":5}" } };
    struct scene *s = *state;
    struct transport_reply reply;

    assert_int_equal(SEND(s, &patch, &reply, answers), 0);
    transport_reply_finish(&reply);
}

static const struct {
    const char *location;
    int rc;            /* after the redirect */
    const char *asked; /* NULL: nothing more */
} redirects[] = {
    { "/api/v3/repositories/9/issues?a=b", 0, "GET " API "/repositories/9/issues?a=b" },
    { API "/repositories/9/issues", 0, "GET " API "/repositories/9/issues" },
    { "https://evil.test/api/v3/repos/o/n/issues", -ERR_MOVED, NULL },
    { "https://forge.test.evil.test/repos/o/n", -ERR_MOVED, NULL },
    { "http://forge.test/api/v3/repos/o/n/issues", -ERR_MOVED, NULL },
    { "//evil.test/repos/o/n", -ERR_PARSE, NULL },
    { "/api/v3/user", -ERR_FORGE, NULL },
    { "/api/v3/repos/../../admin", -ERR_FORGE, NULL },
    { "", -ERR_FORGE, NULL },
};

static void redirect_is_followed_on_the_same_origin_only(void **state)
{
    static const int statuses[] = { 301, 302, 307, 308 };
    struct scene *s = *state;

    for (size_t i = 0; i < sizeof(redirects) / sizeof(redirects[0]); i++) {
        const struct scripted_answer answers[] = {
            { statuses[i % 4], { "location", redirects[i].location }, "{}" },
            { 200, { 0 }, "[]" }
        };
        struct transport_reply reply;

        int rc = scene_send(s, &get_issues, &reply, answers, redirects[i].asked ? 2 : 1);
        if (rc != redirects[i].rc)
            fail_msg("%s: %d %s", redirects[i].location, rc, s->err.msg);
        if (rc < 0)
            continue;
        assert_string_equal(s->script.asked[1].line, redirects[i].asked);
        assert_true(reply.was_redirected);
        transport_reply_finish(&reply);
    }
}

static void redirect_loop_ends(void **state)
{
    const struct scripted_answer loop = { 301, { "location", "/repositories/9" }, "{}" };
    const struct scripted_answer answers[] = { loop, loop, loop, loop };
    struct scene *s = *state;
    struct transport_reply reply;

    assert_int_equal(SEND(s, &get_issues, &reply, answers), -ERR_FORGE);
    assert_non_null(strstr(s->err.msg, "more than 3 times"));
}

/* Nor is it over: the ledger gives up what -ERR_MOVED says is gone, and this may only wait. */
static void write_is_not_sent_on_by_a_redirect(void **state)
{
    static const int statuses[] = { 301, 302, 307, 308 };
    struct scene *s = *state;

    for (size_t i = 0; i < 4; i++) {
        const struct scripted_answer answers[] = {
            { statuses[i], { "location", API "/repositories/9/issues/1/comments" }, "{}" }
        };
        struct transport_reply reply;

        s->script.now_ms += 7200 * 1000;
        assert_int_equal(SEND(s, &post_once, &reply, answers), -ERR_FORGE);
        assert_non_null(strstr(s->err.msg, "/repositories/9/"));
    }
}

static void file_may_come_from_elsewhere_but_the_token_stays(void **state)
{
    const struct scripted_answer answers[] = {
        { 302, { "location", "https://objects.test/file?sig=1" }, NULL },
        { 200, { "content-type", "application/octet-stream" }, "bytes" }
    };
    const struct transport_request req = { .method = "GET",
                                           .path = "/repos/o/n/releases/assets/1",
                                           .effect = EFFECT_READ_LAX,
                                           .accept = "application/octet-stream" };
    struct scene *s = *state;
    struct transport_reply reply;

    assert_int_equal(SEND(s, &req, &reply, answers), 0);
    assert_string_equal(s->script.asked[0].authorization, BEARER);
    assert_string_equal(s->script.asked[1].line, "GET https://objects.test/file?sig=1");
    assert_string_equal(s->script.asked[1].authorization, "");
    assert_string_equal(reply.body.data, "bytes");
    transport_reply_finish(&reply);
}

static void what_another_server_refuses_is_not_held_against_the_forge(void **state)
{
    const struct scripted_answer limited[] = {
        { 302, { "location", "https://objects.test/file" }, NULL },
        { 429, { "retry-after", "86400" }, "" },
    };
    const struct scripted_answer fine[] = { { 200, { 0 }, "[]" } };
    const struct transport_request req = { .method = "GET",
                                           .path = "/repos/o/n/releases/assets/1",
                                           .effect = EFFECT_READ_LAX,
                                           .accept = "application/octet-stream" };
    struct scene *s = *state;
    struct transport_reply reply;

    scene_reopen(s, s->script.now_ms + 600 * 1000);
    assert_int_equal(SEND(s, &req, &reply, limited), -ERR_BUDGET);
    assert_int_equal(SEND(s, &get_issues, &reply, fine), 0);
    assert_int_equal(s->script.now_ms / 1000, SCRIPT_NOW);
    transport_reply_finish(&reply);
}

static const struct {
    int status;
    const char *body;
    int rc;
    const char *says;
} refusals[] = {
    { 401, "{\"message\":\"Bad credentials\"}", -ERR_AUTH, "Bad credentials" },
    { 403, "{\"message\":\"Must have push access\"}", -ERR_DENIED, "push access" },
    { 404, "{\"message\":\"Not Found\"}", -ERR_NOTFOUND, "404" },
    { 404, "<html>", -ERR_FORGE, "HTML" },
    { 409, "{}", -ERR_CONFLICT, "409" },
    { 410, "{}", -ERR_MOVED, "deleted" },
    { 410, "{\"message\":\"Issues are disabled for this repo\"}", -ERR_DENIED, "switched off" },
    { 422, "{\"message\":\"Validation Failed\",\"errors\":[{\"code\":\"already_exists\"}]}",
      -ERR_EXISTS, "already_exists" },
    { 422,
      "{\"message\":\"V\",\"errors\":[{\"resource\":\"C\",\"field\":\"b\","
      "\"message\":\"long\"}]}",
      -ERR_REFUSED, "C.b: long" },
    { 451, "{}", -ERR_DENIED, "451" },
    { 423, "[1]", -ERR_DENIED, "archived" },
    { 400, "not json", -ERR_REFUSED, "400" },
    { 200, "<!DOCTYPE html>", -ERR_FORGE, "HTML" },
    { 304, "", -ERR_FORGE, "304" },
    { 100, "", -ERR_FORGE, "100" },
};

static void refusals_keep_the_words_of_the_forge(void **state)
{
    struct scene *s = *state;

    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        const struct scripted_answer answers[] = {
            { refusals[i].status, { 0 }, refusals[i].body }
        };
        struct transport_reply reply;

        int rc = SEND(s, &get_issues, &reply, answers);
        if (rc != refusals[i].rc || !strstr(s->err.msg, refusals[i].says))
            fail_msg("%d %s: %d '%s'", refusals[i].status, refusals[i].body, rc, s->err.msg);
    }
}

static void time_is_the_forges(void **state)
{
    const struct scripted_answer answers[] = {
        { 200, { "date", "Tue, 14 Nov 2023 23:13:20 GMT" }, "[]" } /* an hour ahead */
    };
    struct scene *s = *state;
    struct transport_reply reply;

    assert_int_equal(transport_now(s->t), SCRIPT_NOW);
    assert_int_equal(SEND(s, &get_issues, &reply, answers), 0);
    assert_int_equal(transport_now(s->t), SCRIPT_NOW + 3600);
    assert_int_equal(reply.server_at, SCRIPT_NOW + 3600);
    transport_reply_finish(&reply);
}

static void hostile_link_fails_the_page(void **state)
{
    const struct scripted_answer answers[] = {
        { 200, { "link", "<https://evil.test/api/v3/user>; rel=\"next\"" }, "[]" }
    };
    struct scene *s = *state;
    struct transport_reply reply;

    assert_int_equal(SEND(s, &get_issues, &reply, answers), -ERR_FORGE);
    assert_non_null(strstr(s->err.msg, "refusing a link"));
}

static const char *const bad_urls[] = { "http://forge.test/api", "ftp://forge.test", "",
                                        "https://forge.test/api?x=1",
                                        "https://user@forge.test/" };

static void address_that_would_leak_or_makes_no_sense_is_refused(void **state)
{
    struct scene *s = *state;

    for (size_t i = 0; i < sizeof(bad_urls) / sizeof(bad_urls[0]); i++) {
        struct transport_options options = scene_options(s);
        struct transport *t = NULL;

        options.url = bad_urls[i];
        assert_int_equal(transport_new(&t, &options, &s->err), -ERR_CONFIG);
        assert_non_null(strstr(s->err.msg, "forge.url"));
    }
    struct transport_options options = scene_options(s);
    struct transport *t = NULL;
    options.url = "http://127.0.0.1:8080/api/v3";
    assert_int_equal(transport_new(&t, &options, &s->err), 0);
    transport_free(t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(validator_is_sent_only_after_its_rows_were_kept),
        TEST(validator_of_another_token_is_not_sent),
        TEST(read_is_tried_again_with_growing_pauses),
        TEST(read_gives_up_after_five_tries),
        TEST(a_broken_connection_is_told_with_its_address_once),
        TEST(write_that_may_have_happened_is_never_sent_twice),
        TEST(write_that_was_refused_for_a_limit_is_sent_after_the_wait),
        TEST(idempotent_write_is_sent_again),
        TEST(redirect_is_followed_on_the_same_origin_only),
        TEST(redirect_loop_ends),
        TEST(write_is_not_sent_on_by_a_redirect),
        TEST(file_may_come_from_elsewhere_but_the_token_stays),
        TEST(what_another_server_refuses_is_not_held_against_the_forge),
        TEST(refusals_keep_the_words_of_the_forge),
        TEST(time_is_the_forges),
        TEST(hostile_link_fails_the_page),
        TEST(address_that_would_leak_or_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
