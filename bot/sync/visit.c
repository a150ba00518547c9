/* SPDX-License-Identifier: Apache-2.0
 * Events and review comments where a forge has no list of them.
 *
 * 1. Everything that happens to a thread moves its updated_at: so threads are visited in the
 *    order of (updated_at, number), and the cursor holds the last one that is done. A thread to
 *    which something happens later comes again.
 * 2. What happens within the second of a visit leaves updated_at as it is: so a thread is done
 *    only when its updated_at lies more than that behind the forge's clock. Until then it is
 *    visited and the cursor waits.
 * 3. A visit may be repeated: rows have the forge's ids. So rows come first, then the cursor.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/http.h"
#include "bot/sync/reading.h"
#include "store/db.h"
#include "store/entry.h"
#include "store/thread.h"

enum { BATCH = 200, SETTLED_S = 1 };

/* Moments that GitHub counts among a repository's events. */
static const char *const event_kinds[] = {
    "assigned",         "base_ref_changed", "closed",
    "demilestoned",     "head_ref_deleted", "head_ref_force_pushed",
    "labeled",          "locked",           "merged",
    "milestoned",       "pinned",           "referenced",
    "renamed",          "reopened",         "review_dismissed",
    "review_requested", "unassigned",       "unlabeled",
    "unlocked",         "unpinned",
};

/* One thread's visit. */
struct visit {
    struct reading *rd;
    int64_t number;
    bool is_writing;  /* in a transaction: from the first row on, when the reply is there */
    bool has_reviews; /* its timeline tells of one */
    struct id_set reviews;    /* those with comments on lines */
    struct id_set seen, held; /* comments on lines: on the forge, in the database */
};

static int begin(struct visit *v, struct err *err)
{
    int rc = v->is_writing ? 0 : db_begin(v->rd->db, DB_FAST, err);

    v->is_writing = rc == 0;
    return rc;
}

static int end(struct visit *v, int rc, struct err *err)
{
    if (v->is_writing && rc == 0)
        rc = db_commit(v->rd->db, err);
    if (v->is_writing && rc < 0)
        db_rollback(v->rd->db);
    v->is_writing = false;
    return rc;
}

static bool is_event(const struct forge_moment *m)
{
    for (size_t i = 0; m->event_id > 0 && i < sizeof(event_kinds) / sizeof(*event_kinds); i++)
        if (strcmp(event_kinds[i], m->kind) == 0)
            return true;
    return false;
}

static int take_moment(void *ctx, const struct forge_moment *m, struct err *err)
{
    struct visit *v = ctx;
    const struct forge_event event = {
        .id = m->event_id,
        .number = v->number,
        .kind = m->kind,
        .actor = m->actor,
        .label = m->label,
        .commit_sha = m->sha,
        .created_at = m->created_at,
    };

    v->has_reviews |= strcmp(m->kind, "reviewed") == 0;
    if (!is_event(m))
        return 0;
    int rc = begin(v, err);
    return rc < 0 ? rc : rows_put_event(v->rd, &event, err);
}

static int take_review(void *ctx, const struct forge_entry *e, struct err *err)
{
    struct visit *v = ctx;

    (void)err;
    if (e->n_lines > 0)
        id_set_add(&v->reviews, e->id);
    return 0;
}

static int take_line(void *ctx, const struct forge_entry *e, struct err *err)
{
    struct visit *v = ctx;
    struct forge_entry line = *e;
    int rc = begin(v, err);

    line.number = v->number;
    id_set_add(&v->seen, e->id);
    return rc < 0 ? rc : rows_put_entry(v->rd, &line, err);
}

static int hold_line(void *ctx, const struct entry *e, struct err *err)
{
    struct visit *v = ctx;

    (void)err;
    if (e->kind == ENTRY_REVIEW_COMMENT && !e->is_deleted)
        id_set_add(&v->held, e->id);
    return 0;
}

/* All of a pull request's were read: what we hold beside them is gone. */
static int mark_deleted(struct visit *v, struct err *err)
{
    struct reading *rd = v->rd;
    int rc = entry_each_of_thread(rd->db, rd->repo_id, v->number, hold_line, v, err);

    id_set_sort(&v->seen);
    for (size_t i = 0; rc == 0 && i < v->held.n; i++)
        if (!id_set_has(&v->seen, v->held.ids[i]))
            rc = follow_deleted(rd, ENTRY_REVIEW_COMMENT, v->held.ids[i], err);
    return rc;
}

