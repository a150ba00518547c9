/* SPDX-License-Identifier: Apache-2.0
 * How a write happens once:
 *
 *     ledger_plan        stores it                                 planned
 *     ledger_apply       for each, in order of seq:
 *       check            thread there? unlocked? label? head?      -> dropped, failed
 *       kind->find       is it on the forge already?               -> confirmed
 *       move_to_sent     committed and synced before the write     sent
 *       kind->send       the write
 *       confirm          object id, and what the store follows     -> confirmed
 *
 * 1. Look, then write, every time: `planned` and `sent` are treated alike, so that a crash
 *    between any two lines above, a lost reply and a lost database need no code of their own.
 * 2. A write whose outcome is unknown is followed by a look before it is tried again.
 * 3. Nothing is tried for ever: MAX_TRIES in a pass, MAX_ATTEMPTS in all, then it failed.
 * 4. Failed and dropped are for what concerns the one action. What concerns the token, the
 *    repository or the network stops the pass and loses nothing.
 * 5. A rule that reached its ceiling is passed over, and so is a thread in which we may not
 *    write; the others go on. A write that did not happen is no attempt. */
#include "bot/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "bot/bot.h"
#include "bot/ledger_ceiling.h"
#include "bot/ledger_check.h"
#include "bot/ledger_denial.h"
#include "bot/ledger_kind.h"
#include "bot/marker.h"
#include "store/thread.h"

enum { MAX_TRIES = 3, MAX_ATTEMPTS = 12 };

static const unsigned UNFINISHED = 1u << ACTION_PLANNED | 1u << ACTION_SENT;

/* Loading -------------------------------------------------------------------------------- */

static void task_finish(struct ledger_task *task)
{
    free(task->key);
    free(task->rule);
    free(task->if_head_sha);
    free(task->if_label);
    json_decref(task->body);
    *task = (struct ledger_task){ 0 };
}

static char *string_of(const json_t *doc, const char *name)
{
    const char *value = json_string_value(json_object_get(doc, name));

    return xstrdup(value ? value : "");
}

static int take_action(void *ctx, const struct action *a, struct err *err)
{
    struct ledger_task *task = ctx;
    json_t *precondition = NULL;
    int rc;

    if ((rc = json_parse(&precondition, a->precondition, strlen(a->precondition), a->key,
                         err)) < 0)
        return rc;
    *task = (struct ledger_task){
        .seq = a->seq,
        .number = a->number,
        .attempts = a->attempts,
        .kind = a->kind,
        .key = xstrdup(a->key),
        .rule = xstrdup(a->rule),
        .if_head_sha = string_of(precondition, "head_sha"),
        .if_label = string_of(precondition, "label"),
        .if_label_event = json_integer_value(json_object_get(precondition, "label_event")),
    };
    json_decref(precondition);
    return json_parse(&task->body, a->body, strlen(a->body), a->key, err);
}

/* Moves: each one durable transaction ---------------------------------------------------- */

enum end { END_SENT, END_FOUND, END_DROPPED, END_FAILED };

static int end_move(struct bot *bot, int rc, struct err *err)
{
    if (rc == 0)
        rc = db_commit(bot->db, err);
    if (rc < 0)
        db_rollback(bot->db);
    return rc;
}

static int move_to_sent(struct bot *bot, const struct ledger_task *task, struct err *err)
{
    int rc = db_begin(bot->db, DB_DURABLE, err);

    if (rc < 0)
        return rc;
    rc = action_set_sent(bot->db, bot->repo_id, task->key, clock_now(bot->clock), err);
    return end_move(bot, rc, err);
}

static int move_back(struct bot *bot, const struct ledger_task *task, struct err *err)
{
    int rc = db_begin(bot->db, DB_DURABLE, err);

    if (rc < 0)
        return rc;
    rc = action_set_planned(bot->db, bot->repo_id, task->key, clock_now(bot->clock), err);
    return end_move(bot, rc, err);
}

static int confirm(struct bot *bot, const struct ledger_task *task, int64_t id, struct err *err)
{
    const struct ledger_kind *kind = ledger_kind(task->kind);
    int rc = db_begin(bot->db, DB_DURABLE, err);

    if (rc < 0)
        return rc;
    rc = action_set_confirmed(bot->db, bot->repo_id, task->key, id, clock_now(bot->clock), err);
    if (rc == 0 && kind->follow)
        rc = kind->follow(bot, task, id, err);
    return end_move(bot, rc, err);
}

static int give_up(struct bot *bot, const struct ledger_task *task, enum end end,
                   const char *why, struct err *err)
{
    int rc = db_begin(bot->db, DB_DURABLE, err);

    if (rc < 0)
        return rc;
    const struct action_end how = { .why = why, .at = clock_now(bot->clock) };
    rc = end == END_DROPPED ? action_set_dropped(bot->db, bot->repo_id, task->key, &how, err)
                            : action_set_failed(bot->db, bot->repo_id, task->key, &how, err);
    return end_move(bot, rc, err);
}

