/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/judge_wire.h
 * judge_wire: the judge's question and answer as JSON, private to judge.
 * The child writes what the parent reads; the parent believes nothing of it. */
#ifndef BOT_RETRAIN_JUDGE_WIRE_H
#define BOT_RETRAIN_JUDGE_WIRE_H
#include "base/json.h"
#include "bot/retrain/judge.h"

/* Frames of the judge. */
enum judge_frame { JUDGE_RESULT = 1, JUDGE_MODEL };

/* New reference, or NULL for text that is not UTF-8. */
json_t *judge_task_to_json(const struct judge_task *task);

/* The child's copy of a task: strings are borrowed from the document, merged is its own. */
struct judge_order {
    const char *cache, *commit, *base_commit, *author, *champion; /* "" for none */
    const char *arch;
    const char **licences; /* n_licences, owned */
    size_t n_licences;
    size_t max_samples, max_file_size, max_files;
    uint64_t seed;
    size_t epochs, threads;
    double min_label_p, max_unlike, alarm_p;
    struct judge_sample *merged; /* owned */
    size_t n_merged, n_before;
};
int judge_order_from_json(struct judge_order *ret, const json_t *doc, struct err *err);
void judge_order_finish(struct judge_order *order); /* NULL and half-built are fine */

json_t *judgement_to_json(const struct judgement *judgement); /* new reference */

/* Fills everything but model and verdict. -ERR_PARSE, -ERR_RANGE, -ERR_LIMIT name the field. */
int judgement_from_json(struct judgement *ret, const json_t *doc, struct err *err);

#endif
