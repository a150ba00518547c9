/* SPDX-License-Identifier: Apache-2.0
 * The last rule that matches decides, for each folder on the way down and then for the file;
 * below a folder that is left out nothing can be taken back. */
#include "hub/repo/ignore.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "hub/repo/pattern.h"

struct rule {
    struct pattern pattern;
    bool takes_back; /* "!" */
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
    ret->takes_back = line[0] == '!';
    line += ret->takes_back;
    len -= ret->takes_back;
    return pattern_read(&ret->pattern, line, len);
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
        pattern_finish(&ignore->rules[i].pattern);
    free(ignore->rules);
    free(ignore);
}

/* The verdict on path..end by itself. */
static bool is_left_out(const struct ignore *ignore, const char *path, const char *end,
                        enum pattern_subject subject, size_t *left)
{
    for (size_t i = ignore->n; i-- > 0;)
        if (pattern_matches(&ignore->rules[i].pattern, path, end, subject, left))
            return !ignore->rules[i].takes_back;
    return false;
}

int ignore_find(bool *ret, const struct ignore *ignore, const char *path, struct err *err)
{
    size_t left = PATTERN_MAX_STEPS;
    bool is_out = false;

    for (const char *slash = strchr(path, '/'); slash && !is_out;
         slash = strchr(slash + 1, '/'))
        is_out = is_left_out(ignore, path, slash, PATTERN_FOLDER, &left);
    if (!is_out)
        is_out = is_left_out(ignore, path, path + strlen(path), PATTERN_FILE, &left);
    if (left == 0)
        return err_set(err, ERR_LIMIT, "'%.200s': the rules of .gitignore take too long", path);
    *ret = is_out;
    return 0;
}
