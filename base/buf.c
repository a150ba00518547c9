/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"

/* What an empty buffer points at: never written to, since cap is 0. */
static char empty[1];

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){ .data = empty, .max = max };
}

void buf_finish(struct buf *b)
{
    if (!b)
        return;
    if (b->cap > 0)
        free(b->data);
    buf_init(b, b->max);
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->overflow = false;
    if (b->cap > 0)
        b->data[0] = '\0';
}

/* Makes room for more bytes and the NUL; false when the maximum forbids it. */
static bool reserve(struct buf *b, size_t more)
{
    if (b->overflow || more > b->max - b->len) {
        b->overflow = true;
        return false;
    }
    size_t need = b->len + more + 1;
    if (need <= b->cap)
        return true;

    size_t cap = b->cap > 0 ? b->cap : 64;
    while (cap < need)
        cap += cap / 2 + 64;
    b->data = xrealloc_array(b->cap > 0 ? b->data : NULL, cap, 1);
    b->cap = cap;
    return true;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
    if (!reserve(b, len))
        return;
    if (len > 0)
        memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void buf_add_str(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_add_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list args)
{
    va_list again;

    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    if (len > 0 && reserve(b, (size_t)len)) {
        (void)vsnprintf(b->data + b->len, (size_t)len + 1, fmt, again);
        b->len += (size_t)len;
    }
    va_end(again);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    buf_vprintf(b, fmt, args);
    va_end(args);
}

void buf_truncate(struct buf *b, size_t len)
{
    assert(len <= b->len);
    b->len = len;
    if (b->cap > 0)
        b->data[len] = '\0';
}

int buf_check(const struct buf *b, const char *what, struct err *err)
{
    if (!b->overflow)
        return 0;
    return err_set(err, ERR_LIMIT, "%s: larger than the limit of %zu bytes", what, b->max);
}

char *buf_take(struct buf *b)
{
    char *data = b->cap > 0 ? b->data : xstrdup("");

    buf_init(b, b->max);
    return data;
}
