/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/hub_access.h"

#include <stdlib.h>

#include "cli/cmd.h"
#include "config/config.h"
#include "store/db.h"

int hub_access_open_db(struct db **ret, const struct app *app, struct err *err)
{
    char *path = config_path(app->config, "hub.db");
    int rc = db_open(ret, path, DB_HUB, DB_CREATE, err);

    free(path);
    return rc;
}
