/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cycle_command.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/git.h"
#include "base/log.h"
#include "bot/forge/forge.h"
#include "cli/cmd.h"
#include "cli/connect.h"
#include "cli/plan_print.h"
#include "cli/results.h"
#include "store/action.h"
#include "store/cycle.h"
#include "store/db.h"

enum { OUT_MAX_BYTES = 16 << 20, KEPT_S = 90 * 86400 };

static char *summary_text(const struct cycle_result *result, const struct forge *forge)
{
    json_t *doc = cycle_summary(result, forge);
    struct buf out;

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
    if ((rc = cycle_add(app->db, &row, NULL, err)) == 0 &&
        (rc = cycle_expire(app->db, started_at - KEPT_S, err)) == 0)
        rc = db_commit(app->db, err);
    if (rc < 0)
        db_rollback(app->db);
    return rc;
}

static void print_lines(const struct cycle_result *r, const struct forge *forge)
{
    struct forge_counts counts = forge_counts(forge);

    (void)printf("read: %lld new, %lld changed, %lld deleted; %lld requests, %lld unchanged\n",
                 (long long)r->rows.n_new, (long long)r->rows.n_changed,
                 (long long)(r->rows.n_deleted + r->rows.n_gone), (long long)counts.requests,
                 (long long)counts.unchanged);
    (void)printf("decided: %lld feedback, %lld runs, %lld requests refused, %lld releases\n",
                 (long long)r->feedback.added, (long long)r->retrain.runs,
                 (long long)r->retrain.refused, (long long)r->release.planned);
    (void)printf("wrote: %lld sent, %lld there already, %lld dropped, %lld failed, %lld left; "
                 "%lld releases published\n",
                 (long long)r->ledger.sent, (long long)r->ledger.found,
                 (long long)r->ledger.dropped, (long long)r->ledger.failed,
                 (long long)r->ledger.left, (long long)r->release.published);
}

static int print_plan(struct app *app, int64_t repo_id, struct err *err)
{
    struct buf out;

    buf_init(&out, OUT_MAX_BYTES);
    buf_add_str(&out, "planned, and not sent:\n");
    int rc = plan_print(&out, app->db, repo_id, err);
    if (rc == 0)
        (void)fputs(out.data, stdout);
    buf_finish(&out);
    return rc;
}

static int print_json(struct app *app, const struct cycle_result *result,
                      const struct forge *forge, enum cycle_shows shows, struct err *err)
{
    json_t *doc = cycle_summary(result, forge), *actions = NULL;
    int rc = shows == SHOW_PLAN ? plan_json(&actions, app->db, result->repo_id, err) : 0;

    if (actions)
        (void)json_object_set_new(doc, "actions", actions);
    if (rc == 0)
        results_print_json(doc);
    else
        json_decref(doc);
    return rc;
}

/* A quiet cycle says nothing, so that cron sends no mail. */
static int print_result(struct app *app, const struct cycle_result *result,
                        const struct forge *forge, enum cycle_shows shows, struct err *err)
{
    if (app->json)
        return print_json(app, result, forge, shows, err);
    if (shows == SHOW_PLAN)
        return print_plan(app, result->repo_id, err);
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

static int end_cycle(struct app *app, const struct cycle_result *result,
                     const struct connection *connection, enum cycle_shows shows,
                     int64_t started_at, int rc, struct err *err)
{
    int code = rc < 0 ? cmd_exit_code(rc) : result->is_left ? EXIT_LEFT_OVER : EXIT_DONE;
    char *summary = summary_text(result, connection->forge);
    struct err second = { 0 };

    shows = result->awaits_approval ? SHOW_PLAN : shows;
    int rc_row = keep_row(app, result, summary, started_at, code, &second);
    if (rc_row == 0 && rc == 0)
        rc_row = print_result(app, result, connection->forge, shows, &second);
    free(summary);
    if (result->is_left && rc_row == 0)
        rc_row = log_left(app, result, &second);
    if (rc == 0 && rc_row < 0)
        *err = second;
    if (rc < 0 || rc_row < 0)
        return rc < 0 ? rc : rc_row;
    return code;
}

int cycle_command(struct app *app, enum cycle_mode mode, enum cycle_writes writes,
                  enum sync_mode sync, enum cycle_shows shows, struct err *err)
{
    int64_t started_at = clock_now(&app->clock);
    struct connection connection = { 0 };
    struct cycle_result result;
    int rc = git_setup(err);

    if (rc < 0)
        return rc;
    rc = connect_forge(&connection, app, app->db, err);

    if (rc == 0) {
        const struct cycle_options options = {
            .config = app->config,
            .clock = &app->clock,
            .db = app->db,
            .forge = connection.forge,
            .mode = mode,
            .writes = writes,
            .sync = sync,
            .deadline_ms = connection.deadline_ms,
        };
        rc = cycle_run(&options, &result, err);
        rc = end_cycle(app, &result, &connection, shows, started_at, rc, err);
    }
    connect_finish(&connection);
    return rc;
}
