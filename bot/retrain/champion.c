/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/champion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "bot/bot.h"
#include "bot/forge/forge.h"
#include "config/config.h"
#include "store/release.h"

enum { MODEL_MAX_BYTES = 64 << 20 };

void champion_finish(struct champion *champion)
{
    if (!champion)
        return;
    free(champion->path);
    *champion = (struct champion){ 0 };
}

char *model_cache_path(struct bot *bot, const char *sha256)
{
    char *dir = config_path(bot->config, "cache/models");
    char *name = xasprintf("%s.safetensors", sha256);
    char *path = fs_path(dir, name, NULL);

    free(name);
    free(dir);
    return path;
}

int model_cache_put(struct bot *bot, const char sha256[SHA256_HEX_SIZE],
                    const struct buf *model, struct err *err)
{
    char *path = model_cache_path(bot, sha256), *dir = config_path(bot->config, "cache/models");
    int rc = 0;

    if (fs_size(path) != (int64_t)model->len) {
        rc = fs_mkdirs(dir, 0750, err);
        if (rc == 0)
            rc = fs_write(path, model->data, model->len, 0640, err);
    }
    free(dir);
    free(path);
    return rc;
}

/* What is known of a release that carries a champion. */
struct found {
    struct champion *champion;
    char model_sha256[SHA256_HEX_SIZE];
    int64_t release_id, asset_id;
};

static int take_release(void *ctx, const struct release *release, struct err *err)
{
    struct found *found = ctx;

    (void)err;
    (void)snprintf(found->champion->version, CHAMPION_VERSION_SIZE, "%s", release->version);
    (void)snprintf(found->model_sha256, SHA256_HEX_SIZE, "%s", release->model_sha256);
    return 0;
}

static int take_asset(void *ctx, const struct forge_release *release, struct err *err)
{
    struct found *found = ctx;

    for (size_t i = 0; i < release->n_assets; i++) {
        if (strcmp(release->assets[i].name, "model.safetensors") == 0)
            found->asset_id = release->assets[i].id;
    }
    found->release_id = release->id;
    return found->asset_id > 0 ? 0
                               : err_set(err, ERR_NOTFOUND,
                                         "release %s has no model.safetensors", release->tag);
}

/* Reads the model from the release on the forge; its digest must be the one we know, if any. */
static int download(struct bot *bot, struct found *found, struct err *err)
{
    char *tag = xasprintf("v%s", found->champion->version), digest[SHA256_HEX_SIZE];
    struct buf model;

    buf_init(&model, MODEL_MAX_BYTES);
    int rc = forge_find_release(bot->forge, tag, take_asset, found, err);
    if (rc == 0)
        rc = forge_read_asset(bot->forge, found->release_id, found->asset_id, &model, err);
    if (rc == 0) {
        sha256_hex(digest, model.data, model.len);
        if (found->model_sha256[0] && strcmp(digest, found->model_sha256) != 0)
            rc = err_set(err, ERR_CONFLICT, "release %s: its model is not the one we published",
                         tag);
    }
    if (rc == 0)
        rc = model_cache_put(bot, digest, &model, err);
    if (rc == 0)
        found->champion->path = model_cache_path(bot, digest);
    buf_finish(&model);
    free(tag);
    return rc;
}

int champion_find(struct champion *ret, struct bot *bot, const char *version, struct err *err)
{
    struct champion champion = { 0 };
    struct found found = { .champion = &champion };

    int rc = version ? (version[0] ? release_get(bot->db, bot->repo_id, version, take_release,
                                                 &found, NULL)
                                   : -ERR_NOTFOUND)
                     : release_get_latest(bot->db, bot->repo_id, take_release, &found, NULL);
    if (rc == -ERR_NOTFOUND) {
        rc = 0;
        (void)snprintf(champion.version, sizeof(champion.version), "%s",
                       version ? version : "");
    } else if (rc < 0) {
        return err_set(err, ERR_DB, "cannot read the release in service");
    }

    if (found.model_sha256[0]) {
        champion.path = model_cache_path(bot, found.model_sha256);
        if (!fs_exists(champion.path)) {
            free(champion.path);
            champion.path = NULL;
        }
    }
    if (champion.version[0] && !champion.path)
        rc = download(bot, &found, err);
    if (rc < 0)
        champion_finish(&champion);
    else
        *ret = champion;
    return rc;
}
