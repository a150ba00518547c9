/* SPDX-License-Identifier: Apache-2.0
 * hearth train: data in; weights and a report of how they came to be out. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/cmd.h"
#include "cli/train_explain.h"
#include "cli/train_watch.h"
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
    { .name = "--rotation", .arg = "X", .help = "turn pictures by up to X degrees" },
    { .name = "--slant", .arg = "X", .help = "slant them by up to X pixels a pixel" },
    { .name = "--shift", .arg = "X", .help = "move them by up to X pixels" },
    { .name = "--scale", .arg = "X", .help = "scale them by up to a share of X" },
    { .name = "--elastic", .arg = "X", .help = "pull their parts up to X pixels apart" },
    { .name = "--validation", .arg = "X", .help = "share of each digit kept back (default 0)" },
    { .name = "--patience",
      .arg = "N",
      .help = "stop after N epochs without a lower validation loss, keep the best" },
    { .name = "--checkpoint", .arg = "N", .help = "every N epochs, in DIR (default: none)" },
    { .name = "--resume", .help = "go on from the checkpoint in DIR, where there is one" },
    { .name = "--tfevents", .help = "curves for TensorBoard too, in DIR" },
    { .name = "--explain", .help = "parameters, memory, FLOP, and what the time went into" },
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

/* What the architecture does with images of this side, and what the options say instead. */
static int read_recipe(struct train_options *o, size_t side, const struct cmd_args *args,
                       struct err *err)
{
    o->recipe = *arch_recipe(o->arch, side);
    for (size_t i = 0; recipe_field(i); i++) {
        char option[RECIPE_MAX_TEXT];

        option_of(option, recipe_field(i));
        const char *text = cmd_value(args, option, NULL);
        if (text && recipe_set(&o->recipe, i, text, option, err) < 0)
            return -ERR_USAGE;
    }
    if (cmd_has(args, "--momentum") && o->recipe.optimizer != OPTIMIZER_SGD)
        return err_set(err, ERR_USAGE, "--momentum goes with --optimizer sgd alone");
    if (cmd_has(args, "--weight-decay") && o->recipe.optimizer == OPTIMIZER_ADAM)
        return err_set(err, ERR_USAGE, "--weight-decay goes with --optimizer adamw or sgd");
    return 0;
}

/* What must be right before data is read; the recipe waits for the size of its images. */
static int read_options(struct train_options *o, const struct cmd_args *args, struct err *err)
{
    int64_t threads = 1;

    if (!cmd_has(args, "--data") || !cmd_has(args, "--out"))
        return err_set(err, ERR_USAGE, "train needs --data PATH.. and --out DIR");
    *o = (struct train_options){ 0 };
    int rc = arch_find(&o->arch, cmd_value(args, "--arch", "mlp"), err);
    if (rc < 0)
        return rc;
    rc = read_recipe(o, 8, args, err);
    if (rc == 0)
        rc = cmd_i64(&threads, args, "--threads", 1, TRAIN_MAX_THREADS, err);
    if (rc == 0)
        rc = kernels_choose(&o->kernels, getenv("HEARTH_ISA"), err);
    o->threads = (size_t)threads;
    return rc;
}

static int read_checkpoint(struct train_checkpoint *c, const char *path,
                           const struct cmd_args *args, struct err *err)
{
    int64_t every = 1;

    int rc = cmd_i64(&every, args, "--checkpoint", 1, RECIPE_MAX_EPOCHS, err);
    if (rc < 0 || (!cmd_has(args, "--checkpoint") && !cmd_has(args, "--resume")))
        return rc;
    *c = (struct train_checkpoint){ .path = path, .every = (size_t)every };
    if (cmd_has(args, "--resume"))
        c->start = TRAIN_RESUME;
    if (c->start == TRAIN_RESUME && !fs_exists(path))
        (void)fprintf(stderr, "hearth: no '%s': starting with the first epoch\n", path);
    return 0;
}

static int read_data(struct dataset *data, const char *const *paths, struct err *err)
{
    size_t n = 0;
    int rc = 0;

    for (; rc == 0 && paths[n]; n++)
        rc = dataset_read_path(data, paths[n], err);
    if (rc < 0)
        return rc;
    rc = train_check_data(data, err);
    if (rc < 0 && n > 1)
        return err_wrap(err, rc, "%s and %zu more", paths[0], n - 1);
    return rc < 0 ? err_wrap(err, rc, "%s", paths[0]) : 0;
}

/* The files of a training, all in one folder. */
struct outputs {
    const char *dir;
    char *model, *report, *curves, *checkpoint;
};

static void outputs_init(struct outputs *out, const char *dir)
{
    *out = (struct outputs){
        .dir = dir,
        .model = fs_path(dir, "model.safetensors", NULL),
        .report = fs_path(dir, "report.json", NULL),
        .curves = fs_path(dir, "curves.csv", NULL),
        .checkpoint = fs_path(dir, "checkpoint.safetensors", NULL),
    };
}

/* What a training that was killed while it wrote left in the folder. */
static void outputs_sweep(const struct outputs *out)
{
    const char *const paths[] = { out->model, out->report, out->curves, out->checkpoint };

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        fs_sweep(paths[i]);
}

static void outputs_finish(struct outputs *out)
{
    free(out->model);
    free(out->report);
    free(out->curves);
    free(out->checkpoint);
}

static int write_file(const char *path, const struct buf *content, struct err *err)
{
    int rc = buf_check(content, path, err);

    return rc < 0 ? rc : fs_write(path, content->data, content->len, 0644, err);
}

