/* SPDX-License-Identifier: Apache-2.0
 * model/train.h
 * train: data and a recipe in, a model and a report out.
 * The same data, architecture and recipe give the same weights whatever the instruction set,
 * the compiler and the number of threads. */
#ifndef MODEL_TRAIN_H
#define MODEL_TRAIN_H
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/json.h"
#include "model/arch.h"

struct dataset;
struct err;
struct model;

enum { TRAIN_MAX_THREADS = 64 };

struct train_options {
    const struct arch *arch;
    struct recipe recipe; /* start from arch->recipe */
    const struct kernels *kernels;
    size_t threads; /* 1..TRAIN_MAX_THREADS */
    /* Called after each epoch; a negative result ends the training with it. May be NULL. */
    int (*on_epoch)(void *ctx, size_t epoch, double mean_loss, struct err *err);
    void *ctx;
};

struct train_report {
    const struct arch *arch;
    struct recipe recipe;
    const char *isa; /* the kernel set's name */
    size_t threads;
    size_t n; /* training samples */
    size_t steps;
    size_t n_epochs;
    double *losses; /* (n_epochs) mean loss of each epoch, nats */
    char data_sha256[SHA256_HEX_SIZE];
};

/* A report that was never filled must be zeroed. */
void train_report_finish(struct train_report *report);

/* *ret_model is the caller's. report may be NULL. */
int train_model(struct model **ret_model, struct train_report *report,
                const struct dataset *data, const struct train_options *options,
                struct err *err);

/* {arch, the fields of the recipe, isa, threads, samples, steps, losses, data_sha256}; the
 * caller adds what it alone knows (seconds, digest of the file). New reference. */
json_t *train_report_json(const struct train_report *report);

#endif
