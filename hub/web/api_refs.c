/* SPDX-License-Identifier: Apache-2.0
 * Branches and tags are made and removed, history is listed and squashed. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/rfc3339.h"
#include "hub/repo/edit.h"
#include "hub/web/api.h"
#include "hub/web/desk.h"
#include "hub/web/ref_body.h"
#include "hub/web/shelf.h"
#include "hub/web/site.h"
#include "hub/web/write.h"
#include "report/html.h"

enum { MAX_COMMITS = 1000, MAX_HISTORY = 200000, MAX_HTML_BYTES = 1 << 20 };

/* What an error on a ref is to a client: a name that is taken, or a revision that is not. */
static int fail(const struct desk *desk, const struct site *site, struct httpd_request *req,
                struct httpd_response *res, const struct err *err)
{
    if (err->code == ERR_NOTFOUND)
        return site_error(site, req, res, 404, "RevisionNotFound", err->msg);
    if (err->code == ERR_CONFLICT)
        return site_error(site, req, res, 409, NULL, err->msg);
    return visit_fail(site, req, res, &desk->visit.who, err);
}

static int done(struct httpd_request *req, struct httpd_response *res)
{
    return api_reply(req, res, json_pack("{s:b}", "ok", 1));
}

/* The commit that a new branch starts at: a revision, or one of its own without files. */
static int find_start(char commit[GIT_HEX_SIZE], struct desk *desk,
                      const struct branch_body *body, int64_t now, struct err *err)
{
    struct write_author author;

    if (!body->is_empty)
        return hub_repo_resolve(commit, desk->repo, body->start, err);
    write_author_init(&author, &desk->visit.who);
    const struct hub_commit c = { .author_name = author.name,
                                  .author_email = author.email,
                                  .at = now,
                                  .message = "initial commit" };
    return hub_commit_nothing(commit, desk->repo, &c, err);
}

static int make_branch(struct desk *desk, const char *ref, int64_t now, struct err *err)
{
    char commit[GIT_HEX_SIZE];
    struct branch_body body;

    int rc = branch_body_read(&body, desk->doc, err);
    if (rc == 0)
        rc = find_start(commit, desk, &body, now, err);
    if (rc < 0)
        return rc;
    if (body.overwrites)
        return hub_repo_put_branch(desk->repo, ref, commit, err);
    return hub_repo_add_ref(desk->repo, ref, commit, NULL, err);
}

int api_branch(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    bool is_removal = strcmp(httpd_method(req), "DELETE") == 0;
    char *branch = write_param(req, "branch");
    struct err err = { 0 };
    struct desk desk;
    int rc = 0;

    int status = desk_open(&desk, site, req, res, ACCESS_WRITE);
    if (status == 0) {
        char *ref = xasprintf("refs/heads/%s", branch ? branch : "");

        if (!branch)
            rc = err_set(&err, ERR_RANGE, "a branch has a name");
        else if (is_removal && strcmp(branch, "main") == 0)
            rc = err_set(&err, ERR_DENIED, "the branch main cannot be removed");
        else
            rc = is_removal ? hub_repo_drop_ref(desk.repo, ref, &err)
                            : make_branch(&desk, ref, access_now(site->access), &err);
        status = rc < 0 ? fail(&desk, site, req, res, &err) : done(req, res);
        free(ref);
    }
    desk_close(&desk);
    free(branch);
    return status;
}

static int make_tag(struct desk *desk, const char *rev, int64_t now, struct err *err)
{
    char commit[GIT_HEX_SIZE];
    struct write_author author;
    struct tag_body body;

    int rc = tag_body_read(&body, desk->doc, err);
    if (rc < 0)
        return rc;
    write_author_init(&author, &desk->visit.who);
    const struct hub_tagger tagger = { body.message, author.name, author.email, now };
    char *ref = xasprintf("refs/tags/%s", body.tag);
    rc = hub_repo_resolve(commit, desk->repo, rev, err);
    if (rc == 0)
        rc = hub_repo_add_ref(desk->repo, ref, commit, *body.message ? &tagger : NULL, err);
    free(ref);
    return rc;
}

int api_tag(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    char *rev = write_param(req, "rev");
    struct err err = { 0 };
    struct desk desk;

    int status = desk_open(&desk, site, req, res, ACCESS_WRITE);
    if (status == 0) {
        int rc;

        if (!rev) {
            rc = err_set(&err, ERR_RANGE, "a revision or tag has a name");
        } else if (strcmp(httpd_method(req), "DELETE") == 0) {
            char *ref = xasprintf("refs/tags/%s", rev);

            rc = hub_repo_drop_ref(desk.repo, ref, &err);
            free(ref);
        } else {
            rc = make_tag(&desk, rev, access_now(site->access), &err);
        }
        status = rc < 0 ? fail(&desk, site, req, res, &err) : done(req, res);
    }
    desk_close(&desk);
    free(rev);
    return status;
}

