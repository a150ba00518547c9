/* SPDX-License-Identifier: Apache-2.0 */
#include "report/metrics_runs.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "report/metrics.h"
#include "store/release.h"
#include "store/run.h"

enum { MAX_WHY_BYTES = 500 };

/* A run of a commit that could not be trained has no accuracy. */
static double accuracy_of(const json_t *metrics, const char *model)
{
    const json_t *value = json_object_get(json_object_get(metrics, model), "accuracy");

    return json_is_number(value) ? json_number_value(value) : -1;
}

/* The names of the gate's checks that did not pass. */
static char *failed_checks(const char *reasons)
{
    json_t *rows = NULL;
    const json_t *row;
    struct buf why;
    size_t i;

    buf_init(&why, MAX_WHY_BYTES);
    (void)json_parse(&rows, reasons, strlen(reasons), "reasons", NULL);
    json_array_foreach(rows, i, row)
    {
        const char *name = json_string_value(json_object_get(row, "check"));
        if (name && json_is_false(json_object_get(row, "passed")))
            buf_printf(&why, "%s%s", why.len > 0 ? ", " : "", name);
    }
    json_decref(rows);
    return buf_take(&why);
}

static struct metrics_run read_run(const struct run *r)
{
    json_t *metrics = NULL;

    (void)json_parse(&metrics, r->metrics, strlen(r->metrics), "metrics", NULL);
    const struct metrics_run run = {
        .id = xstrdup(r->id),
        .why = r->is_accepted ? xstrdup("") : failed_checks(r->reasons),
        .number = r->number,
        .ended_at = r->ended_at,
        .n_train = r->n_train,
        .holdout = json_integer_value(json_object_get(metrics, "holdout")),
        .champion = accuracy_of(metrics, "champion"),
        .candidate = accuracy_of(metrics, "candidate"),
        .is_accepted = r->is_accepted,
    };
    json_decref(metrics);
    return run;
}

static int take_run(void *ctx, const struct run *r, struct err *err)
{
    struct metrics *m = ctx;

    (void)err;
    if (r->ended_at < m->since_at)
        return 0;
    m->runs = xrealloc_array(m->runs, m->n_runs + 1, sizeof(*m->runs));
    m->runs[m->n_runs++] = read_run(r);
    m->n_accepted += r->is_accepted;
    return 0;
}

static int take_release(void *ctx, const struct release *r, struct err *err)
{
    struct metrics *m = ctx;

    (void)err;
    if (!r->is_published || r->dated_at < m->since_at)
        return 0;
    m->releases = xrealloc_array(m->releases, m->n_releases + 1, sizeof(*m->releases));
    m->releases[m->n_releases++] = (struct metrics_release){
        .version = xstrdup(r->version),
        .run_id = xstrdup(r->run_id),
        .model_sha256 = xstrdup(r->model_sha256),
        .dated_at = r->dated_at,
        .accuracy = -1,
    };
    return 0;
}

static int take_accuracy(void *ctx, const struct run *r, struct err *err)
{
    struct metrics_run run = read_run(r);

    (void)err;
    *(double *)ctx = run.candidate;
    free(run.id);
    free(run.why);
    return 0;
}

int metrics_collect_runs(struct metrics *m, struct db *db, int64_t repo_id, struct err *err)
{
    int rc = run_each(db, repo_id, take_run, m, err);

    if (rc == 0)
        rc = release_each(db, repo_id, take_release, m, err);
    for (size_t i = 0; i < m->n_releases && rc == 0; i++)
        rc = run_get(db, repo_id, m->releases[i].run_id, take_accuracy,
                     &m->releases[i].accuracy, err);
    return rc;
}

void metrics_finish_runs(struct metrics *m)
{
    for (size_t i = 0; i < m->n_runs; i++) {
        free(m->runs[i].id);
        free(m->runs[i].why);
    }
    for (size_t i = 0; i < m->n_releases; i++) {
        free(m->releases[i].version);
        free(m->releases[i].run_id);
        free(m->releases[i].model_sha256);
    }
    free(m->runs);
    free(m->releases);
}
