/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/parse.h"
#include "base/text.h"
#include "practice/forge.h"
#include "practice/routes.h"

enum {
    LINKS_MAX_BYTES = 8192,
    SIZE_DEFAULT = 30, /* of both */
    GITHUB_SIZE_MAX = 100,
    GITEA_SIZE_MAX = 50,
    PAGE_MAX = 1000000,
};

struct page {
    int64_t number, size;
    int64_t last; /* the number of the last one, at least 1 */
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

    page.last = n > page.size ? (n + page.size - 1) / page.size : 1;
    return page;
}

/* Takes rows. */
static json_t *show(const struct call *c, json_t *rows, const struct page *page,
                    shape_fn *shape)
{
    int64_t n = (int64_t)json_array_size(rows);
    json_t *out = json_array();

    for (int64_t i = (page->number - 1) * page->size; i < n && i < page->number * page->size;
         i++)
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

/* <http://host/api/v3/repositories/1/issues?state=all&page=2>; rel="next", ... */
int page_github(struct call *c, json_t *rows, shape_fn *shape)
{
    struct page page = page_of(c, rows, "per_page", GITHUB_SIZE_MAX);
    struct links links;

    links_init(&links, c, ", ",
               xasprintf("%s/repositories/%" PRId64 "%s", c->view.api,
                         row_int(state_repo(&c->forge->state), "id"), c->view.rest));
    if (page.number > 1)
        add_link(&links, page.number - 1, "prev");
    if (page.number < page.last) {
        add_link(&links, page.number + 1, "next");
        add_link(&links, page.last, "last");
    }
    if (page.number > 1)
        add_link(&links, 1, "first");
    links_send(&links, c->reply);
    return call_show(c, 200, show(c, rows, &page, shape));
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
