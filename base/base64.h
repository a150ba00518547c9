/* SPDX-License-Identifier: Apache-2.0
 * base/base64.h
 * base64: RFC 4648 section 4, with padding and without line breaks. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H
#include <stddef.h>

struct buf;

void base64_add(struct buf *out, const void *data, size_t len);

#endif
