/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/site.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/text.h"
#include "hub/web/media.h"
#include "hub/web/range.h"
#include "hub/web/shelf.h"

static void file_headers(struct httpd_request *req, const struct shelf *shelf,
                         const struct hub_file *file)
{
    const char *slash = strrchr(file->path, '/');
    struct buf name;

    buf_init(&name, 4096);
    text_add_url(&name, slash ? slash + 1 : file->path, TEXT_SLASH_ENCODED);
    reply_headers(req, REPLY_FILE);
    httpd_reply_header(req, "ETag", "\"%s\"", file->blob);
    httpd_reply_header(req, "Accept-Ranges", "bytes");
    httpd_reply_header(req, "Content-Disposition",
                       "inline; filename*=UTF-8''%s; filename=\"%s\";", name.data, name.data);
    /* A full commit never changes its files; a branch does. */
    httpd_reply_header(req, "Cache-Control", "%s",
                       hex_is(shelf->rev, GIT_HEX_SIZE - 1)
                           ? "public, max-age=31536000, immutable"
                           : "no-cache");
    buf_finish(&name);
}

/* If-Range: the range counts only while the file is the one the client has a part of. */
static struct range wanted_range(const struct httpd_request *req, const struct hub_file *file)
{
    const char *if_range = httpd_header(req, "If-Range");
    const char *range = httpd_header(req, "Range");

    if (if_range) {
        char *etag = xasprintf("\"%s\"", file->blob);

        if (strcmp(if_range, etag) != 0)
            range = NULL;
        free(etag);
    }
    return range_read(range, file->size);
}

static int fill_body(struct httpd_response *res, const struct shelf *shelf,
                     const struct hub_file *file, const struct range *range)
{
    struct buf whole;

    buf_init(&whole, HTTPD_MAX_REPLY_BYTES);
    int rc = shelf_read(&whole, shelf, file, NULL);
    if (rc == 0)
        buf_add(&res->body, whole.data + range->first, (size_t)range->len);
    buf_finish(&whole);
    return rc;
}

/* The body and its own headers; 500 without touching the headers. */
static int send_part(struct httpd_request *req, struct httpd_response *res,
                     const struct shelf *shelf, const struct hub_file *file)
{
    const struct range range = wanted_range(req, file);

    if (range.kind == RANGE_UNSATISFIABLE) {
        httpd_reply_header(req, "Content-Range", "bytes */%" PRId64, file->size);
        return 416;
    }
    if (fill_body(res, shelf, file, &range) < 0)
        return 500;
    res->content_type = media_of_file(file->path);
    if (range.kind == RANGE_PART) {
        httpd_reply_header(req, "Content-Range", "bytes %" PRId64 "-%" PRId64 "/%" PRId64,
                           range.first, range.first + range.len - 1, file->size);
        return 206;
    }
    /* Clients probe with a range; of an empty file they still want to hear its size. */
    if (file->size == 0 && httpd_header(req, "Range"))
        httpd_reply_header(req, "Content-Range", "bytes */0");
    return 200;
}

static int send_found(const struct site *site, struct httpd_request *req,
                      struct httpd_response *res, const struct shelf *shelf,
                      const struct hub_file *file)
{
    char *etag = xasprintf("\"%s\"", file->blob);
    int status = 304;

    if (!etag_is_listed(httpd_header(req, "If-None-Match"), etag))
        status = send_part(req, res, shelf, file);
    free(etag);
    if (status == 500)
        return site_error(site, req, res, 500, NULL, "this file cannot be read");
    file_headers(req, shelf, file);
    return status;
}

/* Absent files name the commit: a client may remember that it has none of that name. */
int send_file(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct shelf shelf = { 0 };

    int status = site_open_shelf(&shelf, site, req, res);
    if (status == 0) {
        const struct hub_file *file = shelf_find(&shelf, shelf.path);

        httpd_reply_header(req, "X-Repo-Commit", "%s", shelf.commit);
        status = file ? send_found(site, req, res, &shelf, file)
                      : site_error(site, req, res, 404, "EntryNotFound",
                                   "no such file at this revision");
    }
    shelf_close(&shelf);
    return status;
}
