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
#include "tests/support/ledger_scene.h"

static void what_is_planned_is_sent_once_in_order(void **state)
{
    struct scene *s = *state;
    const struct ledger_item comment =
        comment_item("7/retrain/4fd", SCENE_PULL, "All is well.");
    const struct ledger_item label =
        label_item(ACTION_LABEL_ADD, "7/retrain/4fd/accepted", "retrain: accepted");
    const struct ledger_item status = status_item("7/retrain/4fd/status", "success");

    assert_int_equal(scene_plan(s, &comment), ACTION_PLAN_NEW);
    assert_int_equal(scene_plan(s, &label), ACTION_PLAN_NEW);
    assert_int_equal(scene_plan(s, &status), ACTION_PLAN_NEW);
    struct ledger_counts counts = scene_apply(s);
    assert_int_equal(counts.sent, 3);
    assert_int_equal(counts.left, 0);
    assert_int_equal(s->forge.n_comments, 1);
    assert_true(fake_has_label(&s->forge, SCENE_PULL, "retrain: accepted"));
    assert_int_equal(s->forge.n_statuses, 1);
    assert_int_equal(scene_look(s, "7/retrain/4fd").state, ACTION_CONFIRMED);
    assert_int_equal(scene_look(s, "7/retrain/4fd").object_id, s->forge.comments[0].id);

    assert_int_equal(scene_plan(s, &comment), ACTION_PLAN_PAST);
    counts = scene_apply(s);
    assert_int_equal(counts.sent + counts.found, 0);
    assert_int_equal(s->forge.n_writes, 3);
}

static void a_rule_at_its_ceiling_waits_while_the_others_go_on(void **state)
{
    char first[] = "retrain=2", second[] = "welcome=1", *ceilings[] = { first, second };
    struct scene *s = *state;
    const struct ledger_item items[] = {
        comment_item("7/retrain/4fd", SCENE_PULL, "One."),
        label_item(ACTION_LABEL_ADD, "7/retrain/4fd/accepted", "retrain: accepted"),
        status_item("7/retrain/4fd/status", "success"),
    };
    struct ledger_item other = comment_item("3/welcome/1", SCENE_ISSUE, "Welcome.");
    struct ledger_counts counts;
    struct err err = { 0 };

    other.rule = "welcome";
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(scene_plan(s, &items[i]), ACTION_PLAN_NEW);
    assert_int_equal(scene_plan(s, &other), ACTION_PLAN_NEW);
    s->config.budgets.ceilings = (struct string_list){ ceilings, 2 };

    assert_int_equal(ledger_apply(&s->bot, &counts, &err), -ERR_BUDGET);
    assert_non_null(strstr(err.msg, "rule retrain reached its ceiling of 2"));
    assert_int_equal(counts.sent, 3);
    assert_int_equal(counts.left, 1);
    assert_int_equal(scene_look(s, "7/retrain/4fd/status").state, ACTION_PLANNED);
    assert_int_equal(scene_look(s, "3/welcome/1").state, ACTION_CONFIRMED);

    counts = scene_apply(s); /* the next cycle */
    assert_int_equal(counts.sent, 1);
    assert_int_equal(counts.left, 0);
}

static void planning_again_before_sending_changes_the_text(void **state)
{
    struct scene *s = *state;
    const struct ledger_item first = comment_item("7/retrain/4fd", SCENE_PULL, "One.");
    const struct ledger_item second = comment_item("7/retrain/4fd", SCENE_PULL, "Two.");

    assert_int_equal(scene_plan(s, &first), ACTION_PLAN_NEW);
    assert_int_equal(scene_plan(s, &first), ACTION_PLAN_SAME);
    assert_int_equal(scene_plan(s, &second), ACTION_PLAN_CHANGED);
    (void)scene_apply(s);
    assert_int_equal(s->forge.n_comments, 1);
    assert_non_null(strstr(s->forge.comments[0].body, "Two."));
}

