/* SPDX-License-Identifier: Apache-2.0
 * hearth check: what works and what does not, all of it at once.
 * Reads only, but for the database's own -wal and -shm. The exit code is the first fault's. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/rfc3339.h"
#include "bot/forge/forge.h"
#include "cli/check_rights.h"
#include "cli/cmd.h"
#include "cli/connect.h"
#include "cli/results.h"
#include "config/config.h"
#include "hub/license/license.h"
#include "store/budget.h"
#include "store/db.h"

enum { MIN_FREE_BYTES = 64 << 20, MAX_SKEW_S = 120, DETAIL_SIZE = 600 };
static const int64_t min_clock_at = 1704067200; /* 2024-01-01, before this program */

struct checks {
    struct app *app;
    json_t *rows;
    json_t *rights; /* [{repository, feature, ok, needs}] */
    int rc;         /* of the first fault */
    struct err *err;
};

/* One line of the result. detail: what was found, or err->msg for a fault. */
static void note(struct checks *c, const char *name, int rc, const char *detail,
                 const struct err *fault)
{
    const char *text = rc < 0 ? fault->msg : detail;

    (void)json_array_append_new(
        c->rows, json_pack("{s:s, s:b, s:s}", "name", name, "ok", rc >= 0, "detail", text));
    if (!c->app->json)
        (void)printf("%-6s %-9s %s\n", rc < 0 ? "FAULT" : "ok", name, text);
    if (rc < 0 && c->rc == 0)
        c->rc = err_set(c->err, (enum err_code) - rc, "%s: %s", name, text);
}

static void check_config(struct checks *c)
{
    struct err err = { 0 };
    struct buf faults;

    buf_init(&faults, 256 << 10);
    int rc = config_load(&c->app->config, c->app->config_path, &faults, &err);
    (void)fputs(faults.data, stderr);
    note(c, "config", rc, c->app->config_path, &err);
    buf_finish(&faults);
}

static void check_db(struct checks *c)
{
    char *path = config_path(c->app->config, "hearth.db");
    char detail[DETAIL_SIZE];
    struct err err = { 0 };
    struct db *db = NULL;
    struct buf faults;

    buf_init(&faults, 64 << 10);
    int rc = db_open(&db, path, DB_HEARTH, DB_READ, &err);
    if (rc == 0)
        rc = db_check(db, &faults, &err);
    (void)fputs(faults.data, stderr);
    if (rc == 0)
        (void)snprintf(detail, sizeof(detail), "hearth.db, schema %d, %lld bytes",
                       db_schema_version(db), (long long)fs_size(path));
    note(c, "database", rc, detail, &err);
    db_close(db);
    buf_finish(&faults);
    free(path);
}

static void check_disk(struct checks *c)
{
    char detail[DETAIL_SIZE];
    struct err err = { 0 };
    int64_t bytes = fs_free_bytes(c->app->config->dir, &err);
    int rc = bytes < 0 ? (int)bytes : 0;

    if (rc == 0 && bytes < MIN_FREE_BYTES)
        rc = err_set(&err, ERR_IO, "only %lld MiB are free; a cycle may need 64",
                     (long long)(bytes >> 20));
    (void)snprintf(detail, sizeof(detail), "%lld MiB free", (long long)(bytes >> 20));
    note(c, "disk", rc, detail, &err);
}

/* A licence that is misspelt, or that no data may have, would refuse every contribution. */
static void check_licences(struct checks *c)
{
    const struct string_list *allowed = &c->app->config->retrain.licences;
    const struct license *model, *data;
    struct err err = { 0 };

    int rc = license_get(&model, c->app->config->release.model_licence, &err);
    if (rc < 0)
        rc = err_wrap(&err, -ERR_CONFIG, "release.model_licence");
    for (size_t i = 0; rc == 0 && i < allowed->n; i++) {
        rc = license_get(&data, allowed->items[i], &err);
        if (rc == 0)
            rc = license_check_data(allowed->items[i], model, &err);
        if (rc < 0)
            rc = err_wrap(&err, -ERR_CONFIG, "retrain.licences");
    }
    note(c, "licences", rc, "those of data may go into the model", &err);
}

static void check_clock(struct checks *c)
{
    int64_t now = clock_now(&c->app->clock);
    char text[RFC3339_SIZE];
    struct err err = { 0 };
    int rc = 0;

    rfc3339_format(text, now);
    if (now < min_clock_at)
        rc = err_set(&err, ERR_RANGE, "the clock says %s, which is past", text);
    note(c, "clock", rc, text, &err);
}

struct rights {
    const struct forge *forge;
    char text[DETAIL_SIZE];
    json_t *rows; /* NULL when the forge did not answer */
};

static int take_repo(void *ctx, const struct forge_repo *r, struct err *err)
{
    struct rights *rights = ctx;

    rights->rows = check_rights(rights->forge, r);
    if (r->is_archived)
        return err_set(err, ERR_DENIED, "%s/%s is archived: nothing can be written", r->owner,
                       r->name);
    if (!r->may_push && !r->may_triage)
        return err_set(
            err, ERR_DENIED,
            "the token may read %s/%s, but neither label nor write: it needs issues, "
            "pull requests, statuses and contents",
            r->owner, r->name);
    (void)snprintf(rights->text, sizeof(rights->text), "%s/%s, token may %s%s%s", r->owner,
                   r->name, r->may_push ? "write" : "label, but not publish releases",
                   r->has_issues ? "" : ", issues are switched off in its settings",
                   r->may_see_roles ? ""
                                    : ", but not look up roles (that takes an admin's): "
                                      "a trigger label counts from the owner only");
    return 0;
}

