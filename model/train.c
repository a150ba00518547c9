/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "model/checkpoint.h"
#include "model/eval.h"
#include "model/model.h"
#include "model/score.h"
#include "model/profile.h"
#include "model/train_run.h"

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

int train_check_data(const struct dataset *data, struct err *err)
{
    if (data->n < 2)
        return err_set(err, ERR_RANGE, "samples to train on: %zu; it takes 2 or more", data->n);
    return check_classes(data, err);
}

static int check(const struct dataset *data, const struct train_options *o, struct err *err)
{
    int rc = train_check_data(data, err);
    if (rc < 0)
        return rc;
    rc = recipe_check(&o->recipe, err);
    if (rc < 0)
        return rc;
    if (o->recipe.patience > 0 && !(o->recipe.validation > 0.0))
        return err_set(err, ERR_RANGE, "patience needs validation: a share to keep back");
    if (o->checkpoint.path && o->checkpoint.every < 1)
        return err_set(err, ERR_RANGE, "a checkpoint every %zu epochs is never written",
                       o->checkpoint.every);
    if (o->threads < 1 || o->threads > TRAIN_MAX_THREADS)
        return err_set(err, ERR_RANGE, "%zu threads are not 1..%d", o->threads,
                       TRAIN_MAX_THREADS);
    return 0;
}

/* The pixels that epoch number `epoch` (from 0) learns from, in the data's order. Whatever is
 * made of them here may depend on nothing but seed, epoch and row, so that neither threads nor
 * a resumed training see another picture. */
static const uint8_t *epoch_pixels(struct train_run *run, size_t epoch)
{
    const struct dataset *data = run->data;
    const struct augment_set set = { .pixels = data->pixels,
                                     .n = data->n,
                                     .side = data->side,
                                     .limits = run->options->recipe.augment,
                                     .seed = run->options->recipe.seed };

    if (augment_is_none(&set.limits))
        return data->pixels;
    if (!run->augmented)
        run->augmented = xcalloc(data->n, dataset_image_size(data));
    augment_epoch(run->augmented, &set, epoch, run->team);
    return run->augmented;
}

static int tell(const struct train_run *run, size_t step, struct err *err)
{
    const struct train_options *o = run->options;
    const struct train_progress progress = { .step = step,
                                             .n_steps = train_run_steps(run),
                                             .epoch = run->n_epochs,
                                             .n_epochs = o->recipe.epochs,
                                             .epochs = run->epochs };

    return o->on_progress ? o->on_progress(o->ctx, &progress, err) : 0;
}

static int run_steps(struct train_run *run, struct train_epoch *ret, struct err *err)
{
    enum { STEPS_PER_WORD = 64 };
    const struct train_options *o = run->options;
    const uint8_t *pixels = epoch_pixels(run, run->n_epochs);
    size_t batch_size = o->recipe.batch;
    double sum = 0.0;
    int rc = 0;

    for (size_t at = 0, step = 1; rc == 0 && at < run->n; at += batch_size, step++) {
        size_t left = run->n - at, n = left < batch_size ? left : batch_size;
        const struct batch batch = {
            .pixels = pixels,
            .labels = run->data->labels,
            .rows = run->order + at,
            .n = n,
            .n_next = left - n < batch_size ? left - n : batch_size,
        };
        const struct update update = updates_next(&run->updates);

        sum += o->arch->step(run->net, &batch, &update);
        ret->rate = (double)update.rate;
        if (step % STEPS_PER_WORD == 0)
            rc = tell(run, step, err);
    }
    ret->loss = sum / (double)run->n;
    return rc;
}

/* Copies the weights of one model into another of the same shape. */
static void copy_weights(struct model *to, const struct model *from)
{
    for (size_t i = 0; i < to->n_tensors; i++)
        memcpy(to->tensors[i].data, from->tensors[i].data,
               to->tensors[i].count * sizeof(*to->tensors[i].data));
}

/* Of a network that tells no classes apart: the negative ELBO. */
static int validate_score(struct train_run *run, struct train_epoch *epoch, struct err *err)
{
    struct score_summary summary;

    int rc = score_dataset(&summary, run->model, &run->validation, run->options->kernels, err);
    if (rc == 0)
        epoch->validation_loss = -summary.mean.elbo;
    return rc;
}

