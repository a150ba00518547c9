/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "bot/forge/exchange.h"
#include "tests/support/transport_scene.h"

static void limit_that_does_not_end_is_left_to_the_next_cycle(void **state)
{
    const struct scripted_answer limited = { 429, { 0 }, "{}" };
    const struct scripted_answer answers[] = { limited, limited, limited, limited, limited };
    struct scene *s = *state;
    struct transport_reply reply;

    assert_int_equal(SEND(s, &get_issues, &reply, answers), -ERR_BUDGET);
    assert_int_equal(s->script.now_ms / 1000 - SCRIPT_NOW, 60 + 120 + 240 + 480);
}

static void nothing_is_asked_after_the_deadline(void **state)
{
    struct scene *s = *state;
    struct transport_reply reply;

    scene_reopen(s, s->script.now_ms);
    assert_int_equal(scene_send(s, &get_issues, &reply, NULL, 0), -ERR_BUDGET);
}

static void reads_leave_the_reserve_of_the_quota_to_others(void **state)
{
    const struct scripted_answer answers[] = { { 200,
                                                 { "x-ratelimit-limit", "5000",
                                                   "x-ratelimit-remaining", "500",
                                                   "x-ratelimit-reset", "1700000600" },
                                                 "[]" } };
    struct scene *s = *state;
    struct transport_reply reply;

    assert_true(pace_has_turn(&s->t->pace, 0));
    assert_int_equal(SEND(s, &get_issues, &reply, answers), 0);
    transport_reply_finish(&reply);
    assert_false(pace_has_turn(&s->t->pace, 0));
    assert_int_equal(scene_send(s, &get_issues, &reply, NULL, 0), -ERR_BUDGET);
    assert_non_null(strstr(s->err.msg, "500 of 5000"));
    scene_reopen(s, 0); /* remembered by the next process */
    assert_int_equal(scene_send(s, &get_issues, &reply, NULL, 0), -ERR_BUDGET);
    s->script.now_ms += 600 * 1000;
    assert_int_equal(SEND(s, &get_issues, &reply, answers), 0);
    transport_reply_finish(&reply);
}

static void writes_keep_their_gap_and_their_hour_over_processes(void **state)
{
    const struct scripted_answer created[] = { { 201, { 0 }, "{\"id\":1}" } };
    struct scene *s = *state;
    struct transport_reply reply;

    for (int i = 0; i < 5; i++) {
        assert_int_equal(SEND(s, &post_once, &reply, created), 0);
        transport_reply_finish(&reply);
        if (i == 2)
            scene_reopen(s, 0);
    }
    assert_true(s->script.now_ms - (int64_t)SCRIPT_NOW * 1000 >= 4000);
    assert_true(s->script.now_ms - (int64_t)SCRIPT_NOW * 1000 <= 6000);
    assert_int_equal(scene_send(s, &post_once, &reply, NULL, 0), -ERR_BUDGET);
    scene_reopen(s, 0);
    assert_int_equal(scene_send(s, &post_once, &reply, NULL, 0), -ERR_BUDGET);
    s->script.now_ms += 65 * 60 * 1000 + 1000;
    assert_int_equal(SEND(s, &post_once, &reply, created), 0);
    transport_reply_finish(&reply);
}

static void the_next_process_does_not_ask_before_the_time_the_forge_named(void **state)
{
    const struct scripted_answer limited[] = { { 403, { "retry-after", "3600" }, "{}" } };
    const struct scripted_answer fine[] = { { 200, { 0 }, "[]" } };
    struct scene *s = *state;
    struct transport_reply reply;

    scene_reopen(s, s->script.now_ms + 600 * 1000);
    assert_int_equal(SEND(s, &get_issues, &reply, limited), -ERR_BUDGET);
    for (int i = 0; i < 5; i++) {
        scene_reopen(s, s->script.now_ms + 600 * 1000); /* every five minutes */
        assert_int_equal(scene_send(s, &get_issues, &reply, NULL, 0), -ERR_BUDGET);
        assert_non_null(strstr(s->err.msg, "asked us to wait"));
        s->script.now_ms += 300 * 1000;
    }
    scene_reopen(s, 0);
    assert_int_equal(SEND(s, &get_issues, &reply, fine), 0);
    assert_int_equal(s->script.now_ms / 1000, SCRIPT_NOW + 3600);
    transport_reply_finish(&reply);
}

static void secondary_limits_double_over_processes_until_an_answer(void **state)
{
    const struct scripted_answer limited[] = { { 403, { 0 }, "secondary rate limit" } };
    const struct scripted_answer fine[] = { { 200, { 0 }, "[]" } };
    struct scene *s = *state;
    struct transport_reply reply;
    int64_t began = s->script.now_ms;

    for (int i = 0; i < 3; i++) {
        scene_reopen(s, s->script.now_ms + 1000);
        assert_int_equal(SEND(s, &get_issues, &reply, limited), -ERR_BUDGET);
        s->script.now_ms += (int64_t)(60 << i) * 1000;
    }
    scene_reopen(s, 0);
    assert_int_equal(SEND(s, &get_issues, &reply, fine), 0);
    assert_int_equal(s->script.now_ms - began, (60 + 120 + 240) * 1000);
    transport_reply_finish(&reply);
    scene_reopen(s, s->script.now_ms + 1000);
    assert_int_equal(SEND(s, &get_issues, &reply, limited), -ERR_BUDGET);
    assert_int_equal(s->t->pace.refused_until * 1000 - s->script.now_ms, 60 * 1000);
}

