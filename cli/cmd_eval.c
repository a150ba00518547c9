/* SPDX-License-Identifier: Apache-2.0
 * hearth eval: how right a model is on labelled data, and how sure. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/cmd.h"
#include "cli/results.h"
#include "model/dataset.h"
#include "model/eval.h"
#include "model/kernels.h"
#include "model/model.h"

static const struct cmd_option options[] = {
    { .name = "--data", .arg = "PATH", .help = "labelled files", .repeated = true },
    { 0 },
};

static void print_digit(const struct eval *e, size_t digit)
{
    size_t n = 0;

    for (size_t other = 0; other < EVAL_CLASSES; other++)
        n += e->confusion[digit][other];
    printf("%5zu %6zu ", digit, n);
    if (n > 0)
        printf("%6.2f%% ", 100.0 * (double)e->confusion[digit][digit] / (double)n);
    else
        printf("%7s ", "-");
    for (size_t other = 0; other < EVAL_CLASSES; other++)
        printf(" %5zu", e->confusion[digit][other]);
    (void)putchar('\n');
}

static void print_text(const struct eval *e)
{
    printf("accuracy %.2f%% (%zu of %zu)\n", 100.0 * e->accuracy, e->n_right, e->n);
    printf("nll      %.4f nats\n", e->nll);
    printf("ece      %.2f points\n\n", 100.0 * e->ece);
    printf("truth      n  recall   read as:");
    for (size_t digit = 0; digit < EVAL_CLASSES; digit++)
        printf(digit == 0 ? "%2zu" : " %5zu", digit);
    (void)putchar('\n');
    for (size_t digit = 0; digit < EVAL_CLASSES; digit++)
        print_digit(e, digit);
}

static int evaluate(struct eval *e, const char *path, const struct cmd_args *args,
                    struct err *err)
{
    const struct kernels *kernels = NULL;
    struct model *m = NULL;
    struct dataset data;

    dataset_init(&data, 0);
    int rc = kernels_choose(&kernels, getenv("HEARTH_ISA"), err);
    if (rc == 0)
        rc = model_load(&m, path, err);
    const char *const *paths = cmd_values(args, "--data");
    for (; rc == 0 && *paths; paths++)
        rc = dataset_read_path(&data, *paths, err);
    if (rc == 0)
        rc = eval_model(e, m, &data, kernels, err);
    model_free(m);
    dataset_finish(&data);
    return rc;
}

static int run_eval(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct eval e = { 0 };

    if (!cmd_has(args, "--data"))
        return err_set(err, ERR_USAGE, "eval needs --data PATH..");
    int rc = evaluate(&e, args->operands[0], args, err);
    if (rc == 0 && app->json)
        results_print_json(eval_json(&e));
    else if (rc == 0)
        print_text(&e);
    eval_finish(&e);
    return rc;
}

const struct cmd cmd_eval = {
    .name = "eval",
    .args = "MODEL --data PATH..",
    .summary = "Accuracy, per class, confusion and calibration of a model",
    .options = options,
    .needs = NEED_NOTHING,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_eval,
};
