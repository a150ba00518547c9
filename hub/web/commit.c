/* SPDX-License-Identifier: Apache-2.0
 * POST .../commit/{rev}: lines are taken as they arrive, so that one commit may carry files
 * larger than memory; the branch moves at the end, once and whole. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "hub/repo/attributes.h"
#include "hub/repo/edit.h"
#include "hub/repo/repo.h"
#include "hub/web/api.h"
#include "hub/web/card_check.h"
#include "hub/web/commit_impl.h"
#include "hub/web/quota.h"
#include "hub/web/site.h"
#include "hub/web/write.h"

static const char heads[] = "refs/heads/";

/* Also of a commit that fails: git has them all the same. */
static void count_git_bytes(struct commit *c)
{
    if (c->git_bytes > 0)
        commit_count(c, c->git_bytes);
    c->git_bytes = 0;
}

static void commit_free(void *state)
{
    struct commit *c = state;

    count_git_bytes(c);
    quota_release(c->hold);
    ndjson_finish(&c->lines);
    content_finish(&c->content);
    hub_edit_free(c->edit);
    hub_repo_close(c->repo);
    attributes_free(c->attributes);
    buf_finish(&c->rules);
    buf_finish(&c->readme);
    visit_end(&c->visit);
    free(c->branch);
    free(c->summary);
    free(c->description);
    free(c->parent);
    free(c);
}

static struct commit *commit_new(const struct site *site)
{
    struct commit *c = xcalloc(1, sizeof(*c));
    const struct ndjson_sink sink = { commit_take_content, commit_take_line, c };

    c->site = site;
    ndjson_init(&c->lines, &sink);
    content_init(&c->content, NULL);
    buf_init(&c->rules, ATTRIBUTES_MAX_BYTES);
    buf_init(&c->readme, CONTENT_IN_MEMORY);
    return c;
}

/* Only branches take commits; main is made by the first. */
static int open_branch(struct commit *c, const struct httpd_request *req, struct err *err)
{
    char *rev = write_param(req, "rev");
    char tip[GIT_HEX_SIZE];

    if (!rev)
        return err_set(err, ERR_NOTFOUND, "no such revision");
    c->branch = xstrdup(text_has_prefix(rev, heads) ? rev + strlen(heads) : rev);
    free(rev);
    char *ref = xasprintf("%s%s", heads, c->branch);
    int rc = hub_repo_resolve(tip, c->repo, ref, err);
    free(ref);
    if (rc == 0)
        (void)hub_repo_read_file(&c->rules, c->repo, tip, ".gitattributes", NULL);
    if (rc == -ERR_NOTFOUND && strcmp(c->branch, "main") == 0)
        rc = 0;
    return rc;
}

static int fail(struct commit *c, struct httpd_request *req, struct httpd_response *res,
                const struct err *err)
{
    return visit_fail(c->site, req, res, &c->visit.who, err);
}

int commit_begin(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct commit *c = commit_new(ctx);
    struct err err = { 0 };

    httpd_set_state(req, c, commit_free);
    int status = visit_begin(&c->visit, c->site, req, res, ACCESS_WRITE);
    if (status != 0)
        return status;
    char *pr = httpd_query_arg(req, "create_pr");
    bool is_pr = pr && (strcmp(pr, "1") == 0 || strcmp(pr, "true") == 0);
    free(pr);
    if (is_pr)
        return site_error(c->site, req, res, 501, NULL, "this hub takes no pull requests");
    if (hub_repo_open(&c->repo, c->visit.root, c->visit.id, &err) < 0)
        return fail(c, req, res, &err);
    c->content.blobs = hub_repo_blobs(c->repo);
    if (quota_take(&c->hold, c->site->quota, c->visit.ns, 0, &err) < 0)
        return fail(c, req, res, &err);
    if (open_branch(c, req, &err) < 0)
        return site_error(c->site, req, res, 404, "RevisionNotFound",
                          "no such branch, and only branches take commits");
    c->edit = hub_edit_new(c->repo);
    return 0;
}

int commit_take(struct httpd_request *req, const void *data, size_t len, void *ctx)
{
    struct commit *c = httpd_state(req);

    (void)ctx;
    return ndjson_feed(&c->lines, data, len, &c->err);
}

/* A card with faults is refused; one with gaps is taken, and its author hears of them. */
static int check_card(struct commit *c, struct httpd_request *req, struct err *err)
{
    int rc = 0;

    if (!c->has_readme)
        return 0;
    json_t *result = card_check(c->readme.data, c->readme.len);
    const char *fault = card_check_first(result, "errors");
    const char *gap = card_check_first(result, "warnings");
    if (fault)
        rc = err_set(err, ERR_RANGE, "README.md: %s", fault);
    else if (gap)
        write_warn(req, "card", gap);
    json_decref(result);
    return rc;
}

static int commit_all(char oid[GIT_HEX_SIZE], struct commit *c, struct httpd_request *req,
                      struct err *err)
{
    struct write_author author;
    int rc = c->err.code ? -c->err.code : ndjson_end(&c->lines, &c->err);

    if (rc < 0) {
        *err = c->err;
        return rc;
    }
    if (!c->summary)
        return err_set(err, ERR_PARSE, "the commit has no header with a summary");
    rc = check_card(c, req, err);
    if (rc < 0)
        return rc;
    char *message = c->description && *c->description
                        ? xasprintf("%s\n\n%s", c->summary, c->description)
                        : xstrdup(c->summary);
    write_author_init(&author, &c->visit.who);
    const struct hub_commit made = { .branch = c->branch,
                                     .parent = c->parent,
                                     .author_name = author.name,
                                     .author_email = author.email,
                                     .at = access_now(c->site->access),
                                     .message = message };
    rc = hub_edit_commit(oid, c->edit, &made, err);
    free(message);
    return rc;
}

int api_commit(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct commit *c = httpd_state(req);
    char oid[GIT_HEX_SIZE];
    struct err err = { 0 };

    (void)ctx;
    int rc = commit_all(oid, c, req, &err);
    count_git_bytes(c);
    if (rc == -ERR_NOTFOUND)
        return site_error(c->site, req, res, 404, "EntryNotFound", err.msg);
    if (rc == -ERR_REFUSED)
        return site_error(c->site, req, res, 400, NULL, err.msg);
    if (rc < 0)
        return fail(c, req, res, &err);
    char *base = site_base_url(c->site, req);
    char *url =
        xasprintf("%s/%s%s/commit/%s", base, visit_prefix(c->visit.kind), c->visit.id, oid);
    json_t *doc = json_pack("{s:b,s:s,s:s,s:s}", "success", 1, "commitOid", oid, "commitUrl",
                            url, "hookOutput", "");
    free(url);
    free(base);
    return api_reply(req, res, doc);
}
