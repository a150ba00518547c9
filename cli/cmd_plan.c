/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"
#include "cli/cycle_command.h"
#include "cli/plan_edit.h"

static int run_plan(struct app *app, const struct cmd_args *args, struct err *err)
{
    const char *dropped = cmd_value(args, "--drop", NULL);
    const char *edited = cmd_value(args, "--edit", NULL);
    const char *file = cmd_value(args, "--file", NULL);

    if (dropped && edited)
        return err_set(err, ERR_USAGE, "plan: --drop and --edit exclude each other");
    if (file && !edited)
        return err_set(err, ERR_USAGE, "plan: --file goes with --edit");
    if (dropped)
        return plan_drop(app, dropped, err);
    if (edited)
        return plan_edit(app, edited, file, err);
    return cycle_command(app, CYCLE_PLAN, CYCLE_WRITES_NONE, SYNC_NEWS, SHOW_PLAN, err);
}

static const struct cmd_option options[] = {
    { "--drop", "KEY", "never send this action; keys are shown in brackets", false },
    { "--edit", "KEY", "write its text anew, in $VISUAL or $EDITOR", false },
    { "--file", "PATH", "with --edit: take the text from here, - for standard input", false },
    { NULL, NULL, NULL, false },
};

const struct cmd cmd_plan = {
    .name = "plan",
    .args = "[--drop KEY | --edit KEY [--file PATH]]",
    .summary = "Decide, train where asked for, store what would be sent",
    .options = options,
    .needs = NEED_DB_WRITE,
    .run = run_plan,
};
