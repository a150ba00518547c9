/* SPDX-License-Identifier: Apache-2.0
 * Labels and statuses: what each takes to be done already, and what it needs. */
#include "bot/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "bot/forge/forge.h"
#include "tests/support/ledger_scene.h"

static void a_label_that_was_set_again_is_not_ours_to_take(void **state)
{
    struct scene *s = *state;
    struct ledger_item remove = label_item(ACTION_LABEL_REMOVE, "7/retrain/1/t", "retrain");
    struct ledger_item again = label_item(ACTION_LABEL_REMOVE, "7/retrain/2/t", "retrain");

    fake_add_label(&s->forge.threads[1], "retrain");
    s->forge.threads[1].set_label = "retrain";
    s->forge.threads[1].set_event = 81;
    remove.if_label_event = 80;
    again.if_label_event = 81;
    (void)scene_plan(s, &remove);
    assert_int_equal(scene_apply(s).dropped, 1);
    assert_true(fake_has_label(&s->forge, SCENE_PULL, "retrain"));
    assert_string_equal(scene_look(s, "7/retrain/1/t").error, "the label was set again");

    (void)scene_plan(s, &again);
    assert_int_equal(scene_apply(s).sent, 1);
    assert_false(fake_has_label(&s->forge, SCENE_PULL, "retrain"));
}

static void only_its_own_labelling_says_that_a_label_was_set_again(void **state)
{
    static const struct {
        const char *label, *kind, *key;
    } moments[] = {
        { "other", "labeled", "7/retrain/1/t" },
        { "retrain", "unlabeled", "7/retrain/2/t" },
    };
    struct scene *s = *state;

    for (size_t i = 0; i < 2; i++) {
        struct ledger_item remove = label_item(ACTION_LABEL_REMOVE, moments[i].key, "retrain");

        fake_add_label(&s->forge.threads[1], "retrain");
        s->forge.threads[1].set_label = moments[i].label;
        s->forge.threads[1].set_kind = moments[i].kind;
        s->forge.threads[1].set_event = 81;
        remove.if_label_event = 80;
        (void)scene_plan(s, &remove);
        assert_int_equal(scene_apply(s).sent, 1);
        assert_false(fake_has_label(&s->forge, SCENE_PULL, "retrain"));
    }
}

/* As the forge knows it; it has no second one of that name. */
static void a_label_in_another_case_is_the_same(void **state)
{
    struct scene *s = *state;
    struct ledger_item add = label_item(ACTION_LABEL_ADD, "7/retrain/1/a", "retrain: accepted");
    struct ledger_item remove = label_item(ACTION_LABEL_REMOVE, "7/retrain/1/t", "retrain");

    fake_add_label(&s->forge.threads[1], "Retrain: Accepted");
    fake_add_label(&s->forge.threads[1], "ReTrain");
    add.if_label = "RETRAIN";
    (void)scene_plan(s, &add);
    (void)scene_plan(s, &remove);
    struct ledger_counts counts = scene_apply(s);
    assert_int_equal(counts.found, 1);
    assert_int_equal(counts.sent, 1);
    assert_int_equal(s->forge.threads[1].n_labels, 1);
}

static void labels_are_followed_in_the_database(void **state)
{
    struct scene *s = *state;
    const struct ledger_item add = label_item(ACTION_LABEL_ADD, "7/retrain/1/a", "good");
    const struct ledger_item remove = label_item(ACTION_LABEL_REMOVE, "7/retrain/1/r", "good");
    bool has = false;

    (void)scene_plan(s, &add);
    (void)scene_apply(s);
    assert_int_equal(thread_has_label(s->db, SCENE_REPO, SCENE_PULL, "good", &has, NULL), 0);
    assert_true(has);
    (void)scene_plan(s, &remove);
    assert_int_equal(scene_apply(s).sent, 1);
    assert_int_equal(thread_has_label(s->db, SCENE_REPO, SCENE_PULL, "good", &has, NULL), 0);
    assert_false(has);
    assert_false(fake_has_label(&s->forge, SCENE_PULL, "good"));
}

static void a_label_that_a_human_removed_first_is_done(void **state)
{
    struct scene *s = *state;
    const struct ledger_item remove = label_item(ACTION_LABEL_REMOVE, "7/retrain/1/r", "gone");

    (void)scene_plan(s, &remove);
    struct ledger_counts counts = scene_apply(s);
    assert_int_equal(counts.found, 1);
    assert_int_equal(s->forge.n_writes, 0);
}

