/* SPDX-License-Identifier: Apache-2.0
 * A pattern is matched segment by segment, and both "*" in a segment and a segment "**" go back
 * to the latest of their kind only, which is enough. */
#include "hub/repo/pattern.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

bool pattern_read(struct pattern *ret, const char *text, size_t len)
{
    *ret = (struct pattern){ 0 };
    if (len > 0 && text[len - 1] == '/') {
        ret->is_folder = true;
        len--;
    }
    ret->is_anchored = memchr(text, '/', len) != NULL;
    if (len > 0 && text[0] == '/') {
        text++;
        len--;
    }
    if (len == 0 || memchr(text, '\0', len))
        return false;
    ret->text = xstrndup(text, len);
    return true;
}

void pattern_finish(struct pattern *pattern)
{
    free(pattern->text);
}

/* "[:alpha:]" and the like at *at, which moves behind it. */
static bool is_in_named(const char **at, unsigned char c, bool *is_named)
{
    static const struct {
        const char *name;
        int (*test)(int c);
    } classes[] = {
        { "[:alnum:]", isalnum }, { "[:alpha:]", isalpha }, { "[:blank:]", isblank },
        { "[:cntrl:]", iscntrl }, { "[:digit:]", isdigit }, { "[:graph:]", isgraph },
        { "[:lower:]", islower }, { "[:print:]", isprint }, { "[:punct:]", ispunct },
        { "[:space:]", isspace }, { "[:upper:]", isupper }, { "[:xdigit:]", isxdigit },
    };

    *is_named = false;
    if (strncmp(*at, "[:", 2) != 0)
        return false;
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        size_t len = strlen(classes[i].name);

        if (strncmp(*at, classes[i].name, len) != 0)
            continue;
        *is_named = true;
        *at += len;
        return classes[i].test(c) != 0;
    }
    return false;
}

/* One character of a bracket, which a backslash may stand before. */
static unsigned char next_literal(const char **at)
{
    if (**at == '\\' && (*at)[1])
        (*at)++;
    return (unsigned char)*(*at)++;
}

/* Whether c is in the bracket whose '[' is before *at; *at moves behind its ']', or becomes
 * NULL when there is none. */
static bool is_in_bracket(const char **at, const char *end, unsigned char c)
{
    const char *s = *at;
    bool is_negated = s < end && (*s == '!' || *s == '^'), is_in = false;

    s += is_negated;
    for (const char *first = s; s < end && (*s != ']' || s == first);) {
        bool is_named = false;
        bool is_in_it = is_in_named(&s, c, &is_named);

        if (!is_named) {
            unsigned char low = next_literal(&s), high = low;

            if (s + 1 < end && s[0] == '-' && s[1] != ']') {
                s++;
                high = next_literal(&s);
            }
            is_in_it = c == low || (c >= low && c <= high); /* [z-a] has z, says git */
        }
        is_in = is_in || is_in_it;
    }
    *at = s < end ? s + 1 : NULL;
    return is_in != is_negated;
}

/* Whether the piece of a pattern at *at, which is no star, takes c; *at moves behind it. */
static bool takes_one(const char **at, const char *end, unsigned char c)
{
    const char *s = *at;

    if (*s == '[') {
        *at = s + 1;
        bool is_in = is_in_bracket(at, end, c);
        bool is_whole = *at != NULL;

        *at = is_whole ? *at : end;
        return is_in && is_whole;
    }
    if (*s == '\\') {
        *at = s + 1 < end ? s + 2 : end;
        return s + 1 < end && (unsigned char)s[1] == c;
    }
    *at = s + 1;
    return *s == '?' || (unsigned char)*s == c;
}

/* What the first n bytes of a pattern take; names of classes in a bracket are looked for. */
static void count_steps(size_t *left, const char *pattern, size_t n)
{
    if (*pattern == '[')
        n *= 8;
    *left -= n < *left ? n : *left;
}

/* A segment of a path against one of a pattern. */
static bool segment_matches(const char *pattern, const char *pattern_end, const char *text,
                            const char *text_end, size_t *left)
{
    const char *star = NULL, *from = NULL; /* behind the latest star, and what it took so far */

    while (*left > 0 && text < text_end) {
        --*left;
        if (pattern < pattern_end && *pattern == '*') {
            star = ++pattern;
            from = text;
            continue;
        }
        const char *next = pattern;
        bool is_taken =
            pattern < pattern_end && takes_one(&next, pattern_end, (unsigned char)*text);
        count_steps(left, pattern, (size_t)(next - pattern));
        if (is_taken) {
            pattern = next;
            text++;
            continue;
        }
        if (!star)
            return false;
        pattern = star;
        text = ++from;
    }
    while (pattern < pattern_end && *pattern == '*')
        pattern++;
    return pattern == pattern_end;
}

static const char *segment_end(const char *s, const char *end)
{
    const char *slash = s < end ? memchr(s, '/', (size_t)(end - s)) : NULL;

    return slash ? slash : end;
}

static bool is_two_stars(const char *s, const char *end)
{
    return end - s == 2 && s[0] == '*' && s[1] == '*';
}

/* Behind a segment and its slash; one past end behind the last. */
static const char *behind(const char *segment_end)
{
    return segment_end + 1;
}

static bool path_matches(const char *pattern, const char *text, const char *text_end,
                         size_t *left)
{
    const char *pattern_end = pattern + strlen(pattern);
    const char *stars = NULL, *from = NULL; /* as above, in segments */

    while (*left > 0 && text <= text_end) {
        --*left;
        const char *p_end = pattern <= pattern_end ? segment_end(pattern, pattern_end) : NULL;
        const char *t_end = segment_end(text, text_end);

        if (p_end && is_two_stars(pattern, p_end)) {
            if (p_end == pattern_end) /* everything below, but not the folder itself */
                return true;
            stars = pattern = behind(p_end);
            from = text;
            continue;
        }
        if (p_end && segment_matches(pattern, p_end, text, t_end, left)) {
            pattern = behind(p_end);
            text = behind(t_end);
            continue;
        }
        if (!stars)
            return false;
        pattern = stars;
        text = from = behind(segment_end(from, text_end));
    }
    return pattern > pattern_end;
}

bool pattern_matches(const struct pattern *pattern, const char *path, const char *end,
                     enum pattern_subject subject, size_t *left)
{
    const char *name = end;

    if (pattern->is_folder && subject != PATTERN_FOLDER)
        return false;
    if (pattern->is_anchored)
        return path_matches(pattern->text, path, end, left);
    while (name > path && name[-1] != '/')
        name--;
    return segment_matches(pattern->text, pattern->text + strlen(pattern->text), name, end,
                           left);
}