static void check_skew(struct checks *c, struct forge *forge)
{
    int64_t skew = clock_now(&c->app->clock) - forge_now(forge);
    char detail[DETAIL_SIZE];
    struct err err = { 0 };
    int rc = 0;

    if (skew > MAX_SKEW_S || skew < -MAX_SKEW_S)
        rc = err_set(&err, ERR_RANGE, "our clock is %lld s %s the forge's",
                     (long long)(skew < 0 ? -skew : skew), skew < 0 ? "behind" : "ahead of");
    (void)snprintf(detail, sizeof(detail), "within %d s of the forge's", MAX_SKEW_S);
    note(c, "skew", rc, detail, &err);
}

static int copy_budget(void *ctx, const struct budget *budget, struct err *err)
{
    return budget_put(ctx, budget, err);
}

static void note_token(const char *scopes)
{
    (void)printf("%-6s %-9s ", "note", "right");
    if (scopes)
        (void)printf("of the account, and of its token, whose scopes are: %s\n",
                     scopes[0] ? scopes : "none");
    else
        (void)printf("of the account; a forge does not tell what its token may less\n");
}

/* The table of features; what is missing is no fault: an instance may live without it. */
static void show_rights(struct checks *c, const struct rights *rights, const char *repository)
{
    json_t *row;
    size_t i;

    json_array_foreach(rights->rows, i, row)
    {
        (void)json_object_set_new(row, "repository", json_string(repository));
        (void)json_array_append(c->rights, row);
        if (c->app->json)
            continue;
        const char *needs = json_string_value(json_object_get(row, "needs"));

        (void)printf("%-6s %-9s %s%s%s\n", needs[0] ? "no" : "ok", "right",
                     json_string_value(json_object_get(row, "feature")),
                     needs[0] ? ": needs " : "", needs);
    }
    if (!c->app->json && rights->rows && forge_permission(rights->forge, "metadata") < 0)
        note_token(forge_scopes(rights->forge));
}

/* What cycles know of limits counts for us too: a forge that asked to be left alone is. */
static int copy_budgets(struct db *to, const struct config *config, struct err *err)
{
    char *path = config_path(config, "hearth.db");
    struct db *db = NULL;
    int rc = db_open(&db, path, DB_HEARTH, DB_READ, NULL);

    if (rc == 0)
        rc = budget_each(db, copy_budget, to, err);
    else
        rc = 0; /* that it cannot be read was said already */
    db_close(db);
    free(path);
    return rc;
}

static const struct {
    enum forge_feature feature;
    const char *instead;
} lacks[] = {
    { FORGE_LISTS_ALL, "no list of events and review comments: read thread by thread" },
    { FORGE_CHECK_RUNS, "no check runs: commit statuses instead" },
    { FORGE_LOCKS, "no lock in some versions: threads are locked by people" },
    { FORGE_CONTRIBUTORS, "no list of contributors: from what was read" },
};

/* Which server it is, and in one line what a feature becomes that it has not. */
static void check_server(struct checks *c, struct forge *forge)
{
    const char *between = "; it has ";
    struct err err = { 0 };
    struct buf detail;

    buf_init(&detail, DETAIL_SIZE);
    int rc = forge_get_server(forge, &detail, &err);
    if (detail.len > 0)
        buf_add_str(&detail, ", ");
    buf_printf(&detail, "spoken to as %s", forge_dialect(forge));
    for (size_t i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++)
        if (!forge_has(forge, lacks[i].feature)) {
            buf_printf(&detail, "%s%s", between, lacks[i].instead);
            between = ", ";
        }
    note(c, "server", rc, detail.data, &err);
    buf_finish(&detail);
}

/* Validators and budgets go to a database in memory: a check writes nothing. */
static void check_forge(struct checks *c, const char *repository)
{
    struct connection connection = { 0 };
    struct rights rights = { 0 };
    struct db *scratch = NULL;
    struct err err = { 0 };
    int rc = db_open(&scratch, ":memory:", DB_HEARTH, DB_CREATE, &err);

    if (rc == 0)
        rc = copy_budgets(scratch, c->app->config, &err);
    if (rc == 0)
        rc = connect_forge(&connection, c->app, scratch, repository,
                           connect_deadline_ms(c->app), &err);
    rights.forge = connection.forge;
    if (rc == 0)
        rc = forge_get_repo(connection.forge, take_repo, &rights, &err);
    note(c, "forge", rc, rights.text, &err);
    show_rights(c, &rights, repository);
    json_decref(rights.rows);
    if (rc == 0) {
        check_server(c, connection.forge);
        check_skew(c, connection.forge);
    }
    connect_finish(&connection);
    db_close(scratch);
}

static int run_check(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct checks c = { .app = app, .rows = json_array(), .rights = json_array(), .err = err };

    (void)args;
    check_config(&c);
    check_clock(&c);
    if (app->config) {
        check_licences(&c);
        check_db(&c);
        check_disk(&c);
    }
    if (app->config && app->config->forge.url[0])
        for (size_t i = 0; i < config_n_repositories(app->config); i++)
            check_forge(&c, config_repository(app->config, i));
    if (app->json)
        results_print_json(json_pack("{s:b, s:O, s:O}", "ok", c.rc == 0, "checks", c.rows,
                                     "rights", c.rights));
    json_decref(c.rows);
    json_decref(c.rights);
    return c.rc;
}

const struct cmd cmd_check = {
    .name = "check",
    .summary = "What works and what does not: options, rights, disk",
    .run = run_check,
};
