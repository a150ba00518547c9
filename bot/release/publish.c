/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/release/publish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "bot/bot.h"
#include "bot/release/stage.h"
#include "config/config.h"
#include "hub/repo/repo.h"
#include "store/db.h"
#include "store/release.h"

static int check_file(void *ctx, const struct release_file *file, struct err *err)
{
    const struct stage *stage = ctx;

    for (size_t i = 0; i < PACKAGE_FILES; i++) {
        const struct package_file *built = &stage->package.files[i];

        if (strcmp(built->path, file->name) == 0 && strcmp(built->sha256, file->sha256) != 0)
            return err_set(err, ERR_CONFLICT,
                           "release %s: %s would not be the file that was announced",
                           stage->version, file->name);
    }
    return 0;
}

static int commit_files(char ret_commit[GIT_HEX_SIZE], struct bot *bot,
                        const struct stage *stage, struct err *err)
{
    char *root = config_path(bot->config, "hub");
    struct git_new_file files[PACKAGE_FILES];
    struct hub_repo *repo = NULL;

    for (size_t i = 0; i < PACKAGE_FILES; i++)
        files[i] = (struct git_new_file){ .path = stage->package.files[i].path,
                                          .data = stage->package.files[i].data,
                                          .len = stage->package.files[i].len };
    char *message = xasprintf("Release %s\n", stage->version);
    const struct hub_revision revision = {
        .version = stage->version,
        .files = files,
        .n_files = PACKAGE_FILES,
        .author_name = "Hearth",
        .author_email = "hearth@localhost",
        .at = stage->dated_at,
        .message = message,
    };

    int rc = hub_repo_create(&repo, root, bot->config->release.hub_repo, err);
    if (rc == 0)
        rc = hub_repo_publish(ret_commit, repo, &revision, err);
    hub_repo_close(repo);
    free(message);
    free(root);
    return rc;
}

static int store_published(struct bot *bot, const char *version, const char *commit,
                           struct err *err)
{
    int rc = db_begin(bot->db, DB_DURABLE, err);

    if (rc < 0)
        return rc;
    rc = release_set_hub_commit(bot->db, bot->repo_id, version, commit, err);
    if (rc == 0)
        rc = release_set_published(bot->db, bot->repo_id, version, err);
    if (rc == 0)
        return db_commit(bot->db, err);
    db_rollback(bot->db);
    return rc;
}

int publish_on_hub(struct bot *bot, const char *version, struct err *err)
{
    struct stage stage = { 0 };
    char commit[GIT_HEX_SIZE];

    int rc = stage_open(&stage, bot, version, err);
    if (rc == 0)
        rc = stage_build(&stage, bot, err);
    if (rc == 0)
        rc = release_each_file(bot->db, bot->repo_id, version, check_file, &stage, err);
    if (rc == 0)
        rc = commit_files(commit, bot, &stage, err);
    if (rc == 0)
        rc = store_published(bot, version, commit, err);
    stage_finish(&stage);
    return rc;
}
