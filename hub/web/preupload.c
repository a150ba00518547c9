/* SPDX-License-Identifier: Apache-2.0
 * How a client is to send its files: inside the commit, or before it as large files. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "hub/repo/attributes.h"
#include "hub/repo/edit.h"
#include "hub/repo/ignore.h"
#include "hub/web/api.h"
#include "hub/web/card_check.h"
#include "hub/web/credentials.h"
#include "hub/web/file_body.h"
#include "hub/web/shelf.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"
#include "hub/web/write.h"

struct preupload {
    const struct shelf *shelf;
    struct attributes *attributes;
    struct ignore *ignore;
    bool would_use_xet; /* the client, for whatever is to be uploaded before the commit */
};

static int answer_file(json_t *files, const struct preupload *p,
                       const struct preupload_file *file, struct err *err)
{
    const struct hub_file *there = shelf_find(p->shelf, file->path);
    bool is_large = file->size >= HUB_LFS_BYTES, is_ignored = false;
    int rc = 0;

    /* One that is large by its name only comes with the commit where Xet would take five
     * requests for it; it is stored as the large file that it is all the same. */
    if (!is_large && file->size > 0 && !p->would_use_xet)
        rc = attributes_find_lfs(&is_large, p->attributes, file->path, err);
    if (rc == 0)
        rc = ignore_find(&is_ignored, p->ignore, file->path, err);
    if (rc < 0)
        return rc;
    json_t *answer = json_pack("{s:s,s:s,s:b}", "path", file->path, "uploadMode",
                               is_large ? "lfs" : "regular", "shouldIgnore", is_ignored);
    /* What the client compares with depends on how it would send. */
    if (there && !there->lfs[0])
        (void)json_object_set_new(answer, "oid", json_string(there->blob));
    else if (there && is_large)
        (void)json_object_set_new(answer, "oid", json_string(there->lfs));
    (void)json_array_append_new(files, answer);
    return 0;
}

/* Appends a file of git's as it is to be: the one that comes with the upload, else the one that
 * is there. */
static void read_rules(struct buf *out, const struct shelf *shelf, const char *path,
                       const char *sent)
{
    const struct hub_file *there = shelf_find(shelf, path);

    if (sent)
        buf_add_str(out, sent);
    else if (there)
        (void)shelf_read(out, shelf, there, NULL);
}

static int read_ignore(struct preupload *p, const char *sent, struct err *err)
{
    struct buf text;

    buf_init(&text, FILE_BODY_MAX_RULES_BYTES);
    read_rules(&text, p->shelf, ".gitignore", sent);
    int rc =
        ignore_parse(&p->ignore, text.data, text.len, sent ? "gitIgnore" : ".gitignore", err);
    buf_finish(&text);
    return rc;
}

static int read_attributes(struct preupload *p, const char *sent, struct err *err)
{
    struct buf text;

    buf_init(&text, FILE_BODY_MAX_RULES_BYTES);
    read_rules(&text, p->shelf, ".gitattributes", sent);
    int rc = attributes_parse(&p->attributes, text.data, text.len,
                              sent ? "gitAttributes" : ".gitattributes", err);
    buf_finish(&text);
    return rc;
}

static int answer(struct httpd_request *req, struct httpd_response *res,
                  const struct site *site, struct preupload *p, const json_t *doc)
{
    struct preupload_body body;
    struct err err = { 0 };

    int rc = preupload_body_read(&body, doc, &err);
    if (rc == 0)
        rc = read_ignore(p, body.ignore, &err);
    if (rc == 0)
        rc = read_attributes(p, body.attributes, &err);
    json_t *files = json_array();
    for (size_t i = 0; rc == 0 && i < body.n; i++)
        rc = answer_file(files, p, &body.files[i], &err);
    preupload_body_finish(&body);
    if (rc < 0) {
        json_decref(files);
        return site_error(site, req, res, 400, NULL, err.msg);
    }
    return api_reply(req, res, json_pack("{s:o}", "files", files));
}

int api_preupload(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct shelf shelf = { 0 };
    struct preupload p = { .shelf = &shelf,
                           .would_use_xet =
                               credentials_would_use_xet(httpd_header(req, "User-Agent")) };
    json_t *doc = NULL;

    int status = api_body(&doc, ctx, req, res);
    if (status == 0)
        status = site_open_shelf_for(&shelf, ctx, req, res, ACCESS_WRITE);
    if (status == 0)
        status = answer(req, res, ctx, &p, doc);
    json_decref(doc);
    ignore_free(p.ignore);
    attributes_free(p.attributes);
    shelf_close(&shelf);
    return status;
}

int api_validate_yaml(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    json_t *doc = NULL;

    int status = api_body(&doc, ctx, req, res);
    if (status != 0)
        return status;
    const json_t *content = json_object_get(doc, "content");
    json_t *result = card_check(json_is_string(content) ? json_string_value(content) : "",
                                json_string_length(content));
    bool is_good = card_check_first(result, "errors") == NULL;
    const char *gap = card_check_first(result, "warnings");
    if (gap)
        write_warn(req, "card", gap);
    json_decref(doc);
    if (is_good)
        return api_reply(req, res, result);
    json_write(&res->body, result, 0);
    json_decref(result);
    reply_headers(req, REPLY_FILE);
    res->content_type = "application/json";
    return 400;
}
