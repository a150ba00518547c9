/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

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

    assert_int_equal(SEND(s, &get_issues, &reply, answers), 0);
    transport_reply_finish(&reply);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(limit_that_does_not_end_is_left_to_the_next_cycle),
        TEST(nothing_is_asked_after_the_deadline),
        TEST(reads_leave_the_reserve_of_the_quota_to_others),
        TEST(writes_keep_their_gap_and_their_hour_over_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
