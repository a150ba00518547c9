/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/push_updates.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/hash.h"

enum { DIGITS = GIT_HEX_SIZE - 1, REF_AT = 2 * (DIGITS + 1) };

static bool is_none(const char *commit)
{
    return strspn(commit, "0") == DIGITS;
}

bool push_update_makes(const struct push_update *update)
{
    return is_none(update->before);
}

bool push_update_removes(const struct push_update *update)
{
    return is_none(update->after);
}

/* "DIGITS BLANK" at the front of a text that is long enough. */
static bool read_commit(char ret[GIT_HEX_SIZE], const char *text)
{
    memcpy(ret, text, DIGITS);
    ret[DIGITS] = '\0';
    return text[DIGITS] == ' ' && hex_is(ret, DIGITS);
}

static bool is_ref(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f)
            return false;
    return true;
}

static int read_line(struct push_update *ret, const char *line, size_t len, struct err *err)
{
    if (len < REF_AT || !read_commit(ret->before, line) ||
        !read_commit(ret->after, line + DIGITS + 1))
        return err_set(err, ERR_PARSE, "expected two commits of %d hex digits and a ref",
                       DIGITS);
    if (len == REF_AT || len - REF_AT > PUSH_MAX_REF_BYTES)
        return err_set(err, ERR_LIMIT, "a ref's name has 1 to %d bytes", PUSH_MAX_REF_BYTES);
    if (!is_ref(line + REF_AT, len - REF_AT))
        return err_set(err, ERR_PARSE, "a ref's name has no blank or control character");
    memcpy(ret->ref, line + REF_AT, len - REF_AT);
    ret->ref[len - REF_AT] = '\0';
    return 0;
}

static size_t count_lines(const char *text, size_t len)
{
    size_t n = len > 0 && text[len - 1] != '\n';

    for (size_t i = 0; i < len; i++)
        n += text[i] == '\n';
    return n;
}

int push_updates_parse(struct push_updates *ret, const char *text, size_t len, struct err *err)
{
    const char *end = text + len;
    size_t n = count_lines(text, len);
    int rc = 0;

    *ret = (struct push_updates){ 0 };
    if (n > PUSH_MAX_UPDATES)
        return err_set(err, ERR_LIMIT, "%zu refs at once are more than %d", n,
                       PUSH_MAX_UPDATES);
    ret->items = xcalloc(n + 1, sizeof(*ret->items));
    while (text < end) {
        const char *eol = memchr(text, '\n', (size_t)(end - text));
        size_t line_len = (size_t)((eol ? eol : end) - text);

        rc = read_line(&ret->items[ret->n], text, line_len, err);
        if (rc < 0)
            return err_wrap(err, rc, "update %zu", ret->n + 1);
        ret->n_new += push_update_makes(&ret->items[ret->n]);
        ret->n++;
        text = eol ? eol + 1 : end;
    }
    return 0;
}

void push_updates_finish(struct push_updates *updates)
{
    free(updates->items);
}
