/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/forge.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/git.h"

int forge_init(struct forge *f, const char *dir, struct clock clock, struct err *err)
{
    *f = (struct forge){ .clock = clock };
    state_init(&f->state);
    f->shown_users = json_object();

    char *assets = fs_path(dir, "assets", NULL);
    char *saved = fs_path(dir, "state.json", NULL);
    int rc = fs_mkdirs(assets, 0755, err);
    if (rc == 0)
        rc = fs_real_path(&f->dir, dir, err);
    if (rc == 0 && fs_exists(saved))
        rc = state_open(&f->state, saved, err);
    if (rc == 0 && row_has(state_repo(&f->state), "owner"))
        rc = forge_open_git(f, err);
    free(saved);
    free(assets);
    if (rc < 0)
        forge_finish(f);
    return rc;
}

void forge_finish(struct forge *f)
{
    if (!f)
        return;
    git_close(f->git);
    state_finish(&f->state);
    json_decref(f->shown_users);
    free(f->dir);
    *f = (struct forge){ 0 };
}

static char *git_path(const struct forge *f)
{
    const json_t *repo = state_repo(&f->state);
    char *name = xasprintf("%s.git", row_str(repo, "git_name"));
    char *path = fs_path(f->dir, "git", row_str(repo, "owner"), name, NULL);

    free(name);
    return path;
}

char *forge_asset_path(const struct forge *f, int64_t id)
{
    return xasprintf("%s/assets/%" PRId64, f->dir, id);
}

void forge_remove_asset(struct forge *f, int64_t id)
{
    char *path = forge_asset_path(f, id);

    (void)fs_remove(path, NULL);
    free(path);
    state_remove(&f->state, ASSETS, id);
}

int forge_open_git(struct forge *f, struct err *err)
{
    char *path = git_path(f);
    int rc = fs_mkdirs(path, 0755, err);

    if (rc == 0)
        rc = git_init_bare(&f->git, path, err);
    free(path);
    return rc;
}

int forge_save(const struct forge *f, struct err *err)
{
    char *path = fs_path(f->dir, "state.json", NULL);
    int rc = state_save(&f->state, path, err);

    free(path);
    return rc;
}

int64_t forge_time(const struct forge *f)
{
    return f->pretend_at != 0 ? f->pretend_at : clock_now(&f->clock);
}

const char *forge_now_text(const struct forge *f, char out[RFC3339_SIZE])
{
    return rfc3339_format(out, forge_time(f));
}
