/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"
#include "cli/cycle_command.h"

static int run_apply(struct app *app, const struct cmd_args *args, struct err *err)
{
    (void)args;
    return cycle_command(app, CYCLE_APPLY, CYCLE_WRITES_APPROVED, SYNC_NEWS, SHOW_SUMMARY, err);
}

const struct cmd cmd_apply = {
    .name = "apply",
    .summary = "Send what is planned, each precondition checked again",
    .needs = NEED_DB_WRITE,
    .run = run_apply,
};
