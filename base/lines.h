/* SPDX-License-Identifier: Apache-2.0
 * base/lines.h
 * lines: a text taken apart as people's programs write it: lines end with LF or CRLF, the last
 * one may do without, and a byte-order mark before the first is no part of it.
 * Borrows the text and copies nothing. */
#ifndef BASE_LINES_H
#define BASE_LINES_H
#include <stdbool.h>
#include <stddef.h>

struct lines {
    const char *at, *end;
    size_t n; /* lines given so far */
};

/* A line without its end; not terminated. */
struct line {
    const char *text;
    size_t len;
    size_t number; /* from 1 */
};

void lines_init(struct lines *lines, const char *text, size_t len);
bool lines_next(struct lines *lines, struct line *ret); /* false behind the last one */

#endif
