/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/rng.h"
#include "model/dataset.h"
#include "model/model.h"
#include "model/team.h"

/* Independent random numbers of one seed, so that one use more does not move another. */
enum stream { STREAM_INIT = 1, STREAM_SHUFFLE = 2 };

/* What is never shown is never learnt: a digit without a sample is a mistake in the data. */
static int check_classes(const struct dataset *data, struct err *err)
{
    size_t counts[DATASET_CLASSES] = { 0 };

    for (size_t i = 0; i < data->n; i++)
        counts[data->labels[i]]++;
    for (size_t digit = 0; digit < DATASET_CLASSES; digit++) {
        if (counts[digit] == 0)
            return err_set(err, ERR_RANGE, "no sample of the digit %zu to train on", digit);
    }
    return 0;
}

static int check(const struct dataset *data, const struct train_options *o, struct err *err)
{
    if (data->n < 2)
        return err_set(err, ERR_RANGE, "%zu samples are too few to train on", data->n);
    int rc = check_classes(data, err);
    if (rc < 0)
        return rc;
    rc = recipe_check(&o->recipe, err);
    if (rc < 0)
        return rc;
    if (o->threads < 1 || o->threads > TRAIN_MAX_THREADS)
        return err_set(err, ERR_RANGE, "%zu threads are not 1..%d", o->threads,
                       TRAIN_MAX_THREADS);
    return 0;
}

static int make_model(struct model **ret, const struct dataset *data,
                      const struct train_options *o, struct err *err)
{
    const struct shape shape = { .side = data->side,
                                 .max_value = data->max_value,
                                 .classes = DATASET_CLASSES,
                                 .hidden = o->arch->hidden };
    struct rng rng;

    int rc = model_new(ret, o->arch, &shape, err);
    if (rc < 0)
        return rc;
    rng_init(&rng, o->recipe.seed, STREAM_INIT);
    o->arch->init(*ret, &rng);

    struct origin *origin = &(*ret)->origin;
    origin->recipe = o->recipe;
    origin->data_rows = data->n;
    dataset_digest(origin->data_sha256, data);
    return 0;
}

struct run {
    const struct dataset *data;
    const struct train_options *options;
    struct net *net;
    struct rng rng;
    struct updates updates;
    uint32_t *order; /* (n) */
    size_t steps;
    double *losses; /* (epochs) */
};

static size_t steps_per_epoch(const struct run *run)
{
    size_t batch = run->options->recipe.batch;

    return (run->data->n + batch - 1) / batch;
}

/* The pixels that epoch number `epoch` learns from, in the data's order. Whatever is made of
 * them here may depend on nothing but seed, epoch and row, so that neither threads nor a
 * resumed training see another picture. */
static const uint8_t *epoch_pixels(const struct run *run, size_t epoch)
{
    (void)epoch;
    return run->data->pixels;
}

static double run_epoch(struct run *run, size_t epoch)
{
    const uint8_t *pixels = epoch_pixels(run, epoch);
    size_t n = run->data->n, size = run->options->recipe.batch;
    double sum = 0.0;

    rng_permutation(&run->rng, run->order, n);
    for (size_t at = 0; at < n; at += size) {
        struct batch batch = {
            .pixels = pixels,
            .labels = run->data->labels,
            .rows = run->order + at,
            .n = n - at < size ? n - at : size,
        };
        struct update update = updates_next(&run->updates);

        sum += run->options->arch->step(run->net, &batch, &update);
        run->steps++;
    }
    return sum / (double)n;
}

static int run_epochs(struct run *run, struct err *err)
{
    const struct train_options *o = run->options;

    for (size_t epoch = 0; epoch < o->recipe.epochs; epoch++) {
        run->losses[epoch] = run_epoch(run, epoch);
        if (!isfinite(run->losses[epoch]))
            return err_set(err, ERR_RANGE,
                           "the loss of epoch %zu is not finite: a smaller "
                           "learning rate may help",
                           epoch + 1);
        int rc = o->on_epoch ? o->on_epoch(o->ctx, epoch, run->losses[epoch], err) : 0;
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Takes run's losses. */
static void fill_report(struct train_report *report, struct run *run, const struct model *m)
{
    const struct train_options *o = run->options;

    *report = (struct train_report){
        .arch = o->arch,
        .recipe = o->recipe,
        .isa = o->kernels->name,
        .threads = o->threads,
        .n = run->data->n,
        .steps = run->steps,
        .n_epochs = o->recipe.epochs,
        .losses = run->losses,
    };
    memcpy(report->data_sha256, m->origin.data_sha256, SHA256_HEX_SIZE);
    run->losses = NULL;
}

int train_model(struct model **ret_model, struct train_report *report,
                const struct dataset *data, const struct train_options *options,
                struct err *err)
{
    struct model *m = NULL;
    struct team *team = NULL;
    struct run run = { .data = data, .options = options };

    int rc = check(data, options, err);
    if (rc < 0)
        return rc;
    rc = make_model(&m, data, options, err);
    if (rc < 0)
        return rc;
    if (options->threads > 1)
        rc = team_new(&team, options->threads, err);
    if (rc < 0)
        goto out;

    const struct net_env env = {
        .kernels = options->kernels, .team = team, .images = data->pixels, .n_images = data->n
    };
    run.net = options->arch->open(m, &env);
    run.order = xcalloc(data->n, sizeof(*run.order));
    run.losses = xcalloc(options->recipe.epochs, sizeof(*run.losses));
    updates_init(&run.updates, &options->recipe,
                 options->recipe.epochs * steps_per_epoch(&run));
    rng_init(&run.rng, options->recipe.seed, STREAM_SHUFFLE);
    rc = run_epochs(&run, err);
    if (rc < 0)
        goto out;

    options->arch->store(run.net, m);
    if (report)
        fill_report(report, &run, m);
    *ret_model = m;
    m = NULL;
out:
    if (run.net)
        options->arch->close(run.net);
    free(run.order);
    free(run.losses);
    team_free(team);
    model_free(m);
    return rc;
}

void train_report_finish(struct train_report *report)
{
    if (!report)
        return;
    free(report->losses);
    memset(report, 0, sizeof(*report));
}

json_t *train_report_json(const struct train_report *r)
{
    json_t *losses = json_array(), *doc = recipe_json(&r->recipe);

    for (size_t i = 0; i < r->n_epochs; i++)
        json_array_append_new(losses, json_real(r->losses[i]));
    json_object_set_new(doc, "arch", json_string(r->arch->name));
    json_object_set_new(doc, "isa", json_string(r->isa));
    json_object_set_new(doc, "threads", json_integer((json_int_t)r->threads));
    json_object_set_new(doc, "samples", json_integer((json_int_t)r->n));
    json_object_set_new(doc, "steps", json_integer((json_int_t)r->steps));
    json_object_set_new(doc, "losses", losses);
    json_object_set_new(doc, "data_sha256", json_string(r->data_sha256));
    return doc;
}
