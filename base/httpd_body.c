/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_body.h"

#include <microhttpd.h>
#include <stdint.h>
#include <string.h>

#include "base/httpd_reply.h"
#include "base/httpd_request.h"

/* A peer that gets its answer before it has sent its body may see a reset instead, so bodies
 * that are not hopeless are read and thrown away first; of a stream that failed half-way, when
 * its sender was let in, more. */
enum { DRAIN_MAX_BYTES = 8 << 20, DRAIN_FAILED_MAX_BYTES = 512 << 20 };

static bool is_too_large(const struct httpd_request *req)
{
    return req->body.overflow ||
           (req->stream && (uint64_t)req->received > (uint64_t)req->max_body);
}

bool httpd_body_is_refused(const struct httpd_request *req)
{
    return req->early_status != 0 || is_too_large(req);
}

static int reply_too_large(struct httpd_request *req)
{
    struct httpd_response res;

    httpd_response_init(&res);
    res.content_type = "text/plain; charset=utf-8";
    buf_printf(&res.body, "request body larger than %zu bytes\n", req->max_body);
    int rc = httpd_reply(req, MHD_HTTP_CONTENT_TOO_LARGE, &res);
    httpd_response_finish(&res);
    return rc;
}

int httpd_body_refuse(struct httpd_request *req)
{
    return req->early_status ? httpd_reply(req, req->early_status, &req->early)
                             : reply_too_large(req);
}

/* Whether reading on is pointless: far over the limit, or the peer asked before sending. */
static bool is_hopeless(const struct httpd_request *req, uint64_t wanted_bytes)
{
    int64_t len = httpd_content_length(req);

    if (len < 0 || (uint64_t)len <= wanted_bytes)
        return false;
    return httpd_header(req, MHD_HTTP_HEADER_EXPECT) ||
           (uint64_t)len - wanted_bytes > DRAIN_MAX_BYTES;
}

static const struct httpd_stream *find_stream(const struct httpd_stream *streams,
                                              const struct httpd_route *route)
{
    for (; route && streams && streams->handler; streams++)
        if (streams->handler == route->handler)
            return streams;
    return NULL;
}

int httpd_body_begin(struct httpd_request *req, const struct httpd_stream *streams, void *ctx)
{
    req->max_body = req->match.route ? req->match.route->max_body : 0;
    req->stream = find_stream(streams, req->match.route);
    buf_finish(&req->body);
    buf_init(&req->body, req->stream ? 0 : req->max_body);
    if (is_hopeless(req, req->max_body))
        return reply_too_large(req);
    if (!req->stream)
        return 0;
    req->early_status = req->stream->begin(req, &req->early, ctx);
    return req->early_status && is_hopeless(req, 0) ? httpd_body_refuse(req) : 0;
}

int httpd_body_take(struct httpd_request *req, const char *data, size_t len, void *ctx)
{
    bool is_wanted = req->match.route && !req->is_cut && !httpd_body_is_refused(req);

    req->received += (int64_t)len;
    if (!is_wanted)
        req->unwanted += len;
    else if (!req->stream)
        buf_add(&req->body, data, len);
    else if (!is_too_large(req))
        req->is_cut = req->stream->take(req, data, len, ctx) < 0;
    return req->unwanted > (req->is_cut ? DRAIN_FAILED_MAX_BYTES : DRAIN_MAX_BYTES) ? -1 : 0;
}
