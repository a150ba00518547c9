/* SPDX-License-Identifier: Apache-2.0
 * model/train.h
 * train: data and a recipe in, a model and a report out.
 * The same data, architecture and recipe give the same weights whatever the instruction set,
 * the compiler and the number of threads, and however often it was killed and resumed. */
#ifndef MODEL_TRAIN_H
#define MODEL_TRAIN_H
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/json.h"
#include "model/arch.h"

struct buf;
struct dataset;
struct err;
struct model;
struct profile;

enum { TRAIN_MAX_THREADS = 64 };

/* One epoch, as the curves show it. */
struct train_epoch {
    double loss;                /* mean over its steps, nats */
    double rate;                /* of its last step */
    double validation_loss;     /* of the samples kept back; 0 when none are */
    double validation_accuracy; /* 0..1; 0 for what tells no classes apart */
};

/* How far a training is. */
struct train_progress {
    size_t step, n_steps;             /* of the epoch */
    size_t epoch, n_epochs;           /* complete, and at most */
    const struct train_epoch *epochs; /* (epoch) */
};

/* Where a killed training goes on. The file names data, architecture and recipe, and is of use
 * for no other; it is removed when the training is complete. */
enum train_start { TRAIN_ANEW, TRAIN_RESUME };
struct train_checkpoint {
    const char *path;       /* NULL: none is written */
    size_t every;           /* epochs */
    enum train_start start; /* TRAIN_RESUME without a file starts anew */
};

struct train_options {
    const struct arch *arch;
    struct recipe recipe; /* start from arch->recipe */
    const struct kernels *kernels;
    size_t threads; /* 1..TRAIN_MAX_THREADS */
    struct train_checkpoint checkpoint;
    struct profile *profile; /* or NULL */
    /* Called after each epoch (step 0), and now and then within. A negative result ends the
     * training with it. May be NULL. */
    int (*on_progress)(void *ctx, const struct train_progress *progress, struct err *err);
    void *ctx;
};

enum train_end { TRAIN_COMPLETE, TRAIN_STOPPED_EARLY };

struct train_report {
    const struct arch *arch;
    struct recipe recipe;
    const char *isa; /* the kernel set's name */
    size_t threads;
    size_t n, n_validation; /* samples trained on, and kept back */
    size_t steps;
    size_t n_epochs;
    struct train_epoch *epochs; /* (n_epochs) */
    size_t resumed_at;          /* epochs that an earlier process made */
    size_t best_epoch;          /* whose weights were kept, from 1 */
    enum train_end end;
    size_t state_bytes; /* weights, and what the optimizer remembers of each */
    char data_sha256[SHA256_HEX_SIZE];
};

/* A report that was never filled must be zeroed. */
void train_report_finish(struct train_report *report);

/* -ERR_RANGE when they cannot be trained on: less than two samples, or a digit without any. For
 * callers that know what the data are called. */
int train_check_data(const struct dataset *data, struct err *err);

/* *ret_model is the caller's. report may be NULL. */
int train_model(struct model **ret_model, struct train_report *report,
                const struct dataset *data, const struct train_options *options,
                struct err *err);

/* {arch, the fields of the recipe, isa, threads, samples, validation_samples, steps, losses,
 * rates, validation_losses, validation_accuracies, best_epoch, stopped_early, data_sha256}; the
 * caller adds what it alone knows (seconds, digest of the file). New reference. */
json_t *train_report_json(const struct train_report *report);

/* Appends "epoch,loss,rate,validation_loss,validation_accuracy" and a line for each epoch;
 * fields without a figure are empty. */
void train_report_csv(struct buf *out, const struct train_report *report);

#endif
