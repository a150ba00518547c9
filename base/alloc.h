/* SPDX-License-Identifier: Apache-2.0
 * base/alloc.h
 * alloc: memory that is there, or an abort that says so.
 * Out of memory is not handled anywhere: the pipeline is crash-safe, so a restart is the
 * recovery. Sizes that strangers choose are bounded before they come here. Free with free(). */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H
#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size); /* zeroed; aborts when count * size overflows */
void *xrealloc_array(void *ptr, size_t count, size_t size); /* aborts on overflow */
void *xaligned(size_t align, size_t size); /* zeroed, address a multiple of align */
char *xstrdup(const char *s);              /* s not NULL */
char *xstrndup(const char *s, size_t max); /* at most max bytes, always terminated */
void *xmemdup(const void *data, size_t size);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
