/* SPDX-License-Identifier: Apache-2.0
 * hub/web/web.h
 * web: the hub as a web site.
 * Shows the report pages and the hosted repositories, and speaks the hub protocol with programs
 * that read and write. Nothing it is asked by GET changes anything. Pages work without
 * JavaScript. */
#ifndef HUB_WEB_WEB_H
#define HUB_WEB_WEB_H
#include <stdint.h>

#include "base/clock.h"

struct err;
struct web;

struct web_options {
    const char *listen;      /* "127.0.0.1:0" */
    const char *public_url;  /* "" takes the listen address */
    const char *title;       /* of the community */
    const char *hub_dir;     /* hub repositories */
    const char *reports_dir; /* what `hearth run` writes */
    const char *hub_db;      /* who may do what; made where it is not there */
    const char *program;     /* ours, which judges pushes as git's hook; NULL takes no pushes */
    const char *hook_secret; /* of the forge's webhooks; NULL or "": none are taken */
    const char *wake_file;   /* touched by them */
    struct clock clock;
    int64_t rate_limit;       /* requests of an address or token in 5 minutes; 0: any number; */
                              /* negative: RATE_DEFAULT, and any number from this machine */
    int64_t quota_bytes;      /* of the repositories in a namespace; 0: no limit */
    int64_t multipart_bytes;  /* uploads from this size on come in parts; 0: 512 MiB */
    unsigned threads;         /* 0: one per processor */
    int listen_fd;            /* a socket that listens already; 0: none */
    const char *access_log;   /* its file; "-": standard error; NULL or "": none is kept */
    const char *proxy;        /* address of a proxy in front that is believed; NULL or "" */
    const char *accel;        /* "/_files/": the proxy sends large files itself; NULL or "" */
    unsigned max_connections; /* 0: 2048 */
    int max_per_peer; /* of them; 0: any number; negative: 256, or any number where all come */
                      /* from one address: behind a proxy, or on loopback */
};

int web_start(struct web **ret, const struct web_options *options, struct err *err);
const char *web_url(const struct web *web); /* "http://127.0.0.1:8080", the listen address */
/* Takes title and public_url anew and opens the access log again; requests under way are not
 * disturbed. On an error the log stays as it is. */
int web_reload(struct web *web, const struct web_options *options, struct err *err);
void web_stop(struct web *web); /* NULL is fine */

#endif
