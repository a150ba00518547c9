/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/site.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/text.h"
#include "hub/web/card.h"
#include "hub/web/downloads.h"
#include "hub/web/markdown.h"
#include "hub/web/routes.h"
#include "hub/web/shelf.h"
#include "hub/web/visit.h"
#include "report/html.h"

enum {
    MAX_TAGS_SHOWN = 12,
    MAX_FILES_BESIDE = 25,
    MAX_FILES_SHOWN = 10000,
    MAX_README_BYTES = 1 << 20,
};

int site_unreadable(const struct site *site, struct httpd_request *req,
                    struct httpd_response *res, const struct err *err)
{
    const char *what = "this repository cannot be read"; /* which file it is, is ours to know */

    log_event(LOG_ERROR, "unreadable", "error=\"%s\"", err->msg);
    return site_error(site, req, res, 500, NULL, err->code == ERR_LIMIT ? err->msg : what);
}

int site_unlisted(const struct site *site, struct httpd_request *req,
                  struct httpd_response *res, const struct err *err)
{
    const char *what = err->code == ERR_LIMIT ? "there are more repositories than lists show"
                                              : "the hub's folder cannot be read";

    log_event(LOG_ERROR, "unlisted", "error=\"%s\"", err->msg);
    return site_error(site, req, res, 500, NULL, what);
}

int site_open_shelf_for(struct shelf *ret, const struct site *site, struct httpd_request *req,
                        struct httpd_response *res, enum access_right right)
{
    const char *where = httpd_param(req, "where");
    struct err err = { 0 };
    struct visit visit;

    memset(ret, 0, sizeof(*ret));
    int status = visit_begin(&visit, site, req, res, right);
    if (status == 0) {
        int rc = shelf_open(ret, visit.root, visit.id, where ? where : "main", &err);

        ret->hosted = visit.hosted;
        if (rc == -ERR_NOTFOUND && ret->id)
            status = site_error(site, req, res, 404, "RevisionNotFound", "no such revision");
        else if (rc < 0)
            status = site_unreadable(site, req, res, &err);
    }
    visit_end(&visit);
    return status;
}

int site_open_shelf(struct shelf *ret, const struct site *site, struct httpd_request *req,
                    struct httpd_response *res)
{
    return site_open_shelf_for(ret, site, req, res, ACCESS_SEE);
}

void site_read_card(struct card *card, struct buf *readme, const struct shelf *shelf)
{
    const struct hub_file *file = shelf_find(shelf, "README.md");

    buf_init(readme, MAX_README_BYTES);
    if (file)
        (void)shelf_read(readme, shelf, file, NULL); /* one too long is left out */
    card_init(card, readme->data, readme->len);
}

static const char *tag_name(const struct git_ref *tag)
{
    return tag->name + strlen("refs/tags/");
}

/* "/namespace/name/WHAT/rev" behind the kind's prefix: rev is one segment. */
static void add_rev_url(struct buf *out, const struct shelf *shelf, const char *what,
                        const char *rev)
{
    buf_printf(out, "/%s%s/%s/", visit_prefix(shelf->hosted.kind), shelf->id, what);
    text_add_url(out, rev, TEXT_SLASH_ENCODED);
}

static void add_file_row(struct buf *out, const struct shelf *shelf,
                         const struct hub_file *file)
{
    struct buf url;

    buf_init(&url, 16384);
    add_rev_url(&url, shelf, "resolve", shelf->rev);
    buf_add_char(&url, '/');
    text_add_url(&url, file->path, TEXT_SLASH_KEPT);
    html_printf(out, "<tr><td><a href=\"%s\">%s</a></td><td class=\"number\">", url.data,
                file->path);
    page_add_size(out, file->size);
    html_printf(out, "</td></tr>\n");
    buf_finish(&url);
}

static void add_files(struct buf *out, const struct shelf *shelf, size_t max)
{
    html_printf(out, "<div class=\"wide\"><table class=\"files\">\n<tr><th>File</th>"
                     "<th class=\"number\">Size</th></tr>\n");
    for (size_t i = 0; i < shelf->n_files && i < max; i++)
        add_file_row(out, shelf, &shelf->files[i]);
    html_printf(out, "</table></div>\n");
    if (shelf->n_files > max)
        html_printf(out, "<p class=\"soft\">and %zu more</p>\n", shelf->n_files - max);
}

