/* SPDX-License-Identifier: Apache-2.0
 * practice/routes.h
 * routes: which handler answers which path of the API, and what it asks of the caller.
 * A second dialect is a second table. */
#ifndef PRACTICE_ROUTES_H
#define PRACTICE_ROUTES_H
#include "practice/call.h"

enum route_body {
    BODY_JSON, /* parsed into call.in; a broken one is 400 */
    BODY_RAW,  /* read by the handler from ask */
};

struct route {
    const char *method, *pattern; /* as in base/httpd.h */
    int (*handle)(struct call *c);
    enum right right;
    enum route_body body;
};

/* Of the server as a whole, and of its one repository (pattern behind /repos/OWNER/NAME). */
extern const struct route routes_of_server[];
extern const struct route routes_of_repo[];

/* The route of a method and path, its parameters in c->match; NULL when there is none. */
const struct route *route_find(struct call *c, const struct route *routes, const char *path);

#endif
