/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/release/release.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "bot/bot.h"
#include "bot/release/publish.h"
#include "bot/release/release_run.h"
#include "bot/release/stage.h"
#include "bot/retrain/settle.h"
#include "config/config.h"
#include "store/action.h"
#include "store/contribution.h"
#include "store/db.h"
#include "store/release.h"

static int count(void *ctx, const struct contribution *c, struct err *err)
{
    (void)c;
    (void)err;
    (*(size_t *)ctx)++;
    return 0;
}

static int take_version(void *ctx, const struct release *release, struct err *err)
{
    (void)err;
    (void)snprintf(ctx, VERSION_SIZE, "%s", release->version);
    return 0;
}

/* The version after the last one that we know. One that stands on the forge already could not
 * be taken in after a lost database, and is passed over. */
static int choose_version(struct stage *stage, struct bot *bot, struct err *err)
{
    bool stands = true;
    int rc = release_get_latest(bot->db, bot->repo_id, take_version, stage->previous, err);

    if (rc < 0 && rc != -ERR_NOTFOUND)
        return rc;
    version_next(stage->version, stage->previous);
    for (;;) {
        char passed[VERSION_SIZE];
        rc = release_stands(bot, stage->version, &stands, err);
        if (rc < 0 || !stands)
            return rc;
        (void)snprintf(passed, sizeof(passed), "%s", stage->version);
        version_next(stage->version, passed);
    }
}

/* Files, rows and actions of the next version, in one transaction. */
static int plan_next(struct bot *bot, const char *run_id, struct err *err)
{
    struct stage stage = { 0 };
    int rc = choose_version(&stage, bot, err);

    if (rc < 0)
        return rc;
    (void)snprintf(stage.run_id, sizeof(stage.run_id), "%s", run_id);

    rc = stage_build(&stage, bot, err);
    if (rc == 0)
        rc = db_begin(bot->db, DB_DURABLE, err);
    if (rc == 0) {
        rc = stage_store(&stage, bot, err);
        if (rc == 0)
            rc = stage_plan(&stage, bot, err);
        if (rc == 0)
            rc = db_commit(bot->db, err);
        else
            db_rollback(bot->db);
    }
    stage_finish(&stage);
    return rc;
}

/* No release for now, and why. */
static int wait_for(struct release_counts *counts, const struct err *why)
{
    (void)snprintf(counts->why_not, sizeof(counts->why_not), "%.255s", why ? why->msg : "");
    return 0;
}

int release_plan(struct bot *bot, struct release_counts *counts, struct err *err)
{
    char planned[VERSION_SIZE] = "";
    size_t n_unreleased = 0;
    struct release_run run;

    *counts = (struct release_counts){ 0 };
    if (!bot->config->release.enabled)
        return 0;
    int rc = release_get_planned(bot->db, bot->repo_id, take_version, planned, err);
    if (rc != -ERR_NOTFOUND) /* one release at a time: the planned one first */
        return rc;
    /* Again here: retraining may have ended before it came to that, and then nothing would say
     * which commit the release is made from. */
    rc = settle_merged(bot, err);
    if (rc == -ERR_BUDGET)
        return wait_for(counts, err);
    if (rc == 0)
        rc = contribution_each_unreleased(bot->db, bot->repo_id, count, &n_unreleased, err);
    if (rc < 0 || n_unreleased == 0)
        return rc;

    rc = release_run_find(&run, bot, err);
    if (rc < 0)
        return rc;
    if (!run.is_accepted) {
        (void)snprintf(counts->why_not, sizeof(counts->why_not),
                       "run %s of the merged contributions was refused by the gate", run.id);
        return 0;
    }
    rc = plan_next(bot, run.id, err);
    if (rc == -ERR_REFUSED)
        return wait_for(counts, err);
    counts->planned += rc == 0;
    return rc;
}

int release_prepare(struct bot *bot, struct err *err)
{
    char planned[VERSION_SIZE] = "";
    int rc = release_get_planned(bot->db, bot->repo_id, take_version, planned, err);

    if (rc == -ERR_NOTFOUND)
        return 0;
    return rc < 0 ? rc : stage_restore(bot, planned, err);
}

/* A planned release of which the forge has everything, and its version. */
struct finished {
    char version[VERSION_SIZE];
    bool is_complete;
};

static int look_at_file(void *ctx, const struct release_file *file, struct err *err)
{
    struct finished *finished = ctx;

    (void)err;
    finished->is_complete = finished->is_complete && file->asset_id > 0;
    return 0;
}

static int look_at_release(void *ctx, const struct release *release, struct err *err)
{
    struct finished *finished = ctx;

    (void)err;
    (void)snprintf(finished->version, sizeof(finished->version), "%s", release->version);
    finished->is_complete = release->forge_id > 0;
    return 0;
}

/* What is still planned will be sent; when nothing is, a person has to look. */
static int explain_wait(struct bot *bot, const char *version, struct release_counts *counts,
                        struct err *err)
{
    int64_t n_open = 0;
    int rc = action_count(bot->db, bot->repo_id, 1u << ACTION_PLANNED | 1u << ACTION_SENT,
                          &n_open, err);

    if (rc == 0 && n_open == 0)
        (void)snprintf(counts->why_not, sizeof(counts->why_not),
                       "release %s is not whole on the forge, and some of its writes failed",
                       version);
    return rc;
}

int release_finish(struct bot *bot, struct release_counts *counts, struct err *err)
{
    struct finished finished = { 0 };

    int rc = release_get_planned(bot->db, bot->repo_id, look_at_release, &finished, err);
    if (rc == -ERR_NOTFOUND)
        return 0;
    if (rc == 0)
        rc = release_each_file(bot->db, bot->repo_id, finished.version, look_at_file, &finished,
                               err);
    if (rc == 0 && !finished.is_complete)
        rc = explain_wait(bot, finished.version, counts, err);
    if (rc < 0 || !finished.is_complete)
        return rc;
    rc = publish_on_hub(bot, finished.version, err);
    counts->published += rc == 0;
    return rc;
}
