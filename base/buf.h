/* SPDX-License-Identifier: Apache-2.0
 * base/buf.h
 * buf: a growing byte buffer that has a maximum from its first line.
 * Appending cannot fail in the caller's face: past the maximum the buffer stops growing and
 * remembers it, and one buf_check() after the last append tells. Owns its bytes. The data is
 * always followed by a NUL that is not counted. */
#ifndef BASE_BUF_H
#define BASE_BUF_H
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct err;

struct buf {
    char *data; /* NUL-terminated; "" while empty (never NULL after buf_init) */
    size_t len;
    size_t cap;
    size_t max; /* bytes; what would pass it is dropped and `overflow` set */
    bool overflow;
};

void buf_init(struct buf *b, size_t max);
void buf_finish(struct buf *b); /* NULL and half-built are fine; leaves an empty buffer */
void buf_clear(struct buf *b);  /* keeps memory and maximum, forgets content and overflow */

void buf_add(struct buf *b, const void *data, size_t len);
void buf_add_str(struct buf *b, const char *s);
void buf_add_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));
void buf_truncate(struct buf *b, size_t len); /* len <= b->len */

/* 0, or -ERR_LIMIT "what: larger than N bytes". */
int buf_check(const struct buf *b, const char *what, struct err *err);

/* Gives the bytes away (free() them) and leaves an empty buffer. */
char *buf_take(struct buf *b);

#endif
