/* SPDX-License-Identifier: Apache-2.0
 * 1. Everything is read before anything is decided, and written last.
 * 2. Nothing is written before our own traces were taken in (`adopt`): a lost database doubles
 *    nothing.
 * 3. A step that fails stops those that build on it; the others are taken all the same. */
#include "bot/cycle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/log.h"
#include "bot/bot.h"
#include "bot/forge/forge.h"
#include "bot/rules/stand.h"
#include "config/config.h"
#include "report/report.h"
#include "store/action.h"
#include "store/repository.h"

struct cycle {
    const struct cycle_options *options;
    struct cycle_result *result;
    struct sync_result found; /* the repository; its strings are bot's */
    struct bot bot;
    bool is_adopted;
    int64_t writes_allowed_at;
};

/* Every reason once, as far as there is room. */
static void leave(struct cycle *cycle, const char *why)
{
    struct cycle_result *result = cycle->result;
    size_t len = strlen(result->why_left);

    result->is_left = true;
    if (strstr(result->why_left, why))
        return;
    (void)snprintf(result->why_left + len, sizeof(result->why_left) - len, "%s%s",
                   len > 0 ? "; " : "", why);
}

/* Reading --------------------------------------------------------------------------------- */

static int take_permissions(void *ctx, const struct repository *r, struct err *err)
{
    struct cycle *cycle = ctx;

    (void)err;
    cycle->is_adopted = r->is_adopted;
    cycle->writes_allowed_at = r->writes_allowed_at;
    return 0;
}

static int meet(struct cycle *cycle, struct err *err)
{
    const struct cycle_options *options = cycle->options;
    const struct sync_result *found = &cycle->found;

    cycle->bot = (struct bot){
        .config = options->config,
        .clock = options->clock,
        .db = options->db,
        .forge = options->forge,
        .repo_id = found->repo_id,
        .owner = found->owner,
        .name = found->name,
        .default_branch = found->default_branch,
        .clone_url = options->config->forge.git_url[0] ? options->config->forge.git_url
                                                       : found->clone_url,
        .self_id = found->self_id,
        .self_login = found->self_login,
        .is_archived = found->is_archived,
        .deadline_ms = options->deadline_ms,
    };
    cycle->result->repo_id = found->repo_id;
    if (options->place == CYCLE_AT_HOME) {
        int rc = repository_set_home(options->db, found->repo_id, err);
        if (rc < 0)
            return rc;
    }
    return repository_get(options->db, found->repo_id, take_permissions, cycle, err);
}

static int step_sync(struct cycle *cycle, struct err *err)
{
    const struct cycle_options *options = cycle->options;
    struct sync_result *found = &cycle->found;
    const struct sync_options sync = {
        .db = options->db,
        .forge = options->forge,
        .clock = options->clock,
        .bots = &options->config->report.bots,
        .mode = options->sync,
    };
    int rc = sync_run(&sync, found, err);

    cycle->result->rows.n_new = found->n_new;
    cycle->result->rows.n_changed = found->n_changed;
    cycle->result->rows.n_deleted = found->n_deleted;
    cycle->result->rows.n_gone = found->n_gone;
    if (rc == 0 && found->is_left)
        return err_set(err, ERR_BUDGET, "reading: %s", found->why_left);
    return rc == 0 ? meet(cycle, err) : rc;
}

static int take_self(void *ctx, const struct repository *r, struct err *err)
{
    struct sync_result *found = ctx;

    (void)err;
    found->self_id = r->self_id;
    found->self_login = xstrdup(r->self_login);
    return 0;
}

static int take_forge_repo(void *ctx, const struct forge_repo *r, struct err *err)
{
    struct sync_result *found = ctx;

    (void)err;
    found->repo_id = r->id;
    found->owner = xstrdup(r->owner);
    found->name = xstrdup(r->name);
    found->default_branch = xstrdup(r->default_branch);
    found->clone_url = xstrdup(r->clone_url);
    found->head_sha = xstrdup(r->head_sha);
    found->is_archived = r->is_archived;
    found->may_push = r->may_push;
    found->may_triage = r->may_triage;
    return 0;
}

/* Where nothing is synced: how the repository stands from the forge, who we are there from the
 * database. */
static int step_connect(struct cycle *cycle, struct err *err)
{
    struct sync_result *found = &cycle->found;
    struct err why = { 0 };
    int rc = forge_get_repo(cycle->options->forge, take_forge_repo, found, err);

    if (rc < 0)
        return rc;
    rc = repository_get(cycle->options->db, found->repo_id, take_self, found, &why);
    if (rc == -ERR_NOTFOUND)
        return err_set(err, ERR_CONFIG,
                       "nothing is known of %s/%s yet: start with `hearth sync`", found->owner,
                       found->name);
    if (rc < 0 && err)
        *err = why;
    return rc < 0 ? rc : meet(cycle, err);
}

