/* SPDX-License-Identifier: Apache-2.0
 * cli/train_explain.h
 * train_explain: what a training consists of and what its time went into, for `--explain`. */
#ifndef CLI_TRAIN_EXPLAIN_H
#define CLI_TRAIN_EXPLAIN_H
#include <stdint.h>

#include "base/json.h"
#include "model/profile.h"

struct dataset;
struct model;
struct train_report;

struct train_explain {
    struct profile profile;
    double started_s;
    double seconds; /* of the whole training */
};

/* Starts the profile's clock: processor time would miss what a thread waits for. */
void train_explain_init(struct train_explain *x);

/* Since then. */
double train_explain_seconds(const struct train_explain *x);

/* {parameters, memory: {..}, flop: {..}, seconds: {..}, tensors: [..]}. New reference. */
json_t *train_explain_json(const struct train_explain *x, const struct model *m,
                           const struct train_report *report, const struct dataset *data);

/* The same as text on stdout. */
void train_explain_print(const json_t *doc);

#endif
