/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_abort(void *ptr, size_t size)
{
    if (!ptr && size > 0) {
        (void)fprintf(stderr, "error out-of-memory size=%zu\n", size);
        abort();
    }
    return ptr;
}

static size_t product(size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size)
        (void)or_abort(NULL, SIZE_MAX);
    return count * size;
}

void *xmalloc(size_t size)
{
    return or_abort(malloc(size > 0 ? size : 1), size);
}

void *xcalloc(size_t count, size_t size)
{
    size_t total = product(count, size);

    return or_abort(calloc(total > 0 ? total : 1, 1), total);
}

void *xrealloc_array(void *ptr, size_t count, size_t size)
{
    size_t total = product(count, size);

    return or_abort(realloc(ptr, total > 0 ? total : 1), total);
}

void *xaligned(size_t align, size_t size)
{
    size_t padded = (size + align - 1) / align * align;

    void *ptr = or_abort(aligned_alloc(align, padded > 0 ? padded : align), padded);
    memset(ptr, 0, padded);
    return ptr;
}

char *xstrdup(const char *s)
{
    return xmemdup(s, strlen(s) + 1);
}

char *xstrndup(const char *s, size_t max)
{
    size_t len = strnlen(s, max);

    char *copy = xmalloc(len + 1);
    memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

void *xmemdup(const void *data, size_t size)
{
    void *copy = xmalloc(size);

    if (size > 0)
        memcpy(copy, data, size);
    return copy;
}

char *xasprintf(const char *fmt, ...)
{
    va_list args, again;

    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len < 0)
        len = 0;

    char *text = xmalloc((size_t)len + 1);
    text[0] = '\0';
    (void)vsnprintf(text, (size_t)len + 1, fmt, again);
    va_end(again);
    return text;
}
