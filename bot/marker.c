/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/marker.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static const char OPENING[] = "<!-- hearth:";
static const char VERSION[] = " v1 ";
static const char CLOSING[] = " -->";
static const char CUT[] = "\n\n*(cut here: a comment may not be longer)*\n";

enum { FENCE_MAX = 16, FACTS_MAX_BYTES = 8192 };

static size_t rule_length(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");
}

bool marker_is_rule(const char *rule)
{
    size_t len = rule_length(rule);

    return len > 0 && len < MARKER_MAX_RULE && rule[len] == '\0';
}

/* Behind "<!-- hearth:RULE v1 ", or NULL. */
static const char *after_head(const char *body, size_t *ret_rule_len)
{
    size_t skip = sizeof(OPENING) - 1;

    if (!text_has_prefix(body, OPENING))
        return NULL;
    size_t len = rule_length(body + skip);
    if (len == 0 || len >= MARKER_MAX_RULE || !text_has_prefix(body + skip + len, VERSION))
        return NULL;
    *ret_rule_len = len;
    return body + skip + len + sizeof(VERSION) - 1;
}

bool marker_rule(char out[MARKER_MAX_RULE], const char *body)
{
    size_t len;

    out[0] = '\0';
    if (!after_head(body, &len))
        return false;
    memcpy(out, body + sizeof(OPENING) - 1, len);
    out[len] = '\0';
    return true;
}

json_t *marker_facts(const char *body)
{
    json_t *facts = NULL;
    size_t rule_len;
    const char *at = after_head(body, &rule_len);
    const char *end = at ? strstr(at, CLOSING) : NULL;

    if (!end || (size_t)(end - at) > FACTS_MAX_BYTES)
        return NULL;
    if (json_parse(&facts, at, (size_t)(end - at), "marker", NULL) < 0)
        return NULL;
    if (!json_is_object(facts)) {
        json_decref(facts);
        return NULL;
    }
    return facts;
}

/* JSON without '<' and '>', so that no fact can end the HTML comment around it. */
static void add_facts(struct buf *out, const json_t *facts)
{
    struct buf text;

    buf_init(&text, FACTS_MAX_BYTES);
    if (facts)
        json_write(&text, facts, 0);
    if (text.len == 0 || text.overflow) {
        buf_clear(&text);
        buf_add_str(&text, "{}");
    }
    while (text.len > 0 && text.data[text.len - 1] == '\n')
        buf_truncate(&text, text.len - 1);
    for (const char *p = text.data; *p; p++) {
        if (*p == '<' || *p == '>')
            buf_add_str(out, *p == '<' ? "\\u003c" : "\\u003e");
        else
            buf_add_char(out, *p);
    }
    buf_finish(&text);
}

static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

/* Bytes of s up to the given number of characters. */
static size_t bytes_of(const char *s, size_t characters)
{
    size_t at = 0, n = 0;

    while (s[at] && (n < characters || !begins_character(s[at])))
        n += begins_character(s[at++]);
    return at;
}

static size_t count_characters(const char *s)
{
    size_t n = 0;

    while (*s)
        n += begins_character(*s++);
    return n;
}

/* A fence is three or more of one of ` ~ after at most three blanks. Its length, or 0. */
static size_t fence_at(const char *line, char *ret_mark)
{
    size_t indent = strspn(line, " ");
    char mark = line[indent];
    size_t len = 0;

    if (indent > 3 || (mark != '`' && mark != '~'))
        return 0;
    while (line[indent + len] == mark)
        len++;
    *ret_mark = mark;
    return len >= 3 ? len : 0;
}

/* The fence that is open at the end of text: its length, 0 when none is. */
static size_t open_fence(const char *text, char *ret_mark)
{
    size_t open = 0;

    for (const char *line = text; *line;) {
        char mark = '\0';
        size_t len = fence_at(line, &mark);
        if (!open && len) {
            open = len;
            *ret_mark = mark;
        } else if (open && len >= open && mark == *ret_mark) {
            open = 0;
        }
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return open;
}

/* Leaves room for closing the fence and for saying so. */
static void cut(struct buf *out)
{
    char mark = '`';

    buf_truncate(out, bytes_of(out->data, COMMENT_MAX_CHARACTERS - sizeof(CUT) - FENCE_MAX));
    size_t fence = open_fence(out->data, &mark);
    if (fence > 0)
        buf_add_char(out, '\n');
    for (size_t i = 0; i < fence && i < FENCE_MAX - 1; i++)
        buf_add_char(out, mark);
    buf_add_str(out, CUT);
}

void comment_render(struct buf *out, const char *rule, const json_t *facts,
                    const char *markdown)
{
    struct buf whole;

    buf_init(&whole, out->max > out->len ? out->max - out->len : 0);
    buf_printf(&whole, "%s%s%s", OPENING, rule, VERSION);
    add_facts(&whole, facts);
    buf_printf(&whole, "%s\n%s", CLOSING, markdown);
    if (count_characters(whole.data) > COMMENT_MAX_CHARACTERS)
        cut(&whole);
    buf_add(out, whole.data, whole.len);
    out->overflow = out->overflow || whole.overflow;
    buf_finish(&whole);
}

static size_t without_end(const char *text)
{
    size_t len = strlen(text);

    while (len > 0 && strchr(" \t\r\n", text[len - 1]))
        len--;
    return len;
}

bool comment_is_same(const char *a, const char *b)
{
    const char *a_end = a + without_end(a), *b_end = b + without_end(b);

    while (a < a_end && b < b_end) {
        a += a[0] == '\r' && a[1] == '\n';
        b += b[0] == '\r' && b[1] == '\n';
        if (*a++ != *b++)
            return false;
    }
    return a == a_end && b == b_end;
}
