/* SPDX-License-Identifier: Apache-2.0
 * base/base64.h
 * base64: RFC 4648: section 4, with padding and without line breaks; base64url: section 5,
 * without padding, as in tokens. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H
#include <stddef.h>

struct buf;
struct err;

void base64_add(struct buf *out, const void *data, size_t len);

/* Appends the decoded bytes. -ERR_PARSE for anything but whole groups of the alphabet,
 * -ERR_LIMIT at out's maximum; what names the source. */
int base64_decode(struct buf *out, const char *text, size_t len, const char *what,
                  struct err *err);

void base64url_add(struct buf *out, const void *data, size_t len);
int base64url_decode(struct buf *out, const char *text, size_t len, const char *what,
                     struct err *err);

#endif
