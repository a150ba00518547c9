/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/action.h"
#include "store/action_log.h"
#include "store/budget.h"
#include "store/cycle.h"
#include "tests/support/database.h"

static enum action_plan_result plan(struct db *db, const char *key, const char *body)
{
    const struct action a = { .repo_id = TEST_REPO,
                              .key = key,
                              .kind = ACTION_COMMENT,
                              .number = 2,
                              .rule = "retrain",
                              .reason = "a verdict",
                              .body = body,
                              .precondition = "{}",
                              .planned_at = TEST_T0 };
    enum action_plan_result result = ACTION_PLAN_PAST;
    struct err err = { 0 };

    if (action_plan(db, &a, &result, &err) < 0)
        fail_msg("%s", err.msg);
    return result;
}

static int take(void *ctx, const struct action *a, struct err *err)
{
    (void)err;
    (void)snprintf(ctx, 80, "%s %d %s %s", a->key, (int)a->seq, action_state_name(a->state),
                   a->body);
    return 0;
}

static void a_key_is_planned_once_and_may_change_until_sent(void **state)
{
    struct db *db = *state;
    char text[80] = "";

    assert_int_equal(plan(db, "2/retrain/a", "{1}"), ACTION_PLAN_NEW);
    assert_int_equal(plan(db, "3/retrain/a", "{1}"), ACTION_PLAN_NEW);
    assert_int_equal(plan(db, "2/retrain/a", "{1}"), ACTION_PLAN_SAME);
    assert_int_equal(plan(db, "2/retrain/a", "{2}"), ACTION_PLAN_CHANGED);
    assert_int_equal(action_get(db, TEST_REPO, "2/retrain/a", take, text, NULL), 0);
    assert_string_equal(text, "2/retrain/a 1 planned {2}");
    assert_int_equal(action_set_sent(db, TEST_REPO, "2/retrain/a", TEST_T0, NULL), 0);
    assert_int_equal(plan(db, "2/retrain/a", "{3}"), ACTION_PLAN_PAST);
    assert_int_equal(action_get(db, TEST_REPO, "2/retrain/a", take, text, NULL), 0);
    assert_string_equal(text, "2/retrain/a 1 sent {2}");
}

static void what_is_open_comes_in_the_order_it_was_planned(void **state)
{
    struct db *db = *state;
    char text[80] = "";
    int64_t n = 0;

    plan(db, "z", "");
    plan(db, "m", "");
    plan(db, "a", "");
    assert_int_equal(action_set_confirmed(db, TEST_REPO, "z", 5, TEST_T0, NULL), 0);
    assert_int_equal(action_set_sent(db, TEST_REPO, "m", TEST_T0, NULL), 0);
    assert_int_equal(action_get_next(db, TEST_REPO, 0, take, text, NULL), 0);
    assert_string_equal(text, "m 2 sent ");
    assert_int_equal(action_get_next(db, TEST_REPO, 2, take, text, NULL), 0);
    assert_string_equal(text, "a 3 planned ");
    assert_int_equal(action_get_next(db, TEST_REPO, 3, take, text, NULL), -ERR_NOTFOUND);
    assert_int_equal(
        action_count(db, TEST_REPO, 1u << ACTION_PLANNED | 1u << ACTION_SENT, &n, NULL), 0);
    assert_int_equal(n, 2);
    assert_int_equal(action_count(db, TEST_REPO, 0, &n, NULL), 0);
    assert_int_equal(n, 3);
}

/* from, move and whether the diagram has it */
static void only_the_moves_of_the_diagram_are_possible(void **state)
{
    enum { SENT, CONFIRM, FAIL, DROP, PLAN, N_MOVES };
    static const struct {
        int first;
        bool may[N_MOVES];
    } rows[] = {
        { PLAN, { true, true, true, true, false } },
        { SENT, { true, true, true, true, true } },
        { CONFIRM, { false, false, false, false, false } },
        { FAIL, { false, false, false, false, true } },
        { DROP, { false, false, false, false, true } },
    };
    const struct action_end how = { .why = "why", .at = TEST_T0 };
    struct db *db = *state;
    char key[20];

    for (size_t i = 0; i < 5; i++)
        for (int move = 0; move < N_MOVES; move++) {
            (void)snprintf(key, sizeof(key), "%zu-%d", i, move);
            plan(db, key, "");
            for (int step = 0; step < 2; step++) {
                int rc = 0, which = step == 0 ? rows[i].first : move;

                if (step == 0 && which == PLAN)
                    continue;
                if (which == SENT)
                    rc = action_set_sent(db, TEST_REPO, key, TEST_T0, NULL);
                else if (which == CONFIRM)
                    rc = action_set_confirmed(db, TEST_REPO, key, 1, TEST_T0, NULL);
                else if (which == FAIL)
                    rc = action_set_failed(db, TEST_REPO, key, &how, NULL);
                else if (which == DROP)
                    rc = action_set_dropped(db, TEST_REPO, key, &how, NULL);
                else
                    rc = action_set_planned(db, TEST_REPO, key, TEST_T0, NULL);
                bool may = step == 0 || rows[i].may[move];
                assert_int_equal(rc, may ? 0 : -ERR_CONFLICT);
            }
        }
}

static int take_log(void *ctx, const struct action_log *row, struct err *err)
{
    struct buf *out = ctx;

    (void)err;
    buf_printf(out, "%s %s %s %s %d|", row->key, row->what, row->who, row->why,
               (int)(row->at - TEST_T0));
    return 0;
}

