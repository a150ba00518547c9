/* SPDX-License-Identifier: Apache-2.0
 * model/score.h
 * score: how well a model that makes images again (vae) knows given ones, and which ones it
 * does not know. Sums in double, in the order of the images. */
#ifndef MODEL_SCORE_H
#define MODEL_SCORE_H
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "model/arch.h"

struct dataset;
struct err;
struct kernels;
struct model;

/* Of n images, each side * side pixels of the model's shape. -ERR_REFUSED for a model that
 * tells classes apart instead. */
int score_images(struct score *scores, const struct model *m, const uint8_t *pixels, size_t n,
                 const struct kernels *kernels, struct err *err);

struct score_summary {
    size_t n;
    struct score mean;
};

/* -ERR_RANGE when model and data have different sizes or there is no sample. */
int score_dataset(struct score_summary *ret, const struct model *m, const struct dataset *data,
                  const struct kernels *kernels, struct err *err);

/* {elbo, n, reconstruction_error}, and null for what a classifier would have: accuracy, nll,
 * ece, per_class, confusion. New reference. */
json_t *score_json(const struct score_summary *summary);

/* The reconstruction error that a share of 0..1 of the samples of data passes: what lies above
 * is unlike them. Take data that the model was not trained on, and of other writers, or good
 * new writers will be refused. The same errors as score_dataset(). */
int score_threshold(double *ret, const struct model *m, const struct dataset *data,
                    double share, const struct kernels *kernels, struct err *err);

#endif
