/* SPDX-License-Identifier: Apache-2.0
 * Deletions that a list shows only by a smaller number: a thread tells how many comments it
 * has. Where that is less than we hold, its comments are read again before the thread's row is
 * stored; so a sync that is killed in between finds the same difference again. */
#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "bot/sync/reading.h"
#include "store/db.h"
#include "store/entry.h"
#include "store/thread.h"

/* One thread's comments, read again. */
struct rereading {
    struct reading *rd;
    int64_t number;
    struct id_set there; /* ids on the forge */
    struct id_set held_entries, held_own;
    char next[4096];
    int64_t n_pages;
};

static int hold_entry(void *ctx, const struct entry *e, struct err *err)
{
    struct rereading *re = ctx;

    (void)err;
    if (e->kind == ENTRY_COMMENT && !e->is_deleted)
        id_set_add(&re->held_entries, e->id);
    return 0;
}

static int hold_own(void *ctx, const struct own_comment *c, struct err *err)
{
    struct rereading *re = ctx;

    (void)err;
    if (!c->is_deleted)
        id_set_add(&re->held_own, c->id);
    return 0;
}

static int load_held(struct rereading *re, struct err *err)
{
    struct reading *rd = re->rd;

    int rc = entry_each_of_thread(rd->db, rd->repo_id, re->number, hold_entry, re, err);
    if (rc == 0)
        rc = own_comment_each_of_thread(rd->db, rd->repo_id, re->number, hold_own, re, err);
    return rc;
}

static int take_page(void *ctx, const struct forge_page *page, struct err *err)
{
    struct rereading *re = ctx;
    int64_t newest_at;

    int rc = db_begin(re->rd->db, DB_FAST, err);
    if (rc < 0)
        return rc;
    rc = rows_put_page(re->rd, page, &newest_at, err);
    if (rc == 0)
        rc = db_commit(re->rd->db, err);
    if (rc < 0) {
        db_rollback(re->rd->db);
        return rc;
    }
    for (size_t i = 0; i < page->n; i++)
        id_set_add(&re->there, page->entries[i].id);
    re->n_pages++;
    if (snprintf(re->next, sizeof(re->next), "%s", page->next) >= (int)sizeof(re->next))
        return err_set(err, ERR_LIMIT, "a link longer than %zu bytes", sizeof(re->next));
    return 0;
}

/* A list of several pages may have moved while it was read: then each missing one is asked
 * for by its id. */
static int is_missing(struct rereading *re, int64_t id, bool *ret, struct err *err)
{
    bool is_there = id_set_has(&re->there, id);
    int rc = 0;

    if (!is_there && re->n_pages > 1)
        rc = forge_has_entry(re->rd->forge, FORGE_COMMENT, id, &is_there, err);
    *ret = !is_there;
    return rc;
}

static int mark(struct rereading *re, const struct id_set *held,
                int (*set_deleted)(struct reading *, int64_t, struct err *), struct err *err)
{
    for (size_t i = 0; i < held->n; i++) {
        bool missing;
        int rc = is_missing(re, held->ids[i], &missing, err);
        if (rc == 0 && missing)
            rc = set_deleted(re->rd, held->ids[i], err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int delete_comment(struct reading *rd, int64_t id, struct err *err)
{
    return follow_deleted(rd, ENTRY_COMMENT, id, err);
}

static int read_again(struct rereading *re, struct err *err)
{
    int rc;

    do {
        const struct forge_read what = { .list = FORGE_COMMENTS,
                                         .number = re->number,
                                         .next = re->next };
        rc = reading_check_pages(re->n_pages, err);
        if (rc == 0)
            rc = forge_read_page(re->rd->forge, &what, take_page, re, err);
    } while (rc == 0 && re->next[0]);
    if (rc == -ERR_NOTFOUND || rc == -ERR_MOVED)
        return follow_gone(re->rd, re->number, err);
    if (rc < 0)
        return rc;
    id_set_sort(&re->there);
    rc = mark(re, &re->held_entries, delete_comment, err);
    return rc < 0 ? rc : mark(re, &re->held_own, follow_own_deleted, err);
}

static int follow_thread(struct reading *rd, const struct forge_thread *t, struct err *err)
{
    struct rereading re = { .rd = rd, .number = t->number };

    int rc = load_held(&re, err);
    if (rc == 0 && (int64_t)(re.held_entries.n + re.held_own.n) > t->n_comments)
        rc = read_again(&re, err);
    id_set_finish(&re.there);
    id_set_finish(&re.held_entries);
    id_set_finish(&re.held_own);
    return rc < 0 ? err_wrap(err, rc, "thread %" PRId64, t->number) : 0;
}

int follow_deletions(struct reading *rd, const struct forge_page *page, struct err *err)
{
    for (size_t i = 0; page->threads && i < page->n; i++) {
        int rc = follow_thread(rd, &page->threads[i], err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int follow_deleted(struct reading *rd, enum entry_kind kind, int64_t id, struct err *err)
{
    int rc = entry_set_deleted(rd->db, rd->repo_id, kind, id, err);

    rd->result->n_deleted += rc == 0;
    return rc;
}

int follow_own_deleted(struct reading *rd, int64_t id, struct err *err)
{
    int rc = own_comment_set_deleted(rd->db, rd->repo_id, id, err);

    rd->result->n_deleted += rc == 0;
    return rc;
}

/* With a thread go its comments. */
int follow_gone(struct reading *rd, int64_t number, struct err *err)
{
    struct rereading re = { .rd = rd, .number = number };

    int rc = load_held(&re, err);
    if (rc == 0)
        rc = mark(&re, &re.held_entries, delete_comment, err);
    if (rc == 0)
        rc = mark(&re, &re.held_own, follow_own_deleted, err);
    if (rc == 0)
        rc = thread_set_gone(rd->db, rd->repo_id, number, err);
    rd->result->n_gone += rc == 0;
    id_set_finish(&re.held_entries);
    id_set_finish(&re.held_own);
    return rc == -ERR_NOTFOUND ? 0 : rc;
}
