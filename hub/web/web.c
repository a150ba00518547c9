/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/web.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "base/httpd.h"
#include "base/text.h"
#include "base/processors.h"
#include "hub/repo/repo.h"
#include "hub/repo/xet_store.h"
#include "hub/web/access_log.h"
#include "hub/web/catalogue.h"
#include "hub/web/downloads.h"
#include "hub/web/gitweb.h"
#include "hub/web/markdown.h"
#include "hub/web/metrics.h"
#include "hub/web/quota.h"
#include "hub/web/rate.h"
#include "hub/web/routes.h"
#include "hub/web/site.h"

/* Reading git and SQLite takes milliseconds, a push its time: so many may do it at once. */
enum { BLOCKING_THREADS = 16, MAX_THREADS = 16, MAX_CONNECTIONS = 2048, MAX_PER_PEER = 256 };

/* Below it, an upload that breaks is as well begun again. */
enum { MULTIPART_BYTES = 512 << 20 };

struct web {
    struct site site;
    char *url;
    char **retired; /* texts of the site, those in use too */
    size_t n_retired;
};

/* One for each processor that is ours: two that share one would take turns of milliseconds,
 * and the connections of one wait while the other has its turn. */
static unsigned serving_threads(void)
{
    unsigned n = processors_usable();

    return n > MAX_THREADS ? MAX_THREADS : n;
}

static unsigned connections_per_peer(const struct web_options *options)
{
    bool has_proxy = options->proxy && *options->proxy;
    bool is_local = options->listen_fd <= 0 && (text_has_prefix(options->listen, "127.") ||
                                                text_has_prefix(options->listen, "[::1]"));

    if (options->max_per_peer >= 0)
        return (unsigned)options->max_per_peer;
    return has_proxy || is_local ? 0 : MAX_PER_PEER;
}

static void on_done(const struct httpd_done *done, void *ctx)
{
    const struct site *site = ctx;

    metrics_count(site->metrics, done);
    downloads_count(site->downloads, done);
    if (site->access_log)
        access_log_write(site->access_log, done);
}

/* What stood there may be in use, so it is kept until the end; a reload is rare. */
static void set_text(struct web *web, _Atomic(char *) *text, const char *value)
{
    char *now = *text;

    if (now && strcmp(now, value) == 0)
        return;
    web->retired = xrealloc_array(web->retired, web->n_retired + 1, sizeof(*web->retired));
    web->retired[web->n_retired] = xstrdup(value);
    *text = web->retired[web->n_retired++];
}

static void set_texts(struct web *web, const struct web_options *options)
{
    set_text(web, &web->site.title, options->title);
    set_text(web, &web->site.public_url, options->public_url);
}

/* git runs in other folders than ours, so the hub's has its whole name. */
static int find_folders(struct web *web, const struct web_options *options, struct err *err)
{
    int rc = fs_mkdirs(options->hub_dir, 0770, err);

    if (rc == 0)
        rc = hub_close_root(options->hub_dir, err);
    if (rc == 0)
        rc = fs_real_path(&web->site.hub_dir, options->hub_dir, err);
    if (rc == 0 && options->program) {
        rc = gitweb_prepare_hook(web->site.hub_dir, options->program, err);
        web->site.takes_pushes = rc == 0;
    }
    return rc;
}

/* `hearth hub gc` does so too; but not everybody runs it. */
static void sweep_xorbs(const struct web *web)
{
    int64_t now = access_now(web->site.access);
    const struct xet_ages ages = { now - XET_KEPT_S, now - XET_KEPT_S };
    struct xet_swept swept;

    (void)xet_sweep(&swept, web->site.hub_dir, &ages, NULL);
}

static int start(struct web *web, const struct web_options *options, struct err *err)
{
    const struct httpd_options httpd = {
        .listen = options->listen,
        .listen_fd = options->listen_fd,
        .routes = routes,
        .streams = streams,
        .not_found = send_not_found,
        .ctx = &web->site,
        .threads = options->threads ? options->threads : serving_threads(),
        .blocking_threads = BLOCKING_THREADS,
        .quick = quick_handlers,
        .max_connections =
            options->max_connections ? options->max_connections : MAX_CONNECTIONS,
        .max_per_peer = connections_per_peer(options),
        .trusted_peer = options->proxy,
        .has_request_ids = true,
        .on_done = on_done,
    };
    const char *log = options->access_log;
    struct httpd *started = NULL;

    int rc = find_folders(web, options, err);
    if (rc == 0)
        rc = access_open(&web->site.access, options->hub_db, &options->clock, err);
    if (rc == 0)
        rc = access_key(web->site.upload_key, web->site.access, "upload", err);
    if (rc == 0)
        web->site.quota = quota_new(web->site.access, options->quota_bytes);
    if (rc == 0)
        sweep_xorbs(web);
    if (rc == 0)
        rc = downloads_start(&web->site.downloads, web->site.access, err);
    if (rc == 0 && log && *log)
        rc = access_log_open(&web->site.access_log, log, err);
    if (rc == 0)
        rc = httpd_start(&started, &httpd, err);
    if (rc == 0) {
        web->site.httpd = started;
        web->url = xasprintf("http://%s", httpd_address(started));
    }
    return rc;
}

int web_start(struct web **ret, const struct web_options *options, struct err *err)
{
    struct web *web = xcalloc(1, sizeof(*web));

    markdown_setup();
    set_texts(web, options);
    web->site.reports_dir = xstrdup(options->reports_dir);
    web->site.metrics = metrics_new();
    web->site.catalogue = catalogue_new(&options->clock);
    web->site.accel = xstrdup(options->accel ? options->accel : "");
    web->site.hook_secret = options->hook_secret ? xstrdup(options->hook_secret) : NULL;
    web->site.wake_path = xstrdup(options->wake_file ? options->wake_file : "");
    web->site.spares_own_machine = options->rate_limit < 0;
    web->site.rate = rate_new(options->rate_limit < 0 ? RATE_DEFAULT : options->rate_limit);
    web->site.multipart_bytes =
        options->multipart_bytes ? options->multipart_bytes : MULTIPART_BYTES;
    int rc = start(web, options, err);
    if (rc < 0) {
        web_stop(web);
        return rc;
    }
    *ret = web;
    return 0;
}

int web_reload(struct web *web, const struct web_options *options, struct err *err)
{
    set_texts(web, options);
    return web->site.access_log ? access_log_reopen(web->site.access_log, err) : 0;
}

const char *web_url(const struct web *web)
{
    return web->url;
}

void web_stop(struct web *web)
{
    if (!web)
        return;
    httpd_stop(web->site.httpd);
    access_log_close(web->site.access_log);
    downloads_stop(web->site.downloads);
    quota_free(web->site.quota);
    access_close(web->site.access);
    catalogue_free(web->site.catalogue);
    rate_free(web->site.rate);
    metrics_free(web->site.metrics);
    for (size_t i = 0; i < web->n_retired; i++)
        free(web->retired[i]);
    free(web->retired);
    free(web->site.hook_secret);
    free(web->site.wake_path);
    free(web->site.accel);
    free(web->site.hub_dir);
    free(web->site.reports_dir);
    free(web->url);
    free(web);
}
