/* SPDX-License-Identifier: Apache-2.0
 * How a list ordered by time is followed.
 *
 *     walk --page--> walk --last page--> poll --page with news--> poll (since moved) --+
 *                                         ^  \--304, or nothing newer: at rest         |
 *                                         +--------------------------------------------+
 *
 * 1. A walk reads everything once, by creation, ascending: what is created meanwhile comes at
 *    the end, and no item moves.
 * 2. The walk ends with `since` at the forge's time of its first page, or at the newest change
 *    it saw if that is older: what changes on pages already read is newer; the poll finds it.
 * 3. A poll reads by update, ascending, from `since`. As soon as a page has anything newer,
 *    `since` moves there and the list is read again from that point instead of paging on, until
 *    nothing newer comes. So at rest the address stands still, and its validator stays good.
 *    Where lists have an order of their own (Gitea), a poll is a walk with a `since`, which
 *    moves once, at its end, by the rule of 2.
 * 4. `since` is sent one second earlier: whether the forge takes it as "after" or "at or
 *    after", and whatever else happens within the same second, nothing is missed.
 * 5. While a page of the first walk is parsed and stored, the next one is under way, but never
 *    more than one: forges want to be asked one thing at a time.
 * 6. Rows and cursor are one transaction. The validator follows after it (forge_read_page).
 */
#include "base/err.h"
#include "bot/sync/reading.h"
#include "store/db.h"

enum { OVERLAP_S = 1 };

static const enum forge_list forge_lists[] = {
    [SYNC_ISSUES] = FORGE_ISSUES,
    [SYNC_COMMENTS] = FORGE_COMMENTS,
    [SYNC_REVIEW_COMMENTS] = FORGE_REVIEW_COMMENTS,
    [SYNC_EVENTS] = FORGE_EVENTS,
};

struct following {
    struct reading *rd;
    struct cursor cursor;
    struct id_set *seen; /* or NULL */
    int64_t n_pages, n_resets;
    bool is_by_update; /* polls come in the order of update */
    bool is_at_rest;
};

/* While it walks, newest_id holds the newest updated_at seen, and target_id the forge's time of
 * the first page. True at the end, with the earlier of the two in *ret_at. */
static bool walk_on(struct cursor *c, const struct forge_page *page, int64_t newest_at,
                    int64_t *ret_at)
{
    struct sync_list *row = &c->row;

    if (c->next_url[0] == '\0')
        row->target_id = page->server_at;
    if (newest_at > row->newest_id)
        row->newest_id = newest_at;
    cursor_set_next(c, page->next);
    if (page->next[0])
        return false;
    *ret_at = row->newest_id < row->target_id ? row->newest_id : row->target_id;
    row->newest_id = row->target_id = 0;
    return true;
}

static void move_walk(struct cursor *c, const struct forge_page *page, int64_t newest_at)
{
    int64_t at;

    if (!walk_on(c, page, newest_at, &at))
        return;
    c->row.phase = SYNC_POLL;
    c->row.since_at = at;
}

static bool move_poll_walk(struct cursor *c, const struct forge_page *page, int64_t newest_at)
{
    int64_t at;

    if (!walk_on(c, page, newest_at, &at))
        return false;
    if (at > c->row.since_at)
        c->row.since_at = at;
    return true;
}

static bool move_poll(struct cursor *c, const struct forge_page *page, int64_t newest_at)
{
    if (newest_at > c->row.since_at) {
        c->row.since_at = newest_at;
        cursor_set_next(c, "");
        return false;
    }
    cursor_set_next(c, page->next);
    return page->next[0] == '\0';
}

static void note_seen(struct id_set *seen, const struct forge_page *page)
{
    for (size_t i = 0; i < page->n; i++)
        id_set_add(seen, page->threads ? page->threads[i].number : page->entries[i].id);
}

static int store_page(struct following *f, const struct forge_page *page, struct err *err)
{
    struct cursor *c = &f->cursor;
    int64_t newest_at;

    int rc = rows_put_page(f->rd, page, &newest_at, err);
    if (rc < 0)
        return rc;
    if (c->row.phase == SYNC_WALK)
        move_walk(c, page, newest_at);
    else
        f->is_at_rest = f->is_by_update ? move_poll(c, page, newest_at)
                                        : move_poll_walk(c, page, newest_at);
    return cursor_store(c, f->rd, err);
}

static int take_page(void *ctx, const struct forge_page *page, struct err *err)
{
    struct following *f = ctx;

    if (page->is_unchanged) {
        f->is_at_rest = move_poll(&f->cursor, page, 0);
        return 0;
    }
    if (f->seen)
        note_seen(f->seen, page);
    int rc = follow_deletions(f->rd, page, err);
    if (rc == 0)
        rc = db_begin(f->rd->db, DB_FAST, err);
    if (rc < 0)
        return rc;
    rc = store_page(f, page, err);
    if (rc == 0)
        rc = db_commit(f->rd->db, err);
    if (rc < 0)
        db_rollback(f->rd->db);
    return rc;
}

static int read_page(struct following *f, struct err *err)
{
    const struct sync_list *row = &f->cursor.row;
    bool is_walk = row->phase == SYNC_WALK;
    const struct forge_read what = {
        .list = forge_lists[row->name],
        .oldest_first = is_walk,
        .since_at = is_walk || row->since_at <= OVERLAP_S ? 0 : row->since_at - OVERLAP_S,
        .next = f->cursor.next_url,
        .if_changed = !is_walk,
        .goes_on = is_walk && !f->seen, /* a full one may ask for comments in between */
    };

    int rc = reading_check_pages(f->n_pages++, err);
    if (rc < 0)
        return rc;
    rc = forge_read_page(f->rd->forge, &what, take_page, f, err);
    bool is_stale = rc == -ERR_REFUSED || rc == -ERR_NOTFOUND || rc == -ERR_MOVED;
    if (!is_stale || f->cursor.next_url[0] == '\0' || f->n_resets++ > 0)
        return rc;
    /* The forge no longer knows the address of the next page: back to the first one, once, and
     * for good, since that one may be unchanged. */
    cursor_set_next(&f->cursor, "");
    return cursor_store(&f->cursor, f->rd, err);
}

int list_follow(struct reading *rd, enum sync_list_name name, struct id_set *seen,
                struct err *err)
{
    struct following f = { .rd = rd,
                           .seen = seen,
                           .is_by_update = forge_has(rd->forge, FORGE_LISTS_BY_UPDATE) };
    int rc = 0;

    if (seen)
        cursor_init(&f.cursor, rd, name);
    else
        rc = cursor_load(&f.cursor, rd, name, err);
    while (rc == 0 && !f.is_at_rest)
        rc = read_page(&f, err);
    cursor_finish(&f.cursor);
    return rc < 0 ? err_wrap(err, rc, "%s", sync_list_label(name)) : 0;
}
