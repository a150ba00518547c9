/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/precheck.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/embedded.h"
#include "base/err.h"
#include "base/fs.h"
#include "bot/retrain/intake.h"
#include "bot/retrain/screen.h"
#include "bot/retrain/source.h"
#include "bot/retrain/trusted.h"
#include "config/config.h"
#include "data/bundled.h"
#include "model/kernels.h"
#include "model/model.h"

/* "contrib/NAME", where NAME is the folder's own name, however it was written. */
static int contribution_path(char **ret, const char *folder, struct err *err)
{
    char *real = NULL;
    int rc = fs_real_path(&real, folder, err);

    if (rc == 0)
        *ret = xasprintf("contrib/%s", strrchr(real, '/') + 1);
    free(real);
    return rc;
}

static bool has_statement(const char *folder)
{
    char *path = fs_path(folder, "contribution.yml", NULL);
    bool is_there = fs_exists(path);

    free(path);
    return is_there;
}

static int read_folder(struct intake *intake, const char *folder, const struct config *config,
                       struct err *err)
{
    const struct intake_policy policy = {
        .licences = (const char *const *)config->retrain.licences.items,
        .n_licences = config->retrain.licences.n,
        .max_samples = (size_t)config->retrain.max_samples,
        .max_file_size = (size_t)config->retrain.max_file_size,
    };
    struct source *source = NULL;
    char *path = NULL;

    int rc = contribution_path(&path, folder, err);
    if (rc == 0)
        rc = source_from_folder(&source, folder, path, (size_t)config->retrain.max_files, err);
    if (rc < 0 && path && !has_statement(folder))
        rc = err_set(err, ERR_REFUSED,
                     "'%s' holds no contribution.yml: name the folder of one contribution",
                     folder);
    if (rc == 0)
        rc = intake_read(intake, source, &policy, err);
    source_free(source);
    free(path);
    return rc;
}

static int screen(struct intake *intake, const struct config *config, struct err *err)
{
    const struct embedded *champion = bundled_champion();
    struct trusted trusted = { 0 };
    struct model *model = NULL;
    struct screen_basis basis = {
        .holdout = &trusted.holdout,
        .trusted = &trusted.base,
        .train = &trusted.base,
        .min_label_p = config->gate.min_label_p,
        .max_unlike = config->gate.max_unlike,
        .alarm_p = config->gate.alarm_p,
    };

    int rc = kernels_choose(&basis.kernels, getenv("HEARTH_ISA"), err);
    if (rc == 0)
        rc = trusted_load(&trusted, err);
    if (rc == 0)
        rc = model_read(&model, champion->data, champion->len, "bundled model", err);
    basis.champion = model;
    if (rc == 0)
        rc = screen_intake(intake, &basis, err);
    model_free(model);
    trusted_finish(&trusted);
    return rc;
}

int precheck_folder(struct intake *intake, const char *folder, const struct config *config,
                    struct err *err)
{
    int rc = read_folder(intake, folder, config, err);

    return rc < 0 ? rc : screen(intake, config, err);
}
