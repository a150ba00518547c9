/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "store/repository.h"
#include "tests/support/ledger_scene.h"

static void killed_after_the_write_nothing_is_doubled(void **state)
{
    struct scene *s = *state;
    const struct ledger_item comment = comment_item("7/retrain/4fd", SCENE_PULL, "Once.");
    const struct ledger_item label = label_item(ACTION_LABEL_ADD, "7/retrain/4fd/l", "good");
    const struct ledger_item status = status_item("7/retrain/4fd/s", "success");

    (void)scene_plan(s, &comment);
    (void)scene_plan(s, &label);
    (void)scene_plan(s, &status);
    (void)scene_apply(s);
    s->forge.n_writes = 0;
    db_close(s->db); /* the same forge, an older database: nothing was confirmed */
    assert_int_equal(db_open(&s->db, ":memory:", DB_HEARTH, DB_CREATE, NULL), 0);
    s->bot.db = s->db;
    const struct repository repo = { SCENE_REPO,   "o",      "r", "main", false,
                                     FAKE_SELF_ID, "hearth", 0,   0,      0 };
    assert_int_equal(repository_put(s->db, &repo, NULL, NULL), 0);
    scene_put_thread(s, SCENE_PULL, THREAD_PULL);
    s->forge.n_threads--;
    (void)scene_plan(s, &comment);
    (void)scene_plan(s, &label);
    (void)scene_plan(s, &status);
    scene_set_sent(s, "7/retrain/4fd");
    scene_set_sent(s, "7/retrain/4fd/s");
    struct ledger_counts counts = scene_apply(s);
    assert_int_equal(counts.found, 3);
    assert_int_equal(counts.sent, 0);
    assert_int_equal(s->forge.n_writes, 0);
    assert_int_equal(scene_look(s, "7/retrain/4fd").object_id, s->forge.comments[0].id);
}

static void killed_before_the_write_it_is_sent(void **state)
{
    struct scene *s = *state;
    const struct ledger_item comment = comment_item("3/retrain/1", SCENE_ISSUE, "Once.");

    (void)scene_plan(s, &comment);
    scene_set_sent(s, "3/retrain/1");
    assert_int_equal(scene_apply(s).sent, 1);
    assert_int_equal(s->forge.n_comments, 1);
    assert_int_equal(scene_look(s, "3/retrain/1").state, ACTION_CONFIRMED);
}

static void a_lost_reply_is_looked_for_before_it_is_sent_again(void **state)
{
    static const int failures[] = { ERR_NET, ERR_TIMEOUT, ERR_FORGE };
    struct scene *s = *state;
    int64_t expected = 0;

    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        char key[32];
        (void)snprintf(key, sizeof(key), "3/rule-%zu/1", i);
        char rule[16];
        (void)snprintf(rule, sizeof(rule), "rule-%zu", i);
        struct ledger_item comment = comment_item(key, SCENE_ISSUE, "Once.");
        comment.rule = rule;

        (void)scene_plan(s, &comment);
        scene_fail_next(s, failures[i], 1, FAKE_DONE);
        assert_int_equal(scene_apply(s).sent, 1);
        assert_int_equal(s->forge.n_comments, ++expected);
        assert_int_equal(scene_look(s, key).state, ACTION_CONFIRMED);
        assert_int_equal(scene_look(s, key).object_id, s->forge.comments[i].id);
    }
}

static void a_write_that_did_not_arrive_is_sent_again(void **state)
{
    struct scene *s = *state;
    const struct ledger_item status = status_item("7/retrain/4fd", "pending");

    (void)scene_plan(s, &status);
    scene_fail_next(s, ERR_NET, 2, FAKE_NOT_DONE);
    assert_int_equal(scene_apply(s).sent, 1);
    assert_int_equal(s->forge.n_statuses, 1);
    assert_int_equal(s->forge.n_writes, 3);
}

static void a_forge_that_stays_down_stops_the_pass_and_loses_nothing(void **state)
{
    struct scene *s = *state;
    const struct ledger_item one = comment_item("3/retrain/1", SCENE_ISSUE, "One.");
    const struct ledger_item two = comment_item("7/retrain/2", SCENE_PULL, "Two.");
    struct ledger_counts counts;
    struct err err = { 0 };

    (void)scene_plan(s, &one);
    (void)scene_plan(s, &two);
    scene_fail_next(s, ERR_NET, 100, FAKE_NOT_DONE);
    assert_int_equal(ledger_apply(&s->bot, &counts, &err), -ERR_NET);
    assert_int_equal(counts.left, 2);
    assert_non_null(strstr(counts.why_left, "3/retrain/1"));
    scene_fail_next(s, 0, 0, FAKE_NOT_DONE);
    assert_int_equal(scene_apply(s).sent, 2);
    assert_int_equal(s->forge.n_comments, 2);
}

