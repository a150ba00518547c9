/* SPDX-License-Identifier: Apache-2.0
 * hearth contribute check: what the bot would say of a folder, with the bot's own code. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "bot/retrain/intake.h"
#include "bot/retrain/precheck.h"
#include "cli/cmd.h"
#include "cli/results.h"
#include "config/config.h"

static json_t *sample_to_json(const struct intake_sample *sample)
{
    return json_pack("{s:s, s:I, s:i, s:s, s:s?}", "path", sample->path, "row",
                     (json_int_t)sample->row, "label", sample->label, "sample", sample->digest,
                     "reason", sample->reason);
}

static void print_json(const struct intake *intake)
{
    json_t *samples = json_array();

    for (size_t i = 0; i < intake->n_samples; i++)
        (void)json_array_append_new(samples, sample_to_json(&intake->samples[i]));
    results_print_json(json_pack("{s:s, s:s?, s:I, s:o}", "licence", intake->licence, "fault",
                                 intake->fault, "accepted", (json_int_t)intake_accepted(intake),
                                 "samples", samples));
}

static void print_text(const struct intake *intake)
{
    size_t n_accepted = intake_accepted(intake);

    for (size_t i = 0; i < intake->n_samples; i++) {
        const struct intake_sample *sample = &intake->samples[i];

        if (sample->reason && sample->row > 0)
            (void)printf("%s:%lld: %s\n", sample->path, (long long)sample->row, sample->reason);
        else if (sample->reason)
            (void)printf("%s: %s\n", sample->path, sample->reason);
    }
    (void)printf("%zu of %zu samples would be accepted", n_accepted, intake->n_samples);
    if (intake->licence[0])
        (void)printf(", licence %s", intake->licence);
    (void)putchar('\n');
}

/* A community's own policy counts where its hearth.yml is at hand. */
static int load_policy(struct config **ret, struct app *app, struct err *err)
{
    bool is_named = strcmp(app->config_path, "hearth.yml") != 0;
    struct buf faults;

    buf_init(&faults, 1 << 16);
    int rc = is_named || fs_exists(app->config_path)
                 ? config_load(ret, app->config_path, &faults, err)
                 : config_load_text(ret, "defaults", "", 0, &faults, err);
    if (rc < 0)
        (void)fputs(faults.data, stderr);
    buf_finish(&faults);
    return rc;
}

static int run_check(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct config *config = NULL;
    struct intake intake;

    intake_init(&intake);
    int rc = load_policy(&config, app, err);
    if (rc == 0)
        rc = precheck_folder(&intake, args->operands[0], config, err);
    if (rc == 0 && app->json)
        print_json(&intake);
    else if (rc == 0)
        print_text(&intake);
    if (rc == 0 && intake.fault)
        rc = err_set(err, ERR_REFUSED, "it would be refused: %s", intake.fault);
    else if (rc == 0 && intake_accepted(&intake) < intake.n_samples)
        rc = err_set(err, ERR_REFUSED, "some samples would be refused");
    intake_finish(&intake);
    config_free(config);
    return rc;
}

const struct cmd cmd_contribute_check = {
    .name = "contribute check",
    .args = "PATH",
    .summary = "Check a folder of samples before opening a pull request",
    .needs = NEED_NOTHING,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_check,
};
