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
    const struct recipe *r = &o->recipe;

    if (data->n < 2)
        return err_set(err, ERR_RANGE, "%zu samples are too few to train on", data->n);
    int rc = check_classes(data, err);
    if (rc < 0)
        return rc;
    if (r->epochs < 1 || r->epochs > TRAIN_MAX_EPOCHS)
        return err_set(err, ERR_RANGE, "%zu epochs are not 1..%d", r->epochs, TRAIN_MAX_EPOCHS);
    if (r->batch < 1 || r->batch > NET_MAX_BATCH)
        return err_set(err, ERR_RANGE, "a batch of %zu is not 1..%d", r->batch, NET_MAX_BATCH);
    if (!(r->learning_rate > 0.0 && r->learning_rate <= 10.0))
        return err_set(err, ERR_RANGE, "a learning rate of %g is not in (0, 10]",
                       r->learning_rate);
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
    origin->seed = o->recipe.seed;
    origin->epochs = o->recipe.epochs;
    origin->batch = o->recipe.batch;
    origin->learning_rate = o->recipe.learning_rate;
    origin->data_rows = data->n;
    dataset_digest(origin->data_sha256, data);
    return 0;
}

/* The step sizes of Adam; powers of beta by repeated products, since pow() is the library's. */
struct schedule {
    double rate, beta1_power, beta2_power;
};

static struct adam next_adam(struct schedule *s)
{
    const double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

    s->beta1_power *= beta1;
    s->beta2_power *= beta2;
    double root = sqrt(1.0 - s->beta2_power);
    return (struct adam){
        .beta1 = (float)beta1,
        .beta2 = (float)beta2,
        .rate = (float)(s->rate * root / (1.0 - s->beta1_power)),
        .epsilon = (float)(epsilon * root),
    };
}

struct run {
    const struct dataset *data;
    const struct train_options *options;
    struct net *net;
    struct rng rng;
    struct schedule schedule;
    uint32_t *order; /* (n) */
    size_t steps;
    double *losses; /* (epochs) */
};

static double run_epoch(struct run *run)
{
    size_t n = run->data->n, size = run->options->recipe.batch;
    double sum = 0.0;

    rng_permutation(&run->rng, run->order, n);
    for (size_t at = 0; at < n; at += size) {
        struct batch batch = {
            .pixels = run->data->pixels,
            .labels = run->data->labels,
            .rows = run->order + at,
            .n = n - at < size ? n - at : size,
        };
        struct adam adam = next_adam(&run->schedule);

        sum += run->options->arch->step(run->net, &batch, &adam);
        run->steps++;
    }
    return sum / (double)n;
}

static int run_epochs(struct run *run, struct err *err)
{
    const struct train_options *o = run->options;

    for (size_t epoch = 0; epoch < o->recipe.epochs; epoch++) {
        run->losses[epoch] = run_epoch(run);
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
    run.schedule = (struct schedule){ options->recipe.learning_rate, 1.0, 1.0 };
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
    json_t *losses = json_array();

    for (size_t i = 0; i < r->n_epochs; i++)
        json_array_append_new(losses, json_real(r->losses[i]));
    return json_pack("{s:s, s:I, s:I, s:I, s:f, s:s, s:I, s:I, s:I, s:o, s:s}", "arch",
                     r->arch->name, "seed", (json_int_t)r->recipe.seed, "epochs",
                     (json_int_t)r->n_epochs, "batch", (json_int_t)r->recipe.batch,
                     "learning_rate", r->recipe.learning_rate, "isa", r->isa, "threads",
                     (json_int_t)r->threads, "samples", (json_int_t)r->n, "steps",
                     (json_int_t)r->steps, "losses", losses, "data_sha256", r->data_sha256);
}