static void only_the_newest_status_of_a_context_counts(void **state)
{
    struct scene *s = *state;
    const struct ledger_item pending = status_item("7/retrain/1", "pending");
    const struct ledger_item done = status_item("7/retrain/2", "success");
    const struct ledger_item again = status_item("7/retrain/3", "pending");

    (void)scene_plan(s, &pending);
    (void)scene_plan(s, &done);
    (void)scene_plan(s, &again);
    assert_int_equal(scene_apply(s).sent, 3);
    assert_int_equal(s->forge.n_statuses, 3);
}

/* What stands on the forge, oldest first, before "success" is to be told. */
static const struct {
    struct forge_status there[2];
    int found;
} histories[] = {
#define OURS .creator_id = FAKE_SELF_ID, .context = "hearth/retrain"
    { { { OURS, .state = "success", .description = "98.1 %" } }, 1 },
    { { { OURS, .state = "success", .description = "97.0 %" } }, 0 },
    { { { OURS, .state = "failure", .description = "98.1 %" } }, 0 },
    { { { .creator_id = FAKE_STRANGER_ID,
          .context = "hearth/retrain",
          .state = "success",
          .description = "98.1 %" } },
      0 },
    { { { .creator_id = FAKE_SELF_ID,
          .context = "hearth/data",
          .state = "success",
          .description = "98.1 %" } },
      0 },
    { { { OURS, .state = "success", .description = "98.1 %" },
        { .creator_id = FAKE_SELF_ID,
          .context = "ci",
          .state = "failure",
          .description = "" } },
      1 },
    { { { OURS, .state = "success", .description = "98.1 %" },
        { OURS, .state = "pending", .description = "" } },
      0 },
    { { { OURS, .state = "pending", .description = "" },
        { OURS, .state = "success", .description = "98.1 %" } },
      1 },
};

static void a_status_is_told_unless_our_newest_says_it_already(void **state)
{
    struct scene *s = *state;

    for (size_t i = 0; i < 2 * (sizeof(histories) / sizeof(histories[0])); i++) {
        char key[32];

        (void)snprintf(key, sizeof(key), "7/retrain/%zu", i);
        const struct ledger_item item = status_item(key, "success");
        fake_forget_statuses(&s->forge);
        s->forge.lists_oldest_first = i % 2 == 1;
        for (size_t j = 0; j < 2 && histories[i / 2].there[j].context; j++)
            fake_add_status(&s->forge, SCENE_HEAD, &histories[i / 2].there[j]);
        (void)scene_plan(s, &item);
        struct ledger_counts counts = scene_apply(s);
        if (counts.found != histories[i / 2].found || counts.found + counts.sent != 1)
            fail_msg("history %zu: %d found, %d sent", i, (int)counts.found, (int)counts.sent);
    }
}

static void an_item_without_what_it_needs_is_not_planned(void **state)
{
    struct scene *s = *state;
    const struct ledger_item label = label_item(ACTION_LABEL_ADD, "7/retrain/1", ""),
                             status = status_item("7/retrain/1", "success");
    struct ledger_item bad[] = { label, label, status, status, status };
    struct err err = { 0 };

    bad[1].label.name = NULL;
    bad[2].status.sha = NULL;
    bad[3].status.context = NULL;
    bad[4].status.state = NULL;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(ledger_plan(&s->bot, &bad[i], NULL, &err), -ERR_RANGE);
        assert_non_null(strstr(err.msg, "7/retrain/1: a "));
    }
    bad[2] = status;
    bad[2].status.context = "\xff";
    assert_int_equal(ledger_plan(&s->bot, &bad[2], NULL, &err), -ERR_PARSE);
    assert_string_equal(err.msg, "7/retrain/1: a status that is no UTF-8");
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_label_that_was_set_again_is_not_ours_to_take),
        SCENE(only_its_own_labelling_says_that_a_label_was_set_again),
        SCENE(a_label_in_another_case_is_the_same),
        SCENE(labels_are_followed_in_the_database),
        SCENE(a_label_that_a_human_removed_first_is_done),
        SCENE(only_the_newest_status_of_a_context_counts),
        SCENE(a_status_is_told_unless_our_newest_says_it_already),
        SCENE(an_item_without_what_it_needs_is_not_planned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
