/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/paging.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/parse.h"

enum { MAX_PAGE = 1 << 30 };

/* Where the value of a parameter of the query begins; NULL without it. */
static const char *find_value(const char *target, const char *name)
{
    size_t len = strlen(name);

    for (const char *p = strchr(target, '?'); p; p = strchr(p + 1, '&'))
        if (strncmp(p + 1, name, len) == 0 && p[1 + len] == '=')
            return p + 2 + len;
    return NULL;
}

static int64_t read_number(const char *value)
{
    char digits[20];
    int64_t number = 0;

    if (!value)
        return 0;
    (void)snprintf(digits, sizeof(digits), "%.*s", (int)strcspn(value, "&"), value);
    return parse_i64(&number, digits, 1, MAX_PAGE, "page", NULL) == 0 ? number : 0;
}

void paging_next(struct buf *out, const char *target, size_t n, int64_t total)
{
    const char *value = find_value(target, "page");
    int64_t page = read_number(value), limit = read_number(find_value(target, "limit"));
    int64_t held = (int64_t)n;

    if (page == 0 || n == 0)
        return;
    if (page == 1 && held < limit && total >= 0 && held >= total)
        return;
    buf_add(out, target, (size_t)(value - target));
    buf_printf(out, "%" PRId64 "%s", page + 1, value + strcspn(value, "&"));
}
