/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/routes.h"

enum { ROUTES_MAX = 96 };

/* base/httpd_route does the matching; its rows are made from ours. */
const struct route *route_find(struct call *c, const struct route *routes, const char *path)
{
    struct httpd_route patterns[ROUTES_MAX] = { 0 };

    for (size_t i = 0; routes[i].method && i + 1 < ROUTES_MAX; i++)
        patterns[i] =
            (struct httpd_route){ .method = routes[i].method, .pattern = routes[i].pattern };
    httpd_match_finish(&c->match);
    if (httpd_match_init(&c->match, patterns, c->ask->method, path) != HTTPD_FOUND)
        return NULL;
    const struct route *found = &routes[c->match.route - patterns];
    c->match.route = NULL; /* ours is gone when we return */
    return found;
}
