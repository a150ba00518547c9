/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cycle_command.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/text.h"
#include "bot/forge/forge.h"
#include "cli/actions.h"
#include "cli/cmd.h"
#include "cli/connect.h"
#include "cli/operator.h"
#include "cli/plan_print.h"
#include "cli/results.h"
#include "config/config.h"
#include "store/action.h"
#include "store/cycle.h"
#include "store/db.h"
#include "store/instance.h"

enum { OUT_MAX_BYTES = 16 << 20, KEPT_S = 90 * 86400 };

static const char turn_key[] = "repository_turn"; /* in instance */

/* All repositories of one command, one after the other. */
struct rounds {
    struct app *app;
    struct connection connection;
    struct cycle_options cycle; /* of each, but for forge, place and deadline */
    enum cycle_shows shows;
    int64_t end_ms;          /* of all of them */
    size_t n, n_done, index; /* repositories; the one under way */
    json_t *docs;            /* with --json, where there are several */
    bool is_left;            /* one could not read or send all of its own */
};

static const char *name_of(const struct rounds *r)
{
    return config_repository(r->app->config, r->index);
}

/* error: NULL where nothing failed. */
static char *summary_text(const struct cycle_result *result, const struct forge *forge,
                          const char *error)
{
    json_t *doc = cycle_summary(result, forge);
    struct buf out;

    if (error)
        (void)json_object_set_new(doc, "error", json_string(error));
    buf_init(&out, OUT_MAX_BYTES);
    json_write(&out, doc, 0);
    json_decref(doc);
    return buf_take(&out);
}

/* A row only where something happened: a quiet cycle writes nothing. */
static int keep_row(struct app *app, const struct cycle_result *result, const char *summary,
                    int64_t started_at, int code, struct err *err)
{
    const struct cycle row = {
        .started_at = started_at,
        .ended_at = clock_now(&app->clock),
        .exit_code = code,
        .summary = summary,
    };
    int rc;

    if (code == EXIT_DONE && cycle_is_quiet(result))
        return 0;
    if ((rc = db_begin(app->db, DB_FAST, err)) < 0)
        return rc;
    if ((rc = cycle_add(app->db, &row, err)) == 0 &&
        (rc = cycle_expire(app->db, started_at - KEPT_S, err)) == 0)
        rc = db_commit(app->db, err);
    if (rc < 0)
        db_rollback(app->db);
    return rc;
}

static void print_lines(const struct cycle_result *r, const struct forge *forge)
{
    struct forge_counts counts = forge_counts(forge);

    (void)printf("read: %lld new, %lld changed, %lld deleted; %lld request%s, %lld unchanged\n",
                 (long long)r->rows.n_new, (long long)r->rows.n_changed,
                 (long long)(r->rows.n_deleted + r->rows.n_gone), (long long)counts.requests,
                 text_s(counts.requests), (long long)counts.unchanged);
    (void)printf("decided: %lld feedback, %lld run%s, %lld request%s refused, %lld release%s\n",
                 (long long)r->feedback.added, (long long)r->retrain.runs,
                 text_s(r->retrain.runs), (long long)r->retrain.refused,
                 text_s(r->retrain.refused), (long long)r->release.planned,
                 text_s(r->release.planned));
    (void)printf("wrote: %lld sent, %lld there already, %lld dropped, %lld failed, %lld left; "
                 "%lld release%s published\n",
                 (long long)r->ledger.sent, (long long)r->ledger.found,
                 (long long)r->ledger.dropped, (long long)r->ledger.failed,
                 (long long)r->ledger.left, (long long)r->release.published,
                 text_s(r->release.published));
}

static int print_plan(const struct rounds *r, int64_t repo_id, struct err *err)
{
    struct buf out;

    buf_init(&out, OUT_MAX_BYTES);
    buf_add_str(&out, "planned, and not sent:\n");
    int rc = plan_print(&out, r->app->db, repo_id, err);
    if (rc == 0)
        (void)fputs(out.data, stdout);
    buf_finish(&out);
    return rc;
}

