/* SPDX-License-Identifier: Apache-2.0
 * The Git LFS batch API: for each object, where to send it or to fetch it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "hub/repo/blob.h"
#include "hub/repo/repo.h"
#include "hub/web/api.h"
#include "hub/web/lfs.h"
#include "hub/web/lfs_request.h"
#include "hub/web/lfs_url.h"
#include "hub/web/quota.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"

static const char LFS_JSON[] = "application/vnd.git-lfs+json";

struct batch {
    const struct site *site;
    const struct visit *visit;
    struct hub_repo *repo;
    const struct lfs_request *request;
    char *base;
    bool may_come_in_parts;
    int64_t n_parts; /* that were given addresses so far */
    int64_t left;    /* bytes that the namespace may still take; negative: any number */
};

static json_t *fault(json_t *object, int code, const char *message)
{
    (void)json_object_set_new(object, "error",
                              json_pack("{s:i,s:s}", "code", code, "message", message));
    return object;
}

static struct lfs_grant grant(const struct batch *b, const char *use, const char *oid,
                              int64_t size)
{
    struct lfs_grant g = { .use = use,
                           .kind = b->visit->kind,
                           .size = size,
                           .expires_at = access_now(b->site->access) + LFS_GRANT_S };

    memcpy(g.oid, oid, sizeof(g.oid));
    memcpy(g.repo, b->visit->id, strlen(b->visit->id) + 1);
    return g;
}

static json_t *href(const struct batch *b, const struct lfs_grant *g)
{
    struct buf url;

    buf_init(&url, 4096);
    lfs_url_add(&url, b->base, g, b->site->upload_key);
    json_t *text = json_string(url.data);
    buf_finish(&url);
    return text;
}

/* 0: it comes in one piece. */
static int64_t count_parts(const struct batch *b, int64_t size)
{
    int64_t chunk = lfs_chunk_bytes(size, b->site->multipart_bytes);

    return b->may_come_in_parts && size >= b->site->multipart_bytes ? (size + chunk - 1) / chunk
                                                                    : 0;
}

/* {chunk_size, "1": url, ...}: as many addresses as parts. */
static json_t *part_urls(const struct batch *b, const struct lfs_grant *g, int64_t n)
{
    json_t *header = json_object();
    struct lfs_grant part = *g;
    char *size = xasprintf("%" PRId64, g->chunk);

    (void)json_object_set_new(header, "chunk_size", json_string(size));
    free(size);
    part.use = "part";
    for (part.part = 1; part.part <= n; part.part++) {
        char *name = xasprintf("%05" PRId64, part.part);

        (void)json_object_set_new(header, name, href(b, &part));
        free(name);
    }
    return header;
}

static json_t *upload_action(const struct batch *b, const char *oid, int64_t size,
                             int64_t n_parts)
{
    struct lfs_grant g = grant(b, "put", oid, size);
    unsigned char random[16];

    if (n_parts == 0)
        return json_pack("{s:o}", "href", href(b, &g));
    fs_random(random, sizeof(random));
    (void)hex_encode(g.upload, random, sizeof(random));
    g.use = "parts";
    g.chunk = lfs_chunk_bytes(size, b->site->multipart_bytes);
    return json_pack("{s:o,s:o}", "href", href(b, &g), "header", part_urls(b, &g, n_parts));
}

static json_t *answer_upload(struct batch *b, json_t *object, const char *oid, int64_t size)
{
    int64_t n_parts = count_parts(b, size);

    if (hub_repo_has_blob(b->repo, oid) &&
        hub_repo_add_blob(b->repo, oid, NULL) == 0) /* and stays until it is referred to */
        return object;                              /* without actions: it is here already */
    if (b->left >= 0 && size > b->left)
        return fault(object, 413, "the namespace's storage quota would be exceeded");
    if (n_parts > LFS_MAX_BATCH_PARTS - b->n_parts)
        return fault(object, 422, "too many parts in one batch: ask for fewer objects at once");
    b->n_parts += n_parts;
    if (b->left >= 0)
        b->left -= size;
    char *verify = xasprintf("%s/%s%s.git/info/lfs/objects/verify", b->base,
                             visit_prefix(b->visit->kind), b->visit->id);
    (void)json_object_set_new(object, "actions",
                              json_pack("{s:o,s:{s:s}}", "upload",
                                        upload_action(b, oid, size, n_parts), "verify", "href",
                                        verify));
    free(verify);
    return object;
}

