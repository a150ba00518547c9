/* SPDX-License-Identifier: Apache-2.0
 * The front page: the public repositories by name, so many of each kind at a time. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "hub/repo/repo.h"
#include "hub/web/api.h"
#include "hub/web/card.h"
#include "hub/web/list_query.h"
#include "hub/web/shelf.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"
#include "report/html.h"

enum { PER_PAGE = 48 };

/* What is asked for, and whether there is more of it than fits on the page. */
struct front {
    const struct site *site;
    struct list_query query; /* by id alone */
    size_t skip;
    size_t n_shown;
    bool has_more;
};

/* A repository that cannot be read is shown by its name alone. */
static void add_card(struct buf *out, const struct site *site, const char *root,
                     enum hosted_kind kind, const char *id)
{
    struct shelf shelf;
    struct card card;
    struct buf readme;

    html_printf(out, "<li class=\"card\"><h3><a href=\"/%s%s\">%s</a></h3>\n",
                visit_prefix(kind), id, id);
    if (shelf_open(&shelf, root, id, "main", NULL) == 0) {
        access_look(&shelf.hosted, site->access, kind, id);
        shelf_read_tags(&shelf);
        site_read_card(&card, &readme, &shelf);
        const char *summary = card_get(&card, "summary");
        if (summary)
            html_printf(out, "<p>%s</p>\n", summary);
        page_add_badges(out, site, &shelf, &card);
        card_finish(&card);
        buf_finish(&readme);
    } else {
        html_printf(out, "<p class=\"soft\">nothing uploaded yet</p>\n");
    }
    html_printf(out, "</li>\n");
    shelf_close(&shelf);
}

/* The public ones of a kind under their heading. */
static int add_cards(struct buf *out, struct front *front, enum hosted_kind kind,
                     struct err *err)
{
    static const char *const headings[] = {
        [HOSTED_MODEL] = "Models", [HOSTED_DATASET] = "Data sets"
    };
    char *root = visit_root(front->site, kind);
    char **ids = NULL;
    size_t n_ids = 0, n = 0, end = front->skip + PER_PAGE;

    int rc = hub_repo_list(&ids, &n_ids, root, SITE_MAX_REPOS, err);
    for (size_t i = 0; rc == 0 && n <= end && i < n_ids; i++) {
        if (!list_query_wants_id(&front->query, ids[i]) ||
            !access_is_public(front->site->access, kind, ids[i]) || n++ < front->skip)
            continue;
        if (n == front->skip + 1)
            html_printf(out, "<h2>%s</h2>\n<ul class=\"cards\">\n", headings[kind]);
        if (n <= end)
            add_card(out, front->site, root, kind, ids[i]);
    }
    if (n > front->skip)
        html_printf(out, "</ul>\n");
    front->n_shown += n > front->skip ? n - front->skip : 0;
    front->has_more = front->has_more || n > end;
    hub_repo_list_free(ids, n_ids);
    free(root);
    return rc;
}

static const char *asked(const struct front *front, const char *name)
{
    const char *value = form_get(front->query.form, name);

    return value ? value : "";
}

static void add_search(struct buf *out, const struct front *front)
{
    const char *author = asked(front, "author");

    html_printf(out,
                "<form role=\"search\" action=\"/\" class=\"search\">\n"
                "<label for=\"search\">Name</label>\n"
                "<input type=\"search\" id=\"search\" name=\"search\" value=\"%s\">\n",
                asked(front, "search"));
    if (*author)
        html_printf(out, "<input type=\"hidden\" name=\"author\" value=\"%s\">\n", author);
    html_printf(out, "<button>Search</button>\n</form>\n");
}

/* page counts from 1. */
static void add_step(struct buf *out, const struct front *front, const char *rel, size_t page,
                     const char *label)
{
    static const char *const kept[] = { "search", "author" };
    struct buf url;

    buf_init(&url, 16384);
    buf_printf(&url, "/?page=%zu", page);
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        if (!*asked(front, kept[i]))
            continue;
        buf_printf(&url, "&%s=", kept[i]);
        text_add_url(&url, asked(front, kept[i]), TEXT_SLASH_ENCODED);
    }
    html_printf(out, "<a rel=\"%s\" href=\"%s\">%s</a>\n", rel, url.data, label);
    buf_finish(&url);
}

static void add_steps(struct buf *out, const struct front *front, size_t page)
{
    html_printf(out, "<nav class=\"pages\" aria-label=\"Pages\">\n");
    if (page > 1)
        add_step(out, front, "prev", page - 1, "Previous");
    if (front->has_more)
        add_step(out, front, "next", page + 1, "Next");
    html_printf(out, "</nav>\n");
}

static int add_front(struct buf *out, struct front *front, struct err *err)
{
    bool is_search = *asked(front, "search") || *asked(front, "author");
    size_t page = front->skip / PER_PAGE + 1;
    struct buf lists;

    buf_init(&lists, out->max);
    int rc = add_cards(&lists, front, HOSTED_MODEL, err);
    if (rc == 0)
        rc = add_cards(&lists, front, HOSTED_DATASET, err);
    if (is_search || front->has_more || front->skip > 0)
        add_search(out, front);
    buf_add(out, lists.data, lists.len);
    buf_finish(&lists);
    if (front->n_shown == 0)
        html_printf(out, "<p>%s</p>\n",
                    is_search || front->skip > 0 ? "There is nothing of this name."
                                                 : "No model has been released yet.");
    if (page > 1 || front->has_more)
        add_steps(out, front, page);
    return rc;
}

int page_home(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct front front = { .site = ctx };
    struct buf *out = &res->body;
    struct err err = { 0 };
    struct form form;

    int status = api_query(&form, ctx, req, res);
    if (status != 0) {
        form_finish(&form);
        return status;
    }
    page_begin(out, ctx, "Models");
    html_printf(out,
                "<h1>%s</h1>\n<p class=\"lead\">Models made from what people contribute. The "
                "<a href=\"/reports/\">report</a> tells how.</p>\n",
                front.site->title);
    int64_t page = form_number(&form, "page", SITE_MAX_REPOS, 1);
    front.query.form = &form;
    front.skip = page > 1 ? (size_t)(page - 1) * PER_PAGE : 0;
    int rc = add_front(out, &front, &err);
    form_finish(&form);
    if (rc < 0)
        return site_unlisted(ctx, req, res, &err);
    page_end(out);
    return reply_body(req, res, PAGE_TYPE, REPLY_FRONT);
}