static int validate(struct train_run *run, struct train_epoch *epoch, struct err *err)
{
    struct eval e = { 0 };

    if (run->validation.n == 0)
        return 0;
    run->options->arch->store(run->net, run->model);
    if (run->options->arch->score)
        return validate_score(run, epoch, err);
    int rc = eval_model(&e, run->model, &run->validation, run->options->kernels, err);
    if (rc == 0) {
        epoch->validation_loss = e.nll;
        epoch->validation_accuracy = e.accuracy;
    }
    eval_finish(&e);
    return rc;
}

/* Keeps the epoch just made when it is the best one so far. */
static void keep_best(struct train_run *run)
{
    const struct train_epoch *e = run->epochs;
    size_t last = run->n_epochs;

    if (!run->best)
        return;
    if (run->best_epoch > 0 &&
        e[last - 1].validation_loss >= e[run->best_epoch - 1].validation_loss)
        return;
    copy_weights(run->best, run->model);
    run->best_epoch = last;
}

static bool is_out_of_patience(const struct train_run *run)
{
    return run->best && run->n_epochs - run->best_epoch >= run->options->recipe.patience;
}

static int run_epoch(struct train_run *run, struct err *err)
{
    struct train_epoch *epoch = &run->epochs[run->n_epochs];
    struct profile *profile = run->options->profile;

    profile_start(profile);
    train_run_shuffle(run);
    profile_mark(profile, PHASE_PREPARE);
    int rc = run_steps(run, epoch, err);
    if (rc < 0)
        return rc;
    if (!isfinite(epoch->loss))
        return err_set(err, ERR_RANGE,
                       "the loss of epoch %zu is not finite: a smaller learning rate may help",
                       run->n_epochs + 1);
    profile_start(profile);
    rc = validate(run, epoch, err);
    profile_mark(profile, PHASE_VALIDATION);
    if (rc < 0)
        return err_wrap(err, rc, "epoch %zu (a smaller learning rate may help)",
                        run->n_epochs + 1);
    run->n_epochs++;
    keep_best(run);
    return 0;
}

static bool is_due(const struct train_checkpoint *c, size_t n_epochs)
{
    return c->path && n_epochs % c->every == 0;
}

static int run_epochs(struct train_run *run, struct err *err)
{
    const struct train_options *o = run->options;
    int rc = 0;

    while (rc == 0 && run->n_epochs < o->recipe.epochs && !is_out_of_patience(run)) {
        rc = run_epoch(run, err);
        profile_start(o->profile);
        if (rc == 0 && is_due(&o->checkpoint, run->n_epochs))
            rc = checkpoint_write(o->checkpoint.path, run, err);
        profile_mark(o->profile, PHASE_CHECKPOINT);
        if (rc == 0)
            rc = tell(run, 0, err);
    }
    return rc;
}

static size_t state_bytes(struct train_run *run)
{
    struct span spans[NET_MAX_SPANS];
    size_t n = run->options->arch->state(run->net, spans), bytes = 0;

    for (size_t i = 0; i < n; i++)
        bytes += spans[i].n * sizeof(*spans[i].at);
    return bytes;
}

/* Takes run's epochs. */
static void fill_report(struct train_report *report, struct train_run *run)
{
    const struct train_options *o = run->options;

    *report = (struct train_report){
        .arch = o->arch,
        .recipe = o->recipe,
        .isa = o->kernels->name,
        .threads = o->threads,
        .n = run->n,
        .n_validation = run->validation.n,
        .steps = run->n_epochs * train_run_steps(run),
        .n_epochs = run->n_epochs,
        .epochs = run->epochs,
        .resumed_at = run->resumed_at,
        .best_epoch = run->best ? run->best_epoch : run->n_epochs,
        .end = run->n_epochs < o->recipe.epochs ? TRAIN_STOPPED_EARLY : TRAIN_COMPLETE,
        .state_bytes = state_bytes(run),
    };
    memcpy(report->data_sha256, run->model->origin.data_sha256, SHA256_HEX_SIZE);
    run->epochs = NULL;
}

int train_model(struct model **ret_model, struct train_report *report,
                const struct dataset *data, const struct train_options *options,
                struct err *err)
{
    struct train_run run;

    int rc = check(data, options, err);
    if (rc < 0)
        return rc;
    rc = train_run_init(&run, data, options, err);
    if (rc == 0)
        rc = run_epochs(&run, err);
    if (rc == 0) {
        if (run.best)
            copy_weights(run.model, run.best);
        else
            options->arch->store(run.net, run.model);
        if (report)
            fill_report(report, &run);
        *ret_model = run.model;
        run.model = NULL;
    }
    train_run_finish(&run);
    return rc;
}
