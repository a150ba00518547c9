/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/web.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/httpd.h"
#include "hub/web/markdown.h"
#include "hub/web/site.h"

/* Reading git and SQLite takes milliseconds, a push its time: so many may do it at once. */
enum { BLOCKING_THREADS = 16, MAX_CONNECTIONS = 2048 };

struct web {
    struct httpd *httpd;
    struct site site;
    char *url;
};

static int send_health(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)ctx;
    reply_headers(req, REPLY_PAGE);
    httpd_reply_header(req, "Cache-Control", "no-store");
    res->content_type = "text/plain; charset=utf-8";
    buf_add_str(&res->body, "ok\n");
    return 200;
}

static int send_not_found(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const char *method = httpd_method(req);

    if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
        return site_error(ctx, req, res, 404, NULL, "there is nothing here");
    httpd_reply_header(req, "Allow", "GET, HEAD");
    return site_error(ctx, req, res, 405, NULL, "only GET and HEAD are served here");
}

/* Names of hub repositories begin with a letter or digit, and "reports" is not given out, so
 * the first rows hide no repository. */
static const struct httpd_route routes[] = {
    { "OPTIONS", "/{path...}", send_options, 0 },
    { "GET", "/", page_home, 0 },
    { "GET", "/healthz", send_health, 0 },
    { "GET", "/-/{name}", send_static, 0 },
    { "GET", "/reports/{path...}", send_report, 0 },
    { "GET", "/api/models", api_list, 0 },
    { "GET", "/api/models/{ns}/{name}", api_model, 0 },
    { "GET", "/api/models/{ns}/{name}/refs", api_refs, 0 },
    { "GET", "/api/models/{ns}/{name}/revision/{where...}", api_model, 0 },
    { "GET", "/api/models/{ns}/{name}/tree/{where...}", api_tree, 0 },
    { "POST", "/api/models/{ns}/{name}/paths-info/{where...}", api_paths_info, 1 << 20 },
    { "GET", "/api/whoami-v2", api_whoami, 0 },
    { "*", "/api/{path...}", api_absent, 64 << 10 },
    { "GET", "/{ns}/{name}", page_model, 0 },
    { "GET", "/{ns}/{name}/tree/{where...}", page_tree, 0 },
    { "GET", "/{ns}/{name}/resolve/{where...}", send_file, 0 },
    { "GET", "/{ns}/{name}/raw/{where...}", send_file, 0 },
    { NULL, NULL, NULL, 0 },
};

/* Answered from memory. */
static httpd_handler *const quick[] = { send_options, send_health, send_static, NULL };

static unsigned processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > 16 ? 16 : (unsigned)n;
}

/* "http://" and the listen address with the port that was given to us. */
static char *listen_url(const struct web_options *options, const struct httpd *httpd)
{
    const char *colon = strrchr(options->listen, ':');

    return xasprintf("http://%.*s:%u", (int)(colon - options->listen), options->listen,
                     (unsigned)httpd_port(httpd));
}

int web_start(struct web **ret, const struct web_options *options, struct err *err)
{
    struct web *web = xcalloc(1, sizeof(*web));
    const struct httpd_options httpd = {
        .listen = options->listen,
        .routes = routes,
        .not_found = send_not_found,
        .ctx = &web->site,
        .threads = options->threads ? options->threads : processors(),
        .blocking_threads = BLOCKING_THREADS,
        .quick = quick,
        .max_connections = MAX_CONNECTIONS,
    };

    markdown_setup();
    web->site.title = xstrdup(options->title);
    web->site.hub_dir = xstrdup(options->hub_dir);
    web->site.reports_dir = xstrdup(options->reports_dir);
    web->site.public_url = xstrdup(options->public_url);
    int rc = httpd_start(&web->httpd, &httpd, err);
    if (rc < 0) {
        web_stop(web);
        return rc;
    }
    web->url = listen_url(options, web->httpd);
    *ret = web;
    return 0;
}

const char *web_url(const struct web *web)
{
    return web->url;
}

void web_stop(struct web *web)
{
    if (!web)
        return;
    httpd_stop(web->httpd);
    free(web->site.title);
    free(web->site.hub_dir);
    free(web->site.reports_dir);
    free(web->site.public_url);
    free(web->url);
    free(web);
}
