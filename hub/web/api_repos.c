/* SPDX-License-Identifier: Apache-2.0
 * Repositories are made, moved, set up and removed. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/err.h"
#include "hub/repo/repo.h"
#include "hub/web/api.h"
#include "hub/web/card_check.h"
#include "hub/web/hosting.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"

enum { MAX_FIRST_FILES = 100, MAX_FIRST_BYTES = 4 << 20 };

/* What the body of create and delete names. */
struct named {
    enum hosted_kind kind;
    char *ns; /* may be NULL: the person's own */
    const char *name;
    bool is_private;
};

static int read_named(struct named *ret, const json_t *doc, struct err *err)
{
    struct json_reader r;

    json_reader_init(&r, "body");
    const char *type = json_str(&r, doc, "type", JSON_OPTIONAL);
    const char *name = json_str(&r, doc, "name", JSON_REQUIRED);
    const char *org = json_str(&r, doc, "organization", JSON_OPTIONAL);
    const char *visibility = json_str(&r, doc, "visibility", JSON_OPTIONAL);
    bool is_private = json_bool_or(&r, doc, "private", false);
    int rc = json_reader_check(&r, err);
    if (rc < 0)
        return rc;
    if (!visit_parse_kind(&ret->kind, type))
        return err_set(err, ERR_RANGE, "type '%.32s': this hub hosts models and datasets",
                       type);
    if (strcmp(visibility, "protected") == 0)
        return err_set(err, ERR_RANGE, "visibility 'protected' is not known here");
    const char *slash = strchr(name, '/'); /* some clients send "namespace/name" */
    ret->ns = slash ? xstrndup(name, (size_t)(slash - name)) : *org ? xstrdup(org) : NULL;
    ret->name = slash ? slash + 1 : name;
    ret->is_private = is_private || strcmp(visibility, "private") == 0;
    return 0;
}

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

/* Files that come with the request, decoded. */
struct first_files {
    struct git_new_file *files;
    struct buf *contents;
    size_t n;
};

static void first_files_finish(struct first_files *first)
{
    for (size_t i = 0; i < first->n; i++)
        buf_finish(&first->contents[i]);
    free(first->contents);
    free(first->files);
}

static int check_card(const char *text, size_t len, struct err *err)
{
    json_t *result = card_check(text, len);
    const char *fault = card_check_first(result, "errors");
    int rc = fault ? err_set(err, ERR_RANGE, "README.md: %s", fault) : 0;

    json_decref(result);
    return rc;
}

static int read_file(struct git_new_file *ret, struct buf *content, const json_t *item,
                     struct err *err)
{
    struct json_reader r;

    json_reader_init(&r, "files");
    const char *path = json_str(&r, item, "path", JSON_REQUIRED);
    const char *text = json_str(&r, item, "content", JSON_REQUIRED);
    const char *encoding = json_str(&r, item, "encoding", JSON_OPTIONAL);
    int rc = json_reader_check(&r, err);
    if (rc < 0)
        return rc;
    if (strcmp(encoding, "base64") == 0)
        rc = base64_decode(content, text, strlen(text), path, err);
    else if (strcmp(encoding, "utf-8") == 0 || *encoding == '\0')
        buf_add_str(content, text);
    else
        rc = err_set(err, ERR_RANGE, "encoding '%.32s' is neither base64 nor utf-8", encoding);
    if (rc == 0 && strcmp(path, "README.md") == 0)
        rc = check_card(content->data, content->len, err);
    *ret = (struct git_new_file){ .path = path, .data = content->data, .len = content->len };
    return rc;
}

static int read_files(struct first_files *ret, const json_t *doc, struct err *err)
{
    const json_t *list = json_object_get(doc, "files");
    size_t n = json_array_size(list);
    int rc = 0;

    if (list && !json_is_array(list) && !json_is_null(list))
        return err_set(err, ERR_PARSE, "files: expected a list");
    if (n > MAX_FIRST_FILES)
        return err_set(err, ERR_LIMIT, "files: at most %d come with a new repository",
                       MAX_FIRST_FILES);
    ret->files = xcalloc(n + 1, sizeof(*ret->files));
    ret->contents = xcalloc(n + 1, sizeof(*ret->contents));
    for (; rc == 0 && ret->n < n; ret->n++) {
        buf_init(&ret->contents[ret->n], MAX_FIRST_BYTES);
        rc = read_file(&ret->files[ret->n], &ret->contents[ret->n],
                       json_array_get(list, ret->n), err);
    }
    return rc;
}

/* The card that a licence alone would make must be as good as any. */
static int check_licence(const char *licence, struct err *err)
{
    char *card = xasprintf("---\nlicense: %s\n---\n", licence);
    int rc = strpbrk(licence, "\r\n") ? err_set(err, ERR_RANGE, "license: one line, please")
                                      : check_card(card, strlen(card), err);

    free(card);
    return rc;
}

