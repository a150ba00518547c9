/* SPDX-License-Identifier: Apache-2.0
 * bench_model: times the model layer from inside, without start-up and reading.
 *
 *     bench_model fit TRAIN TEST RUNS 1            milliseconds of processor time per run
 *     bench_model fit-wall TRAIN TEST RUNS THREADS  milliseconds that passed per run
 *     bench_model predict TRAIN TEST RUNS 1        microseconds of CPU per single prediction
 *
 * all of mlp, unless ARCH and EPOCHS follow. Pictures are not augmented: peers are not either.
 *
 * Prints one figure a line; the last line is "accuracy A isa NAME gflop N", N being the work of
 * one run, or of one prediction, if no zero were left out. HEARTH_ISA chooses the
 * kernel set. Processor time is what other work on the machine disturbs least. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/parse.h"
#include "model/dataset.h"
#include "model/eval.h"
#include "model/model.h"
#include "model/train.h"

struct bench {
    struct dataset train, test;
    struct train_options options;
    struct model *model; /* of the last fit */
    int64_t runs, threads;
    clockid_t clock;
};

static double now_us(const struct bench *b)
{
    struct timespec t;

    clock_gettime(b->clock, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int fit_once(struct bench *b, struct err *err)
{
    model_free(b->model);
    b->model = NULL;
    return train_model(&b->model, NULL, &b->train, &b->options, err);
}

static int bench_fit(struct bench *b, struct err *err)
{
    for (int64_t run = 0; run < b->runs; run++) {
        double start = now_us(b);
        int rc = fit_once(b, err);

        if (rc < 0)
            return rc;
        printf("%.4f\n", (now_us(b) - start) / 1e3);
    }
    return 0;
}

/* One image at a time through a net that stays open, as a server would. */
static int bench_predict(struct bench *b, struct err *err)
{
    const size_t n = b->test.n > 1000 ? 1000 : 20 * b->test.n; /* predictions of a run */
    int rc = fit_once(b, err);

    if (rc < 0)
        return rc;
    const struct net_env env = { .kernels = b->options.kernels };
    struct net *net = b->model->arch->open(b->model, &env);
    float logits[DATASET_CLASSES];
    for (int64_t run = 0; run < b->runs; run++) {
        double start = now_us(b);

        for (size_t i = 0; i < n; i++) {
            uint32_t row = (uint32_t)(i % b->test.n);
            struct batch one = { .pixels = b->test.pixels, .rows = &row, .n = 1 };

            b->model->arch->forward(net, logits, &one);
        }
        printf("%.4f\n", (now_us(b) - start) / (double)n);
    }
    b->model->arch->close(net);
    return 0;
}

/* Reading an image, and when it is learnt from, twice that again: for the gradients of weights
 * and of inputs, but for those of the pixels. */
static double gflop(const struct bench *b, int is_prediction)
{
    const struct model *m = b->model;
    double read = m->arch->flop(&m->shape), pixels = 0.0;
    const struct tensor *dense = model_tensor(m, "fc1.weight");
    const struct tensor *conv = model_tensor(m, "conv1.weight");

    if (is_prediction)
        return read * 1e-9;
    if (dense)
        pixels = 2.0 * (double)dense->count;
    else if (conv)
        pixels = 2.0 * (double)(conv->count * b->train.side * b->train.side);
    return (3.0 * read - pixels) * (double)(b->train.n * b->options.recipe.epochs) * 1e-9;
}

static int prepare(struct bench *b, int argc, char **argv, struct err *err)
{
    int64_t epochs = 1;
    int rc = dataset_read_path(&b->train, argv[2], err);

    if (rc == 0)
        rc = dataset_read_path(&b->test, argv[3], err);
    if (rc == 0)
        rc = parse_i64(&b->runs, argv[4], 1, 1000000, "RUNS", err);
    if (rc == 0)
        rc = parse_i64(&b->threads, argv[5], 1, TRAIN_MAX_THREADS, "THREADS", err);
    if (rc == 0)
        rc = kernels_choose(&b->options.kernels, getenv("HEARTH_ISA"), err);
    b->clock = strcmp(argv[1], "fit-wall") == 0 ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
    if (rc == 0)
        rc = arch_find(&b->options.arch, argc > 6 ? argv[6] : "mlp", err);
    if (rc < 0)
        return rc;
    b->options.recipe = *arch_recipe(b->options.arch, b->train.side);
    b->options.recipe.augment = (struct augment){ 0 };
    b->options.threads = (size_t)b->threads;
    if (argc > 7)
        rc = parse_i64(&epochs, argv[7], 1, RECIPE_MAX_EPOCHS, "EPOCHS", err);
    b->options.recipe.epochs = argc > 7 ? (uint64_t)epochs : b->options.recipe.epochs;
    return rc;
}

int main(int argc, char **argv)
{
    struct bench b = { 0 };
    struct err err = { 0 };
    struct eval e = { 0 };

    if (argc < 6 || argc > 8) {
        fprintf(stderr, "usage: bench_model fit|fit-wall|predict TRAIN TEST RUNS THREADS "
                        "[ARCH [EPOCHS]]\n");
        return 2;
    }
    int rc = prepare(&b, argc, argv, &err);
    if (rc == 0)
        rc = strcmp(argv[1], "predict") == 0 ? bench_predict(&b, &err) : bench_fit(&b, &err);
    if (rc == 0)
        rc = eval_model(&e, b.model, &b.test, b.options.kernels, &err);
    if (rc == 0)
        printf("accuracy %.4f isa %s gflop %.9g\n", e.accuracy, b.options.kernels->name,
               gflop(&b, strcmp(argv[1], "predict") == 0));
    else
        fprintf(stderr, "bench_model: %s\n", err.msg);
    eval_finish(&e);
    model_free(b.model);
    dataset_finish(&b.train);
    dataset_finish(&b.test);
    return rc < 0;
}