static void every_move_is_logged_with_who_caused_it(void **state)
{
    const struct action_end by_hand = { "dropped by hand", "user alice", TEST_T0 + 5 };
    const struct action_edit edit = { TEST_REPO, "2/retrain/a", "{3}", "user bob",
                                      TEST_T0 + 2 };
    struct action asked = { .repo_id = TEST_REPO,
                            .key = "2/retrain/a",
                            .number = 2,
                            .rule = "retrain",
                            .reason = "a verdict",
                            .body = "{1}",
                            .precondition = "{}",
                            .caused_by = "triager-3",
                            .planned_at = TEST_T0 };
    struct action_log_filter filter = { .limit = 100 };
    struct db *db = *state;
    struct buf log;

    buf_init(&log, 4096);
    assert_int_equal(action_plan(db, &asked, NULL, NULL), 0);
    asked.body = "{2}";
    asked.planned_at++;
    assert_int_equal(action_plan(db, &asked, NULL, NULL), 0);
    assert_int_equal(action_edit(db, &edit, NULL), 0);
    asked.body = "{4}"; /* what a person wrote is not changed back */
    assert_int_equal(action_plan(db, &asked, NULL, NULL), 0);
    assert_int_equal(action_set_sent(db, TEST_REPO, asked.key, TEST_T0 + 3, NULL), 0);
    assert_int_equal(action_set_sent(db, TEST_REPO, asked.key, TEST_T0 + 4, NULL), 0);
    assert_int_equal(action_set_confirmed(db, TEST_REPO, asked.key, 9, TEST_T0 + 5, NULL), 0);
    plan(db, "3/welcome/b", "{1}");
    assert_int_equal(action_set_dropped(db, TEST_REPO, "3/welcome/b", &by_hand, NULL), 0);
    assert_int_equal(action_log_approved(db, TEST_REPO, "user alice", TEST_T0 + 6, NULL), 0);
    assert_int_equal(action_edit(db, &edit, NULL), -ERR_CONFLICT);

    assert_int_equal(action_log_each(db, TEST_REPO, &filter, take_log, &log, NULL), 0);
    assert_string_equal(log.data, "2/retrain/a planned @triager-3 a verdict 0|"
                                  "2/retrain/a changed rule retrain a verdict 1|"
                                  "2/retrain/a edited user bob a verdict 2|"
                                  "2/retrain/a sent hearth  3|"
                                  "2/retrain/a sent hearth  4|"
                                  "2/retrain/a confirmed hearth  5|"
                                  "3/welcome/b planned rule retrain a verdict 0|"
                                  "3/welcome/b dropped user alice dropped by hand 5|"
                                  " approved user alice Hearth may write here 6|");
    buf_clear(&log);
    filter.key = "2/retrain/a";
    filter.limit = 1;
    assert_int_equal(action_log_each(db, TEST_REPO, &filter, take_log, &log, NULL), 0);
    assert_string_equal(log.data, "2/retrain/a confirmed hearth  5|");
    buf_finish(&log);
}

static int take_cycle(void *ctx, const struct cycle *c, struct err *err)
{
    char *text = ctx;
    size_t len = strlen(text);

    (void)err;
    (void)snprintf(text + len, 80 - len, "%d:%d:%s ", (int)c->id, (int)c->exit_code,
                   c->summary);
    return 0;
}

static void cycles_come_newest_first_and_expire(void **state)
{
    struct db *db = *state;
    const struct cycle first = { .started_at = TEST_T0, .exit_code = 0, .summary = "{}" };
    const struct cycle second = { .started_at = TEST_T0 + 60,
                                  .exit_code = 3,
                                  .summary = "{\"left\":1}" };
    char text[80] = "";

    assert_int_equal(cycle_add(db, &first, NULL), 0);
    assert_int_equal(cycle_add(db, &second, NULL), 0);
    assert_int_equal(cycle_each_newest(db, 10, take_cycle, text, NULL), 0);
    assert_string_equal(text, "2:3:{\"left\":1} 1:0:{} ");
    text[0] = '\0';
    assert_int_equal(cycle_each_newest(db, 1, take_cycle, text, NULL), 0);
    assert_string_equal(text, "2:3:{\"left\":1} ");
    text[0] = '\0';
    assert_int_equal(cycle_expire(db, TEST_T0 + 1000, NULL), 0); /* the last one stays */
    assert_int_equal(cycle_each_newest(db, 10, take_cycle, text, NULL), 0);
    assert_string_equal(text, "2:3:{\"left\":1} ");
}

static int take_budget(void *ctx, const struct budget *b, struct err *err)
{
    (void)err;
    *(int64_t *)ctx = b->used * 100 + b->remaining;
    return 0;
}

static void budgets_are_remembered(void **state)
{
    struct db *db = *state;
    int64_t seen = 0;

    assert_int_equal(budget_each(db, take_budget, &seen, NULL), 0);
    assert_int_equal(seen, 0);
    for (int64_t used = 1; used <= 2; used++) {
        const struct budget b = { "primary", TEST_T0, used, 40 };
        assert_int_equal(budget_put(db, &b, NULL), 0);
    }
    assert_int_equal(budget_each(db, take_budget, &seen, NULL), 0);
    assert_int_equal(seen, 240);
}

int main(void)
{
#define WITH_DB(test) cmocka_unit_test_setup_teardown(test, test_db_open, test_db_close)
    const struct CMUnitTest tests[] = {
        WITH_DB(a_key_is_planned_once_and_may_change_until_sent),
        WITH_DB(what_is_open_comes_in_the_order_it_was_planned),
        WITH_DB(only_the_moves_of_the_diagram_are_possible),
        WITH_DB(cycles_come_newest_first_and_expire),
        WITH_DB(every_move_is_logged_with_who_caused_it),
        WITH_DB(budgets_are_remembered),
    };
#undef WITH_DB
    return cmocka_run_group_tests(tests, NULL, NULL);
}
