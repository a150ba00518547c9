/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/parse.h"
#include "base/text.h"
#include "practice/forge.h"
#include "practice/routes.h"

enum {
    LINKS_MAX_BYTES = 8192,
    SIZE_DEFAULT = 30, /* of both */
    GITHUB_SIZE_MAX = 100,
    GITHUB_DEEPEST_ROW = 10000,
    GITHUB_EVENT_PAGES = 300,
    CURSOR_MAX_BYTES = 256,
    GITEA_SIZE_MAX = 50,
    PAGE_MAX = 1000000,
};

struct page {
    int64_t number, size;
    int64_t last;  /* the number of the last one, at least 1 */
    int64_t first; /* the place of its first row */
};

static int64_t number_arg(const struct call *c, const char *name, int64_t max, int64_t fallback)
{
    int64_t value = fallback;

    if (parse_i64(&value, call_arg(c, name, ""), 1, INT32_MAX, name, NULL) < 0)
        return fallback;
    return value < max ? value : max;
}

static struct page page_of(const struct call *c, const json_t *rows, const char *size,
                           int64_t max)
{
    struct page page = { .number = number_arg(c, "page", PAGE_MAX, 1),
                         .size = number_arg(c, size, max, SIZE_DEFAULT) };
    int64_t n = (int64_t)json_array_size(rows);

    page.first = (page.number - 1) * page.size;
    page.last = n > page.size ? (n + page.size - 1) / page.size : 1;
    return page;
}

/* Takes rows. */
static json_t *show(const struct call *c, json_t *rows, const struct page *page,
                    shape_fn *shape)
{
    int64_t n = (int64_t)json_array_size(rows);
    json_t *out = json_array();

    for (int64_t i = page->first; i < n && i < page->first + page->size; i++)
        (void)json_array_append_new(out, shape(&c->view, json_array_get(rows, (size_t)i)));
    json_decref(rows);
    return out;
}

/* The header while it grows. place: the list's URL up to its query. */
struct links {
    struct buf text;
    const struct call *c;
    const char *separator;
    char *place;
};

static void add_link(struct links *l, int64_t page, const char *rel)
{
    const char *name;
    json_t *value;

    buf_printf(&l->text, "%s<%s?", l->text.len > 0 ? l->separator : "", l->place);
    json_object_foreach(l->c->args, name, value)
    {
        if (strcmp(name, "page") == 0)
            continue;
        text_add_url(&l->text, name, TEXT_SLASH_ENCODED);
        buf_add_char(&l->text, '=');
        text_add_url(&l->text, json_string_value(value), TEXT_SLASH_ENCODED);
        buf_add_char(&l->text, '&');
    }
    buf_printf(&l->text, "page=%" PRId64 ">; rel=\"%s\"", page, rel);
}

/* Takes place. */
static void links_init(struct links *l, const struct call *c, const char *separator,
                       char *place)
{
    *l = (struct links){ .c = c, .separator = separator, .place = place };
    buf_init(&l->text, LINKS_MAX_BYTES);
}

static void links_send(struct links *l, struct reply *reply)
{
    if (l->text.len > 0)
        reply_header(reply, "Link", "%s", l->text.data);
    buf_finish(&l->text);
    free(l->place);
}

/* Where a row stands in a sorted list, as a text that stays right while rows come and go:
 * base64 of "KEY ID". The caller frees. */
static char *cursor_of(const struct call *c, const json_t *row)
{
    char *place = xasprintf("%s %" PRId64, row_str(row, c->sort_key), row_int(row, "id"));
    struct buf out;

    buf_init(&out, CURSOR_MAX_BYTES);
    base64_add(&out, place, strlen(place));
    free(place);
    return buf_take(&out);
}

static bool is_behind(const struct call *c, const json_t *row, const char *key, int64_t id)
{
    int order = strcmp(row_str(row, c->sort_key), key);

    if (order == 0)
        order = (row_int(row, "id") > id) - (row_int(row, "id") < id);
    return c->is_descending ? order < 0 : order > 0;
}

/* The place of the first row behind the cursor; -1 when it is none. */
static int64_t place_behind(const struct call *c, const json_t *rows, const char *cursor)
{
    int64_t id, i = -1, n = (int64_t)json_array_size(rows);
    struct buf place;

    buf_init(&place, CURSOR_MAX_BYTES);
    (void)base64_decode(&place, cursor, strlen(cursor), "after", NULL);
    char *blank = strrchr(place.data, ' ');
    if (blank && parse_i64(&id, blank + 1, 1, INT64_MAX, "after", NULL) == 0) {
        *blank = '\0';
        for (i = 0; i < n && !is_behind(c, json_array_get(rows, (size_t)i), place.data, id);)
            i++;
    }
    buf_finish(&place);
    return i;
}

