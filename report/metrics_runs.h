/* SPDX-License-Identifier: Apache-2.0
 * report/metrics_runs.h
 * metrics_runs: the part of the metrics that speaks of models. For report/metrics.c only. */
#ifndef REPORT_METRICS_RUNS_H
#define REPORT_METRICS_RUNS_H
#include <stdint.h>

struct db;
struct err;
struct metrics;

int metrics_collect_runs(struct metrics *m, struct db *db, int64_t repo_id, struct err *err);
void metrics_finish_runs(struct metrics *m);

#endif
