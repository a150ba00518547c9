/* SPDX-License-Identifier: Apache-2.0
 * The figures of an evaluation as JSON. */
#include "model/eval.h"

#include "model/compare.h"

static json_t *share(size_t part, size_t whole)
{
    return whole ? json_real((double)part / (double)whole) : json_null();
}

static json_t *class_json(const struct eval *e, size_t class)
{
    size_t n_truth = 0, n_predicted = 0;

    for (size_t other = 0; other < EVAL_CLASSES; other++) {
        n_truth += e->confusion[class][other];
        n_predicted += e->confusion[other][class];
    }
    size_t n_right = e->confusion[class][class];
    return json_pack("{s:I, s:I, s:o, s:o}", "class", (json_int_t) class, "n",
                     (json_int_t)n_truth, "recall", share(n_right, n_truth), "precision",
                     share(n_right, n_predicted));
}

static json_t *bins_json(const struct eval *e)
{
    json_t *bins = json_array();

    for (size_t i = 0; i < EVAL_BINS; i++) {
        const struct eval_bin *b = &e->bins[i];
        json_t *confidence = b->n ? json_real(b->confidence / (double)b->n) : json_null();

        json_array_append_new(
            bins, json_pack("{s:f, s:f, s:I, s:o, s:o}", "from", (double)i / EVAL_BINS, "to",
                            (double)(i + 1) / EVAL_BINS, "n", (json_int_t)b->n, "accuracy",
                            share(b->n_right, b->n), "confidence", confidence));
    }
    return bins;
}

json_t *eval_json(const struct eval *e)
{
    json_t *per_class = json_array(), *confusion = json_array();

    for (size_t truth = 0; truth < EVAL_CLASSES; truth++) {
        json_t *row = json_array();

        for (size_t predicted = 0; predicted < EVAL_CLASSES; predicted++)
            json_array_append_new(row,
                                  json_integer((json_int_t)e->confusion[truth][predicted]));
        json_array_append_new(confusion, row);
        json_array_append_new(per_class, class_json(e, truth));
    }
    return json_pack("{s:f, s:o, s:I, s:I, s:f, s:f, s:o, s:o, s:o}", "accuracy", e->accuracy,
                     "accuracy_interval", interval_json(interval_wilson(e->n_right, e->n)), "n",
                     (json_int_t)e->n, "n_right", (json_int_t)e->n_right, "nll", e->nll, "ece",
                     e->ece, "per_class", per_class, "confusion", confusion, "bins",
                     bins_json(e));
}
