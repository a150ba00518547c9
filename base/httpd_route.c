/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_route.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

static const char REST_MARK[] = "...}";

struct slice {
    const char *at;
    size_t len;
};

/* While matching, values are parts of the path; only the row that wins gets copies. */
struct capture {
    struct slice name, value;
};
struct captures {
    struct capture at[HTTPD_MAX_PARAMS];
    size_t n;
};

static bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static bool capture_add(struct captures *captures, struct slice name, struct slice value)
{
    if (captures->n == HTTPD_MAX_PARAMS)
        return false;
    captures->at[captures->n++] = (struct capture){ name, value };
    return true;
}

/* Takes "/segment" off the front of *path; false at its end. */
static bool next_segment(const char **path, struct slice *ret)
{
    if (**path != '/')
        return false;
    ret->at = *path + 1;
    ret->len = strcspn(ret->at, "/");
    *path = ret->at + ret->len;
    return true;
}

/* "{rest...}": the name inside, or false. */
static bool is_rest(struct slice pattern, struct slice *ret_name)
{
    size_t mark = sizeof(REST_MARK) - 1;

    if (pattern.len <= mark || pattern.at[0] != '{' ||
        memcmp(pattern.at + pattern.len - mark, REST_MARK, mark) != 0)
        return false;
    *ret_name = (struct slice){ pattern.at + 1, pattern.len - mark - 1 };
    return true;
}

/* "literal", "{name}" or "{name}.suffix" against one segment. */
static bool match_segment(struct captures *captures, struct slice pattern, struct slice segment)
{
    const char *end = pattern.len ? memchr(pattern.at, '}', pattern.len) : NULL;

    if (!end || pattern.at[0] != '{')
        return slice_equal(pattern, segment);

    struct slice name = { pattern.at + 1, (size_t)(end - pattern.at) - 1 };
    struct slice suffix = { end + 1, pattern.len - name.len - 2 };
    if (segment.len <= suffix.len)
        return false;

    struct slice value = { segment.at, segment.len - suffix.len };
    struct slice tail = { segment.at + value.len, suffix.len };
    return slice_equal(tail, suffix) && capture_add(captures, name, value);
}

static bool match_path(struct captures *captures, const char *pattern, const char *path)
{
    struct slice want, have, name;

    captures->n = 0;
    while (next_segment(&pattern, &want)) {
        if (is_rest(want, &name)) {
            const char *rest = *path == '/' ? path + 1 : path;
            return capture_add(captures, name, (struct slice){ rest, strlen(rest) });
        }
        if (!next_segment(&path, &have) || !match_segment(captures, want, have))
            return false;
    }
    return *path == '\0';
}

static bool match_method(const char *wanted, const char *method)
{
    if (strcmp(wanted, "*") == 0 || strcmp(wanted, method) == 0)
        return true;
    return strcmp(wanted, "GET") == 0 && strcmp(method, "HEAD") == 0;
}

static void keep(struct httpd_match *match, const struct captures *captures)
{
    for (size_t i = 0; i < captures->n; i++) {
        const struct capture *c = &captures->at[i];

        match->params[i].name = c->name.at;
        match->params[i].name_len = c->name.len;
        match->params[i].value = xstrndup(c->value.at, c->value.len);
    }
    match->n_params = captures->n;
}

enum httpd_found httpd_match_init(struct httpd_match *ret, const struct httpd_route *routes,
                                  const char *method, const char *path)
{
    enum httpd_found found = HTTPD_NO_SUCH_PATH;
    struct captures captures;

    memset(ret, 0, sizeof(*ret));
    for (const struct httpd_route *route = routes; route->pattern; route++) {
        if (!match_path(&captures, route->pattern, path))
            continue;
        if (match_method(route->method, method)) {
            ret->route = route;
            keep(ret, &captures);
            return HTTPD_FOUND;
        }
        found = HTTPD_NO_SUCH_METHOD;
    }
    return found;
}

void httpd_match_finish(struct httpd_match *match)
{
    if (!match)
        return;
    for (size_t i = 0; i < match->n_params; i++)
        free(match->params[i].value);
    memset(match, 0, sizeof(*match));
}

const char *httpd_match_param(const struct httpd_match *match, const char *name)
{
    struct slice wanted = { name, strlen(name) };

    for (size_t i = 0; i < match->n_params; i++)
        if (slice_equal((struct slice){ match->params[i].name, match->params[i].name_len },
                        wanted))
            return match->params[i].value;
    return NULL;
}

void httpd_route_add_allowed(struct buf *out, const struct httpd_route *routes,
                             const char *path)
{
    struct captures captures;
    size_t start = out->len;

    for (const struct httpd_route *route = routes; route->pattern; route++) {
        if (!match_path(&captures, route->pattern, path))
            continue;
        if (out->len > start)
            buf_add_str(out, ", ");
        buf_add_str(out, route->method);
        if (strcmp(route->method, "GET") == 0)
            buf_add_str(out, ", HEAD");
    }
}
