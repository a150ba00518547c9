/* SPDX-License-Identifier: Apache-2.0
 * The large files of a repository: listed, and taken away for good. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "hub/repo/large.h"
#include "hub/web/api.h"
#include "hub/web/desk.h"
#include "hub/web/file_body.h"
#include "hub/web/quota.h"
#include "hub/web/site.h"

enum { MAX_LISTED = 1000, MAX_CURSOR = 1000000 };

/* "main" of "refs/heads/main"; other refs by their whole name. */
static const char *short_ref(const char *ref)
{
    static const char *const prefixes[] = { "refs/heads/", "refs/tags/" };

    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
        if (text_has_prefix(ref, prefixes[i]))
            return ref + strlen(prefixes[i]);
    return ref;
}

static json_t *entry_of(const struct hub_large *large)
{
    char date[RFC3339_SIZE];

    return json_pack(
        "{s:s,s:s,s:s,s:s,s:s?,s:I}", "fileOid", large->oid, "oid", large->oid, "filename",
        large->path ? large->path : "", "pushedAt", rfc3339_format(date, large->added_at),
        "ref", large->ref ? short_ref(large->ref) : NULL, "size", (json_int_t)large->size);
}

static int reply_list(struct httpd_request *req, struct httpd_response *res,
                      const struct site *site, const struct desk *desk,
                      const struct form *query)
{
    size_t limit = (size_t)form_number(query, "limit", MAX_LISTED, MAX_LISTED);
    size_t cursor = (size_t)form_number(query, "cursor", MAX_CURSOR, 0);
    struct hub_large *large = NULL;
    struct err err = { 0 };
    size_t n = 0;

    if (hub_large_list(&large, &n, desk->repo, &err) < 0)
        return visit_fail(site, req, res, &desk->visit.who, &err);
    json_t *page = json_array();
    size_t end = cursor + (limit ? limit : 1);
    for (size_t i = cursor; i < n && i < end; i++)
        (void)json_array_append_new(page, entry_of(&large[i]));
    if (n > end) {
        char *base = site_base_url(site, req);

        httpd_reply_header(req, "Link",
                           "<%s/api/%s/%s/lfs-files?limit=%zu&cursor=%zu>; rel=\"next\"", base,
                           visit_plural(desk->visit.kind), desk->visit.id, end - cursor, end);
        free(base);
    }
    hub_large_free(large, n);
    return api_reply(req, res, page);
}

int api_lfs_list(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct desk desk = { 0 };
    struct form query;

    int status = api_query(&query, ctx, req, res);
    if (status == 0)
        status = desk_open(&desk, ctx, req, res, ACCESS_WRITE);
    if (status == 0)
        status = reply_list(req, res, ctx, &desk, &query);
    desk_close(&desk);
    form_finish(&query);
    return status;
}

static int drop(struct httpd_request *req, struct httpd_response *res, const struct site *site,
                const struct desk *desk)
{
    struct drop_body body;
    struct err err = { 0 };
    int64_t bytes = 0;

    int rc = drop_body_read(&body, desk->doc, &err);
    if (rc == 0)
        rc = hub_large_drop(&bytes, desk->repo, &body.drop, &err);
    drop_body_finish(&body);
    if (rc < 0)
        return visit_fail(site, req, res, &desk->visit.who, &err);
    quota_uncount(site->quota,
                  &(struct hosted_name){ desk->visit.kind, desk->visit.ns, desk->visit.name },
                  bytes);
    return api_reply(req, res, json_pack("{s:b}", "ok", 1));
}

int api_lfs_drop(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct desk desk;

    int status = desk_open(&desk, ctx, req, res, ACCESS_ADMIN);
    if (status == 0)
        status = drop(req, res, ctx, &desk);
    desk_close(&desk);
    return status;
}
