/* SPDX-License-Identifier: Apache-2.0
 * Xet uploads, which end here as ordinary large files (docs/decisions/0045):
 *
 *   xet-write-token   the client's token becomes a short-lived one for a repository
 *   xorbs             chunks, kept as they come
 *   shards            how files are put together: each is, and is the repository's then
 *
 * After that the client commits by name and SHA-256 like any other. What a client may ask and
 * go on without (known chunks, grants, progress, telemetry) is absent. */
#include "hub/web/xet.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/spool.h"
#include "hub/repo/repo.h"
#include "hub/repo/xet_shard.h"
#include "hub/repo/xet_store.h"
#include "hub/web/api.h"
#include "hub/web/quota.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"
#include "hub/web/xet_token.h"

enum { GRANT_S = 3600 };

/* As JSON, and in headers for those who look there. */
int xet_write_token(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct visit visit = { 0 };

    int status = visit_begin(&visit, site, req, res, ACCESS_WRITE);
    if (status == 0) {
        struct xet_grant grant = { .kind = visit.kind,
                                   .expires_at = access_now(site->access) + GRANT_S };
        char *base = site_base_url(site, req), *cas = xasprintf("%s/-/xet", base);
        struct buf token;

        memcpy(grant.repo, visit.id, strlen(visit.id) + 1);
        memcpy(grant.person, visit.who.person, sizeof(grant.person));
        buf_init(&token, 1024);
        xet_token_add(&token, &grant, site->upload_key);
        httpd_reply_header(req, "X-Xet-Cas-Url", "%s", cas);
        httpd_reply_header(req, "X-Xet-Access-Token", "%s", token.data);
        httpd_reply_header(req, "X-Xet-Token-Expiration", "%" PRId64, grant.expires_at);
        status = api_reply(req, res,
                           json_pack("{s:s,s:s,s:I}", "casUrl", cas, "accessToken", token.data,
                                     "exp", (json_int_t)grant.expires_at));
        buf_finish(&token);
        free(cas);
        free(base);
    }
    visit_end(&visit);
    return status;
}

/* An upload to one of the endpoints. */
struct upload {
    struct xet_grant grant;
    char *ns;            /* of the grant's repository */
    struct xet_put *put; /* of a xorb */
    int shard;           /* gathered in a file; -1: none */
    struct err err;      /* the first thing that went wrong */
};

static void upload_free(void *state)
{
    struct upload *up = state;

    xet_put_abort(up->put);
    if (up->shard >= 0)
        (void)close(up->shard);
    free(up->ns);
    free(up);
}

static int fail(const struct site *site, struct httpd_request *req, struct httpd_response *res,
                const struct err *err)
{
    const struct principal holder = { .person = "-" }; /* of a grant: no token is missing */

    if (err->code == ERR_REFUSED)
        return site_error(site, req, res, 400, NULL, err->msg);
    return visit_fail(site, req, res, &holder, err);
}

/* The grant must be good before a byte is taken. */
static int begin(struct upload **ret, struct httpd_request *req, struct httpd_response *res,
                 const struct site *site)
{
    struct upload *up = xcalloc(1, sizeof(*up));

    up->shard = -1;
    httpd_set_state(req, up, upload_free);
    *ret = up;
    int status = visit_count_address(site, req, res);
    if (status != 0)
        return status;
    if (xet_token_read(&up->grant, httpd_header(req, "Authorization"), site->upload_key,
                       access_now(site->access)) < 0)
        return site_error(site, req, res, 401, "Unauthorized",
                          "this Xet token is not signed, or has expired");
    httpd_set_user(req, up->grant.person);
    up->ns = xstrndup(up->grant.repo, strcspn(up->grant.repo, "/"));
    return 0;
}

/* Xorbs stay for weeks beside the files that are made from them: so they may take as much again
 * as the files. Those that are being written count as far as they are. */
static int check_quota(struct upload *up, const struct site *site, int64_t bytes)
{
    int64_t quota = quota_of(site->quota, up->ns), left = quota_left(site->quota, up->ns);

    if (quota > 0 && bytes > left)
        return err_set(&up->err, ERR_LIMIT, "the namespace's storage quota would be exceeded");
    if (quota > 0 && xet_held_bytes(site->hub_dir, up->grant.person) + bytes > quota)
        return err_set(
            &up->err, ERR_LIMIT,
            "what came over Xet in three weeks is as much as the namespace's storage "
            "quota: send this with HF_HUB_DISABLE_XET=1");
    return 0;
}

