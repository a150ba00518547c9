/* SPDX-License-Identifier: Apache-2.0
 * model/train_run.h
 * train_run: a training under way, for train.c and what keeps it: checkpoint.c. Nobody else. */
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

#endif