/* Deciding -------------------------------------------------------------------------------- */

static int allow_writes(struct cycle *cycle, const char *who, struct err *err)
{
    cycle->writes_allowed_at = clock_now(cycle->options->clock);
    return repository_allow_writes(cycle->bot.db, cycle->bot.repo_id, who,
                                   cycle->writes_allowed_at, err);
}

static int step_adopt(struct cycle *cycle, struct err *err)
{
    struct release_counts releases = { 0 };
    struct retrain_counts counts;
    int rc;

    if (cycle->is_adopted)
        return 0;
    if ((rc = retrain_adopt(&cycle->bot, &counts, err)) < 0)
        return rc;
    if (counts.left > 0)
        log_event(LOG_WARN, "not-adopted", "runs=%lld why=\"%s\" next=\"going on without\"",
                  (long long)counts.left, counts.why_left);
    if (cycle->options->place == CYCLE_AT_HOME)
        rc = release_adopt(&cycle->bot, &releases, err);
    if (rc < 0)
        return rc;
    if (releases.left > 0)
        log_event(LOG_WARN, "not-adopted", "releases=%lld why=\"%s\" next=\"going on without\"",
                  (long long)releases.left, releases.why_not);
    /* Whoever finds traces of our own was allowed to write before. */
    if (counts.traces > 0 && cycle->writes_allowed_at == 0)
        rc = allow_writes(cycle, "hearth", err);
    return rc < 0 ? rc : repository_set_adopted(cycle->bot.db, cycle->bot.repo_id, err);
}

static int step_feedback(struct cycle *cycle, struct err *err)
{
    const struct sync_result *found = &cycle->found;
    bool is_changed = found->n_new + found->n_changed + found->n_deleted + found->n_gone > 0;
    struct stand stand;
    int rc = stand_read(&stand, &cycle->bot, err);

    if (rc < 0 || (stand.is_known && !is_changed))
        return rc;
    if ((rc = feedback_follow(&cycle->bot, &cycle->result->feedback, err)) < 0)
        return rc;
    return stand_keep(&stand, &cycle->bot, err);
}

static int step_retrain(struct cycle *cycle, struct err *err)
{
    struct retrain_counts *counts = &cycle->result->retrain;
    int rc = retrain_plan(&cycle->bot, counts, err);

    if (counts->left > 0)
        leave(cycle, counts->why_left);
    return rc;
}

static int step_release(struct cycle *cycle, struct err *err)
{
    return release_plan(&cycle->bot, &cycle->result->release, err);
}

/* Writing --------------------------------------------------------------------------------- */

static int count_open(struct cycle *cycle, int64_t *ret, struct err *err)
{
    return action_count(cycle->bot.db, cycle->bot.repo_id,
                        1u << ACTION_PLANNED | 1u << ACTION_SENT, ret, err);
}

static int check_rights(const struct cycle *cycle, struct err *err)
{
    const struct sync_result *found = &cycle->found;
    bool is_home = cycle->options->place == CYCLE_AT_HOME;

    if (found->may_push || (found->may_triage && !is_home))
        return 0;
    if (!is_home)
        return err_set(err, ERR_DENIED,
                       "%s may not label in %s/%s: it needs the right to triage",
                       found->self_login, found->owner, found->name);
    return err_set(err, ERR_DENIED,
                   "%s may not write to %s/%s: statuses and releases need the right to push; "
                   "an App, or a fine-grained token, needs contents and commit statuses",
                   found->self_login, found->owner, found->name);
}

static int step_apply(struct cycle *cycle, struct err *err)
{
    const struct cycle_options *options = cycle->options;
    int64_t n_open = 0;
    int rc = count_open(cycle, &n_open, err);

    if (rc < 0 || options->writes == CYCLE_WRITES_NONE)
        return rc;
    if (options->writes == CYCLE_WRITES_APPROVED && cycle->writes_allowed_at == 0)
        rc = allow_writes(cycle, options->who, err);
    if (rc < 0 || n_open == 0)
        return rc;
    if (cycle->writes_allowed_at == 0) {
        cycle->result->awaits_approval = true;
        leave(cycle, "the first plan awaits `hearth apply`, or `hearth run --yes`");
        return 0;
    }
    if ((rc = check_rights(cycle, err)) < 0 ||
        (options->place == CYCLE_AT_HOME && (rc = release_prepare(&cycle->bot, err)) < 0))
        return rc;
    struct ledger_counts *counts = &cycle->result->ledger;
    rc = ledger_apply(&cycle->bot, counts, err);
    if (counts->failed > 0)
        log_event(LOG_WARN, "not-taken",
                  "actions=%lld first=\"%s\" next=\"they are not tried again\"",
                  (long long)counts->failed, counts->why_failed);
    return rc;
}

