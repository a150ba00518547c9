/* SPDX-License-Identifier: Apache-2.0 */
#include "report/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "report/metrics_runs.h"
#include "store/figures.h"
#include "store/repository.h"
#include "store/sync_list.h"

enum { WEEK = 7 * 86400, MAX_WEEKS = 1500 };

static const int64_t bucket_ends[METRICS_N_BUCKETS - 1] = { 3600, 4 * 3600, 86400, 3 * 86400,
                                                            WEEK };

static int take_repository(void *ctx, const struct repository *r, struct err *err)
{
    struct metrics *m = ctx;

    (void)err;
    free(m->repo);
    m->repo = xasprintf("%s/%s", r->owner, r->name);
    return 0;
}

static void add_gap(struct metrics *m, char *text)
{
    m->gaps = xrealloc_array(m->gaps, m->n_gaps + 1, sizeof(*m->gaps));
    m->gaps[m->n_gaps++] = text;
}

static int take_list(void *ctx, const struct sync_list *s, struct err *err)
{
    (void)err;
    if (s->gap[0])
        add_gap(ctx, xasprintf("%s: %s", sync_list_label(s->name), s->gap));
    if (s->phase == SYNC_WALK)
        add_gap(ctx,
                xasprintf("%s: the first reading has not ended yet", sync_list_label(s->name)));
    return 0;
}

/* Weeks in which nobody said anything are there, too, up to now. */
static struct metrics_week *week_of(struct metrics *m, int64_t week_at)
{
    int64_t next = m->n_weeks > 0 ? m->weeks[m->n_weeks - 1].week_at + WEEK : week_at;

    for (; next <= week_at && m->n_weeks < MAX_WEEKS; next += WEEK) {
        m->weeks = xrealloc_array(m->weeks, m->n_weeks + 1, sizeof(*m->weeks));
        m->weeks[m->n_weeks++] = (struct metrics_week){ .week_at = next };
    }
    return m->n_weeks > 0 ? &m->weeks[m->n_weeks - 1] : NULL;
}

static int take_week(void *ctx, const struct figures_week *w, struct err *err)
{
    struct metrics *m = ctx;
    struct metrics_week *week = week_of(m, w->week_at);

    if (!week || week->week_at != w->week_at)
        return err_set(err, ERR_LIMIT, "feedback over more than %d weeks: name a --since",
                       MAX_WEEKS);
    week->n[w->kind] += w->n;
    m->feedback[w->kind] += w->n;
    m->n_feedback += w->n;
    return 0;
}

static void take_response(struct metrics *m, const struct figures_thread *t)
{
    struct spread *s = t->kind == THREAD_PULL ? &m->pull_response : &m->issue_response;
    size_t bucket = 0;

    if (t->responded_at == 0) {
        s->n_pending++;
        return;
    }
    int64_t took = t->responded_at > t->created_at ? t->responded_at - t->created_at : 0;
    while (bucket < METRICS_N_BUCKETS - 1 && took > bucket_ends[bucket])
        bucket++;
    m->buckets[bucket]++;
    spread_add(s, took);
}

static void take_issue(struct metrics *m, const struct figures_thread *t)
{
    m->n_issues++;
    m->n_open_issues += t->is_open;
    if (!t->is_open && t->closed_at >= t->created_at)
        spread_add(&m->issue_close, t->closed_at - t->created_at);
    else
        m->issue_close.n_pending++;
}

static void take_pull(struct metrics *m, const struct figures_thread *t)
{
    m->n_pulls++;
    m->n_open_pulls += t->is_open;
    if (t->merged_at > 0) {
        m->n_merged++;
        spread_add(&m->pull_merge, t->merged_at - t->created_at);
    } else if (t->is_open) {
        m->pull_merge.n_pending++;
    } else {
        m->n_rejected++;
    }
}

static int take_thread(void *ctx, const struct figures_thread *t, struct err *err)
{
    struct metrics *m = ctx;

    (void)err;
    take_response(m, t);
    if (t->is_open)
        spread_add(&m->open_age, m->until_at - t->created_at);
    if (t->kind == THREAD_PULL)
        take_pull(m, t);
    else
        take_issue(m, t);
    return 0;
}

