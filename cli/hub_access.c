/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/hub_access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/git.h"
#include "cli/cmd.h"
#include "config/config.h"
#include "hub/repo/repo.h"
#include "hub/web/hosting.h"
#include "store/db.h"

int hub_access_open_db(struct db **ret, const struct app *app, struct err *err)
{
    char *path = config_path(app->config, "hub.db");
    int rc = db_open(ret, path, DB_HUB, DB_CREATE, err);

    free(path);
    return rc;
}

static int take_kind(void *ctx, const struct namespace_row *row, struct err *err)
{
    (void)err;
    *(enum namespace_kind *)ctx = row->kind;
    return 0;
}

int hub_access_check_kind(struct db *db, const char *name, enum namespace_kind wanted,
                          struct err *err)
{
    enum namespace_kind kind = wanted;

    int rc = namespace_get(db, name, take_kind, &kind, err);
    if (rc == -ERR_NOTFOUND)
        return 0;
    if (rc == 0 && kind != wanted)
        rc = err_set(err, ERR_USAGE,
                     kind == NAMESPACE_USER ? "'%s' is a person, and no organisation"
                                            : "'%s' is an organisation, and no person",
                     name);
    return rc;
}

int hub_access_open(struct hub_access *ret, const struct app *app, struct err *err)
{
    char *path = config_path(app->config, "hub.db");

    memset(ret, 0, sizeof(*ret));
    (void)snprintf(ret->who.person, sizeof(ret->who.person), "admin");
    ret->who.scope = MEMBER_ADMIN;
    int rc = git_setup(err);
    if (rc == 0)
        rc = access_open(&ret->access, path, &app->clock, err);
    free(path);
    ret->hub_dir = config_path(app->config, "hub");
    return rc < 0 ? rc : hub_close_root(ret->hub_dir, err);
}

void hub_access_close(struct hub_access *hub)
{
    if (!hub)
        return;
    access_close(hub->access);
    free(hub->hub_dir);
    memset(hub, 0, sizeof(*hub));
}

int hub_access_usage(int rc)
{
    return rc == -ERR_RANGE || rc == -ERR_REFUSED ? -ERR_USAGE : rc;
}

int hub_access_open_repo(struct hub_repo **ret, const struct hub_access *hub, const char *id,
                         enum hosted_kind kind, struct err *err)
{
    char *root = hosting_root(hub->hub_dir, kind);
    int rc = hub_access_usage(hub_check_id(id, err));

    if (rc == 0 && !hub_repo_exists(root, id))
        rc =
            err_set(err, ERR_NOTFOUND, "no repository '%s' here: `hearth hub list%s` shows all",
                    id, kind == HOSTED_DATASET ? " --dataset" : "");
    if (rc == 0)
        rc = hub_repo_open(ret, root, id, err);
    free(root);
    return rc;
}

enum hosted_kind hub_access_kind(const struct cmd_args *args)
{
    return cmd_has(args, "--dataset") ? HOSTED_DATASET : HOSTED_MODEL;
}
