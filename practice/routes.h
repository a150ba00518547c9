/* SPDX-License-Identifier: Apache-2.0
 * practice/routes.h
 * routes: which handler answers which path of the API, and what it asks of the caller.
 * Each dialect has two tables: of the server as a whole, and of its one repository (patterns
 * behind /repos/OWNER/NAME). */
#ifndef PRACTICE_ROUTES_H
#define PRACTICE_ROUTES_H
#include "practice/call.h"

enum route_body {
    BODY_JSON, /* parsed into call.in; a broken one is 400 */
    BODY_RAW,  /* read by the handler from ask */
};

/* How a list is paged; see page.c. GitHub links them all, and two in their own way. */
enum route_list {
    LIST_WHOLE,          /* all rows in one answer; on GitHub, linked */
    LIST_BY_CURSOR,      /* GitHub: linked by `after`, and deep pages by nothing else */
    LIST_OF_300_PAGES,   /* GitHub: what is older cannot be asked for */
    LIST_WHOLE_AT_FIRST, /* likewise, unless a page is asked for */
    LIST_COUNTED,        /* pages, but only the total tells how many */
    LIST_LINKED,
};

struct route {
    const char *method, *pattern; /* as in base/httpd.h */
    int (*handle)(struct call *c);
    enum right right;
    enum route_body body;
    enum route_list list;
    bool is_null_when_empty; /* the list */
};

/* The rows of the tables. */
#define ROUTE(m, p, h, r)                                                                      \
    {                                                                                          \
        .method = (m), .pattern = (p), .handle = (h), .right = (r)                             \
    }
#define ROUTE_RAW(m, p, h, r)                                                                  \
    {                                                                                          \
        .method = (m), .pattern = (p), .handle = (h), .right = (r), .body = BODY_RAW           \
    }
#define ROUTE_LIST(p, h, r, l, is_null)                                                        \
    {                                                                                          \
        .method = "GET", .pattern = (p), .handle = (h), .right = (r), .list = (l),             \
        .is_null_when_empty = (is_null)                                                        \
    }

extern const struct route github_routes_of_server[], github_routes_of_repo[];
extern const struct route gitea_routes_of_server[], gitea_routes_of_repo[];

/* The route of a method and path, its parameters in c->match; NULL when there is none. */
const struct route *route_find(struct call *c, const struct route *routes, const char *path);

#endif