static void what_never_succeeds_is_given_up_in_the_end(void **state)
{
    struct scene *s = *state;
    const struct ledger_item one = comment_item("3/retrain/1", SCENE_ISSUE, "One.");
    const struct ledger_item two = comment_item("7/retrain/2", SCENE_PULL, "Two.");
    struct ledger_counts counts;

    (void)scene_plan(s, &one);
    (void)scene_plan(s, &two);
    for (int cycle = 0; cycle < 4; cycle++) {
        scene_fail_next(s, ERR_FORGE, 100, FAKE_NOT_DONE);
        assert_int_equal(ledger_apply(&s->bot, &counts, NULL), -ERR_FORGE);
    }
    scene_fail_next(s, 0, 0, FAKE_NOT_DONE);
    counts = scene_apply(s);
    assert_int_equal(counts.failed, 1);
    assert_int_equal(counts.sent, 1);
    assert_non_null(strstr(scene_look(s, "3/retrain/1").error, "too often"));
}

static void an_empty_budget_leaves_the_rest_planned(void **state)
{
    struct scene *s = *state;
    const struct ledger_item one = comment_item("3/retrain/1", SCENE_ISSUE, "One.");
    struct ledger_counts counts;
    struct err err = { 0 };

    (void)scene_plan(s, &one);
    scene_fail_next(s, ERR_BUDGET, 1, FAKE_NOT_DONE);
    assert_int_equal(ledger_apply(&s->bot, &counts, &err), -ERR_BUDGET);
    assert_int_equal(counts.left, 1);
    assert_int_equal(scene_look(s, "3/retrain/1").state, ACTION_PLANNED);
    assert_int_equal(scene_apply(s).sent, 1);
}

static void a_passed_deadline_and_an_archive_write_nothing(void **state)
{
    struct scene *s = *state;
    const struct ledger_item one = comment_item("3/retrain/1", SCENE_ISSUE, "One.");
    struct ledger_counts counts;

    (void)scene_plan(s, &one);
    s->bot.deadline_ms = (int64_t)SCENE_NOW * 1000;
    assert_int_equal(ledger_apply(&s->bot, &counts, NULL), -ERR_BUDGET);
    s->bot.deadline_ms = 0;
    s->bot.is_archived = true;
    assert_int_equal(ledger_apply(&s->bot, &counts, NULL), -ERR_BUDGET);
    assert_int_equal(counts.left, 1);
    assert_int_equal(s->forge.n_writes, 0);
    s->bot.is_archived = false;
    s->bot.deadline_ms = (int64_t)SCENE_NOW * 1000 + 1; /* not yet */
    assert_int_equal(scene_apply(s).sent, 1);
}

/* The thread may have been moved, or deleted, between the look and the write. */
static void what_is_not_found_where_it_is_to_be_written_fails_for_good(void **state)
{
    static const struct {
        int failure;
        const char *key;
    } rows[] = { { ERR_NOTFOUND, "3/retrain/1" }, { ERR_MOVED, "3/retrain/2" } };
    struct scene *s = *state;

    for (size_t i = 0; i < 2; i++) {
        const struct ledger_item item = comment_item(rows[i].key, SCENE_ISSUE, "Hello.");

        (void)scene_plan(s, &item);
        scene_fail_next(s, rows[i].failure, 100, FAKE_NOT_DONE);
        assert_int_equal(scene_apply(s).failed, 1);
        assert_int_equal(scene_look(s, rows[i].key).state, ACTION_FAILED);
        assert_non_null(strstr(scene_look(s, rows[i].key).error, "fails as it was told"));
    }
    assert_int_equal(s->forge.n_comments, 0);
}

static void a_missing_right_stops_the_pass(void **state)
{
    struct scene *s = *state;
    const struct ledger_item one = comment_item("3/retrain/1", SCENE_ISSUE, "One.");
    struct ledger_counts counts;

    (void)scene_plan(s, &one);
    scene_fail_next(s, ERR_DENIED, 1, FAKE_NOT_DONE);
    assert_int_equal(ledger_apply(&s->bot, &counts, NULL), -ERR_DENIED);
    assert_int_equal(scene_look(s, "3/retrain/1").state, ACTION_PLANNED);
}