/* The licence as the card states it; "other" has a name of its own. */
static const char *licence_of(const struct card *card)
{
    const char *licence = card_get(card, "license");

    if (licence && strcmp(licence, "other") == 0)
        licence = card_get(card, "license_name");
    return licence ? licence : "not stated";
}

/* The first figure of the card's first result: "accuracy 97.8%". */
static void add_figure_badge(struct buf *out, const struct card *card)
{
    const char *type = card_get(card, "model-index[0].results[0].metrics[0].type");
    const char *text = card_get(card, "model-index[0].results[0].metrics[0].value");
    double value;

    if (!type || !text)
        return;
    if (strcmp(type, "accuracy") == 0 && parse_f64(&value, text, 0, 1, type, NULL) == 0)
        html_printf(out, "<li>accuracy %.1f%%</li>\n", 100 * value);
    else
        html_printf(out, "<li>%s %s</li>\n", type, text);
}

static void add_downloads_badge(struct buf *out, const struct site *site,
                                const struct shelf *shelf)
{
    char *ns = xstrndup(shelf->id, strcspn(shelf->id, "/"));
    const struct hosted_name name = { shelf->hosted.kind, ns, shelf->id + strlen(ns) + 1 };
    struct download_sums sums;

    downloads_read(&sums, site->downloads, &name);
    if (sums.recent > 0)
        html_printf(out, "<li>%lld download%s in %d days</li>\n", (long long)sums.recent,
                    sums.recent == 1 ? "" : "s", DOWNLOADS_RECENT_DAYS);
    free(ns);
}

void page_add_badges(struct buf *out, const struct site *site, const struct shelf *shelf,
                     const struct card *card)
{
    int64_t total = 0;

    for (size_t i = 0; i < shelf->n_files; i++)
        total += shelf->files[i].size;
    html_printf(out, "<ul class=\"badges\">\n<li>licence: %s</li>\n", licence_of(card));
    add_figure_badge(out, card);
    if (shelf->n_tags > 0)
        html_printf(out, "<li>%s</li>\n", tag_name(&shelf->tags[0]));
    add_downloads_badge(out, site, shelf);
    html_printf(out, "<li>%zu file%s, ", shelf->n_files, shelf->n_files == 1 ? "" : "s");
    page_add_size(out, total);
    html_printf(out, "</li>\n<li><code>%.7s</code></li>\n</ul>\n", shelf->commit);
}

static void add_versions(struct buf *out, const struct shelf *shelf)
{
    if (shelf->n_tags == 0)
        return;
    html_printf(out, "<h2>Versions</h2>\n<ul class=\"badges\">\n");
    for (size_t i = 0; i < shelf->n_tags && i < MAX_TAGS_SHOWN; i++) {
        const char *name = tag_name(&shelf->tags[i]);
        struct buf url;

        buf_init(&url, 4096);
        add_rev_url(&url, shelf, "tree", name);
        html_printf(out, "<li><a href=\"%s\">%s</a></li>\n", url.data, name);
        buf_finish(&url);
    }
    html_printf(out, "</ul>\n");
}

/* How to take a file home with nothing but curl. */
static void add_snippet(struct buf *out, const struct site *site,
                        const struct httpd_request *req, const struct shelf *shelf)
{
    const char *wanted = "model.safetensors";

    if (!shelf_find(shelf, wanted))
        return;
    char *base = site_base_url(site, req);
    html_printf(out,
                "<h2>Download</h2>\n<pre><code>curl -LO %s/%s%s/resolve/%s/%s</code></pre>\n",
                base, visit_prefix(shelf->hosted.kind), shelf->id, shelf->rev, wanted);
    free(base);
}

static void add_document(struct buf *out, const struct shelf *shelf, const struct card *card)
{
    struct buf base;

    if (card->text_len == 0) {
        html_printf(out, "<p class=\"lead\">No description has been written yet.</p>\n");
        return;
    }
    buf_init(&base, 4096);
    add_rev_url(&base, shelf, "resolve", shelf->rev);
    buf_add_char(&base, '/');
    markdown_add(out, card->text, card->text_len, base.data);
    if (card->text_len > MARKDOWN_MAX_BYTES)
        html_printf(out,
                    "<p class=\"soft\">The <a href=\"%sREADME.md\">whole text</a> is "
                    "longer.</p>\n",
                    base.data);
    buf_finish(&base);
}

