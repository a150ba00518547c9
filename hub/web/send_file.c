/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/site.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"
#include "hub/repo/blob.h"
#include "hub/web/media.h"
#include "hub/web/range.h"
#include "hub/web/shelf.h"

/* The hash that clients compare with what they have. */
static const char *etag_of(const struct hub_file *file)
{
    return file->lfs[0] ? file->lfs : file->blob;
}

static void file_headers(struct httpd_request *req, const struct shelf *shelf,
                         const struct hub_file *file)
{
    const char *slash = strrchr(file->path, '/');
    struct buf name;

    buf_init(&name, 4096);
    text_add_url(&name, slash ? slash + 1 : file->path, TEXT_SLASH_ENCODED);
    reply_headers(req, REPLY_FILE);
    httpd_reply_header(req, "ETag", "\"%s\"", etag_of(file));
    httpd_reply_header(req, "Accept-Ranges", "bytes");
    httpd_reply_header(req, "Content-Disposition",
                       "inline; filename*=UTF-8''%s; filename=\"%s\";", name.data, name.data);
    /* A full commit never changes its files; a branch does. */
    httpd_reply_header(req, "Cache-Control", "%s",
                       hex_is(shelf->rev, GIT_HEX_SIZE - 1)
                           ? (shelf->hosted.is_private || shelf->hosted.gate != GATE_NONE
                                  ? "private, max-age=31536000, immutable"
                                  : "public, max-age=31536000, immutable")
                           : "no-cache");
    if (file->lfs[0]) {
        httpd_reply_header(req, "X-Linked-Size", "%" PRId64, file->size);
        httpd_reply_header(req, "X-Linked-ETag", "\"%s\"", file->lfs);
    }
    buf_finish(&name);
}

/* If-Range: the range counts only while the file is the one the client has a part of. */
static struct range wanted_range(const struct httpd_request *req, const struct hub_file *file)
{
    const char *if_range = httpd_header(req, "If-Range");
    const char *range = httpd_header(req, "Range");

    if (if_range) {
        char *etag = xasprintf("\"%s\"", etag_of(file));

        if (strcmp(if_range, etag) != 0)
            range = NULL;
        free(etag);
    }
    return range_read(range, file->size);
}

/* A large file that the proxy sends: what part of it is the proxy's business, too. */
static bool is_sent_by_proxy(const struct site *site, const struct httpd_request *req,
                             const struct hub_file *file)
{
    return file->lfs[0] && *site->accel && httpd_is_forwarded(req);
}

static int send_by_proxy(struct httpd_request *req, struct httpd_response *res,
                         const struct site *site, const struct shelf *shelf,
                         const struct hub_file *file)
{
    char *path = blob_path(hub_repo_blobs(shelf->repo), file->lfs);
    size_t above = strlen(site->hub_dir) + 1;

    if (!path || fs_size(path) != file->size) {
        free(path);
        return 500;
    }
    res->content_type = media_of_file(file->path);
    httpd_reply_header(req, "X-Accel-Redirect", "%s%s", site->accel, path + above);
    free(path);
    return 200;
}

static int fill_body(struct httpd_response *res, const struct shelf *shelf,
                     const struct hub_file *file, const struct range *range)
{
    struct buf whole;

    if (file->lfs[0]) {
        res->file = blob_path(hub_repo_blobs(shelf->repo), file->lfs);
        res->file_offset = range->first;
        res->file_len = range->len;
        return res->file && fs_size(res->file) == file->size ? 0 : -ERR_IO;
    }
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
        httpd_reply_header(req, "X-Error-Code", "RangeNotSatisfiable");
        httpd_reply_header(req, "X-Error-Message", "the file has %" PRId64 " bytes",
                           file->size);
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
    char *etag = xasprintf("\"%s\"", etag_of(file));
    int status = 304;

    if (!etag_is_listed(httpd_header(req, "If-None-Match"), etag))
        status = is_sent_by_proxy(site, req, file) ? send_by_proxy(req, res, site, shelf, file)
                                                   : send_part(req, res, shelf, file);
    free(etag);
    if (status == 500)
        return site_error(site, req, res, 500, NULL, "this file cannot be read");
    file_headers(req, shelf, file);
    if (!is_sent_by_proxy(site, req, file)) /* who asks us directly needs the bytes */
        httpd_remember(req, SITE_REMEMBERED_MS);
    return status;
}

/* As /raw/ shows it: what stands in git. */
static struct hub_file as_in_git(const struct hub_file *file)
{
    struct hub_file raw = *file;

    if (raw.lfs[0])
        raw.size = raw.pointer_size;
    raw.lfs[0] = '\0';
    return raw;
}

/* Absent files name the commit: a client may remember that it has none of that name. */
static int reply_file(struct httpd_request *req, struct httpd_response *res,
                      const struct site *site, bool is_raw)
{
    struct shelf shelf = { 0 };

    int status = site_open_shelf_for(&shelf, site, req, res, ACCESS_DOWNLOAD);
    if (status == 0) {
        const struct hub_file *file = shelf_find(&shelf, shelf.path);
        const struct hub_file raw = file ? as_in_git(file) : (struct hub_file){ 0 };

        httpd_reply_header(req, "X-Repo-Commit", "%s", shelf.commit);
        status = file ? send_found(site, req, res, &shelf, is_raw ? &raw : file)
                      : site_error(site, req, res, 404, "EntryNotFound",
                                   "no such file at this revision");
    }
    shelf_close(&shelf);
    return status;
}

int send_file(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    return reply_file(req, res, ctx, false);
}

int send_raw(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    return reply_file(req, res, ctx, true);
}
