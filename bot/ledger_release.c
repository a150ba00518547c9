/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/ledger_release.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/text.h"
#include "bot/bot.h"
#include "bot/forge/forge.h"
#include "bot/ledger.h"
#include "config/config.h"
#include "store/release.h"

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

int ledger_pack_release(json_t **ret, const struct bot *bot, const struct ledger_item *item,
                        struct err *err)
{
    (void)bot;
    if (!item->release.version || !item->release.tag || !item->release.target_sha)
        return err_set(err, ERR_RANGE, "%s: a release without version, tag or commit",
                       item->key);
    *ret = json_pack("{s:s, s:s, s:s, s:s, s:s}", "version", item->release.version, "tag",
                     item->release.tag, "name", or_empty(item->release.name), "body",
                     or_empty(item->release.markdown), "target_sha", item->release.target_sha);
    return *ret ? 0 : err_set(err, ERR_PARSE, "%s: a release that is no UTF-8", item->key);
}

struct release_search {
    const struct bot *bot;
    const struct ledger_task *task;
    struct ledger_found *found;
    int64_t release_id;
};

static int look_at_release(void *ctx, const struct forge_release *release, struct err *err)
{
    struct release_search *search = ctx;

    if (release->author.id != search->bot->self_id)
        return err_set(err, ERR_EXISTS, "release %s is there already, made by %s", release->tag,
                       release->author.login);
    search->found->trace = TRACE_DONE;
    search->found->object_id = release->id;
    return 0;
}

int ledger_find_release(struct ledger_found *ret, struct bot *bot,
                        const struct ledger_task *task, struct err *err)
{
    struct release_search search = { .bot = bot, .task = task, .found = ret };
    int rc =
        forge_find_release(bot->forge, ledger_text(task, "tag"), look_at_release, &search, err);

    return rc == -ERR_NOTFOUND ? 0 : rc;
}

int ledger_send_release(int64_t *ret_id, struct bot *bot, const struct ledger_task *task,
                        const struct ledger_found *found, struct err *err)
{
    const struct forge_release release = {
        .tag = ledger_text(task, "tag"),
        .name = ledger_text(task, "name"),
        .body = ledger_text(task, "body"),
    };

    (void)found;
    return forge_create_release(bot->forge, &release, ledger_text(task, "target_sha"), ret_id,
                                err);
}

int ledger_follow_release(struct bot *bot, const struct ledger_task *task, int64_t id,
                          struct err *err)
{
    return release_set_forge_id(bot->db, bot->repo_id, ledger_text(task, "version"), id, err);
}

/* Files --------------------------------------------------------------------------------- */

/* Paths are kept relative to hearth.yml, so that the folder may move. */
static const char *path_inside(const struct config *config, const char *path)
{
    size_t len = strlen(config->dir);

    if (strncmp(path, config->dir, len) != 0 || path[len] != '/')
        return path;
    return path + len + 1;
}

int ledger_pack_asset(json_t **ret, const struct bot *bot, const struct ledger_item *item,
                      struct err *err)
{
    if (!item->asset.version || !item->asset.tag || !item->asset.name || !item->asset.path)
        return err_set(err, ERR_RANGE, "%s: a file without version, tag, name or path",
                       item->key);
    int64_t size = fs_size(item->asset.path);
    if (size < 0)
        return err_set(err, ERR_IO, "%s: '%s' is no file", item->key, item->asset.path);
    *ret = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:I}", "version", item->asset.version, "tag",
        item->asset.tag, "name", item->asset.name, "content_type",
        item->asset.content_type ? item->asset.content_type : "application/octet-stream",
        "path", path_inside(bot->config, item->asset.path), "size", (json_int_t)size);
    return *ret ? 0 : err_set(err, ERR_PARSE, "%s: a file name that is no UTF-8", item->key);
}

static int64_t planned_size(const struct ledger_task *task)
{
    return json_integer_value(json_object_get(task->body, "size"));
}

static int look_at_assets(void *ctx, const struct forge_release *release, struct err *err)
{
    struct release_search *search = ctx;
    const char *name = ledger_text(search->task, "name");

    search->release_id = release->id;
    for (size_t i = 0; i < release->n_assets; i++) {
        const struct forge_asset *asset = &release->assets[i];
        if (strcmp(asset->name, name) != 0)
            continue;
        bool is_whole = strcmp(asset->state, "starter") != 0;
        if (is_whole && asset->size != planned_size(search->task))
            return err_set(err, ERR_EXISTS, "release %s has another file %s already",
                           release->tag, name);
        search->found->trace = is_whole ? TRACE_DONE : TRACE_OTHER;
        search->found->object_id = asset->id;
    }
    return 0;
}

static int search_assets(struct release_search *search, struct err *err)
{
    int rc = forge_find_release(search->bot->forge, ledger_text(search->task, "tag"),
                                look_at_assets, search, err);

    if (rc == -ERR_NOTFOUND)
        return err_set(err, ERR_REFUSED, "release %s is not on the forge",
                       ledger_text(search->task, "tag"));
    return rc;
}

int ledger_find_asset(struct ledger_found *ret, struct bot *bot, const struct ledger_task *task,
                      struct err *err)
{
    struct release_search search = { .bot = bot, .task = task, .found = ret };

    return search_assets(&search, err);
}

/* The release's id is looked up again: two cycles may lie between planning and sending. An
 * upload that broke off leaves a "starter", which has to go first. */
int ledger_send_asset(int64_t *ret_id, struct bot *bot, const struct ledger_task *task,
                      const struct ledger_found *found, struct err *err)
{
    struct ledger_found now = { .trace = TRACE_NONE };
    struct release_search search = { .bot = bot, .task = task, .found = &now };
    const char *name = ledger_text(task, "name");
    const char *planned = ledger_text(task, "path");
    char *path =
        planned[0] == '/' ? fs_path(planned, NULL) : fs_path(bot->config->dir, planned, NULL);
    int rc = search_assets(&search, err);

    if (rc == 0 && fs_size(path) != planned_size(task))
        rc = err_set(err, ERR_REFUSED, "'%s' is not the file that was planned", path);
    if (rc == 0 && found->trace == TRACE_OTHER)
        rc = forge_delete_asset(bot->forge, search.release_id, found->object_id, err);
    if (rc == 0)
        rc = forge_upload_asset(bot->forge, search.release_id, name,
                                ledger_text(task, "content_type"), path, ret_id, err);
    free(path);
    return rc;
}

int ledger_follow_asset(struct bot *bot, const struct ledger_task *task, int64_t id,
                        struct err *err)
{
    return release_file_set_asset(bot->db, bot->repo_id, ledger_text(task, "version"),
                                  ledger_text(task, "name"), id, err);
}