/* Of the issues only the next page's address is told, by a cursor; they may come and go. */
static int page_by_cursor(struct call *c, json_t *rows, struct links *links, shape_fn *shape)
{
    const char *after = call_arg(c, "after", NULL);
    struct page page = page_of(c, rows, "per_page", GITHUB_SIZE_MAX);

    if (after)
        page.first = place_behind(c, rows, after);
    if (page.first < 0 || (!after && page.first >= GITHUB_DEEPEST_ROW)) {
        json_decref(rows);
        return after ? call_invalid(c, "Issue", "after", "invalid")
                     : call_error(c, 422,
                                  "Pagination with the page parameter is not supported for "
                                  "large datasets, please use cursor based pagination "
                                  "(after/before)");
    }
    if (!after && page.number > 1)
        add_link(links, page.number - 1, "prev");
    if (page.first + page.size < (int64_t)json_array_size(rows)) {
        char *cursor = cursor_of(c, json_array_get(rows, (size_t)(page.first + page.size - 1)));

        row_set_str(c->args, "after", cursor);
        add_link(links, page.number + 1, "next");
        free(cursor);
    }
    return call_show(c, 200, show(c, rows, &page, shape));
}

static int page_by_number(struct call *c, json_t *rows, struct links *links, shape_fn *shape)
{
    struct page page = page_of(c, rows, "per_page", GITHUB_SIZE_MAX);

    if (c->route->list == LIST_OF_300_PAGES && page.last > GITHUB_EVENT_PAGES)
        page.last = GITHUB_EVENT_PAGES;
    if (c->route->list == LIST_OF_300_PAGES && page.number > GITHUB_EVENT_PAGES) {
        json_decref(rows);
        return call_error(c, 422,
                          "In order to keep the API fast for everyone, pagination is "
                          "limited for this resource.");
    }
    if (page.number > 1)
        add_link(links, page.number - 1, "prev");
    if (page.number < page.last) {
        add_link(links, page.number + 1, "next");
        add_link(links, page.last, "last");
    }
    if (page.number > 1)
        add_link(links, 1, "first");
    return call_show(c, 200, show(c, rows, &page, shape));
}

/* <http://host/api/v3/repositories/1/issues?state=all&page=2>; rel="next", ... */
int page_github(struct call *c, json_t *rows, shape_fn *shape)
{
    bool has_cursor =
        c->route->list == LIST_BY_CURSOR && c->sort_key && strcmp(c->sort_key, "comments") != 0;
    struct links links;

    links_init(&links, c, ", ",
               xasprintf("%s/repositories/%" PRId64 "%s", c->view.api,
                         row_int(state_repo(&c->forge->state), "id"), c->view.rest));
    int status = has_cursor ? page_by_cursor(c, rows, &links, shape)
                            : page_by_number(c, rows, &links, shape);
    links_send(&links, c->reply);
    return status;
}

static void add_gitea_links(struct call *c, const struct page *page)
{
    const json_t *repo = state_repo(&c->forge->state);
    struct links links;

    links_init(&links, c, ",",
               xasprintf("%s/repos/%s/%s%s", c->view.api, row_str(repo, "owner"),
                         row_str(repo, "name"), c->view.rest));
    if (page->number < page->last) {
        add_link(&links, page->number + 1, "next");
        add_link(&links, page->last, "last");
    }
    if (page->number > 1) {
        add_link(&links, 1, "first");
        add_link(&links, page->number - 1, "prev");
    }
    links_send(&links, c->reply);
}

/* Every list tells its length, few have links, and some are not cut at all. */
int page_gitea(struct call *c, json_t *rows, shape_fn *shape)
{
    struct page page = page_of(c, rows, "limit", GITEA_SIZE_MAX);
    enum route_list list = c->route->list;
    size_t n = json_array_size(rows);

    if (list == LIST_WHOLE || (list == LIST_WHOLE_AT_FIRST && !call_arg(c, "page", NULL)))
        page = (struct page){ .number = 1, .size = n > 0 ? (int64_t)n : 1, .last = 1 };
    reply_header(c->reply, "X-Total-Count", "%zu", n);
    if (list == LIST_LINKED)
        add_gitea_links(c, &page);
    if (list == LIST_LINKED && shape == c->shapes->changed_file)
        reply_header(c->reply, "X-HasMore", "%s", page.number < page.last ? "true" : "false");
    json_t *out = show(c, rows, &page, shape);
    if (c->route->is_null_when_empty && json_array_size(out) == 0) {
        json_decref(out);
        out = json_null();
    }
    return call_show(c, 200, out);
}
