/* SPDX-License-Identifier: Apache-2.0
 * model/eval.h
 * eval: how right a model is, how sure, and whether two models really differ.
 * Sums in double, in the order of the samples; the same figures on every machine. */
#ifndef MODEL_EVAL_H
#define MODEL_EVAL_H
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "model/dataset.h"

struct err;
struct kernels;
struct model;

enum { EVAL_BINS = 15, EVAL_CLASSES = DATASET_CLASSES };

/* The samples whose answer was given with a confidence in one EVAL_BINS-th of 0..1. */
struct eval_bin {
    size_t n, n_right;
    double confidence; /* sum */
};

struct eval {
    size_t n, n_right;
    double accuracy; /* 0..1 */
    double nll;      /* mean negative log-likelihood of the truth, nats */
    double ece;      /* expected calibration error over EVAL_BINS equal bins of confidence */
    size_t confusion[EVAL_CLASSES][EVAL_CLASSES]; /* [truth][predicted] */
    struct eval_bin bins[EVAL_BINS];
    uint8_t *predicted; /* (n), owned */
    float *confidences; /* (n), owned: probability of what was predicted */
    float *losses;      /* (n), owned: negative log-likelihood of the truth, nats */
};

/* -ERR_RANGE when model and data have different sizes or there is no sample. */
int eval_model(struct eval *e, const struct model *m, const struct dataset *data,
               const struct kernels *kernels, struct err *err);
void eval_finish(struct eval *e); /* NULL and zeroed are fine */

/* {accuracy, accuracy_interval: [low, high], n, nll, ece, per_class: [{class, n, recall,
 * precision}], confusion: [[..]..], bins: [{from, to, n, accuracy, confidence}]}. Shares of no
 * sample are null: recall of a class without, precision of one never predicted. New
 * reference. */
json_t *eval_json(const struct eval *e);

/* Probabilities (n, classes) of n images, each side * side pixels of the model's shape. */
int predict_probabilities(float *probabilities, const struct model *m, const uint8_t *pixels,
                          size_t n, const struct kernels *kernels, struct err *err);

/* McNemar's exact test on paired predictions: under "no difference" the samples that only one
 * model gets right fall to either with probability 1/2. */
struct mcnemar {
    size_t only_first, only_second; /* right by one model alone */
    double p;                       /* two-sided */
    double p_second_worse;          /* one-sided: so many or more of them to the first model */
};
struct mcnemar mcnemar_exact(size_t only_first, size_t only_second);
struct mcnemar mcnemar_compare(const struct eval *first, const struct eval *second,
                               const struct dataset *data);

#endif
