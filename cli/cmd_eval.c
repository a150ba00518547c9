/* SPDX-License-Identifier: Apache-2.0
 * hearth eval: how right a model is on labelled data, how sure, and if another is better. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/fs.h"
#include "cli/cmd.h"
#include "cli/evaluation.h"
#include "cli/results.h"
#include "model/arch.h"
#include "model/kernels.h"
#include "model/model.h"

enum { PAGE_MAX_BYTES = 8 << 20 };

static const struct cmd_option options[] = {
    { .name = "--data", .arg = "PATH", .help = "labelled files", .repeated = true },
    { .name = "--against", .arg = "MODEL", .help = "compare with another on the same data" },
    { .name = "--html",
      .arg = "PATH",
      .help = "write a page with charts and misread pictures" },
    { .name = "--latency", .help = "time single pictures too" },
    { 0 },
};

static int read_all(struct evaluation *x, const struct cmd_args *args, struct err *err)
{
    int rc = kernels_choose(&x->kernels, getenv("HEARTH_ISA"), err);

    if (rc == 0)
        rc = model_load(&x->model, x->path, err);
    if (rc == 0 && x->other_path)
        rc = model_load(&x->other, x->other_path, err);
    const char *const *paths = cmd_values(args, "--data");
    for (; rc == 0 && *paths; paths++)
        rc = dataset_read_path(&x->data, *paths, err);
    return rc;
}

/* Who was measured on what; of several data paths the first. */
static int name_fault(const struct evaluation *x, const char *model, int rc, struct err *err)
{
    return rc < 0 ? err_wrap(err, rc, "%s on %s", model, x->data_path) : 0;
}

/* A model that makes images again instead of telling classes apart. */
static int evaluate_score(struct evaluation *x, const struct cmd_args *args, struct err *err)
{
    static const char *const others[] = { "--against", "--html", "--latency" };

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (cmd_has(args, others[i]))
            return err_set(err, ERR_USAGE,
                           "%s: a model of the architecture '%s' tells no "
                           "classes apart",
                           others[i], x->model->arch->name);
    }
    int rc = score_dataset(&x->score, x->model, &x->data, x->kernels, err);
    return name_fault(x, x->path, rc, err);
}

static int evaluate(struct evaluation *x, const struct cmd_args *args, struct err *err)
{
    int rc = read_all(x, args, err);

    if (rc == 0 && x->model->arch->score)
        return evaluate_score(x, args, err);
    if (rc < 0)
        return rc;
    rc = eval_model(&x->eval, x->model, &x->data, x->kernels, err);
    if (rc < 0)
        return name_fault(x, x->path, rc, err);
    if (x->other) {
        rc = eval_model(&x->other_eval, x->other, &x->data, x->kernels, err);
        if (rc < 0)
            return name_fault(x, x->other_path, rc, err);
        x->comparison = compare_evals(&x->other_eval, &x->eval, &x->data);
    }
    if (cmd_has(args, "--latency") || cmd_has(args, "--html"))
        x->latency = latency_measure(x->model, &x->data, x->kernels, clock_stopwatch_s);
    return rc;
}

static int write_page(const struct evaluation *x, const char *path, struct err *err)
{
    struct buf page;

    buf_init(&page, PAGE_MAX_BYTES);
    int rc = evaluation_page(&page, x, err);
    if (rc == 0)
        rc = fs_write(path, page.data, page.len, 0644, err);
    buf_finish(&page);
    return rc;
}

static int run_eval(struct app *app, const struct cmd_args *args, struct err *err)
{
    struct evaluation x = { .path = args->operands[0],
                            .other_path = cmd_value(args, "--against", NULL),
                            .data_path = cmd_value(args, "--data", NULL) };

    if (!cmd_has(args, "--data"))
        return err_set(err, ERR_USAGE, "eval needs --data PATH..");
    dataset_init(&x.data, 0);
    int rc = evaluate(&x, args, err);
    if (rc == 0 && cmd_has(args, "--html"))
        rc = write_page(&x, cmd_value(args, "--html", NULL), err);
    if (rc == 0 && app->json)
        results_print_json(evaluation_json(&x));
    else if (rc == 0)
        evaluation_print(&x);
    evaluation_finish(&x);
    return rc;
}

const struct cmd cmd_eval = {
    .name = "eval",
    .args = "MODEL --data PATH.. [--against MODEL] [--html PATH] [--latency]",
    .summary = "Accuracy, per class, confusion and calibration of a model",
    .options = options,
    .needs = NEED_NOTHING,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_eval,
};
