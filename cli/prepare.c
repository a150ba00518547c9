/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/prepare.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "cli/actions.h"
#include "cli/cmd.h"
#include "config/config.h"
#include "store/db.h"
#include "store/instance.h"

enum { MAX_FAULTS_BYTES = 256 << 10 };

static int load_config(struct app *app, struct err *err)
{
    struct buf faults;

    buf_init(&faults, MAX_FAULTS_BYTES);
    int rc = config_load(&app->config, app->config_path, &faults, err);
    (void)fputs(faults.data, stderr);
    buf_finish(&faults);
    return rc;
}

static int take_lock(struct app *app, struct err *err)
{
    char *path = config_path(app->config, "hearth.lock");
    int rc = fs_lock(&app->lock_fd, path, err);

    if (rc < 0)
        app->lock_fd = -1;
    free(path);
    return rc;
}

/* A lost database is made again beside its configuration: the forge knows the rest. */
static int open_db(struct app *app, enum db_mode mode, struct err *err)
{
    char *path = config_path(app->config, "hearth.db");
    int rc = db_open(&app->db, path, DB_HEARTH, mode, err);

    if (rc == 0 && mode == DB_CREATE)
        rc = instance_set_init_at(app->db, clock_now(&app->clock), err);
    free(path);
    return rc;
}

int app_prepare(struct app *app, unsigned needs, struct err *err)
{
    int rc;

    if (needs == NEED_NOTHING)
        return 0;
    rc = load_config(app, err);
    if (rc < 0)
        return rc;
    if (needs & NEED_DB_WRITE && actions_is_on() &&
        (rc = actions_prepare(app->config, err)) < 0)
        return rc;
    if (needs & NEED_DB_WRITE) {
        rc = take_lock(app, err);
        return rc < 0 ? rc : open_db(app, DB_CREATE, err);
    }
    return needs & NEED_DB_READ ? open_db(app, DB_READ, err) : 0;
}

void app_finish(struct app *app)
{
    db_close(app->db);
    app->db = NULL;
    config_free(app->config);
    app->config = NULL;
    if (app->lock_fd >= 0)
        (void)close(app->lock_fd);
    app->lock_fd = -1;
}
