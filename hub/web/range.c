/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/range.h"

#include <stddef.h>
#include <string.h>

#include "base/parse.h"
#include "base/text.h"

enum { DIGITS_MAX = 19 };

/* Takes digits off the front of *text. False without any, or when they pass int64. */
static bool take_number(int64_t *ret, const char **text)
{
    char digits[DIGITS_MAX + 1];
    size_t n = strspn(*text, "0123456789");

    if (n == 0 || n > DIGITS_MAX)
        return false;
    memcpy(digits, *text, n);
    digits[n] = '\0';
    *text += n;
    return parse_i64(ret, digits, 0, INT64_MAX, "range", NULL) == 0;
}

/* "-n": the last n bytes. */
static bool read_suffix(struct range *r, const char *text, int64_t size)
{
    int64_t n;

    if (!take_number(&n, &text) || *text)
        return false;
    r->kind = n > 0 ? RANGE_PART : RANGE_UNSATISFIABLE;
    r->len = n < size ? n : size;
    r->first = size - r->len;
    return true;
}

/* "a-" or "a-b". */
static bool read_span(struct range *r, const char *text, int64_t size)
{
    int64_t first, last = size - 1;

    if (!take_number(&first, &text) || *text++ != '-')
        return false;
    if (*text && (!take_number(&last, &text) || *text || last < first))
        return false;
    if (last >= size)
        last = size - 1;
    r->kind = first < size ? RANGE_PART : RANGE_UNSATISFIABLE;
    r->first = first;
    r->len = last - first + 1;
    return true;
}

struct range range_read(const char *header, int64_t size)
{
    const struct range whole = { RANGE_WHOLE, 0, size };
    struct range r = whole;

    if (!header || size == 0 || !text_has_prefix(header, "bytes="))
        return whole;
    header += strlen("bytes=");
    bool is_understood =
        *header == '-' ? read_suffix(&r, header + 1, size) : read_span(&r, header, size);
    if (!is_understood)
        return whole;
    if (r.kind == RANGE_UNSATISFIABLE)
        r.first = r.len = 0;
    return r;
}

bool etag_is_listed(const char *list, const char *etag)
{
    const size_t len = strlen(etag);

    while (list && *list) {
        list += strspn(list, " \t,");
        if (*list == '*')
            return true;
        if (text_has_prefix(list, "W/"))
            list += 2;
        if (strncmp(list, etag, len) == 0 && strchr(" \t,", list[len]))
            return true;
        list += strcspn(list, ",");
    }
    return false;
}