/* What an action came to, while it is being applied. */
struct outcome {
    bool is_ended;
    enum end end;
    char why[256];
};

static int end_with(struct outcome *outcome, struct bot *bot, const struct ledger_task *task,
                    enum end end, const char *why, struct err *err)
{
    *outcome = (struct outcome){ true, end, "" };
    (void)snprintf(outcome->why, sizeof(outcome->why), "%.255s", why);
    return give_up(bot, task, end, why, err);
}

/* A thread that is gone is marked, so that rules leave it alone. */
static int mark_gone(struct bot *bot, const struct ledger_task *task, struct err *err)
{
    int rc = db_begin(bot->db, DB_FAST, err);

    if (rc < 0)
        return rc;
    rc = thread_set_gone(bot->db, bot->repo_id, task->number, err);
    return end_move(bot, rc == -ERR_NOTFOUND ? 0 : rc, err);
}

static int check(struct outcome *outcome, struct bot *bot, struct ledger_task *task,
                 struct err *err)
{
    struct ledger_check check;
    int rc = ledger_check(&check, bot, task, err);

    if (rc < 0 || check.result == CHECK_HOLDS)
        return rc;
    rc = end_with(outcome, bot, task,
                  check.result == CHECK_PASSED_BY ? END_DROPPED : END_FAILED, check.why, err);
    if (rc == 0 && check.result == CHECK_GONE)
        rc = mark_gone(bot, task, err);
    return rc;
}

/* Sending -------------------------------------------------------------------------------- */

enum consequence {
    LOOK_AGAIN, /* it may or may not have happened */
    STOP,       /* it did not happen, and nothing else would either */
    FAIL,       /* it did not happen, and never will */
};

static const enum consequence consequences[] = {
    [ERR_BUDGET] = STOP, [ERR_AUTH] = STOP,   [ERR_DENIED] = STOP,  [ERR_DB] = STOP,
    [ERR_SCHEMA] = STOP, [ERR_CONFIG] = STOP, [ERR_REFUSED] = FAIL, [ERR_EXISTS] = FAIL,
    [ERR_RANGE] = FAIL,  [ERR_PARSE] = FAIL,  [ERR_LIMIT] = FAIL,   [ERR_IO] = STOP,
};

static enum consequence consequence_of(int rc)
{
    size_t n = sizeof(consequences) / sizeof(consequences[0]);

    return (size_t)-rc < n ? consequences[-rc] : LOOK_AGAIN;
}

/* rc came from send. 0: go on, with or without an end; negative: the pass stops. */
static int after_failed_send(struct outcome *outcome, struct bot *bot,
                             const struct ledger_task *task, int rc, struct err *err)
{
    struct err ignored;

    switch (consequence_of(rc)) {
    case FAIL: return end_with(outcome, bot, task, END_FAILED, err->msg, err);
    case STOP: (void)move_back(bot, task, &ignored); return rc;
    case LOOK_AGAIN: break;
    }
    return 0;
}

static int confirm_as(struct outcome *outcome, struct bot *bot, const struct ledger_task *task,
                      int64_t id, enum end end, struct err *err)
{
    int rc = confirm(bot, task, id, err);

    *outcome = (struct outcome){ rc == 0, end, "" };
    return rc;
}

/* One look, and one write if it is needed. *last holds why the write is in doubt. */
static int try_once(struct outcome *outcome, struct bot *bot, struct ledger_task *task,
                    struct err *last, struct err *err)
{
    const struct ledger_kind *kind = ledger_kind(task->kind);
    struct ledger_found found = { .trace = TRACE_NONE };
    int64_t id = 0;
    int rc = check(outcome, bot, task, err);

    if (rc < 0 || outcome->is_ended)
        return rc;
    rc = kind->find(&found, bot, task, err);
    if (rc < 0)
        return consequence_of(rc) == FAIL
                   ? end_with(outcome, bot, task, END_FAILED, err->msg, err)
                   : rc;
    if (found.trace == TRACE_DONE)
        return confirm_as(outcome, bot, task, found.object_id,
                          last->code ? END_SENT : END_FOUND, err);
    if (task->attempts >= MAX_ATTEMPTS)
        return end_with(outcome, bot, task, END_FAILED, "tried too often without success", err);
    if ((rc = move_to_sent(bot, task, err)) < 0)
        return rc;
    task->attempts++;
    rc = kind->send(&id, bot, task, &found, last);
    if (rc == 0)
        return confirm_as(outcome, bot, task, id, END_SENT, err);
    if (last->code == 0)
        (void)err_set(last, (enum err_code) - rc, "the forge did not take it");
    *err = *last;
    return after_failed_send(outcome, bot, task, rc, err);
}

static int apply_one(struct outcome *outcome, struct bot *bot, struct ledger_task *task,
                     struct err *err)
{
    struct err last = { 0 };
    int rc = 0;