static int read_lines(struct visit *v, struct err *err)
{
    struct forge *forge = v->rd->forge;
    int rc = forge_each_review(forge, v->number, take_review, v, err);

    for (size_t i = 0; rc == 0 && i < v->reviews.n; i++) {
        rc = forge_each_review_comment(forge, v->number, v->reviews.ids[i], take_line, v, err);
        rc = end(v, rc, err);
    }
    return rc < 0 ? rc : mark_deleted(v, err);
}

static int visit_thread(struct reading *rd, const struct thread_change *t, struct err *err)
{
    struct visit v = { .rd = rd, .number = t->number };

    int rc = forge_each_moment(rd->forge, t->number, take_moment, &v, err);
    rc = end(&v, rc, err);
    if (rc == 0 && t->kind == THREAD_PULL && v.has_reviews)
        rc = read_lines(&v, err);
    if (rc == -ERR_NOTFOUND || rc == -ERR_MOVED)
        rc = rd->hides_issues ? 0 : follow_gone(rd, t->number, err);
    id_set_finish(&v.reviews);
    id_set_finish(&v.seen);
    id_set_finish(&v.held);
    return rc < 0 ? err_wrap(err, rc, "thread %" PRId64, t->number) : 0;
}

struct batch {
    struct thread_change changes[BATCH];
    size_t n;
};

static int take_change(void *ctx, const struct thread_change *t, struct err *err)
{
    struct batch *batch = ctx;

    (void)err;
    batch->changes[batch->n++] = *t;
    return 0;
}

/* The timelines that come next are fetched while this one is stored. */
static void expect_next(struct reading *rd, const struct batch *batch, size_t i)
{
    int64_t numbers[HTTP_MAX_AHEAD];
    size_t n = 0;

    while (n < HTTP_MAX_AHEAD && i + n < batch->n) {
        numbers[n] = batch->changes[i + n].number;
        n++;
    }
    forge_expect_moments(rd->forge, numbers, n);
}

/* One thread that is too large keeps nobody else's waiting: what is missing is stated. */
static int pass_over(struct cursor *c, const struct thread_change *t)
{
    char gap[120];

    (void)snprintf(gap, sizeof(gap), "not all events of thread %" PRId64 ": they are too many",
                   t->number);
    cursor_set_gap(c, gap);
    return 0;
}

static int visit_batch(struct reading *rd, const struct batch *batch, struct cursor *c,
                       struct err *err)
{
    for (size_t i = 0; i < batch->n; i++) {
        const struct thread_change *t = &batch->changes[i];

        expect_next(rd, batch, i);
        int rc = visit_thread(rd, t, err);
        if (rc == -ERR_LIMIT)
            rc = pass_over(c, t);
        if (rc < 0)
            return rc;
        if (forge_now(rd->forge) <= t->updated_at + SETTLED_S)
            continue; /* and so are all that follow */
        c->row.since_at = t->updated_at;
        c->row.newest_id = t->number;
        if ((rc = cursor_store(c, rd, err)) < 0)
            return rc;
    }
    return 0;
}

int visit_changed(struct reading *rd, struct err *err)
{
    struct batch batch = { .n = 0 };
    struct thread_change at;
    struct cursor c;

    int rc = cursor_load(&c, rd, SYNC_EVENTS, err);
    if (rc == 0 && rd->options->mode == SYNC_FULL) {
        c.row.since_at = c.row.newest_id = 0;
        cursor_set_gap(&c, "");
    }
    c.row.phase = SYNC_POLL;
    at = (struct thread_change){ .updated_at = c.row.since_at, .number = c.row.newest_id };
    do {
        batch.n = 0;
        if (rc == 0)
            rc = thread_each_change(rd->db, rd->repo_id, &at, BATCH, take_change, &batch, err);
        if (rc == 0)
            rc = visit_batch(rd, &batch, &c, err);
        if (batch.n > 0)
            at = batch.changes[batch.n - 1];
    } while (rc == 0 && batch.n == BATCH);
    cursor_finish(&c);
    return rc < 0 ? err_wrap(err, rc, "events") : 0;
}