int api_create(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct principal who;
    struct named named = { 0 };
    struct first_files first = { 0 };
    struct err err = { 0 };
    json_t *doc = NULL;

    int status = visit_identify(&who, site, req, res);
    if (status == 0)
        status = api_body(&doc, site, req, res);
    if (status != 0)
        return status;
    int rc = who.person[0] ? read_named(&named, doc, &err)
                           : err_set(&err, ERR_AUTH, "creating needs an access token");
    const struct hosted_name name = { named.kind, named.ns ? named.ns : who.person,
                                      named.name };
    const char *licence = json_string_value(json_object_get(doc, "license"));
    if (rc == 0)
        rc = read_files(&first, doc, &err);
    if (rc == 0 && licence && *licence)
        rc = check_licence(licence, &err);
    const struct hosting_new wanted = { .name = name,
                                        .is_private = named.is_private,
                                        .licence = licence ? licence : "",
                                        .files = first.files,
                                        .n_files = first.n };
    if (rc == 0)
        rc = hosting_create(site->access, site->hub_dir, &who, &wanted, &err);
    if (rc == 0 || rc == -ERR_EXISTS)
        status = reply_made(req, res, site, &name, rc == 0 ? 200 : 409);
    else if (rc == -ERR_REFUSED) /* a path */
        status = site_error(site, req, res, 400, NULL, err.msg);
    else
        status = visit_fail(site, req, res, &who, &err);
    first_files_finish(&first);
    free(named.ns);
    json_decref(doc);
    return status;
}

int api_delete(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct named named = { 0 };
    struct principal who;
    struct visit visit = { 0 };
    struct err err = { 0 };
    json_t *doc = NULL;

    int status = visit_identify(&who, site, req, res);
    if (status == 0)
        status = api_body(&doc, site, req, res);
    if (status == 0 && read_named(&named, doc, &err) < 0)
        status = visit_fail(site, req, res, &who, &err);
    if (status == 0) {
        const struct hosted_name name = { named.kind, named.ns ? named.ns : who.person,
                                          named.name };

        status = visit_begin_named(&visit, site, req, res, &name, ACCESS_ADMIN);
    }
    if (status == 0) {
        const struct hosted_name name = { visit.kind, visit.ns, visit.name };

        status = hosting_remove(site->access, visit.root, &name, &err) < 0
                     ? visit_fail(site, req, res, &visit.who, &err)
                     : api_reply(req, res, json_pack("{s:b}", "ok", 1));
    }
    visit_end(&visit);
    free(named.ns);
    json_decref(doc);
    return status;
}

/* "namespace/name" into two strings, of which ns is the caller's. */
static int split_id(char **ret_ns, const char **ret_name, const char *id, struct err *err)
{
    const char *slash = strchr(id, '/');

    int rc = hub_check_id(id, err);
    if (rc < 0)
        return rc;
    *ret_ns = xstrndup(id, (size_t)(slash - id));
    *ret_name = slash + 1;
    return 0;
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

static int move_repo(const struct site *site, struct visit *v, const char *to, struct err *err)
{
    char *ns = NULL;
    const char *name = NULL;

    int rc = split_id(&ns, &name, to, err);
    if (rc == 0)
        rc = access_check_namespace(site->access, &v->who, ns, err);
    if (rc == 0) {
        const struct hosting_move move = { .root = v->root,
                                           .from = { v->kind, v->ns, v->name },
                                           .to = { v->kind, ns, name } };

        rc = hosting_move(site->access, &move, err);
    }
    free(ns);
    return rc;
}

int api_move(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct visit visit = { 0 };
    struct hosted_name name = { 0 };
    struct principal nobody = { 0 };
    struct json_reader r;
    struct err err = { 0 };
    json_t *doc = NULL;
    char *ns = NULL;

    int status = api_body(&doc, ctx, req, res);
    if (status != 0)
        return status;
    json_reader_init(&r, "body");
    const char *from = json_str(&r, doc, "fromRepo", JSON_REQUIRED);
    const char *to = json_str(&r, doc, "toRepo", JSON_REQUIRED);
    const char *type = json_str(&r, doc, "type", JSON_OPTIONAL);
    int rc = json_reader_check(&r, &err);
    if (rc == 0 && !visit_parse_kind(&name.kind, type))
        rc = err_set(&err, ERR_RANGE, "type '%.32s' is not hosted here", type);
    if (rc == 0)
        rc = split_id(&ns, &name.name, from, &err);
    name.ns = ns;
    status = rc < 0 ? visit_fail(ctx, req, res, &nobody, &err)
                    : visit_begin_named(&visit, ctx, req, res, &name, ACCESS_ADMIN);
    if (status == 0)
        status = move_repo(ctx, &visit, to, &err) < 0
                     ? visit_fail(ctx, req, res, &visit.who, &err)
                     : api_reply(req, res, json_pack("{s:b}", "ok", 1));
    visit_end(&visit);
    free(ns);
    json_decref(doc);
    return status;
}

static int read_settings(struct hosted *ret, const json_t *doc, struct err *err)
{
    const json_t *gated = json_object_get(doc, "gated");
    const json_t *is_private = json_object_get(doc, "private");
    const char *visibility = json_string_value(json_object_get(doc, "visibility"));
    const char *gate = json_string_value(gated);

    if (visibility && strcmp(visibility, "public") != 0 && strcmp(visibility, "private") != 0)
        return err_set(err, ERR_RANGE, "visibility is public or private");
    if (gated && !json_is_false(gated) &&
        !(gate && (strcmp(gate, "auto") == 0 || strcmp(gate, "manual") == 0)))
        return err_set(err, ERR_RANGE, "gated is false, \"auto\" or \"manual\"");
    if (visibility)
        ret->is_private = strcmp(visibility, "private") == 0;
    else if (json_is_boolean(is_private))
        ret->is_private = json_is_true(is_private);
    if (gated)
        ret->gate = !gate ? GATE_NONE : strcmp(gate, "auto") == 0 ? GATE_AUTO : GATE_MANUAL;
    return 0;
}

static int set_up(const struct site *site, struct visit *v, const json_t *doc, struct err *err)
{
    int rc = read_settings(&v->hosted, doc, err);

    if (rc == 0)
        rc = need_row(site, v, err);
    if (rc < 0)
        return rc;
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
