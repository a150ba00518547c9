/* SPDX-License-Identifier: Apache-2.0
 * The protocol's small questions, and what is not served here. */
#include "hub/web/api.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "hub/web/shelf.h"
#include "hub/web/site.h"

int api_reply(struct httpd_request *req, struct httpd_response *res, json_t *doc)
{
    json_write(&res->body, doc, 0);
    json_decref(doc);
    return reply_body(req, res, "application/json", REPLY_FILE);
}

json_t *api_lfs(const struct hub_file *file)
{
    return json_pack("{s:s,s:s,s:I,s:I}", "oid", file->lfs, "sha256", file->lfs, "size",
                     (json_int_t)file->size, "pointerSize", (json_int_t)file->pointer_size);
}

int api_body(json_t **ret, const struct site *site, struct httpd_request *req,
             struct httpd_response *res)
{
    const struct buf *body = httpd_body(req);
    struct err err = { 0 };
    json_t *doc = NULL;

    int rc = json_parse(&doc, body->data, body->len, "body", &err);
    if (rc == 0 && !json_is_object(doc))
        rc = err_set(&err, ERR_PARSE, "body: expected a JSON object");
    if (rc < 0) {
        json_decref(doc);
        return site_error(site, req, res, 400, NULL, err.msg);
    }
    *ret = doc;
    return 0;
}

int api_query(struct form *ret, const struct site *site, struct httpd_request *req,
              struct httpd_response *res)
{
    const char *query = httpd_query(req);

    return form_parse(ret, query, strlen(query), API_MAX_FIELDS, NULL) < 0
               ? site_error(site, req, res, 400, NULL, "the query cannot be read")
               : 0;
}

int send_options(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)res;
    (void)ctx;
    reply_headers(req, REPLY_FILE);
    httpd_reply_header(req, "Access-Control-Allow-Methods",
                       "GET, HEAD, POST, PUT, DELETE, OPTIONS");
    httpd_reply_header(req, "Access-Control-Allow-Headers",
                       "Authorization, Content-Type, Range, X-Request-Id");
    httpd_reply_header(req, "Access-Control-Max-Age", "86400");
    return 204;
}

int api_spaces(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)ctx;
    return api_reply(req, res, json_array()); /* none are hosted */
}

/* Reading what is not there is a 404; what would write is not built. */
int api_absent(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const char *method = httpd_method(req);

    if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
        return site_error(ctx, req, res, 404,
                          text_has_prefix(httpd_path(req), "/api/spaces/") ? "RepoNotFound"
                                                                           : NULL,
                          "this hub does not answer that");
    return site_error(ctx, req, res, 501, NULL, "this hub cannot do that");
}

static void add_ref(json_t *in, const struct git_ref *ref, const char *prefix)
{
    (void)json_array_append_new(in,
                                json_pack("{s:s,s:s,s:s}", "name", ref->name + strlen(prefix),
                                          "ref", ref->name, "targetCommit", ref->commit));
}

int api_refs(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    static const char heads[] = "refs/heads/", tagged[] = "refs/tags/";
    json_t *branches = json_array(), *tags = json_array();
    struct git_ref *refs = NULL;
    struct err err = { 0 };
    struct shelf shelf;
    size_t n = 0;

    int status = site_open_shelf(&shelf, ctx, req, res);
    if (status == 0 && hub_repo_list_refs(&refs, &n, shelf.repo, &err) < 0)
        status = site_unreadable(ctx, req, res, &err);
    for (size_t i = 0; i < n; i++) {
        if (text_has_prefix(refs[i].name, heads))
            add_ref(branches, &refs[i], heads);
        else if (text_has_prefix(refs[i].name, tagged))
            add_ref(tags, &refs[i], tagged);
    }
    if (status == 0)
        status = api_reply(req, res,
                           json_pack("{s:O,s:O,s:[],s:[]}", "branches", branches, "tags", tags,
                                     "converts", "pullRequests"));
    json_decref(branches);
    json_decref(tags);
    git_refs_free(refs, n);
    shelf_close(&shelf);
    return status;
}