static void print_summary(const struct train_report *r, const char *path, const char *sha256,
                          double seconds)
{
    const struct train_epoch *last = &r->epochs[r->n_epochs - 1];
    const struct train_epoch *best = &r->epochs[r->best_epoch - 1];

    printf("%s: %zu samples, %zu epoch%s, %zu step%s in %.3f s (%s, %zu thread%s)\n",
           r->arch->name, r->n, r->n_epochs, text_s((int64_t)r->n_epochs), r->steps,
           text_s((int64_t)r->steps), seconds, r->isa, r->threads, text_s((int64_t)r->threads));
    if (r->resumed_at > 0)
        printf("from the checkpoint: %zu epoch%s\n", r->resumed_at,
               text_s((int64_t)r->resumed_at));
    printf("loss %.4f -> %.4f\n", r->epochs[0].loss, last->loss);
    if (r->n_validation > 0)
        printf("validation on %zu samples, epoch %zu%s: loss %.4f", r->n_validation,
               r->best_epoch, r->end == TRAIN_STOPPED_EARLY ? " (then no better, stopped)" : "",
               best->validation_loss);
    if (r->n_validation > 0 && r->arch->forward)
        printf(", accuracy %.2f%%", 100.0 * best->validation_accuracy);
    if (r->n_validation > 0)
        (void)putchar('\n');
    printf("%s sha256 %s\n", path, sha256);
}

/* What is known when a training is complete. */
struct result {
    const struct model *model;
    const struct train_report *report;
    json_t *explain; /* or NULL */
    double seconds;
};

static json_t *report_json(const struct result *r, const char *model_sha256)
{
    json_t *doc = train_report_json(r->report);

    json_object_set_new(doc, "model_sha256", json_string(model_sha256));
    json_object_set_new(doc, "seconds", json_real(r->seconds));
    if (r->explain)
        json_object_set(doc, "explain", r->explain);
    return doc;
}

/* The model comes last: where it is, everything is. */
static int write_results(const struct app *app, const struct outputs *out,
                         const struct result *r, struct err *err)
{
    char sha256[SHA256_HEX_SIZE];
    struct buf model, text, curves;

    buf_init(&model, MODEL_MAX_FILE_BYTES);
    buf_init(&text, REPORT_MAX_BYTES);
    buf_init(&curves, REPORT_MAX_BYTES);
    int rc = model_write(&model, r->model, err);
    if (rc < 0)
        goto out;
    sha256_hex(sha256, model.data, model.len);
    json_t *doc = report_json(r, sha256);
    json_write(&text, doc, 2);
    json_decref(doc);
    buf_add_char(&text, '\n');
    train_report_csv(&curves, r->report);
    rc = fs_mkdirs(out->dir, 0777, err);
    if (rc == 0)
        rc = write_file(out->curves, &curves, err);
    if (rc == 0)
        rc = write_file(out->report, &text, err);
    if (rc == 0)
        rc = write_file(out->model, &model, err);
    if (rc == 0)
        rc = fs_remove(out->checkpoint, err);
    if (rc == 0 && app->json)
        (void)fputs(text.data, stdout);
    else if (rc == 0)
        print_summary(r->report, out->model, sha256, r->seconds);
    if (rc == 0 && !app->json && r->explain)
        train_explain_print(r->explain);
out:
    buf_finish(&curves);
    buf_finish(&text);
    buf_finish(&model);
    return rc;
}

/* Data are read, options are checked: trains and writes. */
static int train(struct app *app, const struct dataset *data, struct train_options *o,
                 const struct outputs *out, const struct cmd_args *args, struct err *err)
{
    struct train_report report = { 0 };
    struct train_watch watch = { 0 };
    struct train_explain explain;
    struct model *m = NULL;

    outputs_sweep(out);
    int rc = o->checkpoint.path ? fs_mkdirs(out->dir, 0777, err) : 0;
    if (rc == 0)
        rc = train_watch_init(&watch, app->clock, cmd_has(args, "--tfevents") ? out->dir : NULL,
                              err);
    if (rc < 0)
        return rc;
    o->on_progress = train_watch_progress;
    o->ctx = &watch;
    train_explain_init(&explain);
    o->profile = cmd_has(args, "--explain") ? &explain.profile : NULL;
    rc = train_model(&m, &report, data, o, err);
    int closed = train_watch_finish(&watch, rc < 0 ? NULL : err);
    rc = rc < 0 ? rc : closed;
    if (rc == 0) {
        struct result result = { .model = m, .report = &report };

        result.seconds = explain.seconds = train_explain_seconds(&explain);
        if (o->profile)
            result.explain = train_explain_json(&explain, m, &report, data);
        rc = write_results(app, out, &result, err);
        json_decref(result.explain);
    }
    train_report_finish(&report);
    model_free(m);
    return rc;
}

static int run_train(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct train_options o;
    struct outputs out;
    struct dataset data;

    int rc = read_options(&o, args, err);
    if (rc < 0)
        return rc;
    dataset_init(&data, 0);
    outputs_init(&out, cmd_value(args, "--out", NULL));
    rc = read_checkpoint(&o.checkpoint, out.checkpoint, args, err);
    if (rc == 0)
        rc = read_data(&data, cmd_values(args, "--data"), err);
    if (rc == 0)
        rc = read_recipe(&o, data.side, args, err);
    if (rc == 0)
        rc = train(app, &data, &o, &out, args, err);
    outputs_finish(&out);
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
