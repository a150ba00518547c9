/* SPDX-License-Identifier: Apache-2.0
 * Events come newest first and cannot be asked for by time.
 *
 * 1. A reading goes from the newest event back to newest_id, the newest of the last finished
 *    reading. target_id is the newest one when it began, and becomes newest_id at its end.
 * 2. An event that comes while we page moves others to later pages: they are seen twice, never
 *    missed.
 * 3. The forge shows 300 pages only. Where a reading ends there, the gap is stated.
 */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/parse.h"
#include "base/rfc3339.h"
#include "bot/sync/reading.h"
#include "store/db.h"

enum { LAST_PAGE = 300 };

struct backward {
    struct reading *rd;
    struct cursor cursor;
    int64_t n_pages;
    bool is_first_page; /* of a reading */
    bool is_at_rest;
};

/* The value of "page" in a query, 0 where paging goes by other means. */
static int64_t page_number(const char *url)
{
    const char *at = strstr(url, "?page=");
    char digits[20];
    int64_t number;

    if (!at)
        at = strstr(url, "&page=");
    if (!at)
        return 0;
    at += strlen("?page=");
    (void)snprintf(digits, sizeof(digits), "%.*s", (int)strcspn(at, "&"), at);
    return parse_i64(&number, digits, 1, INT64_MAX, "page", NULL) == 0 ? number : 0;
}

static void end_reading(struct backward *b)
{
    struct sync_list *row = &b->cursor.row;

    row->phase = SYNC_POLL;
    row->newest_id = row->target_id;
    cursor_set_next(&b->cursor, "");
}

static void state_gap(struct backward *b, int64_t oldest_at)
{
    char at[RFC3339_SIZE], text[120];

    (void)snprintf(text, sizeof(text), "no events before %s: the forge shows no more",
                   oldest_at > 0 ? rfc3339_format(at, oldest_at) : "the first page read");
    cursor_set_gap(&b->cursor, text);
    end_reading(b);
}

static void move_back(struct backward *b, const struct forge_page *page)
{
    struct sync_list *row = &b->cursor.row;
    bool is_known = page->n == 0 || page->next[0] == '\0';

    for (size_t i = 0; i < page->n; i++) {
        if (b->is_first_page && page->events[i].id > row->target_id)
            row->target_id = page->events[i].id;
        is_known = is_known || page->events[i].id <= row->newest_id;
    }
    if (is_known)
        end_reading(b);
    else if (page_number(page->next) > LAST_PAGE)
        state_gap(b, page->events[page->n - 1].created_at);
    else
        cursor_set_next(&b->cursor, page->next);
}

static int take_page(void *ctx, const struct forge_page *page, struct err *err)
{
    struct backward *b = ctx;
    int64_t newest_at;

    if (page->is_unchanged) {
        b->is_at_rest = true;
        return 0;
    }
    int rc = db_begin(b->rd->db, DB_FAST, err);
    if (rc < 0)
        return rc;
    rc = rows_put_page(b->rd, page, &newest_at, err);
    if (rc == 0) {
        move_back(b, page);
        b->is_at_rest = b->is_first_page && b->cursor.next_url[0] == '\0';
        rc = cursor_store(&b->cursor, b->rd, err);
    }
    if (rc == 0)
        rc = db_commit(b->rd->db, err);
    if (rc < 0)
        db_rollback(b->rd->db);
    return rc;
}

static int read_page(struct backward *b, struct err *err)
{
    b->is_first_page = b->cursor.next_url[0] == '\0';
    const struct sync_list *row = &b->cursor.row;
    const struct forge_read what = { .list = FORGE_EVENTS,
                                     .next = b->cursor.next_url,
                                     .if_changed = b->is_first_page && row->phase == SYNC_POLL,
                                     .goes_on = row->newest_id == 0 &&
                                                page_number(b->cursor.next_url) < LAST_PAGE };

    int rc = reading_check_pages(b->n_pages++, err);
    if (rc < 0)
        return rc;
    rc = forge_read_page(b->rd->forge, &what, take_page, b, err);
    bool is_too_deep = rc == -ERR_REFUSED || rc == -ERR_NOTFOUND || rc == -ERR_MOVED;
    if (!is_too_deep || b->is_first_page)
        return rc;
    state_gap(b, 0);
    return cursor_store(&b->cursor, b->rd, err);
}

/* After more than one page the first is asked for once more: what came meanwhile, or a 304. */
int list_follow_events(struct reading *rd, struct err *err)
{
    struct backward b = { .rd = rd };

    int rc = cursor_load(&b.cursor, rd, SYNC_EVENTS, err);
    if (rc == 0 && rd->options->mode == SYNC_FULL) {
        b.cursor.row.phase = SYNC_WALK;
        b.cursor.row.newest_id = 0;
        cursor_set_next(&b.cursor, "");
        cursor_set_gap(&b.cursor, "");
    }
    while (rc == 0 && !b.is_at_rest)
        rc = read_page(&b, err);
    cursor_finish(&b.cursor);
    return rc < 0 ? err_wrap(err, rc, "events") : 0;
}
