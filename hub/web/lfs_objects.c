/* SPDX-License-Identifier: Apache-2.0
 * Objects are received as they arrive: hashed once, written once, never held in memory. */
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
#include "hub/web/lfs_url.h"
#include "hub/web/quota.h"
#include "hub/web/range.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"

int64_t lfs_chunk_bytes(int64_t size, int64_t least)
{
    int64_t needed = (size + LFS_MAX_PARTS - 1) / LFS_MAX_PARTS;

    return needed > least ? needed : least;
}

/* An upload under way, of a whole object or of one part. */
struct upload {
    struct lfs_grant grant;
    struct hub_repo *repo;
    struct blob_put *put;
    struct blob_part *part;
    struct quota_hold *hold;  /* of the bytes that come */
    int64_t wanted, received; /* bytes */
    struct err err;           /* the first thing that went wrong */
};

static void upload_free(void *state)
{
    struct upload *up = state;

    blob_put_abort(up->put);
    blob_part_abort(up->part);
    quota_release(up->hold);
    hub_repo_close(up->repo);
    free(up);
}

/* What the address of a request allows; -ERR_DENIED. */
static int read_grant(struct lfs_grant *ret, const struct site *site,
                      const struct httpd_request *req, const char *use)
{
    const struct lfs_address address = { .oid = httpd_param(req, "oid"),
                                         .query = httpd_query(req),
                                         .part = httpd_param(req, "part") };

    return lfs_url_read(ret, &address, use, site->upload_key, access_now(site->access));
}

static int refuse_grant(const struct site *site, struct httpd_request *req,
                        struct httpd_response *res)
{
    return site_error(site, req, res, 403, "Forbidden",
                      "this address is not signed, or has expired: ask for a new one");
}

static int fail(const struct site *site, struct httpd_request *req, struct httpd_response *res,
                const struct err *err)
{
    const struct principal holder = { .person = "-" }; /* of a grant: no token is missing */

    if (err->code == ERR_REFUSED)
        return site_error(site, req, res, 400, NULL, err->msg);
    return visit_fail(site, req, res, &holder, err);
}

static int open_repo(struct hub_repo **ret, const struct site *site, const struct lfs_grant *g,
                     struct err *err)
{
    char *root = visit_root(site, g->kind);
    int rc = hub_repo_open(ret, root, g->repo, err);

    free(root);
    return rc;
}

static int64_t part_bytes(const struct lfs_grant *g)
{
    int64_t from = (g->part - 1) * g->chunk;

    return g->size - from < g->chunk ? g->size - from : g->chunk;
}

/* Many addresses may be out for the same room; what is here already takes none. */
static int hold(struct quota_hold **ret, const struct site *site, const struct hub_repo *repo,
                const struct lfs_grant *g, int64_t bytes, struct err *err)
{
    if (*ret || hub_repo_has_blob(repo, g->oid))
        return 0;
    char *ns = xstrndup(g->repo, strcspn(g->repo, "/"));
    int rc = quota_take(ret, site->quota, ns, bytes, err);

    free(ns);
    return rc;
}

static int begin(struct httpd_request *req, struct httpd_response *res, const struct site *site,
                 const char *use)
{
    struct upload *up = xcalloc(1, sizeof(*up));
    int64_t declared = httpd_content_length(req);

    httpd_set_state(req, up, upload_free);
    int status = visit_count_address(site, req, res);
    if (status != 0)
        return status;
    if (read_grant(&up->grant, site, req, use) < 0)
        return refuse_grant(site, req, res);
    up->wanted = up->grant.part ? part_bytes(&up->grant) : up->grant.size;
    int rc = 0;
    if (declared >= 0 && declared != up->wanted)
        rc = err_set(&up->err, ERR_REFUSED,
                     "%" PRId64 " bytes were announced and %" PRId64 " are sent", up->wanted,
                     declared);
    if (rc == 0)
        rc = open_repo(&up->repo, site, &up->grant, &up->err);
    if (rc == 0)
        rc = hold(&up->hold, site, up->repo, &up->grant, up->wanted, &up->err);
    if (rc == 0)
        rc = fs_check_room(site->hub_dir, up->wanted, &up->err);
    if (rc == 0 && up->grant.part)
        rc = blob_part_open(&up->part, hub_repo_blobs(up->repo), up->grant.upload,
                            (up->grant.part - 1) * up->grant.chunk, &up->err);
    else if (rc == 0)
        rc = blob_put_begin(&up->put, hub_repo_blobs(up->repo), &up->err);
    return rc < 0 ? fail(site, req, res, &up->err) : 0;
}

int lfs_put_begin(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    return begin(req, res, ctx, "put");
}

int lfs_put_part_begin(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    return begin(req, res, ctx, "part");
}

int lfs_put_take(struct httpd_request *req, const void *data, size_t len, void *ctx)
{
    struct upload *up = httpd_state(req);

    (void)ctx;
    up->received += (int64_t)len;
    if (up->received > up->wanted)
        return err_set(&up->err, ERR_REFUSED, "more than the announced %" PRId64 " bytes",
                       up->wanted);
    return up->part ? blob_part_add(up->part, data, len, &up->err)
                    : blob_put_add(up->put, data, len, &up->err);
}

