/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_route.h
 * httpd_route: which row of a routing table answers a method and a path.
 * Pure text: knows neither sockets nor microhttpd. A match owns the values it found. */
#ifndef BASE_HTTPD_ROUTE_H
#define BASE_HTTPD_ROUTE_H
#include <stddef.h>

#include "base/httpd.h"

struct buf;

struct httpd_match {
    const struct httpd_route *route;
    struct {
        const char *name; /* inside the route's pattern */
        size_t name_len;
        char *value;
    } params[HTTPD_MAX_PARAMS];
    size_t n_params;
};

enum httpd_found {
    HTTPD_FOUND,
    HTTPD_NO_SUCH_PATH,
    HTTPD_NO_SUCH_METHOD, /* the path is there, under other methods */
};

/* path is as sent, without the query. *ret is set in every case; finish it. */
enum httpd_found httpd_match_init(struct httpd_match *ret, const struct httpd_route *routes,
                                  const char *method, const char *path);
void httpd_match_finish(struct httpd_match *match);

/* The value of a "{name}", or NULL. Borrowed. */
const char *httpd_match_param(const struct httpd_match *match, const char *name);

/* Appends the methods of the routes that have this path: "GET, HEAD, POST". */
void httpd_route_add_allowed(struct buf *out, const struct httpd_route *routes,
                             const char *path);

#endif
