/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/link.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

/* A piece of the header, not terminated. */
struct span {
    const char *at;
    size_t len;
};

static const char *skip_blanks(const char *p)
{
    return p + strspn(p, " \t");
}

/* "rel" may hold several relations: rel="prev next". */
static bool has_next(struct span relations)
{
    const char *p = relations.at, *end = relations.at + relations.len;

    while (p < end) {
        size_t blank = strspn(p, " \t");
        p += blank;
        size_t len = 0;
        while (p + len < end && p[len] != ' ' && p[len] != '\t')
            len++;
        if (len == 4 && strncasecmp(p, "next", 4) == 0)
            return true;
        p += len;
    }
    return false;
}

/* A parameter's value: a token or a quoted string. Returns what follows, NULL when broken. */
static const char *read_value(const char *p, struct span *ret)
{
    if (*p != '"') {
        ret->at = p;
        ret->len = strcspn(p, " \t;,\"");
        return p + ret->len;
    }
    ret->at = ++p;
    while (*p && *p != '"')
        p += p[0] == '\\' && p[1] ? 2 : 1;
    if (*p != '"')
        return NULL;
    ret->len = (size_t)(p - ret->at);
    return p + 1;
}

/* One "; name=value". Sets *is_next for the first rel that names it; later ones do not count
 * (RFC 8288 3.3). Returns what follows, NULL when broken. */
static const char *read_parameter(const char *p, bool *has_rel, bool *is_next)
{
    struct span name = { skip_blanks(p), 0 }, value = { "", 0 };

    name.len = strcspn(name.at, " \t=;,\"<>");
    p = skip_blanks(name.at + name.len);
    if (*p == '=') {
        p = read_value(skip_blanks(p + 1), &value);
        if (!p)
            return NULL;
    }
    if (name.len == 3 && strncasecmp(name.at, "rel", 3) == 0 && !*has_rel) {
        *has_rel = true;
        *is_next = has_next(value);
    }
    return skip_blanks(p);
}

/* One "<target>; name=value; ...". Returns what follows, NULL when broken. */
static const char *read_link(const char *p, struct span *target, bool *is_next)
{
    bool has_rel = false;

    if (*p != '<')
        return NULL;
    target->at = p + 1;
    target->len = strcspn(target->at, "<>\" \t");
    p = target->at + target->len;
    if (*p != '>')
        return NULL;

    p = skip_blanks(p + 1);
    while (p && *p == ';')
        p = read_parameter(p + 1, &has_rel, is_next);
    return p;
}

const char *link_path(const char *url)
{
    const char *host = strstr(url, "://");

    if (url[0] == '/' && url[1] != '/')
        return url;
    if (!host || strncasecmp(url, "http", 4) != 0)
        return NULL;
    host += 3;
    const char *path = host + strcspn(host, "/?#");
    return path[0] == '/' && path[1] != '/' ? path : NULL;
}

static int take_target(struct buf *out, struct span target, struct err *err)
{
    char url[LINK_MAX_TARGET + 1];

    if (target.len > LINK_MAX_TARGET)
        return err_set(err, ERR_LIMIT, "Link: an address longer than %d bytes",
                       LINK_MAX_TARGET);
    memcpy(url, target.at, target.len);
    url[target.len] = '\0';

    const char *path = link_path(url);
    if (!path)
        return err_set(err, ERR_PARSE, "Link: '%.200s' has no path", url);
    buf_add(out, path, strcspn(path, "#"));
    return buf_check(out, "Link", err);
}

int link_next(struct buf *out, const char *header, struct err *err)
{
    struct span target;

    if (!header)
        return 0;
    if (strlen(header) > LINK_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "Link: longer than %d bytes", LINK_MAX_BYTES);

    const char *p = header + strspn(header, " \t,");
    while (*p) {
        bool is_next = false;

        const char *after = read_link(p, &target, &is_next);
        if (!after || (*after && *after != ','))
            return err_set(err, ERR_PARSE, "Link: cannot read it from '%.80s' on", p);
        if (is_next)
            return take_target(out, target, err);
        p = after + strspn(after, " \t,");
    }
    return 0;
}

/* "." and "..", plain or percent-encoded, between slashes. */
static bool has_dot_segment(const char *path)
{
    size_t end = strcspn(path, "?");

    for (size_t i = 0; i < end; i++) {
        size_t dots = 0, at = i + 1;

        if (path[i] != '/')
            continue;
        while (path[at] == '.' || strncasecmp(path + at, "%2e", 3) == 0) {
            at += path[at] == '.' ? 1 : 3;
            dots++;
        }
        if (dots > 0 && dots <= 2 && (at >= end || path[at] == '/'))
            return true;
    }
    return false;
}

static bool is_url_text(const char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c <= 0x20 || c >= 0x7f || strchr("\"<>\\^`{|}#", c))
            return false;
    }
    return true;
}

bool link_is_plain(const char *target)
{
    return is_url_text(target) && !has_dot_segment(target);
}

int link_check(const char *target, const char *base, struct err *err)
{
    size_t len = strlen(base);
    const char *below = strncmp(target, base, len) == 0 ? target + len : "";

    if (strlen(target) > LINK_MAX_TARGET)
        return err_set(err, ERR_FORGE, "a link longer than %d bytes", LINK_MAX_TARGET);
    if (!link_is_plain(target))
        return err_set(err, ERR_FORGE, "refusing a malformed link: '%.200s'", target);
    if (text_has_prefix(below, "/repos/") || text_has_prefix(below, "/repositories/") ||
        text_has_prefix(target, "/repositories/"))
        return 0;
    return err_set(err, ERR_FORGE, "refusing a link outside '%s/repos/': '%.200s'", base,
                   target);
}