int xet_xorb_begin(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct upload *up = NULL;

    int status = begin(&up, req, res, site);
    if (status != 0)
        return status;
    int64_t declared = httpd_content_length(req);
    int rc = check_quota(up, site, declared > 0 ? declared : 0);
    if (rc == 0)
        rc = xet_put_begin(&up->put, site->hub_dir, up->grant.person, httpd_param(req, "hash"),
                           &up->err);
    return rc < 0 ? fail(site, req, res, &up->err) : 0;
}

int xet_xorb_take(struct httpd_request *req, const void *data, size_t len, void *ctx)
{
    struct upload *up = httpd_state(req);

    (void)ctx;
    return xet_put_add(up->put, data, len, &up->err);
}

int xet_xorb(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct upload *up = httpd_state(req);

    if (up->err.code == 0 && check_quota(up, ctx, 0) == 0) {
        (void)xet_put_finish(up->put, &up->err);
        up->put = NULL;
    }
    return up->err.code ? fail(ctx, req, res, &up->err)
                        : api_reply(req, res, json_pack("{s:b}", "was_inserted", 1));
}

int xet_shard_begin(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct upload *up = NULL;

    int status = begin(&up, req, res, site);
    if (status != 0)
        return status;
    up->shard = fs_check_room(site->hub_dir, XET_MAX_SHARD_BYTES, &up->err) == 0
                    ? spool_open(site->hub_dir, &up->err)
                    : -1;
    return up->shard < 0 ? fail(site, req, res, &up->err) : 0;
}

int xet_shard_take(struct httpd_request *req, const void *data, size_t len, void *ctx)
{
    struct upload *up = httpd_state(req);

    (void)ctx;
    return spool_add(up->shard, data, len, &up->err);
}

static int assemble_one(const struct site *site, const struct visit *visit,
                        struct hub_repo *repo, const struct xet_file *file, struct err *err)
{
    const struct hosted_name name = { visit->kind, visit->ns, visit->name };
    struct quota_hold *held = NULL;
    bool is_new = false;

    if (hub_repo_has_blob(repo, file->sha256))
        return hub_repo_add_blob(repo, file->sha256, err); /* stays until it is referred to */
    int rc = quota_take(&held, site->quota, visit->ns, file->bytes, err);
    if (rc == 0)
        rc = xet_assemble(&is_new, repo, site->hub_dir, visit->who.person, file, err);
    if (rc == 0 && is_new)
        quota_count(held, &name, file->bytes);
    quota_release(held);
    return rc;
}

static int assemble_all(const struct site *site, const struct visit *visit,
                        struct xet_shard *shard, struct err *err)
{
    struct hub_repo *repo = NULL;
    struct xet_file file;

    int rc = hub_repo_open(&repo, visit->root, visit->id, err);
    while (rc == 0 && (rc = xet_shard_next(&file, shard, err)) == 1)
        rc = assemble_one(site, visit, repo, &file, err);
    hub_repo_close(repo);
    return rc;
}

static int take_shard(const struct site *site, const struct visit *visit, int fd,
                      struct err *err)
{
    struct xet_shard shard;
    const void *data = NULL;
    size_t len = 0;

    int rc = spool_map(&data, &len, fd, err);
    if (rc < 0)
        return rc;
    rc = xet_shard_open(&shard, data, len, err);
    if (rc == 0)
        rc = assemble_all(site, visit, &shard, err);
    spool_unmap(data, len);
    return rc;
}

int xet_shard(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct upload *up = httpd_state(req);
    struct visit visit = { .kind = up->grant.kind,
                           .ns = up->ns,
                           .name = up->grant.repo + strlen(up->ns) + 1,
                           .id = up->grant.repo,
                           .root = visit_root(site, up->grant.kind) };

    memcpy(visit.who.person, up->grant.person, sizeof(visit.who.person));
    if (up->err.code == 0)
        (void)take_shard(site, &visit, up->shard, &up->err);
    free(visit.root);
    if (up->err.code)
        return fail(site, req, res, &up->err);
    return api_reply(req, res, json_pack("{s:i}", "result", 1));
}

/* Clients that would like to see progress go on without it when it is absent, once they have
 * sent what they are sending. */
int xet_progress_begin(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)req;
    (void)res;
    (void)ctx;
    return 0;
}

int xet_progress_take(struct httpd_request *req, const void *data, size_t len, void *ctx)
{
    (void)req;
    (void)data;
    (void)len;
    (void)ctx;
    return 0;
}

int xet_shard_with_progress(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    return xet_absent(req, res, ctx);
}

int xet_absent(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    return site_error(ctx, req, res, 404, NULL, "this hub has no such part of Xet");
}
