/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/site.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/json.h"
#include "hub/web/range.h"
#include "report/html.h"

static const char *const policies[] = {
    [REPLY_PAGE] = "default-src 'none'; style-src 'self'; img-src 'self' data:; "
                   "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    [REPLY_FRONT] = "default-src 'none'; style-src 'self'; img-src 'self' data:; "
                    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    [REPLY_REPORT] = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
                     "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    [REPLY_FILE] = "default-src 'none'; sandbox; frame-ancestors 'none'",
};

void reply_headers(struct httpd_request *req, enum reply_kind kind)
{
    /* For programs in browsers of other sites: everything here is public, and may be read. */
    httpd_reply_header(req, "Access-Control-Allow-Origin", "*");
    httpd_reply_header(
        req, "Access-Control-Expose-Headers",
        "Link, ETag, Content-Range, Accept-Ranges, X-Repo-Commit, X-Linked-Size, "
        "X-Linked-ETag, X-Error-Code, X-Error-Message, X-Request-Id, "
        "X-Total-Count");
    httpd_reply_header(req, "Content-Security-Policy", "%s", policies[kind]);
    httpd_reply_header(req, "X-Content-Type-Options", "nosniff");
    httpd_reply_header(req, "Referrer-Policy", "no-referrer");
    httpd_reply_header(req, "Cross-Origin-Opener-Policy", "same-origin");
}

int reply_body(struct httpd_request *req, struct httpd_response *res, const char *content_type,
               enum reply_kind kind)
{
    const char *seen = httpd_header(req, "If-None-Match");
    char digest[SHA256_HEX_SIZE];
    char etag[16 + 3];

    sha256_hex(digest, res->body.data, res->body.len);
    (void)snprintf(etag, sizeof(etag), "\"%.16s\"", digest);
    reply_headers(req, kind);
    httpd_reply_header(req, "ETag", "%s", etag);
    httpd_reply_header(req, "Cache-Control", "no-cache");
    if (etag_is_listed(seen, etag)) {
        buf_clear(&res->body);
        return 304;
    }
    res->content_type = content_type;
    return 200;
}

static bool wants_page(const struct httpd_request *req)
{
    const char *accept = httpd_header(req, "Accept");

    return accept && strstr(accept, "text/html");
}

static void add_error_json(struct buf *out, const char *what)
{
    json_t *error = json_pack("{s:s}", "error", what);

    if (error)
        json_write(out, error, 0);
    json_decref(error);
}

static const char *code_of(int status)
{
    return status == 404   ? "NotFound"
           : status == 501 ? "NotImplemented"
           : status >= 500 ? "InternalError"
                           : "BadRequest";
}

char *site_base_url(const struct site *site, const struct httpd_request *req)
{
    const char *host = httpd_header(req, "Host");

    return *site->public_url ? xstrdup(site->public_url)
                             : xasprintf("http://%s", host ? host : "localhost");
}

int site_error(const struct site *site, struct httpd_request *req, struct httpd_response *res,
               int status, const char *code, const char *what)
{
    buf_clear(&res->body);
    reply_headers(req, REPLY_PAGE);
    httpd_reply_header(req, "Cache-Control", "no-store");
    httpd_reply_header(req, "Vary", "Accept");
    httpd_reply_header(req, "X-Error-Message", "%s", what);
    httpd_reply_header(req, "X-Error-Code", "%s", code ? code : code_of(status));
    if (wants_page(req)) {
        page_begin(&res->body, site, what);
        html_printf(&res->body,
                    "<h1>%d</h1>\n<p class=\"lead\">%s</p>\n"
                    "<p><a href=\"/\">To the first page</a></p>\n",
                    status, what);
        page_end(&res->body);
        res->content_type = "text/html; charset=utf-8";
    } else {
        add_error_json(&res->body, what);
        res->content_type = "application/json";
    }
    return status;
}
