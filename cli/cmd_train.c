/* SPDX-License-Identifier: Apache-2.0
 * hearth train: data in; weights and a report of how they came to be out. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/json.h"
#include "cli/cmd.h"
#include "model/dataset.h"
#include "model/model.h"
#include "model/train.h"

enum { REPORT_MAX_BYTES = 1 << 20 };

static const struct cmd_option options[] = {
    { .name = "--data", .arg = "PATH", .help = "files to train on", .repeated = true },
    { .name = "--out", .arg = "DIR", .help = "where model.safetensors and report.json go" },
    { .name = "--arch", .arg = "NAME", .help = "architecture (default mlp)" },
    { .name = "--seed", .arg = "N", .help = "start of all random numbers (default 0)" },
    { .name = "--epochs", .arg = "N", .help = "passes over the data" },
    { .name = "--batch", .arg = "N", .help = "samples of one step, 1..64" },
    { .name = "--learning-rate", .arg = "X", .help = "the highest of the schedule" },
    { .name = "--optimizer", .arg = "NAME", .help = "adam, adamw or sgd" },
    { .name = "--schedule", .arg = "NAME", .help = "constant, cosine or one-cycle" },
    { .name = "--weight-decay", .arg = "X", .help = "of adamw and sgd (default 0)" },
    { .name = "--momentum", .arg = "X", .help = "of sgd (default 0)" },
    { .name = "--threads", .arg = "N", .help = "never change a bit of the result (default 1)" },
    { 0 },
};

/* "--learning-rate" for "learning_rate". */
static void option_of(char out[RECIPE_MAX_TEXT], const char *field)
{
    (void)snprintf(out, RECIPE_MAX_TEXT, "--%s", field);
    for (char *p = out; *p; p++)
        *p = (char)(*p == '_' ? '-' : *p);
}

static int read_recipe(struct recipe *recipe, const struct cmd_args *args, struct err *err)
{
    for (size_t i = 0; recipe_field(i); i++) {
        char option[RECIPE_MAX_TEXT];

        option_of(option, recipe_field(i));
        const char *text = cmd_value(args, option, NULL);
        if (text && recipe_set(recipe, i, text, option, err) < 0)
            return -ERR_USAGE;
    }
    return 0;
}

static int read_options(struct train_options *o, const struct cmd_args *args, struct err *err)
{
    int64_t threads = 1;

    if (!cmd_has(args, "--data") || !cmd_has(args, "--out"))
        return err_set(err, ERR_USAGE, "train needs --data PATH.. and --out DIR");
    *o = (struct train_options){ 0 };
    int rc = arch_find(&o->arch, cmd_value(args, "--arch", "mlp"), err);
    if (rc < 0)
        return rc;
    o->recipe = o->arch->recipe;
    rc = read_recipe(&o->recipe, args, err);
    if (rc == 0)
        rc = cmd_i64(&threads, args, "--threads", 1, TRAIN_MAX_THREADS, err);
    if (rc == 0)
        rc = kernels_choose(&o->kernels, getenv("HEARTH_ISA"), err);
    o->threads = (size_t)threads;
    return rc;
}

static int read_data(struct dataset *data, const char *const *paths, struct err *err)
{
    int rc = 0;

    for (; rc == 0 && *paths; paths++)
        rc = dataset_read_path(data, *paths, err);
    return rc;
}

static int write_files(const char *dir, const struct buf *model, const struct buf *report,
                       struct err *err)
{
    char *model_path = fs_path(dir, "model.safetensors", NULL);
    char *report_path = fs_path(dir, "report.json", NULL);

    int rc = fs_mkdirs(dir, 0777, err);
    if (rc == 0)
        rc = fs_write(model_path, model->data, model->len, 0644, err);
    if (rc == 0)
        rc = fs_write(report_path, report->data, report->len, 0644, err);
    free(report_path);
    free(model_path);
    return rc;
}

static void print_summary(const struct train_report *r, const char *dir, const char *sha256,
                          int64_t took_ms)
{
    printf("%s: %zu samples, %zu epochs, %zu steps in %.3f s (%s, %zu thread%s)\n",
           r->arch->name, r->n, r->n_epochs, r->steps, (double)took_ms / 1000.0, r->isa,
           r->threads, r->threads == 1 ? "" : "s");
    printf("loss %.4f -> %.4f\n", r->losses[0], r->losses[r->n_epochs - 1]);
    printf("%s/model.safetensors sha256 %s\n", dir, sha256);
}

static int finish(const struct app *app, const char *dir, const struct model *m,
                  const struct train_report *r, int64_t took_ms, struct err *err)
{
    char sha256[SHA256_HEX_SIZE];
    struct buf file, text;

    buf_init(&file, MODEL_MAX_FILE_BYTES);
    buf_init(&text, REPORT_MAX_BYTES);
    int rc = model_write(&file, m, err);
    if (rc < 0)
        goto out;
    sha256_hex(sha256, file.data, file.len);

    json_t *doc = train_report_json(r);
    json_object_set_new(doc, "model_sha256", json_string(sha256));
    json_object_set_new(doc, "seconds", json_real((double)took_ms / 1000.0));
    json_write(&text, doc, 2);
    json_decref(doc);
    buf_add_char(&text, '\n');
    rc = buf_check(&text, "report.json", err);
    if (rc == 0)
        rc = write_files(dir, &file, &text, err);
    if (rc == 0 && app->json)
        (void)fputs(text.data, stdout);
    else if (rc == 0)
        print_summary(r, dir, sha256, took_ms);
out:
    buf_finish(&text);
    buf_finish(&file);
    return rc;
}

static int run_train(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct train_report report = { 0 };
    struct train_options o;
    struct model *m = NULL;
    struct dataset data;

    int rc = read_options(&o, args, err);
    if (rc < 0)
        return rc;
    dataset_init(&data, 0);
    rc = read_data(&data, cmd_values(args, "--data"), err);
    int64_t started = clock_now_ms(&app->clock);
    if (rc == 0)
        rc = train_model(&m, &report, &data, &o, err);
    if (rc == 0)
        rc = finish(app, cmd_value(args, "--out", NULL), m, &report,
                    clock_now_ms(&app->clock) - started, err);
    train_report_finish(&report);
    model_free(m);
    dataset_finish(&data);
    return rc;
}

const struct cmd cmd_train = {
    .name = "train",
    .args = "--data PATH.. --out DIR [--arch mlp|cnn|rnn|vae] [--seed N] [--epochs N] "
            "[--threads N]",
    .summary = "Train a model",
    .options = options,
    .needs = NEED_NOTHING,
    .run = run_train,
};