static int check_complete(struct upload *up)
{
    if (up->err.code)
        return -up->err.code;
    if (up->received == up->wanted)
        return 0;
    return err_set(&up->err, ERR_REFUSED, "%" PRId64 " of %" PRId64 " bytes arrived",
                   up->received, up->wanted);
}

static void count(struct quota_hold *held, const struct lfs_grant *g)
{
    char *ns = xstrndup(g->repo, strcspn(g->repo, "/"));
    const struct hosted_name name = { g->kind, ns, g->repo + strlen(ns) + 1 };

    quota_count(held, &name, g->size);
    free(ns);
}

/* The whole object is in the store, and becomes the repository's. */
static int keep(const struct site *site, struct hub_repo *repo, const struct lfs_grant *g,
                struct quota_hold **held, struct err *err)
{
    bool is_new = false;
    int rc = hold(held, site, repo, g, g->size, err);

    if (rc == 0)
        rc = hub_repo_take_blob(&is_new, repo, g->oid, err);
    if (rc == 0 && is_new && *held)
        count(*held, g);
    return rc;
}

static int reply_stored(struct httpd_request *req, const char *etag)
{
    reply_headers(req, REPLY_FILE);
    httpd_reply_header(req, "ETag", "\"%s\"", etag);
    return 200;
}

int lfs_put(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct upload *up = httpd_state(req);
    char oid[SHA256_HEX_SIZE];

    int rc = check_complete(up);
    if (rc == 0) {
        rc = blob_put_finish(oid, up->put, up->grant.oid, &up->err);
        up->put = NULL;
    }
    if (rc == 0)
        rc = keep(ctx, up->repo, &up->grant, &up->hold, &up->err);
    return rc < 0 ? fail(ctx, req, res, &up->err) : reply_stored(req, oid);
}

int lfs_put_part(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct upload *up = httpd_state(req);
    char etag[64];

    int rc = check_complete(up);
    if (rc == 0) {
        rc = blob_part_close(up->part, &up->err);
        up->part = NULL;
    }
    if (rc < 0)
        return fail(ctx, req, res, &up->err);
    (void)snprintf(etag, sizeof(etag), "%.16s-%" PRId64, up->grant.upload, up->grant.part);
    return reply_stored(req, etag);
}

/* The list of parts tells nothing that size and hash of the whole do not tell better. */
int lfs_finish_parts(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct quota_hold *held = NULL;
    struct hub_repo *repo = NULL;
    struct lfs_grant g;
    struct err err = { 0 };

    int status = visit_count_address(site, req, res);
    if (status != 0)
        return status;
    if (read_grant(&g, site, req, "parts") < 0)
        return refuse_grant(site, req, res);
    int rc = open_repo(&repo, site, &g, &err);
    if (rc == 0)
        rc = hold(&held, site, repo, &g, g.size, &err);
    if (rc == 0)
        rc = blob_parts_finish(hub_repo_blobs(repo), g.upload, g.size, g.oid, &err);
    if (rc == 0)
        rc = keep(site, repo, &g, &held, &err);
    quota_release(held);
    hub_repo_close(repo);
    return rc < 0 ? fail(site, req, res, &err)
                  : api_reply(req, res, json_pack("{s:s}", "oid", g.oid));
}

static int send_range(struct httpd_request *req, struct httpd_response *res, int64_t size)
{
    const struct range range = range_read(httpd_header(req, "Range"), size);

    if (range.kind == RANGE_UNSATISFIABLE) {
        free(res->file);
        res->file = NULL;
        httpd_reply_header(req, "Content-Range", "bytes */%" PRId64, size);
        return 416;
    }
    res->file_offset = range.first;
    res->file_len = range.len;
    res->content_type = "application/octet-stream";
    if (range.kind == RANGE_WHOLE)
        return 200;
    httpd_reply_header(req, "Content-Range", "bytes %" PRId64 "-%" PRId64 "/%" PRId64,
                       range.first, range.first + range.len - 1, size);
    return 206;
}

int lfs_get(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct hub_repo *repo = NULL;
    struct lfs_grant g;

    int status = visit_count_address(site, req, res);
    if (status != 0)
        return status;
    if (read_grant(&g, site, req, "get") < 0)
        return refuse_grant(site, req, res);
    if (open_repo(&repo, site, &g, NULL) == 0 && hub_repo_has_blob(repo, g.oid))
        res->file = blob_path(hub_repo_blobs(repo), g.oid);
    hub_repo_close(repo);
    if (!res->file)
        return site_error(site, req, res, 404, "EntryNotFound", "this object is gone");
    reply_headers(req, REPLY_FILE);
    httpd_reply_header(req, "Accept-Ranges", "bytes");
    httpd_reply_header(req, "ETag", "\"%s\"", g.oid);
    return send_range(req, res, g.size);
}
