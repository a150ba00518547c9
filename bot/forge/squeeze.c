/* SPDX-License-Identifier: Apache-2.0
 *
 * A string that a colon follows is a key: so the scanner needs no stack. It moves text down
 * over what it drops, and never looks at what it has written but for the last comma.
 */
#include "bot/forge/squeeze.h"

#include <stdbool.h>
#include <string.h>

/* Levels of a value that is dropped whole: what is deeper stays, and the parser judges it. */
enum { MAX_LEVELS = 16 };

struct key {
    const char *text;
    size_t len;
};
#define KEY(text)                                                                              \
    {                                                                                          \
        text, sizeof(text) - 1                                                                 \
    }

/* Whatever their value. */
static const struct key unread[] = {
    KEY("_links"),     KEY("active_lock_reason"),       KEY("assignee"),  KEY("assignees"),
    KEY("closed_by"),  KEY("author_association"),       KEY("diff_hunk"), KEY("gravatar_id"),
    KEY("node_id"),    KEY("performed_via_github_app"), KEY("reactions"), KEY("repo"),
    KEY("site_admin"), KEY("user_view_type"),
};
/* Of those that end in "url". */
static const struct key kept[] = {
    KEY("issue_url"), KEY("pull_request_url"), KEY("repository_url"),
    KEY("clone_url"), KEY("upload_url"),       KEY("browser_download_url"),
};

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

/* p stands on an opening bracket; behind the closing one, or NULL. */
static const char *skip_nested(const char *p, const char *end)
{
    char closing[MAX_LEVELS];
    size_t depth = 0;

    for (; p < end; p++) {
        if (*p == '"') {
            p = skip_string(p, end);
            if (!p)
                return NULL;
            p--;
        } else if (*p == '{' || *p == '[') {
            if (depth == MAX_LEVELS)
                return NULL;
            closing[depth++] = *p == '{' ? '}' : ']';
        } else if (*p == '}' || *p == ']') {
            if (closing[--depth] != *p)
                return NULL;
            if (depth == 0)
                return p + 1;
        }
    }
    return NULL;
}

static bool is_among(const struct key *keys, size_t n, const char *key, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (keys[i].len == len && memcmp(key, keys[i].text, len) == 0)
            return true;
    return false;
}

/* "url", "html_url" */
static bool is_address(const char *key, size_t len)
{
    bool is_url = len >= 3 && memcmp(key + len - 3, "url", 3) == 0;

    return is_url && (len == 3 || key[len - 4] == '_') &&
           !is_among(kept, sizeof(kept) / sizeof(kept[0]), key, len);
}

static const char *skip_word(const char *p, const char *end, const char *word)
{
    size_t len = strlen(word);

    return (size_t)(end - p) >= len && memcmp(p, word, len) == 0 ? p + len : NULL;
}

/* Behind the value at p, when it is one that may be dropped with its key; NULL otherwise. */
static const char *skip_value(const char *p, const char *end, const struct key *key)
{
    if (p == end)
        return NULL;
    if (*p == 'n')
        return skip_word(p, end, "null");
    if (*p == '"' && is_address(key->text, key->len))
        return skip_string(p, end);
    if (!is_among(unread, sizeof(unread) / sizeof(unread[0]), key->text, key->len))
        return NULL;
    switch (*p) {
    case '"': return skip_string(p, end);
    case '{':
    case '[': return skip_nested(p, end);
    case 't': return skip_word(p, end, "true");
    case 'f': return skip_word(p, end, "false");
    default: return NULL;
    }
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
    const struct key key = { quote + 1, (size_t)(s->in - quote) - 2 };
    const char *after = skip_value(skip_blanks(p + 1, s->end), s->end, &key);
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