static void the_sticky_comment_is_edited_and_an_equal_one_is_left(void **state)
{
    struct scene *s = *state;
    const struct ledger_item first = comment_item("7/retrain/1", SCENE_PULL, "One.");
    const struct ledger_item second = comment_item("7/retrain/2", SCENE_PULL, "Two.");

    (void)scene_plan(s, &first);
    (void)scene_apply(s);
    (void)scene_plan(s, &second);
    (void)scene_apply(s);
    assert_int_equal(s->forge.n_comments, 1);
    assert_int_equal(s->forge.n_writes, 2);
    assert_non_null(strstr(s->forge.comments[0].body, "Two."));
}

static void a_strangers_marker_is_not_ours(void **state)
{
    struct scene *s = *state;
    const struct ledger_item one = comment_item("3/retrain/1", SCENE_ISSUE, "One.");

    (void)fake_add_comment(&s->forge, SCENE_ISSUE, FAKE_STRANGER_ID,
                           "<!-- hearth:retrain v1 {} -->\nOne.");
    (void)fake_add_comment(&s->forge, SCENE_ISSUE, FAKE_STRANGER_ID, "Hello");
    (void)fake_add_comment(&s->forge, SCENE_ISSUE, FAKE_SELF_ID,
                           "<!-- hearth:other v1 {} -->\nOne.");
    (void)scene_plan(s, &one);
    assert_int_equal(scene_apply(s).sent, 1);
    assert_int_equal(s->forge.n_comments, 4);
    assert_string_equal(s->forge.comments[0].body, "<!-- hearth:retrain v1 {} -->\nOne.");
    assert_string_equal(s->forge.comments[2].body, "<!-- hearth:other v1 {} -->\nOne.");
}

static void the_oldest_of_our_comments_is_found_on_a_later_page(void **state)
{
    struct scene *s = *state;
    const struct ledger_item one = comment_item("3/retrain/1", SCENE_ISSUE, "New.");

    for (int i = 0; i < 4; i++)
        (void)fake_add_comment(&s->forge, SCENE_ISSUE, FAKE_STRANGER_ID, "Hello");
    int64_t ours = fake_add_comment(&s->forge, SCENE_ISSUE, FAKE_SELF_ID,
                                    "<!-- hearth:retrain v1 {} -->\r\nOld.");
    (void)fake_add_comment(&s->forge, SCENE_ISSUE, FAKE_SELF_ID,
                           "<!-- hearth:retrain v1 {} -->\n2nd");
    (void)scene_plan(s, &one);
    (void)scene_apply(s);
    assert_int_equal(scene_look(s, "3/retrain/1").object_id, ours);
    assert_int_equal(s->forge.n_comments, 6);
    assert_non_null(strstr(s->forge.comments[4].body, "New."));
}

static void a_deleted_sticky_comment_is_made_anew_for_new_words_only(void **state)
{
    struct scene *s = *state;
    const struct ledger_item one = comment_item("3/retrain/1", SCENE_ISSUE, "One.");
    const struct ledger_item two = comment_item("3/retrain/2", SCENE_ISSUE, "Two.");

    (void)scene_plan(s, &one);
    (void)scene_apply(s);
    fake_delete_comment(&s->forge, s->forge.comments[0].id);
    (void)scene_plan(s, &one);
    assert_int_equal(scene_apply(s).sent, 0);
    (void)scene_plan(s, &two);
    assert_int_equal(scene_apply(s).sent, 1);
    assert_int_equal(s->forge.n_comments, 2);
}

static void a_locked_thread_takes_no_comment_but_labels(void **state)
{
    struct scene *s = *state;
    const struct ledger_item comment = comment_item("7/retrain/1", SCENE_PULL, "One.");
    const struct ledger_item label = label_item(ACTION_LABEL_ADD, "7/retrain/1/l", "good");

    s->forge.threads[1].is_locked = true;
    (void)scene_plan(s, &comment);
    (void)scene_plan(s, &label);
    struct ledger_counts counts = scene_apply(s);
    assert_int_equal(counts.failed, 1);
    assert_int_equal(counts.sent, 1);
    assert_string_equal(scene_look(s, "7/retrain/1").error, "the thread is locked");
}

static int is_gone(void *ctx, const struct thread *t, struct err *err)
{
    (void)err;
    *(bool *)ctx = t->is_gone;
    return 0;
}

