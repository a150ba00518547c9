/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_call.h"

#include <microhttpd.h>

#include "base/buf.h"
#include "base/httpd.h"
#include "base/httpd_reply.h"
#include "base/httpd_request.h"
#include "base/httpd_route.h"

int httpd_call_say(struct httpd_response *res, int status, const char *line)
{
    res->content_type = "text/plain; charset=utf-8";
    buf_printf(&res->body, "%s\n", line);
    return status;
}

/* Whatever follows on the connection is not trusted either. */
int httpd_call_refuse(struct httpd_request *req, const char *fault)
{
    httpd_reply_header(req, MHD_HTTP_HEADER_CONNECTION, "close");
    buf_add_str(&req->reply.body, "bad request: ");
    return httpd_reply(req, httpd_call_say(&req->reply, MHD_HTTP_BAD_REQUEST, fault),
                       &req->reply);
}

static int say_not_found(struct httpd_request *req, const struct httpd_route *routes)
{
    struct httpd_response *res = &req->reply;
    struct buf allowed;

    if (req->found == HTTPD_NO_SUCH_PATH)
        return httpd_call_say(res, MHD_HTTP_NOT_FOUND, "not found");
    buf_init(&allowed, 1024);
    httpd_route_add_allowed(&allowed, routes, req->path);
    httpd_reply_header(req, MHD_HTTP_HEADER_ALLOW, "%s", allowed.data);
    buf_add_str(&res->body, "method not allowed; allowed are ");
    (void)httpd_call_say(res, MHD_HTTP_METHOD_NOT_ALLOWED, allowed.data);
    buf_finish(&allowed);
    return MHD_HTTP_METHOD_NOT_ALLOWED;
}

int httpd_call(struct httpd_request *req, const struct httpd_options *options)
{
    if (req->match.route)
        return req->match.route->handler(req, &req->reply, options->ctx);
    if (options->not_found)
        return options->not_found(req, &req->reply, options->ctx);
    return say_not_found(req, options->routes);
}
