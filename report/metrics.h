/* SPDX-License-Identifier: Apache-2.0
 * report/metrics.h
 * metrics: all figures of a report, collected once and shown by every format.
 * Bots and our own account are left out, conduct and deleted feedback too. Owns its arrays and
 * strings. Definitions:
 *  - first response: the first comment, review, label or assignment by a person other than the
 *    author, minus creation;
 *  - time to close: closing minus creation, of closed issues;
 *  - open to merge: merge minus creation, of merged pull requests;
 *  - acceptance: merged over merged and closed unmerged;
 *  - age: now minus creation, of what is open. */
#ifndef REPORT_METRICS_H
#define REPORT_METRICS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/stats.h"
#include "store/feedback.h"

struct db;
struct err;

struct metrics_week {
    int64_t week_at; /* Monday 00:00 UTC */
    int64_t n[FEEDBACK_N_KINDS];
};

struct metrics_person {
    char *login;
    int64_t first_at, last_at;
    int64_t n_threads, n_entries, n_merged, n_samples, n_released;
};

struct metrics_run {
    char *id, *why; /* why: names of the checks that failed, "" when accepted */
    int64_t number, ended_at, n_train, holdout;
    double champion, candidate; /* accuracy on the hold-out, negative: not measured */
    bool is_accepted;
};

struct metrics_release {
    char *version, *run_id, *model_sha256;
    int64_t dated_at;
    double accuracy; /* of its run's candidate, negative: not known */
};

/* How long first responses took, for the chart: up to 1 h, 4 h, 1 d, 3 d, 7 d, longer. */
enum { METRICS_N_BUCKETS = 6 };

struct metrics {
    char *repo;                 /* "owner/name", "" before the first sync */
    int64_t since_at, until_at; /* since_at 0: from the first */
    char **gaps;                /* what the figures miss, in words */
    size_t n_gaps;

    int64_t feedback[FEEDBACK_N_KINDS];
    int64_t n_feedback;
    struct metrics_week *weeks; /* without gaps, oldest first */
    size_t n_weeks;

    struct spread issue_response, pull_response; /* pending: unanswered and open */
    struct spread issue_close, pull_merge;       /* pending: still open */
    struct spread open_age;
    int64_t buckets[METRICS_N_BUCKETS];
    int64_t n_issues, n_pulls; /* opened in the period */
    int64_t n_open_issues, n_open_pulls, n_merged, n_rejected;

    struct metrics_person *persons; /* active in the period, most contributions first */
    size_t n_persons, n_new_persons;
    size_t absence, data_absence; /* absence factor over all doings, over samples */

    struct metrics_run *runs; /* in the period, oldest first */
    size_t n_runs, n_accepted;
    struct metrics_release *releases; /* published, lowest version first */
    size_t n_releases;
};

/* repo_id 0: the first repository. An empty database gives empty figures. *m is the caller's to
 * finish, whatever is returned. */
int metrics_collect(struct metrics *m, struct db *db, int64_t repo_id, int64_t since_at,
                    int64_t now, struct err *err);
void metrics_finish(struct metrics *m);

#endif