    for (int i = 0; i < MAX_TRIES && rc == 0 && !outcome->is_ended; i++)
        rc = try_once(outcome, bot, task, &last, err);
    if (rc < 0 || outcome->is_ended)
        return rc;
    *err = last;
    if (last.code == ERR_NOTFOUND || last.code == ERR_MOVED)
        return end_with(outcome, bot, task, END_FAILED, last.msg, err);
    return -last.code;
}

/* The pass ------------------------------------------------------------------------------- */

struct pass {
    struct bot *bot;
    struct ledger_counts *counts;
    struct ceilings ceilings;
    struct denials denials;
    int64_t after;                   /* seq of the last one looked at */
    char held_rule[MARKER_MAX_RULE]; /* whose ceiling was reached first; "" */
};

static void count(struct pass *pass, const struct ledger_task *task,
                  const struct outcome *outcome)
{
    struct ledger_counts *counts = pass->counts;
    int64_t *const of[] = {
        [END_SENT] = &counts->sent,
        [END_FOUND] = &counts->found,
        [END_DROPPED] = &counts->dropped,
        [END_FAILED] = &counts->failed,
    };

    (*of[outcome->end])++;
    if (outcome->end == END_SENT)
        ceilings_count(&pass->ceilings, task->rule);
    if (outcome->end == END_FAILED && !counts->why_failed[0])
        (void)snprintf(counts->why_failed, sizeof(counts->why_failed), "%.100s: %.150s",
                       task->key, outcome->why);
}

static int check_pass(const struct bot *bot, struct err *err)
{
    if (bot->is_archived)
        return err_set(err, ERR_BUDGET, "the repository is archived: nothing is written");
    if (bot->deadline_ms > 0 && clock_now_ms(bot->clock) >= bot->deadline_ms)
        return err_set(err, ERR_BUDGET, "the cycle's deadline is reached");
    return 0;
}

static bool is_passed_over(struct pass *pass, const struct ledger_task *task)
{
    if (denials_has(&pass->denials, task->number))
        return true;
    if (!ceilings_is_reached(&pass->ceilings, task->rule))
        return false;
    if (!pass->held_rule[0])
        (void)snprintf(pass->held_rule, sizeof(pass->held_rule), "%s", task->rule);
    return true;
}

/* -ERR_NOTFOUND when nothing is left above pass->after. */
static int apply_next(struct pass *pass, struct err *err)
{
    struct bot *bot = pass->bot;
    struct ledger_task task = { 0 };
    struct outcome outcome = { 0 };
    int rc = action_get_next(bot->db, bot->repo_id, pass->after, take_action, &task, err);

    if (rc == 0)
        pass->after = task.seq;
    if (rc == 0 && is_passed_over(pass, &task)) {
        task_finish(&task);
        return 0;
    }
    if (rc == 0 && (rc = check_pass(bot, err)) == 0)
        rc = apply_one(&outcome, bot, &task, err);
    if (rc < 0 && rc != -ERR_NOTFOUND && task.key)
        rc = err_wrap(err, rc, "action %s", task.key);
    if (rc == -ERR_NOTFOUND && task.key)
        rc = -ERR_FORGE;
    if (rc == -ERR_DENIED)
        rc = denials_add(&pass->denials, task.number, err);
    if (outcome.is_ended)
        count(pass, &task, &outcome);
    task_finish(&task);
    return rc;
}

static int end_pass(const struct pass *pass, int rc, struct err *err)
{
    const struct config *config = pass->bot->config;

    if (rc == -ERR_NOTFOUND)
        rc = 0;
    /* What a person must do comes before what will be done by waiting. */
    if (pass->denials.n > 0 && (rc == 0 || rc == -ERR_BUDGET || rc == -ERR_DENIED))
        return denials_first(&pass->denials, err);
    if (rc < 0 || !pass->held_rule[0])
        return rc;
    return err_set(err, ERR_BUDGET,
                   "rule %s reached its ceiling of %lld actions in a cycle (budgets.per_rule)",
                   pass->held_rule, (long long)ceiling_of(config, pass->held_rule));
}

int ledger_apply(struct bot *bot, struct ledger_counts *counts, struct err *err)
{
    struct pass pass = { .bot = bot, .counts = counts };
    struct err own = { 0 };
    int rc;

    *counts = (struct ledger_counts){ 0 };
    err = err ? err : &own;
    ceilings_init(&pass.ceilings, bot->config);
    do {
        rc = apply_next(&pass, err);
    } while (rc == 0);
    rc = end_pass(&pass, rc, err);
    ceilings_finish(&pass.ceilings);
    if (rc < 0)
        (void)snprintf(counts->why_left, sizeof(counts->why_left), "%.255s", err->msg);
    int rc_count =
        action_count(bot->db, bot->repo_id, UNFINISHED, &counts->left, rc < 0 ? &own : err);
    return rc < 0 ? rc : rc_count;
}
