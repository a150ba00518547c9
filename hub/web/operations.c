/* SPDX-License-Identifier: Apache-2.0
 * What those who run the hub ask it. */
#include "hub/web/metrics.h"
#include "hub/web/site.h"

static int reply_text(struct httpd_request *req, struct httpd_response *res, const char *type)
{
    reply_headers(req, REPLY_PAGE);
    httpd_reply_header(req, "Cache-Control", "no-store");
    res->content_type = type;
    return 200;
}

int send_health(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)ctx;
    buf_add_str(&res->body, "ok\n");
    return reply_text(req, res, "text/plain; charset=utf-8");
}

int send_metrics(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;

    metrics_add_text(&res->body, site->metrics, httpd_connections(site->httpd));
    return reply_text(req, res, "text/plain; version=0.0.4; charset=utf-8");
}