static void a_locked_thread_is_not_taken_for_one_that_is_gone(void **state)
{
    struct scene *s = *state;
    struct ledger_item one = comment_item("7/retrain/1", SCENE_PULL, "One.");
    bool gone = true;

    s->forge.threads[1].is_locked = true;
    one.if_head_sha = "0000000000000000000000000000000000000000"; /* moved on, too */
    (void)scene_plan(s, &one);
    assert_int_equal(scene_apply(s).failed, 1);
    assert_string_equal(scene_look(s, "7/retrain/1").error, "the thread is locked");
    assert_int_equal(thread_get(s->db, SCENE_REPO, SCENE_PULL, is_gone, &gone, NULL), 0);
    assert_false(gone);
}

static void a_thread_that_is_gone_fails_and_is_marked(void **state)
{
    struct scene *s = *state;
    const struct ledger_item one = comment_item("3/retrain/1", SCENE_ISSUE, "One.");
    bool gone = false;

    s->forge.threads[0].is_gone = true;
    (void)scene_plan(s, &one);
    assert_int_equal(scene_apply(s).failed, 1);
    assert_int_equal(thread_get(s->db, SCENE_REPO, SCENE_ISSUE, is_gone, &gone, NULL), 0);
    assert_true(gone);
}

static void a_moved_head_and_a_lost_label_drop_the_action(void **state)
{
    struct scene *s = *state;
    struct ledger_item comment = comment_item("7/retrain/1", SCENE_PULL, "One.");
    struct ledger_item status = status_item("7/retrain/1/s", "success");

    comment.if_head_sha = "0000000000000000000000000000000000000000";
    status.if_label = "retrain";
    (void)scene_plan(s, &comment);
    (void)scene_plan(s, &status);
    assert_int_equal(scene_apply(s).dropped, 2);
    assert_int_equal(s->forge.n_writes, 0);
    assert_string_equal(scene_look(s, "7/retrain/1").error,
                        "the head moved on from 0000000 to 4fd1c0a");
    assert_int_equal(scene_look(s, "7/retrain/1/s").state, ACTION_DROPPED);
}

static void preconditions_that_hold_let_it_through(void **state)
{
    struct scene *s = *state;
    struct ledger_item comment = comment_item("7/retrain/1", SCENE_PULL, "One.");

    fake_add_label(&s->forge.threads[1], "retrain");
    comment.if_head_sha = SCENE_HEAD;
    comment.if_label = "retrain";
    (void)scene_plan(s, &comment);
    assert_int_equal(scene_apply(s).sent, 1);
}

static void keys_and_rules_are_checked(void **state)
{
    struct scene *s = *state;
    struct ledger_item item = comment_item("3/re train/1", SCENE_ISSUE, "One.");
    struct err err = { 0 };

    assert_int_equal(ledger_plan(&s->bot, &item, NULL, &err), -ERR_PARSE);
    item.key = "";
    assert_int_equal(ledger_plan(&s->bot, &item, NULL, &err), -ERR_RANGE);
    item.key = "3/retrain/1";
    item.rule = "Re train";
    assert_int_equal(ledger_plan(&s->bot, &item, NULL, &err), -ERR_PARSE);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(what_is_planned_is_sent_once_in_order),
        SCENE(a_rule_at_its_ceiling_waits_while_the_others_go_on),
        SCENE(planning_again_before_sending_changes_the_text),
        SCENE(the_sticky_comment_is_edited_and_an_equal_one_is_left),
        SCENE(a_strangers_marker_is_not_ours),
        SCENE(the_oldest_of_our_comments_is_found_on_a_later_page),
        SCENE(a_deleted_sticky_comment_is_made_anew_for_new_words_only),
        SCENE(a_locked_thread_takes_no_comment_but_labels),
        SCENE(a_locked_thread_is_not_taken_for_one_that_is_gone),
        SCENE(a_thread_that_is_gone_fails_and_is_marked),
        SCENE(a_moved_head_and_a_lost_label_drop_the_action),
        SCENE(preconditions_that_hold_let_it_through),
        SCENE(keys_and_rules_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