static json_t *answer_download(const struct batch *b, json_t *object, const char *oid)
{
    int64_t size = 0;

    if (!hub_repo_has_blob(b->repo, oid) ||
        blob_stat(&size, hub_repo_blobs(b->repo), oid, NULL) < 0)
        return fault(object, 404, "this repository has no such object");
    const struct lfs_grant g = grant(b, "get", oid, size);
    (void)json_object_set_new(object, "actions",
                              json_pack("{s:{s:o}}", "download", "href", href(b, &g)));
    return object;
}

static json_t *answer_object(struct batch *b, const struct lfs_object *wanted)
{
    json_t *object =
        json_pack("{s:s,s:I}", "oid", wanted->oid, "size", (json_int_t)wanted->size);

    if (wanted->fault)
        return fault(object, 422, wanted->fault);
    return b->request->operation == LFS_UPLOAD
               ? answer_upload(b, object, wanted->oid, wanted->size)
               : answer_download(b, object, wanted->oid);
}

/* One transfer for all: parts where they are understood and any object is that large. */
static bool wants_parts(const struct batch *b)
{
    const struct lfs_request *request = b->request;

    if (request->operation != LFS_UPLOAD || !request->knows_parts)
        return false;
    for (size_t i = 0; i < request->n_objects; i++)
        if (request->objects[i].size >= b->site->multipart_bytes)
            return true;
    return false;
}

static int reply_batch(struct httpd_request *req, struct httpd_response *res, struct batch *b)
{
    const struct lfs_request *request = b->request;
    json_t *objects = json_array();

    b->may_come_in_parts = wants_parts(b);
    b->left = request->operation == LFS_UPLOAD ? quota_left(b->site->quota, b->visit->ns) : -1;
    for (size_t i = 0; i < request->n_objects; i++)
        (void)json_array_append_new(objects, answer_object(b, &request->objects[i]));
    json_t *reply =
        json_pack("{s:s,s:s,s:o}", "transfer", b->may_come_in_parts ? "multipart" : "basic",
                  "hash_algo", "sha256", "objects", objects);
    json_write(&res->body, reply, 0);
    json_decref(reply);
    reply_headers(req, REPLY_FILE);
    httpd_reply_header(req, "Cache-Control", "no-store");
    res->content_type = LFS_JSON;
    return 200;
}

int lfs_batch(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct lfs_request request = { 0 };
    struct visit visit = { 0 };
    struct batch b = { .site = ctx, .request = &request, .visit = &visit };
    struct err err = { 0 };
    json_t *doc = NULL;

    int status = api_body(&doc, ctx, req, res);
    if (status == 0 && lfs_request_read(&request, doc, &err) < 0)
        status = site_error(ctx, req, res, 422, NULL, err.msg);
    if (status == 0)
        status = visit_begin(&visit, ctx, req, res,
                             request.operation == LFS_UPLOAD ? ACCESS_WRITE : ACCESS_DOWNLOAD);
    if (status == 0 && hub_repo_open(&b.repo, visit.root, visit.id, &err) < 0)
        status = visit_fail(ctx, req, res, &visit.who, &err);
    if (status == 0) {
        b.base = site_base_url(ctx, req);
        status = reply_batch(req, res, &b);
    }
    free(b.base);
    hub_repo_close(b.repo);
    visit_end(&visit);
    lfs_request_finish(&request);
    json_decref(doc);
    return status;
}

/* {oid, size} of an object that was sent: 200 when it is here. */
int lfs_verify(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct visit visit = { 0 };
    struct hub_repo *repo = NULL;
    struct lfs_object sent;
    struct err err = { 0 };
    json_t *doc = NULL;
    int64_t size = -1;

    int status = api_body(&doc, ctx, req, res);
    if (status == 0 && lfs_object_read(&sent, doc, &err) < 0)
        status = site_error(ctx, req, res, 422, NULL, err.msg);
    if (status == 0)
        status = visit_begin(&visit, ctx, req, res, ACCESS_WRITE);
    if (status == 0) {
        if (hub_repo_open(&repo, visit.root, visit.id, NULL) == 0 &&
            hub_repo_has_blob(repo, sent.oid) &&
            blob_stat(&size, hub_repo_blobs(repo), sent.oid, NULL) == 0 && size == sent.size)
            status = api_reply(req, res, json_pack("{s:b}", "ok", 1));
        else
            status = site_error(ctx, req, res, 404, "EntryNotFound",
                                "no object of that name and size was uploaded here");
    }
    hub_repo_close(repo);
    visit_end(&visit);
    json_decref(doc);
    return status;
}