static void plain_refusal_is_a_missing_right_and_not_asked_again(void **state)
{
    const struct scripted_answer denied[] = { { 403,
                                                { "x-ratelimit-limit", "5000",
                                                  "x-ratelimit-remaining", "4000",
                                                  "x-ratelimit-reset", "1700000600" },
                                                "{\"message\":\"Must have push access\"}" } };
    struct scene *s = *state;
    struct transport_reply reply;

    assert_int_equal(SEND(s, &get_issues, &reply, denied), -ERR_DENIED);
    assert_int_equal(s->script.now_ms / 1000, SCRIPT_NOW);
    assert_int_equal(s->t->pace.refused_until, 0);
}

/* 20 points a minute here: 20 reads, or 4 writes. */
static void points_a_minute_are_kept_where_the_forge_tells_a_quota(void **state)
{
    const struct scripted_answer told[] = { { 200,
                                              { "x-ratelimit-limit", "5000",
                                                "x-ratelimit-remaining", "4000",
                                                "x-ratelimit-reset", "1700009600" },
                                              "[]" } };
    const struct scripted_answer untold[] = { { 200, { 0 }, "[]" } };
    struct scene *s = *state;
    struct transport_reply reply;

    for (int i = 0; i < 30; i++) {
        assert_int_equal(SEND(s, &get_issues, &reply, untold), 0);
        transport_reply_finish(&reply);
    }
    assert_int_equal(s->script.now_ms / 1000, SCRIPT_NOW);
    s->script.now_ms += 120 * 1000;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(SEND(s, &get_issues, &reply, told), 0);
        transport_reply_finish(&reply);
    }
    assert_int_equal(s->script.now_ms / 1000, SCRIPT_NOW + 120);
    assert_false(pace_has_turn(&s->t->pace, 0));
    assert_int_equal(SEND(s, &get_issues, &reply, told), 0);
    assert_true(pace_has_turn(&s->t->pace, 0));
    transport_reply_finish(&reply);
    assert_true(s->script.now_ms / 1000 >= SCRIPT_NOW + 180);
}

static void writes_count_five_points_and_stop_at_an_empty_quota(void **state)
{
    const struct scripted_answer created[] = { { 201,
                                                 { "x-ratelimit-limit", "5000",
                                                   "x-ratelimit-remaining", "4",
                                                   "x-ratelimit-reset", "1700009600" },
                                                 "{\"id\":1}" } };
    const struct scripted_answer last[] = { { 201,
                                              { "x-ratelimit-limit", "5000",
                                                "x-ratelimit-remaining", "0",
                                                "x-ratelimit-reset", "1700009600" },
                                              "{\"id\":1}" } };
    struct scene *s = *state;
    struct transport_reply reply;

    for (int i = 0; i < 4; i++) {
        assert_int_equal(SEND(s, &post_once, &reply, created), 0);
        transport_reply_finish(&reply);
    }
    assert_true(s->script.now_ms / 1000 <= SCRIPT_NOW + 5);
    assert_int_equal(SEND(s, &post_once, &reply, last), 0); /* from the reserve */
    assert_true(s->script.now_ms / 1000 >= SCRIPT_NOW + 60);
    transport_reply_finish(&reply);
    assert_int_equal(scene_send(s, &patch, &reply, NULL, 0), -ERR_BUDGET);
    assert_non_null(strstr(s->err.msg, "0 of 5000"));
}

struct seen_budgets {
    struct pace_budget rows[8];
    size_t n;
};

static int see(void *ctx, const struct pace_budget *b, struct err *err)
{
    struct seen_budgets *seen = ctx;

    (void)err;
    seen->rows[seen->n++] = *b;
    return 0;
}

static void budgets_are_told_as_they_stand(void **state)
{
    const struct scripted_answer created[] = { { 201,
                                                 { "x-ratelimit-limit", "5000",
                                                   "x-ratelimit-remaining", "4000",
                                                   "x-ratelimit-reset", "1700009600" },
                                                 "{\"id\":1}" } };
    const struct scripted_answer limited[] = { { 403, { 0 }, "secondary rate limit" } };
    struct scene *s = *state;
    struct transport_reply reply;
    struct seen_budgets seen = { 0 };

    assert_int_equal(SEND(s, &post_once, &reply, created), 0);
    transport_reply_finish(&reply);
    scene_reopen(s, s->script.now_ms + 2000);
    assert_int_equal(SEND(s, &get_issues, &reply, limited), -ERR_BUDGET);
    assert_int_equal(pace_each_budget(&s->t->pace, see, &seen, NULL), 0);
    assert_int_equal(seen.n, 4);
    assert_string_equal(seen.rows[0].name, "requests");
    assert_int_equal(seen.rows[0].remaining, 4000);
    assert_int_equal(seen.rows[0].until_at, 1700009600);
    assert_string_equal(seen.rows[2].name, "writes");
    assert_int_equal(seen.rows[2].used, 1);
    assert_int_equal(seen.rows[2].limit, 5);
    assert_string_equal(seen.rows[3].name, "refused");
    assert_int_equal(seen.rows[3].used, 1);
    assert_int_equal(seen.rows[3].until_at, SCRIPT_NOW + 60);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(limit_that_does_not_end_is_left_to_the_next_cycle),
        TEST(nothing_is_asked_after_the_deadline),
        TEST(reads_leave_the_reserve_of_the_quota_to_others),
        TEST(writes_keep_their_gap_and_their_hour_over_processes),
        TEST(the_next_process_does_not_ask_before_the_time_the_forge_named),
        TEST(secondary_limits_double_over_processes_until_an_answer),
        TEST(plain_refusal_is_a_missing_right_and_not_asked_again),
        TEST(points_a_minute_are_kept_where_the_forge_tells_a_quota),
        TEST(writes_count_five_points_and_stop_at_an_empty_quota),
        TEST(budgets_are_told_as_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
