/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/dry_run.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/fs.h"
#include "cli/cmd.h"
#include "cli/cycle_command.h"
#include "config/config.h"
#include "store/db.h"

static int plan_in_copy(struct app *app, const char *path, struct err *err)
{
    struct db *real = app->db, *copy = NULL;
    int rc = db_backup(real, path, err);

    if (rc == 0)
        rc = db_open(&copy, path, DB_HEARTH, DB_WRITE, err);
    if (rc < 0)
        return rc;
    app->db = copy;
    rc = cycle_command(app, CYCLE_PLAN, CYCLE_WRITES_NONE, SYNC_NEWS, SHOW_PLAN, err);
    app->db = real;
    db_close(copy);
    return rc;
}

int dry_run(struct app *app, struct err *err)
{
    char *dir = NULL;
    int rc = cycle_command(app, CYCLE_SYNC, CYCLE_WRITES_NONE, SYNC_NEWS, SHOW_NOTHING, err);

    if (rc != EXIT_DONE)
        return rc;
    if ((rc = fs_temp_dir(&dir, app->config->dir, err)) < 0)
        return rc;
    char *path = fs_path(dir, "hearth.db", NULL);
    rc = plan_in_copy(app, path, err);
    (void)fs_remove(dir, NULL);
    free(path);
    free(dir);
    return rc;
}