static int print_json(const struct rounds *r, const struct cycle_result *result,
                      const struct forge *forge, enum cycle_shows shows, struct err *err)
{
    json_t *doc = cycle_summary(result, forge), *actions = NULL;
    int rc = shows == SHOW_PLAN ? plan_json(&actions, r->app->db, result->repo_id, err) : 0;

    if (actions)
        (void)json_object_set_new(doc, "actions", actions);
    if (rc == 0 && r->docs)
        (void)json_object_set(r->docs, name_of(r), doc);
    else if (rc == 0)
        results_print_json(json_incref(doc));
    json_decref(doc);
    return rc;
}

/* A quiet cycle says nothing, so that cron sends no mail. */
static int print_result(const struct rounds *r, const struct cycle_result *result,
                        const struct forge *forge, enum cycle_shows shows, struct err *err)
{
    if (shows == SHOW_NOTHING)
        return 0;
    if (r->app->json)
        return print_json(r, result, forge, shows, err);
    if (r->n > 1 && (shows == SHOW_PLAN || !cycle_is_quiet(result)))
        (void)printf("%s\n", name_of(r));
    if (shows == SHOW_PLAN)
        return print_plan(r, result->repo_id, err);
    if (!cycle_is_quiet(result))
        print_lines(result, forge);
    return 0;
}

static int add_rule(void *ctx, const char *rule, int64_t n, struct err *err)
{
    struct buf *out = ctx;

    (void)err;
    buf_printf(out, "%s%s %lld", out->len > 0 ? ", " : "", rule, (long long)n);
    return 0;
}

/* A green run with work left over would be a lie: why, and whose actions wait. */
static int log_left(struct app *app, const struct cycle_result *result, struct err *err)
{
    const unsigned waiting = 1u << ACTION_PLANNED | 1u << ACTION_SENT;
    struct buf rules;
    int rc = 0;

    buf_init(&rules, OUT_MAX_BYTES);
    if (result->repo_id > 0)
        rc = action_each_rule(app->db, result->repo_id, waiting, add_rule, &rules, err);
    log_event(LOG_WARN, "left-over", "why=\"%s\" actions=\"%s\"", result->why_left,
              rules.len > 0 ? rules.data : "none");
    buf_finish(&rules);
    return rc;
}

static int end_cycle(struct rounds *r, const struct cycle_result *result,
                     const struct forge *forge, int64_t started_at, int rc, struct err *err)
{
    int code = rc < 0 ? cmd_exit_code(rc) : result->is_left ? EXIT_LEFT_OVER : EXIT_DONE;
    enum cycle_shows shows = result->awaits_approval ? SHOW_PLAN : r->shows;
    char *summary = summary_text(result, forge, rc < 0 && err ? err->msg : NULL);
    struct err second = { 0 };

    int rc_row = keep_row(r->app, result, summary, started_at, code, &second);
    if (rc_row == 0 && rc == 0)
        rc_row = print_result(r, result, forge, shows, &second);
    free(summary);
    if (result->is_left && rc_row == 0)
        rc_row = log_left(r->app, result, &second);
    if (rc_row == 0 && actions_is_on() && r->shows != SHOW_NOTHING)
        rc_row = actions_report(name_of(r), result, code, &second);
    if (rc == 0 && rc_row < 0)
        *err = second;
    if (rc < 0 || rc_row < 0)
        return rc < 0 ? rc : rc_row;
    return code;
}

/* What is left of the time is divided among those that still wait. */
static int64_t slice_end(const struct rounds *r)
{
    int64_t now_ms = clock_now_ms(&r->app->clock);
    int64_t left_ms = r->end_ms > now_ms ? r->end_ms - now_ms : 0;

    return now_ms + left_ms / (int64_t)(r->n - r->n_done);
}