/* A person may be away for a weekend. */
static void a_missing_right_uses_up_no_attempt(void **state)
{
    struct scene *s = *state;
    const struct ledger_item one = comment_item("3/retrain/1", SCENE_ISSUE, "One.");
    struct ledger_counts counts;

    (void)scene_plan(s, &one);
    for (int cycle = 0; cycle < 100; cycle++) {
        scene_fail_next(s, ERR_DENIED, 1, FAKE_NOT_DONE);
        assert_int_equal(ledger_apply(&s->bot, &counts, NULL), -ERR_DENIED);
    }
    assert_int_equal(scene_apply(s).sent, 1);
    assert_int_equal(s->forge.n_comments, 1);
}

static void a_thread_that_refuses_us_keeps_no_other_waiting(void **state)
{
    struct scene *s = *state;
    const struct ledger_item one = comment_item("3/retrain/1", SCENE_ISSUE, "One.");
    const struct ledger_item two = comment_item("3/retrain/2", SCENE_ISSUE, "Two.");
    const struct ledger_item three = comment_item("7/retrain/3", SCENE_PULL, "Three.");
    struct ledger_counts counts;
    struct err err = { 0 };

    (void)scene_plan(s, &one);
    (void)scene_plan(s, &two);
    (void)scene_plan(s, &three);
    scene_fail_next(s, ERR_DENIED, 1, FAKE_NOT_DONE);
    assert_int_equal(ledger_apply(&s->bot, &counts, &err), -ERR_DENIED);
    assert_int_equal(counts.sent, 1);
    assert_int_equal(counts.left, 2);
    assert_non_null(strstr(err.msg, "action 3/retrain/1"));
    assert_int_equal(scene_look(s, "7/retrain/3").state, ACTION_CONFIRMED);
    assert_int_equal(scene_look(s, "3/retrain/2").state, ACTION_PLANNED);
}

static void where_several_threads_refuse_us_no_more_is_asked(void **state)
{
    struct scene *s = *state;
    struct ledger_counts counts;
    char key[20];

    for (int number = 20; number < 30; number++) {
        scene_put_thread(s, number, THREAD_ISSUE);
        (void)snprintf(key, sizeof(key), "%d/retrain/1", number);
        const struct ledger_item item = comment_item(key, number, "Hello.");
        (void)scene_plan(s, &item);
    }
    scene_fail_next(s, ERR_DENIED, 100, FAKE_NOT_DONE);
    assert_int_equal(ledger_apply(&s->bot, &counts, NULL), -ERR_DENIED);
    assert_int_equal(s->forge.n_writes, 3);
    assert_int_equal(counts.left, 10);
}

static void a_refused_write_fails_alone(void **state)
{
    struct scene *s = *state;
    const struct ledger_item one = comment_item("3/retrain/1", SCENE_ISSUE, "One.");
    const struct ledger_item two = comment_item("7/retrain/2", SCENE_PULL, "Two.");
    const struct ledger_item three = comment_item("7/retrain/3", SCENE_PULL, "Three.");

    (void)scene_plan(s, &one);
    (void)scene_plan(s, &two);
    (void)scene_plan(s, &three);
    scene_fail_next(s, ERR_REFUSED, 2, FAKE_NOT_DONE);
    struct ledger_counts counts = scene_apply(s);
    assert_int_equal(counts.failed, 2);
    assert_int_equal(counts.sent, 1);
    assert_string_equal(counts.why_failed, /* of the first */
                        "3/retrain/1: the fake forge fails as it was told");
    assert_int_equal(scene_look(s, "3/retrain/1").state, ACTION_FAILED);
    assert_int_equal(scene_apply(s).failed, 0);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(killed_after_the_write_nothing_is_doubled),
        SCENE(killed_before_the_write_it_is_sent),
        SCENE(a_lost_reply_is_looked_for_before_it_is_sent_again),
        SCENE(a_write_that_did_not_arrive_is_sent_again),
        SCENE(a_forge_that_stays_down_stops_the_pass_and_loses_nothing),
        SCENE(what_never_succeeds_is_given_up_in_the_end),
        SCENE(an_empty_budget_leaves_the_rest_planned),
        SCENE(a_passed_deadline_and_an_archive_write_nothing),
        SCENE(what_is_not_found_where_it_is_to_be_written_fails_for_good),
        SCENE(a_missing_right_stops_the_pass),
        SCENE(a_missing_right_uses_up_no_attempt),
        SCENE(a_thread_that_refuses_us_keeps_no_other_waiting),
        SCENE(where_several_threads_refuse_us_no_more_is_asked),
        SCENE(a_refused_write_fails_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
