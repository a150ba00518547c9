/* SPDX-License-Identifier: Apache-2.0
 * Repositories are made, moved, set up and removed. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/git.h"
#include "hub/web/api.h"
#include "hub/web/card_check.h"
#include "hub/web/hosting.h"
#include "hub/web/repo_body.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"

static int reply_made(struct httpd_request *req, struct httpd_response *res,
                      const struct site *site, const struct hosted_name *name, int status)
{
    char *base = site_base_url(site, req);
    char *id = xasprintf("%s/%s", name->ns, name->name);
    char *url = xasprintf("%s/%s%s", base, visit_prefix(name->kind), id);
    json_t *doc = json_pack("{s:s,s:s,s:s}", "url", url, "id", id, "name", id);

    if (status == 409) { /* an error, and what is there: clients take either */
        static const char taken[] = "there is a repository of this name already";

        (void)json_object_set_new(doc, "error", json_string(taken));
        httpd_reply_header(req, "X-Error-Code", "Conflict");
        httpd_reply_header(req, "X-Error-Message", "%s", taken);
    }
    json_write(&res->body, doc, 0);
    json_decref(doc);
    reply_headers(req, REPLY_FILE);
    res->content_type = "application/json";
    free(url);
    free(id);
    free(base);
    return status;
}

static int check_card(const char *text, size_t len, struct err *err)
{
    json_t *result = card_check(text, len);
    const char *fault = card_check_first(result, "errors");
    int rc = fault ? err_set(err, ERR_RANGE, "README.md: %s", fault) : 0;

    json_decref(result);
    return rc;
}

/* The cards that come, or that a licence alone would make, must be as good as any. */
static int check_cards(const struct repo_body *body, struct err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < body->n_files; i++)
        if (strcmp(body->files[i].path, "README.md") == 0)
            rc = check_card(body->files[i].data, body->files[i].len, err);
    if (rc < 0 || *body->licence == '\0')
        return rc;
    char *card = xasprintf("---\nlicense: %s\n---\n", body->licence);
    rc = check_card(card, strlen(card), err);
    free(card);
    return rc;
}

int api_create(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct principal who;
    struct repo_body body = { 0 };
    struct err err = { 0 };
    json_t *doc = NULL;

    int status = visit_identify(&who, site, req, res);
    if (status == 0)
        status = api_body(&doc, site, req, res);
    if (status != 0)
        return status;
    int rc = who.person[0] ? repo_body_read(&body, doc, &err)
                           : err_set(&err, ERR_AUTH, "creating needs an access token");
    if (rc == 0)
        rc = check_cards(&body, &err);
    const struct hosted_name name = { body.kind, body.ns ? body.ns : who.person, body.name };
    const struct hosting_new wanted = { .name = name,
                                        .is_private = body.is_private,
                                        .licence = body.licence,
                                        .files = body.files,
                                        .n_files = body.n_files };
    if (rc == 0)
        rc = hosting_create(site->access, site->hub_dir, &who, &wanted, &err);
    if (rc == 0 || rc == -ERR_EXISTS)
        status = reply_made(req, res, site, &name, rc == 0 ? 200 : 409);
    else if (rc == -ERR_REFUSED) /* a path */
        status = site_error(site, req, res, 400, NULL, err.msg);
    else
        status = visit_fail(site, req, res, &who, &err);
    repo_body_finish(&body);
    json_decref(doc);
    return status;
}

int api_delete(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct repo_body body = { 0 };
    struct principal who;
    struct visit visit = { 0 };
    struct err err = { 0 };
    json_t *doc = NULL;

    int status = visit_identify(&who, site, req, res);
    if (status == 0)
        status = api_body(&doc, site, req, res);
    if (status == 0 && repo_body_read_name(&body, doc, &err) < 0)
        status = visit_fail(site, req, res, &who, &err);
    if (status == 0) {
        const struct hosted_name name = { body.kind, body.ns ? body.ns : who.person,
                                          body.name };

        status = visit_begin_named(&visit, site, req, res, &name, ACCESS_ADMIN);
    }
    if (status == 0) {
        const struct hosted_name name = { visit.kind, visit.ns, visit.name };

        status = hosting_remove(site->access, visit.root, &name, &err) < 0
                     ? visit_fail(site, req, res, &visit.who, &err)
                     : api_reply(req, res, json_pack("{s:b}", "ok", 1));
    }
    visit_end(&visit);
    repo_body_finish(&body);
    json_decref(doc);
    return status;
}

/* A repository of the loop's has no row yet, and needs one to be private. */
static int need_row(const struct site *site, struct visit *v, struct err *err)
{
    const struct hosted_repo row = {
        .kind = v->kind, .ns = v->ns, .name = v->name, .created_at = access_now(site->access)
    };

    if (v->hosted.id != 0)
        return 0;
    int rc = hosted_repo_add(access_lock(site->access), &row, &v->hosted.id, err);
    access_unlock(site->access);
    return rc;
}

static int move_repo(const struct site *site, const struct visit *v,
                     const struct move_body *body, struct err *err)
{
    const struct hosting_move move = { .root = v->root,
                                       .from = { v->kind, v->ns, v->name },
                                       .to = { v->kind, body->to_ns, body->to_name } };
    int rc = access_check_namespace(site->access, &v->who, body->to_ns, err);

    return rc < 0 ? rc : hosting_move(site->access, &move, err);
}

int api_move(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct visit visit = { 0 };
    struct move_body body = { 0 };
    struct principal nobody = { 0 };
    struct err err = { 0 };
    json_t *doc = NULL;

    int status = api_body(&doc, ctx, req, res);
    if (status == 0 && move_body_read(&body, doc, &err) < 0)
        status = visit_fail(ctx, req, res, &nobody, &err);
    if (status == 0) {
        const struct hosted_name from = { body.kind, body.from_ns, body.from_name };

        status = visit_begin_named(&visit, ctx, req, res, &from, ACCESS_ADMIN);
    }
    if (status == 0)
        status = move_repo(ctx, &visit, &body, &err) < 0
                     ? visit_fail(ctx, req, res, &visit.who, &err)
                     : api_reply(req, res, json_pack("{s:b}", "ok", 1));
    visit_end(&visit);
    move_body_finish(&body);
    json_decref(doc);
    return status;
}

static int set_up(const struct site *site, struct visit *v, const json_t *doc, struct err *err)
{
    struct settings_body body;
    int rc = settings_body_read(&body, doc, err);

    if (rc == 0)
        rc = need_row(site, v, err);
    if (rc < 0)
        return rc;
    if (body.has_privacy)
        v->hosted.is_private = body.is_private;
    if (body.has_gate)
        v->hosted.gate = body.gate;
    const struct hosted_repo row = { .id = v->hosted.id,
                                     .is_private = v->hosted.is_private,
                                     .gate = v->hosted.gate,
                                     .blob_bytes = v->hosted.blob_bytes };
    rc = hosted_repo_update(access_lock(site->access), &row, err);
    access_unlock(site->access);
    return rc;
}

int api_settings(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct visit visit = { 0 };
    struct err err = { 0 };
    json_t *doc = NULL;

    int status = api_body(&doc, ctx, req, res);
    if (status == 0)
        status = visit_begin(&visit, ctx, req, res, ACCESS_ADMIN);
    if (status == 0)
        status = set_up(ctx, &visit, doc, &err) < 0
                     ? visit_fail(ctx, req, res, &visit.who, &err)
                     : api_reply(
                           req, res,
                           json_pack("{s:b,s:b}", "ok", 1, "private", visit.hosted.is_private));
    visit_end(&visit);
    json_decref(doc);
    return status;
}
