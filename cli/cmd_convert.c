/* SPDX-License-Identifier: Apache-2.0
 * hearth convert: a data set or a model in another format. Reads what the person who runs it
 * has; the names say what is meant. */
#include <stdio.h>

#include "base/json.h"
#include "cli/cmd.h"
#include "cli/results.h"
#include "model/arch.h"
#include "model/dataset.h"
#include "model/format.h"
#include "model/model.h"

static void report_data(const struct app *app, const struct dataset *ds, const char *out)
{
    char sha256[SHA256_HEX_SIZE];

    dataset_digest(sha256, ds);
    if (app->json)
        results_print_json(json_pack("{s:o, s:I, s:I, s:s}", "out", json_any_text(out),
                                     "samples", (json_int_t)ds->n, "side", (json_int_t)ds->side,
                                     "data_sha256", sha256));
    else
        printf("%s: %zu samples of %zux%zu, data set %s\n", out, ds->n, ds->side, ds->side,
               sha256);
}

static void report_model(const struct app *app, const struct model *m, const char *out)
{
    if (app->json)
        results_print_json(json_pack("{s:o, s:s, s:I}", "out", json_any_text(out), "arch",
                                     m->arch->name, "parameters",
                                     (json_int_t)model_parameters(m)));
    else
        printf("%s: %s, %zu parameters\n", out, m->arch->name, model_parameters(m));
}

static int convert_data(const struct app *app, const char *in, const char *out, struct err *err)
{
    struct dataset ds;

    dataset_init(&ds, 0);
    int rc = dataset_read_path(&ds, in, err);
    if (rc == 0)
        rc = dataset_write_path(&ds, out, err);
    if (rc == 0)
        report_data(app, &ds, out);
    dataset_finish(&ds);
    return rc;
}

static int convert_model(const struct app *app, const char *in, const char *out,
                         struct err *err)
{
    struct model *m = NULL;

    int rc = model_load(&m, in, err);
    if (rc == 0)
        rc = model_save(m, out, err);
    if (rc == 0)
        report_model(app, m, out);
    model_free(m);
    return rc;
}

static int run_convert(struct app *app, const struct cmd_args *args, struct err *err)
{
    static const char *const words[] = { [FORMAT_DATA] = "data set", [FORMAT_MODEL] = "model" };
    const char *in = args->operands[0], *out = args->operands[1];
    enum format_kind from = format_kind_of(in), to = format_kind_of(out);

    if (from == FORMAT_UNKNOWN || to == FORMAT_UNKNOWN)
        return err_set(err, ERR_USAGE,
                       "'%s': cannot tell its format. Data sets: NAME.csv, "
                       "NAME-images-idx3-ubyte, either also .gz, NAMEimages.npy, a folder of "
                       "pictures. Models: NAME.safetensors, NAME.onnx",
                       from == FORMAT_UNKNOWN ? in : out);
    if (from != to)
        return err_set(err, ERR_USAGE, "'%s' is a %s: it cannot become '%s', a %s", in,
                       words[from], out, words[to]);
    return from == FORMAT_DATA ? convert_data(app, in, out, err)
                               : convert_model(app, in, out, err);
}

const struct cmd cmd_convert = {
    .name = "convert",
    .args = "IN OUT",
    .summary = "Write a data set (idx, csv, npy, pictures) or model in another format",
    .needs = NEED_NOTHING,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_convert,
};
