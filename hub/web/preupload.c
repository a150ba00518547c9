/* SPDX-License-Identifier: Apache-2.0
 * How a client is to send its files: inside the commit, or before it as large files. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/text.h"
#include "hub/repo/attributes.h"
#include "hub/repo/edit.h"
#include "hub/web/api.h"
#include "hub/web/card_check.h"
#include "hub/web/shelf.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"
#include "hub/web/write.h"

enum { MAX_PREUPLOAD_FILES = 1000, MAX_ATTRIBUTES_BYTES = 1 << 20 };

struct preupload {
    const struct shelf *shelf;
    struct buf attributes;
};

static json_t *answer_file(const struct preupload *p, const json_t *file)
{
    const char *path = json_string_value(json_object_get(file, "path"));
    int64_t size = json_integer_value(json_object_get(file, "size"));

    if (!path)
        return NULL;
    const struct hub_file *there = shelf_find(p->shelf, path);
    bool is_large =
        size > 0 && (size >= HUB_LFS_BYTES || attributes_is_lfs(p->attributes.data, path));
    json_t *answer = json_pack("{s:s,s:s,s:b}", "path", path, "uploadMode",
                               is_large ? "lfs" : "regular", "shouldIgnore", 0);
    /* What the client compares with depends on how it would send. */
    if (there && !there->lfs[0])
        (void)json_object_set_new(answer, "oid", json_string(there->blob));
    else if (there && is_large)
        (void)json_object_set_new(answer, "oid", json_string(there->lfs));
    return answer;
}

static int answer_all(json_t *ret, const struct preupload *p, const json_t *files)
{
    if (!json_is_array(files) || json_array_size(files) > MAX_PREUPLOAD_FILES)
        return -1;
    for (size_t i = 0; i < json_array_size(files); i++) {
        json_t *answer = answer_file(p, json_array_get(files, i));

        if (!answer)
            return -1;
        (void)json_array_append_new(ret, answer);
    }
    return 0;
}

int api_preupload(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct shelf shelf = { 0 };
    struct preupload p = { .shelf = &shelf };
    json_t *doc = NULL, *files = json_array();

    buf_init(&p.attributes, MAX_ATTRIBUTES_BYTES);
    int status = api_body(&doc, ctx, req, res);
    if (status == 0)
        status = site_open_shelf_for(&shelf, ctx, req, res, ACCESS_WRITE);
    if (status == 0) {
        const char *sent = json_string_value(json_object_get(doc, "gitAttributes"));
        const struct hub_file *there = shelf_find(&shelf, ".gitattributes");

        if (sent)
            buf_add_str(&p.attributes, sent);
        else if (there)
            (void)shelf_read(&p.attributes, &shelf, there, NULL);
        if (answer_all(files, &p, json_object_get(doc, "files")) < 0)
            status = site_error(ctx, req, res, 400, NULL, "expected files with a path each");
    }
    if (status == 0)
        status = api_reply(req, res, json_pack("{s:O}", "files", files));
    json_decref(files);
    json_decref(doc);
    buf_finish(&p.attributes);
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
