/* SPDX-License-Identifier: Apache-2.0
 * The short lists of one thread, review or commit. All of it is read fresh. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/http.h"
#include "bot/forge/dialect.h"
#include "bot/forge/map.h"

enum { MAX_PAGES = 1000 }; /* of a thread's timeline and the like: a loop of links ends */

static int each_of_page(const json_t *items, const char *what, forge_item_fn *fn, void *ctx,
                        struct err *err)
{
    struct json_reader r;
    size_t i;
    json_t *item;

    json_reader_init(&r, what);
    if (items && !json_is_array(items) && !json_is_null(items))
        json_fail(&r, "", ERR_PARSE, "expected an array");
    json_array_foreach(items, i, item)
    {
        size_t mark = json_enter_item(&r, i);
        int rc = fn(ctx, &r, item, err);
        json_leave(&r, mark);
        if (rc < 0)
            return rc;
    }
    return forge_check_map(&r, err);
}

/* Takes path; *ret_pages is added to. */
static int each_page(struct forge *f, char *path, const char *what, int64_t *ret_pages,
                     forge_item_fn *fn, void *ctx, struct err *err)
{
    struct transport_request req = { .method = "GET", .path = path };
    int rc = 0;

    for (int64_t page = 0; rc == 0 && req.path[0]; page++) {
        struct transport_reply reply;

        rc = page < MAX_PAGES ? 0
                              : err_set(err, ERR_LIMIT, "%s: over %d pages", what, MAX_PAGES);
        if (rc == 0)
            rc = forge_get(f, &req, &reply, err);
        if (rc < 0)
            break;
        *ret_pages += 1;
        rc = each_of_page(reply.doc, what, fn, ctx, err);
        free(path);
        req.path = path = xstrdup(reply.next.data);
        req.place = PLACE_ORIGIN;
        transport_reply_finish(&reply);
    }
    free(path);
    return rc;
}

int forge_each_item(struct forge *f, char *path, const char *what, forge_item_fn *fn, void *ctx,
                    struct err *err)
{
    int64_t n_pages = 0;

    return each_page(f, path, what, &n_pages, fn, ctx, err);
}

struct each_moment {
    const struct forge *forge;
    int (*fn)(void *, const struct forge_moment *, struct err *);
    void *ctx;
};

static int take_moment(void *ctx, struct json_reader *r, const json_t *item, struct err *err)
{
    const struct each_moment *each = ctx;
    struct forge_moment moment;

    each->forge->dialect->map_moment(r, item, &moment);
    int rc = forge_check_map(r, err);
    return rc < 0 ? rc : each->fn(each->ctx, &moment, err);
}

static char *timeline_path(const struct forge *f, int64_t number)
{
    return forge_path(f, "/issues/%" PRId64 "/timeline%s", number, f->dialect->timeline_query);
}

int forge_each_moment(struct forge *f, int64_t number,
                      int (*fn)(void *, const struct forge_moment *, struct err *), void *ctx,
                      struct err *err)
{
    struct each_moment each = { f, fn, ctx };

    return each_page(f, timeline_path(f, number), "timeline", &f->n_timelines, take_moment,
                     &each, err);
}

/* GitHub asks its clients for one request at a time. */
void forge_expect_moments(struct forge *f, const int64_t *numbers, size_t n)
{
    struct transport_request reqs[HTTP_MAX_AHEAD];
    char *paths[HTTP_MAX_AHEAD];
    size_t most = n < HTTP_MAX_AHEAD ? n : HTTP_MAX_AHEAD;

    if (!forge_has(f, FORGE_ANSWERS_SIDE_BY_SIDE))
        return;
    for (size_t i = 0; i < most; i++) {
        paths[i] = timeline_path(f, numbers[i]);
        reqs[i] = (struct transport_request){ .method = "GET", .path = paths[i] };
    }
    transport_announce(f->transport, reqs, most);
    for (size_t i = 0; i < most; i++)
        free(paths[i]);
}

struct each_entry {
    const struct forge *forge;
    enum forge_entry_kind kind;
    int (*fn)(void *, const struct forge_entry *, struct err *);
    void *ctx;
};

static int take_entry(void *ctx, struct json_reader *r, const json_t *item, struct err *err)
{
    const struct each_entry *each = ctx;
    struct forge_entry entry;

    each->forge->dialect->map_entry(r, item, each->kind, &entry);
    int rc = forge_check_map(r, err);
    return rc < 0 ? rc : each->fn(each->ctx, &entry, err);
}

int forge_each_review(struct forge *f, int64_t number,
                      int (*fn)(void *, const struct forge_entry *, struct err *), void *ctx,
                      struct err *err)
{
    struct each_entry each = { f, FORGE_REVIEW, fn, ctx };
    char *path = forge_path(f, "/pulls/%" PRId64 "/reviews%s", number, f->dialect->page_query);

    return each_page(f, path, "reviews", &f->n_timelines, take_entry, &each, err);
}

int forge_each_review_comment(struct forge *f, int64_t number, int64_t review_id,
                              int (*fn)(void *, const struct forge_entry *, struct err *),
                              void *ctx, struct err *err)
{
    struct each_entry each = { f, FORGE_REVIEW_COMMENT, fn, ctx };
    char *path =
        forge_path(f, "/pulls/%" PRId64 "/reviews/%" PRId64 "/comments", number, review_id);

    return each_page(f, path, "review_comments", &f->n_timelines, take_entry, &each, err);
}

struct each_status {
    const struct forge *forge;
    int (*fn)(void *, const struct forge_status *, struct err *);
    void *ctx;
};

static int take_status(void *ctx, struct json_reader *r, const json_t *item, struct err *err)
{
    const struct each_status *each = ctx;
    struct forge_status status;

    map_status(r, item, each->forge->dialect->status_key, &status);
    int rc = forge_check_map(r, err);
    return rc < 0 ? rc : each->fn(each->ctx, &status, err);
}

int forge_each_status(struct forge *f, const char *sha,
                      int (*fn)(void *, const struct forge_status *, struct err *), void *ctx,
                      struct err *err)
{
    struct each_status each = { f, fn, ctx };
    char *path = forge_path(f, "/commits/%s/statuses%s", sha, f->dialect->page_query);

    return forge_each_item(f, path, "statuses", take_status, &each, err);
}
