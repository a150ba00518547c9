/* SPDX-License-Identifier: Apache-2.0
 * model/train_run.h
 * train_run: a training under way: how it begins, anew or from a checkpoint, and ends. For
 * train.c, which makes its epochs, and checkpoint.c, which keeps it. Nobody else. */
#ifndef MODEL_TRAIN_RUN_H
#define MODEL_TRAIN_RUN_H
#include "base/rng.h"
#include "model/dataset.h"
#include "model/train.h"

/* What `data` and `options` do not say yet after `n_epochs` epochs: state of the net, epochs,
 * and the best model; random numbers and the schedule follow from the number of epochs. */
struct train_run {
    const struct dataset *data;
    const struct train_options *options;
    struct dataset validation; /* the samples kept back, maybe none */
    uint32_t *rows;            /* (n) what is trained on */
    size_t n;
    struct model *model; /* shape and origin; its weights are as the net was last stored */
    struct model *best;  /* of the best epoch so far; NULL unless patience is set */
    size_t best_epoch;   /* from 1; 0 while there is none */
    struct team *team;
    struct net *net;
    struct rng shuffle;
    struct updates updates;
    uint32_t *order;            /* (n) of this epoch */
    uint8_t *augmented;         /* pixels of this epoch, or NULL: the data's */
    struct train_epoch *epochs; /* (recipe.epochs), n_epochs of them made */
    size_t n_epochs, resumed_at;
};

/* Divides the rows, draws the weights, and goes on from the checkpoint where that is asked for.
 * data and options were checked and outlive the run. To be finished after a failure, too. */
int train_run_init(struct train_run *run, const struct dataset *data,
                   const struct train_options *o, struct err *err);
void train_run_finish(struct train_run *run); /* NULL is fine */

size_t train_run_steps(const struct train_run *run); /* of an epoch */

/* The order of the next epoch. */
void train_run_shuffle(struct train_run *run);

#endif
