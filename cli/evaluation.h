/* SPDX-License-Identifier: Apache-2.0
 * cli/evaluation.h
 * evaluation: everything `hearth eval` found out, and its three forms: text, JSON, a page. */
#ifndef CLI_EVALUATION_H
#define CLI_EVALUATION_H
#include "base/json.h"
#include "model/compare.h"
#include "model/dataset.h"
#include "model/eval.h"
#include "model/latency.h"
#include "model/score.h"

struct buf;
struct err;
struct kernels;
struct model;

struct evaluation {
    const char *path, *other_path; /* as they were given; other_path may be NULL */
    const char *data_path;
    const struct kernels *kernels;
    struct dataset data;
    struct model *model, *other; /* other: only with other_path */
    struct eval eval, other_eval;
    struct score_summary score;   /* instead of eval, of a model that makes images again */
    struct comparison comparison; /* other_eval first, eval second */
    struct latency latency;       /* zeroed unless measured */
};

void evaluation_finish(struct evaluation *x); /* NULL and half-built are fine */

void evaluation_print(const struct evaluation *x);   /* text, on stdout */
json_t *evaluation_json(const struct evaluation *x); /* new reference */
int evaluation_page(struct buf *out, const struct evaluation *x, struct err *err);

#endif
