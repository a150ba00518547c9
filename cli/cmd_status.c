/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "bot/forge/pace.h"
#include "cli/cmd.h"
#include "cli/results.h"
#include "cli/plan_print.h"
#include "config/config.h"
#include "store/cycle.h"

enum { SHOWN_CYCLES = 10 };

struct status {
    json_t *cycles, *budgets, *left;
};

static json_t *time_of(int64_t at)
{
    char text[RFC3339_SIZE];

    return at ? json_string(rfc3339_format(text, at)) : json_null();
}

static int take_cycle(void *ctx, const struct cycle *c, struct err *err)
{
    json_t *summary = NULL;
    struct status *status = ctx;
    int rc = json_parse(&summary, c->summary, strlen(c->summary), "cycle summary", err);

    if (rc < 0)
        return rc;
    (void)json_array_append_new(status->cycles,
                                json_pack("{s:I, s:o, s:o, s:I, s:o}", "id", (json_int_t)c->id,
                                          "started_at", time_of(c->started_at), "ended_at",
                                          time_of(c->ended_at), "exit_code",
                                          (json_int_t)c->exit_code, "summary", summary));
    return 0;
}

static json_t *number_or_null(int64_t value)
{
    return value < 0 ? json_null() : json_integer(value);
}

static int take_budget(void *ctx, const struct pace_budget *b, struct err *err)
{
    struct status *status = ctx;

    (void)err;
    (void)json_array_append_new(
        status->budgets,
        json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", b->name, "used", number_or_null(b->used),
                  "limit", number_or_null(b->limit), "remaining", number_or_null(b->remaining),
                  "until", time_of(b->until_at)));
    return 0;
}

static int collect_budgets(struct status *status, struct app *app, struct err *err)
{
    const struct pace_options options = {
        .db = app->db,
        .clock = &app->clock,
        .reserve_percent = app->config->budgets.reserve_percent,
        .points_per_minute = app->config->budgets.points_per_minute,
        .content_per_hour = app->config->budgets.content_per_hour,
    };
    struct pace pace;
    int rc = pace_init(&pace, &options, err);

    return rc < 0 ? rc : pace_each_budget(&pace, take_budget, status, err);
}

static int collect(struct status *status, struct app *app, struct err *err)
{
    int64_t repo_id = 0;
    int rc = results_repo_id(&repo_id, app, err);

    if (rc < 0 && (rc != -ERR_NOTFOUND || app->repository))
        return rc;
    if (repo_id == 0)
        status->left = json_array();
    else if ((rc = plan_json(&status->left, app->db, repo_id, err)) < 0)
        return rc;
    if ((rc = cycle_each_newest(app->db, SHOWN_CYCLES, take_cycle, status, err)) < 0)
        return rc;
    return collect_budgets(status, app, err);
}

static const char *text_of(const json_t *doc, const char *name)
{
    const char *text = json_string_value(json_object_get(doc, name));

    return text ? text : "-";
}

static long long number_of(const json_t *doc, const char *name)
{
    return (long long)json_integer_value(json_object_get(doc, name));
}

static void print_cycle(const json_t *cycle)
{
    const json_t *summary = json_object_get(cycle, "summary");
    const json_t *rows = json_object_get(summary, "rows");
    const json_t *actions = json_object_get(summary, "actions");

    long long n_runs = number_of(json_object_get(summary, "runs"), "judged");
    const char *why = json_string_value(
        json_object_get(summary, json_object_get(summary, "error") ? "error" : "left"));

    (void)printf("  %s  exit %lld  %lld new, %lld changed, %lld run%s, %lld sent%s%s\n",
                 text_of(cycle, "started_at"), number_of(cycle, "exit_code"),
                 number_of(rows, "new"), number_of(rows, "changed"), n_runs, text_s(n_runs),
                 number_of(actions, "sent"), why && *why ? "  " : "", why ? why : "");
}

/* "-" for what is not known or has no limit. */
static const char *print_number(char out[24], const json_t *doc, const char *name)
{
    const json_t *value = json_object_get(doc, name);

    (void)snprintf(out, 24, "-");
    if (json_is_integer(value))
        (void)snprintf(out, 24, "%lld", (long long)json_integer_value(value));
    return out;
}

static void print_budget(const json_t *b)
{
    char used[24], limit[24], left[24];

    /* Whether the forge asked us to wait is worth a line when it did. */
    if (strcmp(text_of(b, "name"), "refused") == 0 && number_of(b, "used") == 0)
        return;
    if (!json_is_integer(json_object_get(b, "limit"))) {
        (void)printf("  %-9s not known yet: the forge tells it with its answers\n",
                     text_of(b, "name"));
        return;
    }
    (void)printf("  %-9s %s of %s used, %s left, until %s\n", text_of(b, "name"),
                 print_number(used, b, "used"), print_number(limit, b, "limit"),
                 print_number(left, b, "remaining"), text_of(b, "until"));
}

static void print_status(const struct status *status, const struct config *config)
{
    const json_t *item;
    size_t i;

    (void)puts("cycles in which something happened, newest first:");
    if (json_array_size(status->cycles) == 0)
        (void)puts("  none yet");
    json_array_foreach(status->cycles, i, item) print_cycle(item);
    (void)printf(
        "budgets (%lld%% of the requests are not ours, %lld actions a rule and cycle):\n",
        (long long)config->budgets.reserve_percent, (long long)config->budgets.per_rule);
    json_array_foreach(status->budgets, i, item) print_budget(item);
    (void)puts("the next cycle would send:");
    if (json_array_size(status->left) == 0)
        (void)puts("  nothing");
    json_array_foreach(status->left, i, item)(void)
        printf("  %s on #%lld  [%s]  %s\n", text_of(item, "kind"), number_of(item, "thread"),
               text_of(item, "key"), text_of(item, "reason"));
}

static void print_json(const struct status *status)
{
    results_print_json(json_pack("{s:O, s:O, s:O}", "cycles", status->cycles, "budgets",
                                 status->budgets, "left", status->left));
}

static int run_status(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct status status = { json_array(), json_array(), NULL };
    int rc = collect(&status, app, err);

    (void)args;
    if (rc == 0 && app->json)
        print_json(&status);
    else if (rc == 0)
        print_status(&status, app->config);
    json_decref(status.cycles);
    json_decref(status.budgets);
    json_decref(status.left);
    return rc;
}

const struct cmd cmd_status = {
    .name = "status",
    .summary = "What the last cycles did, and what the next would send",
    .needs = NEED_DB_READ,
    .run = run_status,
};