static int run_one(struct rounds *r, size_t index, struct err *err)
{
    struct app *app = r->app;
    int64_t started_at = clock_now(&app->clock);
    struct connection *connection = &r->connection;
    struct cycle_result result;

    r->index = index;
    int rc = connect_forge(connection, app, app->db, name_of(r), slice_end(r), err);
    if (rc == 0) {
        r->cycle.forge = connection->forge;
        r->cycle.place = index == 0 ? CYCLE_AT_HOME : CYCLE_BESIDE;
        r->cycle.deadline_ms = connection->deadline_ms;
        rc = cycle_run(&r->cycle, &result, err);
        r->is_left = result.is_left && !result.awaits_approval;
        rc = end_cycle(r, &result, connection->forge, started_at, rc, err);
    }
    r->n_done++;
    return rc < 0 && r->n > 1 ? err_wrap(err, rc, "%s", name_of(r)) : rc;
}

static int parse_turn(void *ctx, const char *value, struct err *err)
{
    return parse_i64(ctx, value, 0, INT32_MAX, "instance.repository_turn", err);
}

/* Whose turn it is to be first: it passes on when one had to leave work over, so that nobody
 * takes what all share every time. */
static int get_turn(size_t *ret, const struct rounds *r, struct err *err)
{
    struct err why = { 0 };
    int64_t turn = 0;
    int rc = r->n > 1 ? instance_get(r->app->db, turn_key, parse_turn, &turn, &why) : 0;

    *ret = (size_t)turn % r->n;
    if (rc < 0 && rc != -ERR_NOTFOUND && err)
        *err = why;
    return rc == -ERR_NOTFOUND ? 0 : rc;
}

static int set_turn(const struct rounds *r, size_t turn, struct err *err)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%zu", turn);
    return instance_set(r->app->db, turn_key, text, err);
}

/* Nothing else would work either. */
static bool ends_all(int rc)
{
    return rc == -ERR_DB || rc == -ERR_IO || rc == -ERR_AUTH || rc == -ERR_SCHEMA;
}

static int run_all(struct rounds *r, struct err *err)
{
    int code = EXIT_DONE, first = 0;
    bool has_passed_on = r->n == 1;
    size_t turn = 0;
    int rc = get_turn(&turn, r, err);

    if (rc < 0)
        return rc;
    for (size_t i = 0; i < r->n && !ends_all(rc); i++) {
        size_t index = (turn + i) % r->n;
        struct err failure = { 0 };

        rc = run_one(r, index, &failure);
        if (rc >= 0 && r->is_left && !has_passed_on) {
            rc = set_turn(r, (turn + 1) % r->n, &failure) < 0 ? -failure.code : rc;
            has_passed_on = true;
        }
        if (rc > code)
            code = rc;
        if (rc < 0 && first < 0)
            log_event(LOG_ERROR, "repository-failed", "error=\"%s\"", failure.msg);
        if (rc < 0 && first == 0) {
            first = rc;
            *err = failure;
        }
    }
    return first < 0 ? first : code;
}

int cycle_command(struct app *app, enum cycle_mode mode, enum cycle_writes writes,
                  enum sync_mode sync, enum cycle_shows shows, struct err *err)
{
    char who[OPERATOR_SIZE];
    struct rounds r = {
        .app = app,
        .cycle = { .config = app->config,
                   .clock = &app->clock,
                   .db = app->db,
                   .mode = mode,
                   .writes = writes,
                   .who = operator_name(who),
                   .sync = sync },
        .shows = shows,
        .end_ms = connect_deadline_ms(app),
        .n = config_n_repositories(app->config),
    };

    r.docs = app->json && r.n > 1 && shows != SHOW_NOTHING ? json_object() : NULL;
    int rc = run_all(&r, err);
    connect_finish(&r.connection);
    if (r.docs)
        results_print_json(json_pack("{s:o}", "repositories", r.docs));
    return rc;
}
