/* SPDX-License-Identifier: Apache-2.0
 * base/gzip.h
 * gzip: one door to zlib. */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

bool gzip_is(const void *data, size_t len); /* begins with the gzip magic */

/* Appends the unpacked bytes of one or more members; out's maximum is the limit, so a bomb ends
 * in -ERR_LIMIT; damage or trailing bytes in -ERR_PARSE. what names the source. */
int gzip_unpack(struct buf *out, const void *data, size_t len, const char *what,
                struct err *err);

/* Appends one member without name or time, so that the same bytes give the same file. what
 * names the file in errors. */
int gzip_pack(struct buf *out, const void *data, size_t len, const char *what, struct err *err);

#endif