static int squash(struct desk *desk, const char *branch, int64_t now, struct err *err)
{
    char commit[GIT_HEX_SIZE];
    struct write_author author;
    struct squash_body body;

    int rc = squash_body_read(&body, desk->doc, err);
    if (rc < 0)
        return rc;
    write_author_init(&author, &desk->visit.who);
    const struct hub_commit c = { .branch = branch,
                                  .author_name = author.name,
                                  .author_email = author.email,
                                  .at = now,
                                  .message = body.message };
    return hub_squash(commit, desk->repo, &c, err);
}

int api_squash(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    char *branch = write_param(req, "branch");
    struct err err = { 0 };
    struct desk desk;

    int status = desk_open(&desk, site, req, res, ACCESS_WRITE);
    if (status == 0)
        status = squash(&desk, branch ? branch : "", access_now(site->access), &err) < 0
                     ? fail(&desk, site, req, res, &err)
                     : done(req, res);
    desk_close(&desk);
    free(branch);
    return status;
}

/* First line, and the rest behind an empty one. */
static json_t *commit_entry(const struct git_logged *c)
{
    size_t title_len = strcspn(c->message, "\n");
    const char *rest = c->message + title_len;
    char date[RFC3339_SIZE];

    rest += strspn(rest, "\n");
    return json_pack("{s:s,s:s%,s:s,s:[{s:s,s:n}],s:s}", "id", c->commit, "title", c->message,
                     title_len, "message", rest, "authors", "user", c->author, "avatar", "date",
                     rfc3339_format(date, c->at));
}

/* The text as HTML, in which only its line ends are markup. */
static json_t *html_of(const json_t *text)
{
    char *copy = xstrdup(json_string_value(text));
    struct buf html;

    buf_init(&html, MAX_HTML_BYTES);
    for (char *line = copy, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        html_printf(&html, "%s", line);
        buf_add_str(&html, next ? "<br>\n" : "");
    }
    json_t *ret = json_stringn(html.data, html.len);
    buf_finish(&html);
    free(copy);
    return ret ? ret : json_string("");
}

static void add_formatted(json_t *entry)
{
    json_t *title = html_of(json_object_get(entry, "title"));
    json_t *message = html_of(json_object_get(entry, "message"));

    (void)json_object_set_new(entry, "formatted",
                              json_pack("{s:o,s:o}", "title", title, "message", message));
}

struct page {
    size_t limit, number;
    bool is_formatted;
};

static void add_next(struct httpd_request *req, const struct site *site,
                     const struct shelf *shelf, const struct page *page)
{
    char *base = site_base_url(site, req);

    httpd_reply_header(req, "Link", "<%s/api/%s/%s/commits/%s?limit=%zu&p=%zu%s>; rel=\"next\"",
                       base, visit_plural(shelf->hosted.kind), shelf->id, shelf->commit,
                       page->limit, page->number + 1,
                       page->is_formatted ? "&expand[]=formatted" : "");
    free(base);
}

static int reply_commits(struct httpd_request *req, struct httpd_response *res,
                         const struct site *site, const struct shelf *shelf,
                         const struct page *page)
{
    const struct git_log_range range = { page->number * page->limit, page->limit, MAX_HISTORY };
    struct git_logged *commits = NULL;
    size_t n = 0, total = 0;
    json_t *list = json_array();

    if (hub_repo_log(&commits, &n, &total, shelf->repo, shelf->commit, &range, NULL) < 0) {
        json_decref(list);
        return site_error(site, req, res, 500, NULL, "the history cannot be read");
    }
    for (size_t i = 0; i < n; i++) {
        json_t *entry = commit_entry(&commits[i]);

        if (page->is_formatted)
            add_formatted(entry);
        (void)json_array_append_new(list, entry);
    }
    git_log_free(commits, n);
    httpd_reply_header(req, "X-Total-Count", "%zu", total);
    if ((page->number + 1) * page->limit < total)
        add_next(req, site, shelf, page);
    return api_reply(req, res, list);
}

int api_commits(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct shelf shelf = { 0 };
    struct form query;

    int status = api_query(&query, ctx, req, res);
    if (status == 0)
        status = site_open_shelf(&shelf, ctx, req, res);
    if (status == 0) {
        size_t limit = (size_t)form_number(&query, "limit", MAX_COMMITS, 50);
        const struct page page = {
            .limit = limit ? limit : 1,
            .number = (size_t)form_number(&query, "p", MAX_HISTORY, 0),
            .is_formatted = form_names(&query, "expand", "formatted"),
        };

        status = reply_commits(req, res, ctx, &shelf, &page);
    }
    shelf_close(&shelf);
    form_finish(&query);
    return status;
}
