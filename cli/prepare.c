/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/prepare.h"

#include "cli/cmd.h"

int app_prepare(struct app *app, unsigned needs, struct err *err)
{
    (void)app;
    if (needs != NEED_NOTHING)
        return err_set(err, ERR_CONFIG, "this version cannot read a configuration yet");
    return 0;
}

void app_finish(struct app *app)
{
    (void)app;
}
