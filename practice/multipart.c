/* SPDX-License-Identifier: Apache-2.0
 *
 *   --B CRLF  heads CRLF CRLF  bytes  CRLF --B CRLF  ...  CRLF --B--
 */
#include "practice/multipart.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"

enum { BOUNDARY_MAX = 70, HEAD_MAX = 1024, PARTS_MAX = 16 };

/* Where needle begins in [p, end), or NULL. */
static const char *find(const char *p, const char *end, const char *needle, size_t len)
{
    while ((size_t)(end - p) >= len) {
        const char *hit = memchr(p, needle[0], (size_t)(end - p) - len + 1);

        if (!hit || memcmp(hit, needle, len) == 0)
            return hit;
        p = hit + 1;
    }
    return NULL;
}

/* The value of `name="value"` or `name=value` in a header's line; "" when it is not there. */
static bool take_value(char *out, size_t size, const char *line, const char *name)
{
    size_t n = strlen(name);

    out[0] = '\0';
    for (const char *p = strchr(line, ';'); p; p = strchr(p, ';')) {
        p += 1 + strspn(p + 1, " \t");
        if (strncmp(p, name, n) != 0 || p[n] != '=')
            continue;
        p += n + 1;
        bool is_quoted = *p == '"';
        p += is_quoted;
        size_t len = strcspn(p, is_quoted ? "\"" : "; \t\r\n");
        if (len >= size)
            return false;
        memcpy(out, p, len);
        out[len] = '\0';
        return true;
    }
    return true;
}

/* The line of Content-Disposition among a part's heads; out has HEAD_MAX bytes. */
static bool take_disposition(char *out, const char *heads, const char *end)
{
    static const char name[] = "content-disposition:";

    while (heads < end) {
        const char *line_end = find(heads, end, "\r\n", 2);
        size_t len = (size_t)((line_end ? line_end : end) - heads);

        if (len >= HEAD_MAX)
            return false;
        memcpy(out, heads, len);
        out[len] = '\0';
        char start[sizeof(name)] = "";
        memcpy(start, out, len < strlen(name) ? len : strlen(name));
        if (text_equal_ignoring_case(start, name))
            return true;
        heads += len + 2;
    }
    return false;
}

static int broken(struct err *err)
{
    return err_set(err, ERR_PARSE, "body: no multipart/form-data, or cut off");
}

/* One part between two boundaries: 1 when it is the one that is looked for. */
static int read_part(struct multipart_file *ret, const char *part, const char *end,
                     const char *field, struct err *err)
{
    char line[HEAD_MAX], name[256];
    const char *heads_end = find(part, end, "\r\n\r\n", 4);

    if (!heads_end || !take_disposition(line, part, heads_end) ||
        !take_value(name, sizeof(name), line, "name") ||
        !take_value(ret->filename, sizeof(ret->filename), line, "filename"))
        return broken(err);
    ret->data = heads_end + 4;
    ret->len = (size_t)(end - ret->data);
    return strcmp(name, field) == 0;
}

int multipart_find(struct multipart_file *ret, const char *content_type, const char *body,
                   size_t len, const char *field, struct err *err)
{
    char boundary[BOUNDARY_MAX + 1], mark[BOUNDARY_MAX + 5];
    const char *end = body + len;

    if (!content_type || !text_has_prefix(content_type, "multipart/form-data") ||
        !take_value(boundary, sizeof(boundary), content_type, "boundary") || !boundary[0])
        return broken(err);
    size_t n = (size_t)snprintf(mark, sizeof(mark), "\r\n--%s", boundary);
    if (len < n - 2 || memcmp(body, mark + 2, n - 2) != 0)
        return broken(err);
    const char *part = body + n - 2;
    for (int i = 0; i < PARTS_MAX; i++) {
        if (end - part >= 2 && memcmp(part, "--", 2) == 0)
            return err_set(err, ERR_NOTFOUND, "body: no part is called '%s'", field);
        const char *next = end - part >= 2 ? find(part + 2, end, mark, n) : NULL;
        if (!next || memcmp(part, "\r\n", 2) != 0)
            return broken(err);
        int rc = read_part(ret, part + 2, next, field, err);
        if (rc != 0)
            return rc < 0 ? rc : 0;
        part = next + n;
    }
    return err_set(err, ERR_LIMIT, "body: more than %d parts", PARTS_MAX);
}
