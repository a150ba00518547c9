/* SPDX-License-Identifier: Apache-2.0
 * crossval: how well each architecture reads digits that it was not trained on, and what that
 * costs: the table of docs/decisions/0012.
 *
 *     crossval DATA FOLDS ARCH EPOCHS [ARCH EPOCHS]..
 *
 * Each of FOLDS parts of DATA, with the same share of every digit, is read by a model that was
 * trained on the others by the architecture's own recipe but for the epochs, on one thread. */
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

struct figures {
    size_t n, n_right;
    double nll, seconds; /* sums */
};

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The i-th sample of a digit goes to part i modulo folds. */
static int divide(struct dataset *train, struct dataset *test, const struct dataset *all,
                  size_t fold, size_t folds, struct err *err)
{
    size_t seen[DATASET_CLASSES] = { 0 };
    int rc = 0;

    dataset_init(train, all->side);
    dataset_init(test, all->side);
    for (size_t i = 0; rc == 0 && i < all->n; i++) {
        size_t at = seen[all->labels[i]]++ % folds;

        rc = dataset_add(at == fold ? test : train, dataset_image(all, i), all->labels[i], err);
    }
    return rc;
}

static int judge(struct figures *f, const struct dataset *train, const struct dataset *test,
                 const struct train_options *options, struct err *err)
{
    struct model *m = NULL;
    struct eval e = { 0 };
    double start = now_s();

    int rc = train_model(&m, NULL, train, options, err);
    f->seconds += now_s() - start;
    if (rc == 0)
        rc = eval_model(&e, m, test, options->kernels, err);
    if (rc == 0) {
        f->n += e.n;
        f->n_right += e.n_right;
        f->nll += e.nll * (double)e.n;
    }
    eval_finish(&e);
    model_free(m);
    return rc;
}

static int cross(const struct arch *arch, size_t epochs, const struct dataset *all,
                 size_t folds, struct err *err)
{
    struct train_options options = { .arch = arch,
                                     .recipe = *arch_recipe(arch, all->side),
                                     .threads = 1 };
    struct figures f = { 0 };

    options.recipe.epochs = epochs;
    int rc = kernels_choose(&options.kernels, getenv("HEARTH_ISA"), err);
    for (size_t fold = 0; rc == 0 && fold < folds; fold++) {
        struct dataset train, test;

        rc = divide(&train, &test, all, fold, folds, err);
        options.recipe.seed = fold;
        if (rc == 0)
            rc = judge(&f, &train, &test, &options, err);
        dataset_finish(&train);
        dataset_finish(&test);
    }
    if (rc == 0)
        printf(
            "%-5s %3zu epochs  %6.2f%% (%zu of %zu)  nll %.4f  %.2f s of CPU a training (%s)\n",
            arch->name, epochs, 100.0 * (double)f.n_right / (double)f.n, f.n_right, f.n,
            f.nll / (double)f.n, f.seconds / (double)folds, options.kernels->name);
    return rc;
}

int main(int argc, char **argv)
{
    const struct arch *arch = NULL;
    struct dataset all;
    struct err err = { 0 };
    int64_t folds = 0, epochs = 0;

    if (argc < 5 || argc % 2 == 0) {
        fprintf(stderr, "usage: crossval DATA FOLDS ARCH EPOCHS [ARCH EPOCHS]..\n");
        return 2;
    }
    dataset_init(&all, 0);
    int rc = dataset_read_path(&all, argv[1], &err);
    if (rc == 0)
        rc = parse_i64(&folds, argv[2], 2, 100, "FOLDS", &err);
    for (int i = 3; rc == 0 && i < argc; i += 2) {
        rc = arch_find(&arch, argv[i], &err);
        if (rc == 0)
            rc = parse_i64(&epochs, argv[i + 1], 1, RECIPE_MAX_EPOCHS, "EPOCHS", &err);
        if (rc == 0)
            rc = cross(arch, (size_t)epochs, &all, (size_t)folds, &err);
    }
    if (rc < 0)
        fprintf(stderr, "crossval: %s\n", err.msg);
    dataset_finish(&all);
    return rc < 0;
}
