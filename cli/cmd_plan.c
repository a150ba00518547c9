/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cmd.h"
#include "cli/cycle_command.h"
#include "cli/results.h"
#include "store/action.h"
#include "store/db.h"

static int look_only(void *ctx, const struct action *a, struct err *err)
{
    (void)ctx;
    (void)a;
    (void)err;
    return 0;
}

static int drop(struct app *app, const char *key, struct err *err)
{
    int64_t repo_id = 0;
    int rc = results_repo_id(&repo_id, app, err);

    if (rc < 0 || (rc = action_get(app->db, repo_id, key, look_only, NULL, err)) < 0 ||
        (rc = db_begin(app->db, DB_DURABLE, err)) < 0)
        return rc;
    rc = action_set_dropped(app->db, repo_id, key, "dropped by hand", err);
    if (rc == 0)
        rc = db_commit(app->db, err);
    if (rc < 0) {
        db_rollback(app->db);
        return rc;
    }
    (void)printf("dropped %s\n", key);
    return 0;
}

static int run_plan(struct app *app, const struct cmd_args *args, struct err *err)
{
    const char *key = cmd_value(args, "--drop", NULL);

    if (key)
        return drop(app, key, err);
    return cycle_command(app, CYCLE_PLAN, CYCLE_WRITES_NONE, SYNC_NEWS, SHOW_PLAN, err);
}

static const struct cmd_option options[] = {
    { "--drop", "KEY", "never send this action; keys are shown in brackets", false },
    { NULL, NULL, NULL, false },
};

const struct cmd cmd_plan = {
    .name = "plan",
    .args = "[--drop KEY]",
    .summary = "Decide from the database, train where asked for, store what would be sent",
    .options = options,
    .needs = NEED_DB_WRITE,
    .run = run_plan,
};
