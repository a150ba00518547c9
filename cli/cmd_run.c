/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"
#include "cli/cycle_command.h"
#include "cli/dry_run.h"

static int run_run(struct app *app, const struct cmd_args *args, struct err *err)
{
    bool is_dry = cmd_has(args, "--dry-run");
    enum cycle_writes writes = CYCLE_WRITES_IF_ALLOWED;

    if (is_dry && cmd_has(args, "--yes"))
        return err_set(err, ERR_USAGE, "run: --dry-run and --yes exclude each other");
    if (is_dry)
        return dry_run(app, err);
    if (cmd_has(args, "--yes"))
        writes = CYCLE_WRITES_APPROVED;
    return cycle_command(app, CYCLE_RUN, writes, SYNC_NEWS, SHOW_SUMMARY, err);
}

static const struct cmd_option run_options[] = {
    { "--dry-run", NULL,
      "read, show exactly what would be sent, send nothing and keep no decision", false },
    { "--yes", NULL, "approve the first plan of a repository, unseen", false },
    { NULL, NULL, NULL, false },
};

const struct cmd cmd_run = {
    .name = "run",
    .args = "[--dry-run] [--yes]",
    .summary = "One whole cycle: sync, plan, apply, report",
    .options = run_options,
    .needs = NEED_DB_WRITE,
    .run = run_run,
};

static int run_sync(struct app *app, const struct cmd_args *args, struct err *err)
{
    return cycle_command(app, CYCLE_SYNC, CYCLE_WRITES_NONE,
                         cmd_has(args, "--full") ? SYNC_FULL : SYNC_NEWS, SHOW_SUMMARY, err);
}

static const struct cmd_option sync_options[] = {
    { "--full", NULL, "read everything again, and follow what was deleted", false },
    { NULL, NULL, NULL, false },
};

const struct cmd cmd_sync = {
    .name = "sync",
    .args = "[--full]",
    .summary = "Read the forge and store what people said",
    .options = sync_options,
    .needs = NEED_DB_WRITE,
    .run = run_sync,
};
