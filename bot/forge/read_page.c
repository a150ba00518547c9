/* SPDX-License-Identifier: Apache-2.0
 * The repository-wide lists, one page at a time. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "bot/forge/dialect.h"
#include "bot/forge/map.h"

static const struct {
    const char *path; /* below the repository */
    const char *name; /* in errors */
} lists[] = {
    [FORGE_ISSUES] = { "/issues", "issues" },
    [FORGE_COMMENTS] = { "/issues/comments", "comments" },
    [FORGE_REVIEW_COMMENTS] = { "/pulls/comments", "review_comments" },
    [FORGE_EVENTS] = { "/issues/events", "events" },
    [FORGE_RELEASES] = { "/releases", "releases" },
};

/* The structs of one page, of whichever list. */
struct rows {
    struct forge_thread *threads;
    struct forge_entry *entries;
    struct forge_event *events;
    struct forge_release *releases;
    size_t n;
};

static void rows_init(struct rows *rows, enum forge_list list, size_t n)
{
    size_t room = n > 0 ? n : 1;

    *rows = (struct rows){ .n = n };
    if (list == FORGE_ISSUES)
        rows->threads = xcalloc(room, sizeof(*rows->threads));
    else if (list == FORGE_EVENTS)
        rows->events = xcalloc(room, sizeof(*rows->events));
    else if (list == FORGE_RELEASES)
        rows->releases = xcalloc(room, sizeof(*rows->releases));
    else
        rows->entries = xcalloc(room, sizeof(*rows->entries));
}

static void rows_finish(struct rows *rows)
{
    for (size_t i = 0; rows->threads && i < rows->n; i++)
        free(rows->threads[i].labels);
    for (size_t i = 0; rows->releases && i < rows->n; i++)
        free((void *)(uintptr_t)rows->releases[i].assets);
    free(rows->threads);
    free(rows->entries);
    free(rows->events);
    free(rows->releases);
}

static void map_row(const struct dialect *dialect, struct rows *rows, enum forge_list list,
                    size_t i, struct json_reader *r, const json_t *item)
{
    switch (list) {
    case FORGE_ISSUES: dialect->map_thread(r, item, &rows->threads[i]); break;
    case FORGE_EVENTS: dialect->map_event(r, item, &rows->events[i]); break;
    case FORGE_RELEASES: map_release(r, item, &rows->releases[i]); break;
    case FORGE_COMMENTS: dialect->map_entry(r, item, FORGE_COMMENT, &rows->entries[i]); break;
    case FORGE_REVIEW_COMMENTS:
        dialect->map_entry(r, item, FORGE_REVIEW_COMMENT, &rows->entries[i]);
        break;
    }
}

static int map_rows(const struct forge *f, struct rows *rows, enum forge_list list,
                    const json_t *doc, struct err *err)
{
    struct json_reader r;
    size_t i;
    json_t *item;

    json_reader_init(&r, lists[list].name);
    if (!json_is_array(doc) && doc && !json_is_null(doc))
        json_fail(&r, "", ERR_PARSE, "expected an array");
    json_array_foreach(doc, i, item)
    {
        size_t mark = json_enter_item(&r, i);
        map_row(f->dialect, rows, list, i, &r, item);
        json_leave(&r, mark);
    }
    return forge_check_map(&r, err);
}

static char *first_path(const struct forge *f, const struct forge_read *what)
{
    struct buf query;

    buf_init(&query, 1000);
    f->dialect->add_list_query(&query, what);
    char *path = what->number > 0
                     ? forge_path(f, "/issues/%" PRId64 "/comments%s", what->number, query.data)
                     : forge_path(f, "%s%s", lists[what->list].path, query.data);
    buf_finish(&query);
    return path;
}

static int hand_on(struct forge *f, const struct forge_read *what,
                   const struct transport_reply *reply, forge_page_fn *fn, void *ctx,
                   struct err *err)
{
    struct rows rows;

    rows_init(&rows, what->list, json_array_size(reply->doc));
    int rc = map_rows(f, &rows, what->list, reply->doc, err);
    const struct forge_page page = {
        .list = what->list,
        .is_unchanged = reply->is_unchanged,
        .threads = rows.threads,
        .entries = rows.entries,
        .events = rows.events,
        .releases = rows.releases,
        .n = rows.n,
        .next = reply->next.data,
        .server_at = reply->server_at,
    };
    if (rc == 0)
        rc = fn(ctx, &page, err);
    rows_finish(&rows);
    return rc;
}

int forge_read_page(struct forge *f, const struct forge_read *what, forge_page_fn *fn,
                    void *ctx, struct err *err)
{
    bool is_next = what->next && what->next[0];
    bool is_everywhere = what->list != FORGE_REVIEW_COMMENTS && what->list != FORGE_EVENTS;

    if (!is_everywhere && !forge_has(f, FORGE_LISTS_ALL))
        return err_set(err, ERR_FORGE, "%s has no list of %s", f->dialect->name,
                       lists[what->list].name);
    char *path = is_next ? xstrdup(what->next) : first_path(f, what);
    const struct transport_request req = {
        .method = "GET",
        .place = is_next ? PLACE_ORIGIN : PLACE_BASE,
        .path = path,
        .is_conditional = what->if_changed,
        .goes_on = what->goes_on,
    };
    struct transport_reply reply;

    int rc = forge_get(f, &req, &reply, err);
    if (rc == 0) {
        if (strcmp(reply.next.data, path) == 0)
            rc = err_set(err, ERR_FORGE, "a page whose next page is itself: %.200s", path);
        if (rc == 0)
            rc = hand_on(f, what, &reply, fn, ctx, err);
        if (rc == 0 && what->if_changed)
            rc = transport_keep(f->transport, &req, &reply, err);
        transport_reply_finish(&reply);
    }
    free(path);
    return rc;
}

int forge_count_comments(struct forge *f, int64_t *ret, struct err *err)
{
    const char *query = f->dialect->count_query;
    struct transport_reply reply;

    *ret = -1;
    if (!query)
        return 0;
    int rc = forge_get_path(f, forge_path(f, "%s%s", lists[FORGE_COMMENTS].path, query), &reply,
                            err);
    if (rc < 0)
        return err_wrap(err, rc, "%s", lists[FORGE_COMMENTS].name);
    *ret = reply.total;
    transport_reply_finish(&reply);
    return 0;
}