static int take_person(void *ctx, const struct figures_person *p, struct err *err)
{
    struct metrics *m = ctx;

    (void)err;
    if (p->n_threads + p->n_entries + p->n_pulls_merged + p->n_samples == 0)
        return 0;
    m->persons = xrealloc_array(m->persons, m->n_persons + 1, sizeof(*m->persons));
    m->persons[m->n_persons++] = (struct metrics_person){
        .login = xstrdup(p->login),
        .first_at = p->first_at,
        .last_at = p->last_at,
        .n_threads = p->n_threads,
        .n_entries = p->n_entries,
        .n_merged = p->n_pulls_merged,
        .n_samples = p->n_samples,
        .n_released = p->n_released,
    };
    m->n_new_persons += p->first_at >= m->since_at;
    return 0;
}

static int64_t doings(const struct metrics_person *p)
{
    return p->n_threads + p->n_entries + p->n_merged;
}

static int compare_persons(const void *a, const void *b)
{
    const struct metrics_person *p = a, *q = b;
    int64_t x = p->n_samples + doings(p), y = q->n_samples + doings(q);

    return x != y ? (x < y ? 1 : -1) : strcmp(p->login, q->login);
}

static void rank_persons(struct metrics *m)
{
    int64_t *all = xcalloc(m->n_persons + 1, sizeof(*all));
    int64_t *data = xcalloc(m->n_persons + 1, sizeof(*data));

    if (m->n_persons > 0)
        qsort(m->persons, m->n_persons, sizeof(*m->persons), compare_persons);
    for (size_t i = 0; i < m->n_persons; i++) {
        all[i] = doings(&m->persons[i]);
        data[i] = m->persons[i].n_samples;
    }
    m->absence = absence_factor(all, m->n_persons);
    m->data_absence = absence_factor(data, m->n_persons);
    free(all);
    free(data);
}

static void add_quiet_weeks(struct metrics *m)
{
    while (m->n_weeks > 0 && m->weeks[m->n_weeks - 1].week_at + WEEK <= m->until_at &&
           m->n_weeks < MAX_WEEKS)
        (void)week_of(m, m->weeks[m->n_weeks - 1].week_at + WEEK);
}

static int collect_figures(struct metrics *m, struct db *db, int64_t repo_id, struct err *err)
{
    int rc = sync_list_each(db, repo_id, take_list, m, err);

    if (rc == 0)
        rc = figures_each_feedback_week(db, repo_id, m->since_at, take_week, m, err);
    add_quiet_weeks(m);
    if (rc == 0)
        rc = figures_each_thread(db, repo_id, m->since_at, take_thread, m, err);
    if (rc == 0)
        rc = figures_each_person(db, repo_id, m->since_at, take_person, m, err);
    if (rc == 0)
        rc = metrics_collect_runs(m, db, repo_id, err);
    if (rc == 0)
        rank_persons(m);
    return rc;
}

struct found {
    struct metrics *m;
    int64_t id;
};

static int find_repository(void *ctx, const struct repository *r, struct err *err)
{
    struct found *found = ctx;

    found->id = r->id;
    return take_repository(found->m, r, err);
}

int metrics_collect(struct metrics *m, struct db *db, int64_t repo_id, int64_t since_at,
                    int64_t now, struct err *err)
{
    struct found found = { .m = m };

    *m = (struct metrics){ .repo = xstrdup(""), .since_at = since_at, .until_at = now };
    int rc = repo_id > 0 ? repository_get(db, repo_id, find_repository, &found, err)
                         : repository_get_first(db, find_repository, &found, err);
    if (rc == -ERR_NOTFOUND) {
        add_gap(m, xstrdup("nothing was read from a forge yet"));
        return 0;
    }
    return rc == 0 ? collect_figures(m, db, found.id, err) : rc;
}

void metrics_finish(struct metrics *m)
{
    for (size_t i = 0; i < m->n_gaps; i++)
        free(m->gaps[i]);
    for (size_t i = 0; i < m->n_persons; i++)
        free(m->persons[i].login);
    metrics_finish_runs(m);
    spread_finish(&m->issue_response);
    spread_finish(&m->pull_response);
    spread_finish(&m->issue_close);
    spread_finish(&m->pull_merge);
    spread_finish(&m->open_age);
    free(m->gaps);
    free(m->persons);
    free(m->weeks);
    free(m->repo);
    *m = (struct metrics){ 0 };
}