/* The way to the files that the card's page has no room for. */
static void add_way_to_files(struct buf *out, const struct shelf *shelf)
{
    struct buf url;

    if (shelf->n_files <= MAX_FILES_BESIDE)
        return;
    buf_init(&url, 4096);
    add_rev_url(&url, shelf, "tree", shelf->rev);
    html_printf(out, "<p><a href=\"%s\">All %zu files</a></p>\n", url.data, shelf->n_files);
    buf_finish(&url);
}

static void add_model(struct buf *out, const struct site *site, const struct httpd_request *req,
                      const struct shelf *shelf)
{
    struct card card;
    struct buf readme;

    site_read_card(&card, &readme, shelf);
    html_printf(out, "<h1>%s</h1>\n", shelf->id);
    page_add_badges(out, site, shelf, &card);
    html_printf(out, "<div class=\"columns\">\n<article class=\"document\">\n");
    add_document(out, shelf, &card);
    html_printf(out, "</article>\n<aside>\n<h2>Files</h2>\n");
    add_files(out, shelf, MAX_FILES_BESIDE);
    add_way_to_files(out, shelf);
    add_versions(out, shelf);
    add_snippet(out, site, req, shelf);
    html_printf(out, "</aside>\n</div>\n");
    card_finish(&card);
    buf_finish(&readme);
}

int page_model(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct shelf shelf;

    int status = site_open_shelf(&shelf, site, req, res);
    if (status == 0) {
        shelf_read_tags(&shelf);
        page_begin(&res->body, site, shelf.id);
        add_model(&res->body, site, req, &shelf);
        page_end(&res->body);
        httpd_reply_header(req, "X-Repo-Commit", "%s", shelf.commit);
        status = reply_body(req, res, PAGE_TYPE, REPLY_PAGE);
    }
    shelf_close(&shelf);
    return status;
}

int page_tree(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct buf *out = &res->body;
    struct shelf shelf;

    int status = site_open_shelf(&shelf, site, req, res);
    if (status == 0) {
        shelf_read_tags(&shelf);
        char *title = xasprintf("Files of %s at %s", shelf.id, shelf.rev);
        page_begin(out, site, title);
        free(title);
        html_printf(out,
                    "<h1><a href=\"/%s%s\">%s</a></h1>\n"
                    "<p class=\"lead\">at <strong>%s</strong>, commit <code>%s</code></p>\n",
                    visit_prefix(shelf.hosted.kind), shelf.id, shelf.id, shelf.rev,
                    shelf.commit);
        add_files(out, &shelf, MAX_FILES_SHOWN);
        add_versions(out, &shelf);
        page_end(out);
        httpd_reply_header(req, "X-Repo-Commit", "%s", shelf.commit);
        status = reply_body(req, res, PAGE_TYPE, REPLY_PAGE);
    }
    shelf_close(&shelf);
    return status;
}

/* Addresses that clients print and other hubs have lead to ours: what is the word in them. */
static int lead_on(struct httpd_request *req, struct httpd_response *res, void *ctx,
                   const char *what)
{
    bool is_dataset = text_has_prefix(httpd_path(req), "/datasets/");
    char *id = xasprintf("%s/%s", httpd_param(req, "ns"), httpd_param(req, "name"));
    int status = 302;

    if (hub_check_id(id, NULL) < 0) { /* "/\\host/" is another's address to browsers */
        status = send_not_found(req, res, ctx);
    } else {
        reply_headers(req, REPLY_PAGE);
        httpd_reply_header(req, "Location", "/%s%s/%s/%s",
                           visit_prefix(is_dataset ? HOSTED_DATASET : HOSTED_MODEL), id, what,
                           httpd_param(req, "where"));
    }
    free(id);
    return status;
}

/* A file's page is the file. */
int page_blob(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    return lead_on(req, res, ctx, "resolve");
}

/* A commit's is what it holds. */
int page_commit(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    return lead_on(req, res, ctx, "tree");
}
