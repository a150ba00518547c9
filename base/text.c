/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

/* Length of the well-formed sequence at p (Unicode table 3-7), 0 when there is none. */
static size_t sequence_length(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || left < len)
        return 0;
    unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    }
    return len;
}

bool text_is_utf8(const char *s, size_t len)
{
    const unsigned char *p = (const unsigned char *)s;

    for (size_t at = 0; at < len;) {
        size_t step = sequence_length(p + at, len - at);

        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

void text_make_utf8(char *s)
{
    size_t len = strlen(s);

    for (size_t at = 0; at < len;) {
        size_t step = sequence_length((const unsigned char *)s + at, len - at);

        if (step == 0)
            s[at] = '?';
        at += step ? step : 1;
    }
}

size_t text_cut(const char *s, size_t max)
{
    size_t len = strnlen(s, max);

    if (len < max || s[len] == '\0')
        return len;
    while (len > 0 && ((unsigned char)s[len] & 0xc0) == 0x80)
        len--;
    return len;
}

bool text_equal_ignoring_case(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

const char *text_s(int64_t n)
{
    return n == 1 ? "" : "s";
}

bool text_has_prefix(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_has_suffix(const char *s, const char *suffix)
{
    size_t len = strlen(s), end = strlen(suffix);

    return len >= end && memcmp(s + len - end, suffix, end) == 0;
}

static const char *const html_entities[256] = {
    ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
};

void text_add_html(struct buf *out, const char *s)
{
    for (const char *p = s; *p; p++) {
        const char *entity = html_entities[(unsigned char)*p];

        if (entity)
            buf_add_str(out, entity);
        else
            buf_add_char(out, *p);
    }
}

void text_add_url(struct buf *out, const char *s, enum text_slash slash)
{
    for (const char *p = s; *p; p++) {
        unsigned char c = (unsigned char)*p;

        if (isalnum(c) || strchr("-._~", c) || (c == '/' && slash == TEXT_SLASH_KEPT))
            buf_add_char(out, *p);
        else
            buf_printf(out, "%%%02X", c);
    }
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_decodable(const char *s)
{
    for (const char *p = s; *p; p++) {
        if (*p != '%')
            continue;
        if (hex_value(p[1]) < 0 || hex_value(p[2]) < 0 || (p[1] == '0' && p[2] == '0'))
            return false;
    }
    return true;
}

bool text_url_decode(char *s)
{
    if (!is_decodable(s))
        return false;

    char *to = s;
    for (const char *from = s; *from; from++) {
        char c = *from;

        if (c == '%') {
            c = (char)(hex_value(from[1]) * 16 + hex_value(from[2]));
            from += 2;
        }
        *to++ = c;
    }
    *to = '\0';
    return true;
}

/* A zero-width non-joiner behind @ and # keeps the text readable and the reference dead. */
static const char *const markdown_escapes[256] = {
    ['\n'] = " ",    ['\r'] = " ",   ['\t'] = " ",    ['@'] = "@\u200c", ['#'] = "#\u200c",
    ['<'] = "&lt;",  ['>'] = "&gt;", ['&'] = "&amp;", ['|'] = "\\|",     ['`'] = "\\`",
    ['*'] = "\\*",   ['_'] = "\\_",  ['['] = "\\[",   [']'] = "\\]",     ['!'] = "\\!",
    ['\\'] = "\\\\", ['~'] = "\\~",
};

void text_add_markdown(struct buf *out, const char *s, size_t max)
{
    size_t len = text_cut(s, max);

    for (size_t i = 0; i < len; i++) {
        const char *escape = markdown_escapes[(unsigned char)s[i]];

        if (escape)
            buf_add_str(out, escape);
        else if ((unsigned char)s[i] >= 0x20 && s[i] != 0x7f)
            buf_add_char(out, s[i]);
    }
    if (s[len] != '\0')
        buf_add_str(out, "\u2026");
}

void text_add_csv(struct buf *out, const char *s)
{
    bool formula = s[0] != '\0' && strchr("=+-@\t\r", s[0]);

    if (!formula && s[strcspn(s, ",\"\r\n")] == '\0') {
        buf_add_str(out, s);
        return;
    }
    buf_add_str(out, formula ? "\"'" : "\"");
    for (const char *p = s; *p; p++) {
        if (*p == '"')
            buf_add_char(out, '"');
        buf_add_char(out, *p);
    }
    buf_add_char(out, '"');
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: d[i][j] edits turn the first i bytes of a into the first j of b. */
size_t text_distance(const char *a, const char *b)
{
    size_t d[64][64], n = strnlen(a, 63), m = strnlen(b, 63);

    for (size_t i = 0; i <= n; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= m; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        for (size_t j = 1; j <= m; j++) {
            size_t change = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);

            d[i][j] = least(change, least(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[n][m];
}
