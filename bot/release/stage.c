/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/release/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "bot/bot.h"
#include "bot/ledger.h"
#include "bot/release/dossier.h"
#include "config/config.h"
#include "store/release.h"

static const char RULE[] = "release", MODEL_FILE[] = "model.safetensors";

enum { KEY_SIZE = 160 };

void stage_finish(struct stage *stage)
{
    if (stage)
        package_finish(&stage->package);
}

/* The staged folder; the caller frees. */
static char *stage_dir(struct bot *bot, const char *version)
{
    char *parent = config_path(bot->config, "cache/releases");
    char *dir = fs_path(parent, version, NULL);

    free(parent);
    return dir;
}

static int take_release(void *ctx, const struct release *release, struct err *err)
{
    struct stage *stage = ctx;

    (void)err;
    (void)snprintf(stage->version, sizeof(stage->version), "%s", release->version);
    (void)snprintf(stage->run_id, sizeof(stage->run_id), "%s", release->run_id);
    return 0;
}

static int take_previous(void *ctx, const struct release *release, struct err *err)
{
    (void)err;
    (void)snprintf(ctx, VERSION_SIZE, "%s", release->version);
    return 0;
}

int stage_open(struct stage *stage, struct bot *bot, const char *version, struct err *err)
{
    int rc = release_get(bot->db, bot->repo_id, version, take_release, stage, err);

    if (rc < 0)
        return rc;
    rc = release_get_latest(bot->db, bot->repo_id, take_previous, stage->previous, err);
    return rc == -ERR_NOTFOUND ? 0 : rc;
}

int stage_restore(struct bot *bot, const char *version, struct err *err)
{
    char *dir = stage_dir(bot, version), *last = fs_path(dir, "SHA256SUMS", NULL);
    struct stage stage = { 0 };
    int rc = 0;

    if (!fs_exists(last)) {
        rc = stage_open(&stage, bot, version, err);
        if (rc == 0)
            rc = stage_build(&stage, bot, err);
    }
    stage_finish(&stage);
    free(last);
    free(dir);
    return rc;
}

int stage_build(struct stage *stage, struct bot *bot, struct err *err)
{
    char *dir = stage_dir(bot, stage->version);
    struct dossier dossier = { 0 };

    int rc = dossier_read(&dossier, bot, stage->version, stage->previous, stage->run_id, err);
    if (rc == 0)
        rc = package_build(&stage->package, &dossier.release, err);
    if (rc == 0)
        rc = package_write(&stage->package, dir, err);
    if (rc == 0) {
        stage->dated_at = dossier.release.dated_at;
        (void)snprintf(stage->target_sha, sizeof(stage->target_sha), "%s", dossier.target_sha);
    }
    dossier_finish(&dossier);
    free(dir);
    return rc < 0 ? err_wrap(err, rc, "release %s", stage->version) : 0;
}

static const struct package_file *find_file(const struct package *package, const char *path)
{
    for (size_t i = 0; i < PACKAGE_FILES; i++) {
        if (strcmp(package->files[i].path, path) == 0)
            return &package->files[i];
    }
    return NULL;
}

const struct package_file *stage_model(const struct stage *stage)
{
    return find_file(&stage->package, MODEL_FILE);
}

int stage_store(const struct stage *stage, struct bot *bot, struct err *err)
{
    const struct release release = {
        .repo_id = bot->repo_id,
        .version = stage->version,
        .run_id = stage->run_id,
        .model_sha256 = stage_model(stage)->sha256,
        .target_sha = stage->target_sha,
        .dated_at = stage->dated_at,
        .hub_commit = "",
    };

    int rc = release_put(bot->db, &release, NULL, err);
    for (size_t i = 0; rc == 0 && i < PACKAGE_FILES; i++) {
        const struct package_file *from = &stage->package.files[i];
        const struct release_file file = { .repo_id = bot->repo_id,
                                           .version = stage->version,
                                           .name = from->path,
                                           .sha256 = from->sha256,
                                           .size = (int64_t)from->len };

        rc = release_file_put(bot->db, &file, NULL, err);
    }
    return rc;
}

/* The notes of a release are its card without the front matter, which is for machines. */
static const char *notes_of(const struct package *package)
{
    const char *card = find_file(package, "README.md")->data;
    const char *end = strncmp(card, "---\n", 4) == 0 ? strstr(card + 4, "\n---\n") : NULL;

    if (!end)
        return card;
    end += strlen("\n---\n");
    return end + strspn(end, "\n");
}

static int plan_release(const struct stage *stage, struct bot *bot, const char *tag,
                        struct err *err)
{
    char key[KEY_SIZE], name[KEY_SIZE];
    struct ledger_item item = { .key = key,
                                .kind = ACTION_RELEASE,
                                .rule = RULE,
                                .reason = "accepted contributions were merged" };

    (void)snprintf(key, sizeof(key), "0/%s/%s", RULE, tag);
    (void)snprintf(name, sizeof(name), "%.80s %s", bot->config->release.title, stage->version);
    item.release.version = stage->version;
    item.release.tag = tag;
    item.release.name = name;
    item.release.markdown = notes_of(&stage->package);
    item.release.target_sha = stage->target_sha;
    return ledger_plan(bot, &item, NULL, err);
}

static int plan_asset(const struct stage *stage, struct bot *bot, const char *tag,
                      const struct package_file *file, struct err *err)
{
    char *dir = stage_dir(bot, stage->version), *path = fs_path(dir, file->path, NULL);
    char key[KEY_SIZE];
    struct ledger_item item = {
        .key = key, .kind = ACTION_ASSET, .rule = RULE, .reason = "a file of the release"
    };

    (void)snprintf(key, sizeof(key), "0/%s/%s/%.80s", RULE, tag, file->path);
    item.asset.version = stage->version;
    item.asset.tag = tag;
    item.asset.name = file->path;
    item.asset.path = path;
    int rc = ledger_plan(bot, &item, NULL, err);
    free(path);
    free(dir);
    return rc;
}

int stage_plan(const struct stage *stage, struct bot *bot, struct err *err)
{
    char tag[VERSION_SIZE + 1];

    (void)snprintf(tag, sizeof(tag), "v%s", stage->version);
    int rc = plan_release(stage, bot, tag, err);
    for (size_t i = 0; rc == 0 && i < PACKAGE_FILES; i++)
        rc = plan_asset(stage, bot, tag, &stage->package.files[i], err);
    return rc;
}
