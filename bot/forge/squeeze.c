/* SPDX-License-Identifier: Apache-2.0
 *
 * A string that a colon follows is a key: so the scanner needs no stack. It moves text down
 * over what it drops, and never looks at what it has written but for the last comma.
 */
#include "bot/forge/squeeze.h"

#include <stdbool.h>
#include <string.h>

static const char *const kept[] = { "issue_url", "pull_request_url", "repository_url",
                                    "clone_url", "upload_url",       "browser_download_url" };

/* What lies between kept and in stays, and is moved down to out when something is dropped. */
struct scanner {
    char *begin, *out;
    const char *kept, *in, *end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && is_blank(*p))
        p++;
    return p;
}

/* p stands on a quote; behind the closing one, or NULL. */
static const char *skip_string(const char *p, const char *end)
{
    for (p++; p < end; p++) {
        p = memchr(p, '"', (size_t)(end - p));
        if (!p)
            return NULL;
        size_t slashes = 0;
        while (p[-1 - (ptrdiff_t)slashes] == '\\')
            slashes++;
        if (slashes % 2 == 0)
            return p + 1;
    }
    return NULL;
}

static bool ends_with(const char *key, size_t len, const char *tail)
{
    size_t n = strlen(tail);

    return len >= n && memcmp(key + len - n, tail, n) == 0;
}

/* len bytes of a key, without its quotes. */
static bool is_unread(const char *key, size_t len)
{
    if (len == 7 && memcmp(key, "node_id", 7) == 0)
        return true;
    if (!ends_with(key, len, "url") || (len > 3 && key[len - 4] != '_'))
        return false;
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        if (strlen(kept[i]) == len && memcmp(key, kept[i], len) == 0)
            return false;
    return true;
}

/* Behind the value at p, when it is one that may be dropped; NULL otherwise. */
static const char *skip_value(const char *p, const char *end, bool unread)
{
    if (end - p >= 4 && memcmp(p, "null", 4) == 0)
        return p + 4;
    return unread && p < end && *p == '"' ? skip_string(p, end) : NULL;
}

/* Moves down what is kept up to end, without the blanks at its end. */
static void flush(struct scanner *s, const char *end)
{
    while (end > s->kept && is_blank(end[-1]))
        end--;
    memmove(s->out, s->kept, (size_t)(end - s->kept));
    s->out += end - s->kept;
}

/* Leaves out the member from key to after. It takes one comma along: the one behind it, or
 * else the one before it. */
static bool drop(struct scanner *s, const char *key, const char *after)
{
    const char *p = skip_blanks(after, s->end);

    if (p == s->end || (*p != ',' && *p != '}'))
        return false;
    flush(s, key);
    if (*p == '}' && s->out > s->begin && s->out[-1] == ',')
        s->out--;
    s->kept = s->in = *p == ',' ? p + 1 : p;
    return true;
}

/* At a string that begins at quote. False when the text ends inside it. */
static bool take_string(struct scanner *s, const char *quote)
{
    s->in = skip_string(quote, s->end);
    if (!s->in)
        return false;

    const char *p = skip_blanks(s->in, s->end);
    if (p == s->end || *p != ':')
        return true;
    bool unread = is_unread(quote + 1, (size_t)(s->in - quote) - 2);
    const char *after = skip_value(skip_blanks(p + 1, s->end), s->end, unread);
    if (!after || !drop(s, quote, after))
        s->in = p + 1;
    return true;
}

size_t squeeze_json(char *text, size_t len)
{
    const char *quote;
    struct scanner s = {
        .begin = text, .out = text, .kept = text, .in = text, .end = text + len
    };

    while ((quote = memchr(s.in, '"', (size_t)(s.end - s.in))))
        if (!take_string(&s, quote))
            break;
    flush(&s, s.end);
    return (size_t)(s.out - text);
}
