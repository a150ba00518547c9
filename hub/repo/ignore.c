/* SPDX-License-Identifier: Apache-2.0
 * The last rule that matches decides, for each folder on the way down and then for the file;
 * below a folder that is left out nothing can be taken back. A pattern is matched segment by
 * segment, and both "*" in a segment and a segment "**" go back to the latest of their kind
 * only, which is enough and keeps it quick. */
#include "hub/repo/ignore.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"

struct rule {
    char *pattern;    /* without "!", and without slashes at its ends */
    bool takes_back;  /* "!" */
    bool is_anchored; /* from the root; otherwise a name at any depth */
    bool is_folder;   /* "name/": folders only */
};

struct ignore {
    struct rule *rules;
    size_t n;
};

/* Blanks at the end do not count unless a backslash stands before them. */
static size_t trimmed(const char *line, size_t len)
{
    if (len > 0 && line[len - 1] == '\r')
        len--;
    while (len > 0 && line[len - 1] == ' ' && !(len > 1 && line[len - 2] == '\\'))
        len--;
    return len;
}

/* False for a line that is no rule. */
static bool read_rule(struct rule *ret, const char *line, size_t len)
{
    len = trimmed(line, len);
    if (len == 0 || line[0] == '#')
        return false;
    *ret = (struct rule){ .takes_back = line[0] == '!' };
    line += ret->takes_back;
    len -= ret->takes_back;
    if (len > 0 && line[len - 1] == '/') {
        ret->is_folder = true;
        len--;
    }
    ret->is_anchored = memchr(line, '/', len) != NULL;
    if (len > 0 && line[0] == '/') {
        line++;
        len--;
    }
    if (len == 0 || memchr(line, '\0', len))
        return false;
    ret->pattern = xstrndup(line, len);
    return true;
}

int ignore_parse(struct ignore **ret, const char *text, size_t len, const char *what,
                 struct err *err)
{
    struct ignore *ignore = xcalloc(1, sizeof(*ignore));
    const char *end = text + len;
    int rc = 0;

    if (len > IGNORE_MAX_BYTES)
        rc = err_set(err, ERR_LIMIT, "%s: more than %d bytes", what, IGNORE_MAX_BYTES);
    while (rc == 0 && text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop = newline ? newline : end;
        struct rule rule;

        if (read_rule(&rule, text, (size_t)(stop - text))) {
            ignore->rules =
                xrealloc_array(ignore->rules, ignore->n + 1, sizeof(*ignore->rules));
            ignore->rules[ignore->n++] = rule;
        }
        if (ignore->n > IGNORE_MAX_RULES)
            rc = err_set(err, ERR_LIMIT, "%s: more than %d rules", what, IGNORE_MAX_RULES);
        text = newline ? newline + 1 : end;
    }
    if (rc < 0)
        ignore_free(ignore);
    else
        *ret = ignore;
    return rc;
}

void ignore_free(struct ignore *ignore)
{
    if (!ignore)
        return;
    for (size_t i = 0; i < ignore->n; i++)
        free(ignore->rules[i].pattern);
    free(ignore->rules);
    free(ignore);
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

/* A segment of a path against one of a pattern. */
static bool segment_matches(const char *pattern, const char *pattern_end, const char *text,
                            const char *text_end)
{
    const char *star = NULL, *from = NULL; /* behind the latest star, and what it took so far */

    while (text < text_end) {
        if (pattern < pattern_end && *pattern == '*') {
            star = ++pattern;
            from = text;
            continue;
        }
        const char *next = pattern;
        if (pattern < pattern_end && takes_one(&next, pattern_end, (unsigned char)*text)) {
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

static bool path_matches(const char *pattern, const char *text, const char *text_end)
{
    const char *pattern_end = pattern + strlen(pattern);
    const char *stars = NULL, *from = NULL; /* as above, in segments */

    while (text <= text_end) {
        const char *p_end = pattern <= pattern_end ? segment_end(pattern, pattern_end) : NULL;
        const char *t_end = segment_end(text, text_end);

        if (p_end && is_two_stars(pattern, p_end)) {
            if (p_end == pattern_end) /* everything below, but not the folder itself */
                return true;
            stars = pattern = behind(p_end);
            from = text;
            continue;
        }
        if (p_end && segment_matches(pattern, p_end, text, t_end)) {
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

static bool rule_matches(const struct rule *rule, const char *path, const char *end,
                         bool is_folder)
{
    if (rule->is_folder && !is_folder)
        return false;
    if (rule->is_anchored)
        return path_matches(rule->pattern, path, end);
    const char *name = end;
    while (name > path && name[-1] != '/')
        name--;
    return segment_matches(rule->pattern, rule->pattern + strlen(rule->pattern), name, end);
}

/* The verdict on path..end by itself. */
static bool is_left_out(const struct ignore *ignore, const char *path, const char *end,
                        bool is_folder)
{
    for (size_t i = ignore->n; i-- > 0;)
        if (rule_matches(&ignore->rules[i], path, end, is_folder))
            return !ignore->rules[i].takes_back;
    return false;
}

bool ignore_has(const struct ignore *ignore, const char *path)
{
    if (!ignore)
        return false;
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
        if (is_left_out(ignore, path, slash, true))
            return true;
    return is_left_out(ignore, path, path + strlen(path), false);
}