static int step_finish(struct cycle *cycle, struct err *err)
{
    struct release_counts counts = { 0 };
    int rc = 0;

    if (cycle->options->writes != CYCLE_WRITES_NONE && !cycle->result->awaits_approval)
        rc = release_finish(&cycle->bot, &counts, err);
    if (counts.why_not[0])
        leave(cycle, counts.why_not);
    cycle->result->release.published += counts.published;
    return rc;
}

/* Telling --------------------------------------------------------------------------------- */

static int step_report(struct cycle *cycle, struct err *err)
{
    const struct cycle_options *options = cycle->options;
    const struct report_options report = {
        .title = options->config->report.title,
        .now = clock_now(options->clock),
    };
    char *dir = config_path(options->config, "reports");
    int rc = 0;

    if (options->writes != CYCLE_WRITES_NONE &&
        (!cycle_is_quiet(cycle->result) || !fs_exists(dir)))
        rc = report_write_all(options->db, dir, &report, err);
    free(dir);
    return rc;
}

/* The table ------------------------------------------------------------------------------- */

enum {
    IN_RUN = 1 << CYCLE_RUN,
    IN_SYNC = 1 << CYCLE_SYNC,
    IN_PLAN = 1 << CYCLE_PLAN,
    IN_APPLY = 1 << CYCLE_APPLY,
};

enum { AT_HOME = 1 << CYCLE_AT_HOME, ANYWHERE = AT_HOME | 1 << CYCLE_BESIDE };

enum step_weight { STEP_GOES_ON, STEP_STOPS }; /* when it fails, or leaves something over */

static const struct step {
    const char *name; /* NULL: who reads its errors knows no such word */
    unsigned modes;
    enum step_weight weight;
    unsigned places; /* 1u << enum cycle_place */
    int (*take)(struct cycle *cycle, struct err *err);
} steps[] = {
    { "sync", IN_RUN | IN_SYNC, STEP_STOPS, ANYWHERE, step_sync },
    { NULL, IN_PLAN | IN_APPLY, STEP_STOPS, ANYWHERE, step_connect },
    { "feedback", IN_RUN | IN_SYNC | IN_PLAN, STEP_STOPS, ANYWHERE, step_feedback },
    { "adopt", IN_RUN | IN_PLAN | IN_APPLY, STEP_STOPS, ANYWHERE, step_adopt },
    { "retrain", IN_RUN | IN_PLAN, STEP_GOES_ON, AT_HOME, step_retrain },
    { "release", IN_RUN | IN_PLAN, STEP_GOES_ON, AT_HOME, step_release },
    { "apply", IN_RUN | IN_APPLY, STEP_GOES_ON, ANYWHERE, step_apply },
    { "finish", IN_RUN | IN_APPLY, STEP_GOES_ON, AT_HOME, step_finish },
    { "report", IN_RUN | IN_APPLY, STEP_GOES_ON, AT_HOME, step_report },
};

/* Nothing else would work either. */
static bool is_fatal(int rc)
{
    return rc == -ERR_DB || rc == -ERR_IO || rc == -ERR_AUTH || rc == -ERR_SCHEMA;
}

int cycle_run(const struct cycle_options *options, struct cycle_result *ret, struct err *err)
{
    struct cycle cycle = { .options = options, .result = ret };
    bool is_stopped = false;
    int first = 0;

    *ret = (struct cycle_result){ 0 };
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !is_stopped; i++) {
        const struct step *step = &steps[i];
        struct err failure = { 0 };
        bool is_due = step->modes & 1u << options->mode && step->places & 1u << options->place;
        int rc = is_due ? step->take(&cycle, &failure) : 0;
        if (rc == 0)
            continue;
        is_stopped = step->weight == STEP_STOPS || is_fatal(rc);
        if (rc == -ERR_BUDGET) {
            leave(&cycle, failure.msg);
        } else if (first == 0) {
            first = step->name ? err_wrap(&failure, rc, "%s", step->name) : rc;
            if (err)
                *err = failure;
        } else {
            log_event(LOG_WARN, "step-failed", "step=%s error=\"%s\"", step->name, failure.msg);
        }
    }
    sync_result_finish(&cycle.found);
    return first;
}
