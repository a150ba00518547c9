/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train_run.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "model/checkpoint.h"
#include "model/model.h"
#include "model/split.h"
#include "model/team.h"

/* Independent random numbers of one seed, so that one use more does not move another. */
enum stream { STREAM_INIT = 1, STREAM_SHUFFLE = 2 }; /* 3: split.c */

size_t train_run_steps(const struct train_run *run)
{
    size_t batch = run->options->recipe.batch;

    return (run->n + batch - 1) / batch;
}

void train_run_shuffle(struct train_run *run)
{
    rng_permutation(&run->shuffle, run->order, run->n);
    for (size_t i = 0; i < run->n; i++)
        run->order[i] = run->rows[run->order[i]];
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

/* Divides the rows into what is trained on and what judges. */
static int divide(struct train_run *run, struct err *err)
{
    const struct dataset *data = run->data;
    const struct recipe *r = &run->options->recipe;
    uint32_t *order = xcalloc(data->n, sizeof(*order));
    int rc = 0;

    size_t n_kept = split_stratified(order, data->labels, data->n, r->validation, r->seed);
    dataset_init(&run->validation, data->side);
    for (size_t i = 0; rc == 0 && i < n_kept; i++)
        rc = dataset_add(&run->validation, dataset_image(data, order[i]),
                         data->labels[order[i]], err);
    run->n = data->n - n_kept;
    run->rows = xmemdup(order + n_kept, run->n * sizeof(*order));
    free(order);
    if (rc == 0 && r->validation > 0.0 && n_kept == 0)
        rc = err_set(err, ERR_RANGE, "validation: %g of %zu samples keeps none back",
                     r->validation, data->n);
    return rc;
}

/* Goes on where the checkpoint's process was; random numbers and the schedule are run through
 * the epochs that it made. */
static int resume(struct train_run *run, struct err *err)
{
    const struct train_checkpoint *c = &run->options->checkpoint;

    if (!c->path || c->start == TRAIN_ANEW || !fs_exists(c->path))
        return 0;
    int rc = checkpoint_read(run, c->path, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < run->n_epochs; i++)
        train_run_shuffle(run);
    for (size_t i = 0; i < run->n_epochs * train_run_steps(run); i++)
        (void)updates_next(&run->updates);
    return 0;
}

int train_run_init(struct train_run *run, const struct dataset *data,
                   const struct train_options *o, struct err *err)
{
    *run = (struct train_run){ .data = data, .options = o };
    int rc = divide(run, err);
    if (rc == 0)
        rc = make_model(&run->model, run->data, o, err);
    if (rc == 0 && o->threads > 1)
        rc = team_new(&run->team, o->threads, err);
    if (rc < 0)
        return rc;

    const struct net_env env = { .kernels = o->kernels,
                                 .team = run->team,
                                 .profile = o->profile };
    run->net = o->arch->open(run->model, &env);
    run->order = xcalloc(run->n, sizeof(*run->order));
    run->epochs = xcalloc(o->recipe.epochs, sizeof(*run->epochs));
    if (o->recipe.patience > 0)
        run->best = model_copy(run->model);
    updates_init(&run->updates, &o->recipe, o->recipe.epochs * train_run_steps(run));
    rng_init(&run->shuffle, o->recipe.seed, STREAM_SHUFFLE);
    return resume(run, err);
}

void train_run_finish(struct train_run *run)
{
    if (!run)
        return;
    if (run->net)
        run->options->arch->close(run->net);
    free(run->augmented);
    free(run->rows);
    free(run->order);
    free(run->epochs);
    dataset_finish(&run->validation);
    team_free(run->team);
    model_free(run->best);
    model_free(run->model);
}
