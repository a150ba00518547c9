/* SPDX-License-Identifier: Apache-2.0
 * base/rfc3339.h
 * rfc3339: times as the forges write them, and as we write them.
 * Inside the project a time is int64_t unix seconds UTC (`_at`), 0 meaning "none". */
#ifndef BASE_RFC3339_H
#define BASE_RFC3339_H
#include <stdint.h>

struct err;

enum { RFC3339_SIZE = 21 }; /* "2026-01-31T23:59:59Z" and its NUL */

/* Accepts 'Z' or an offset, a fraction (dropped), 't' and 'z'. "0001-01-01T00:00:00Z", which
 * Gitea sends for "no time", gives 0. Years 1970..9999; anything else is -ERR_PARSE. */
int rfc3339_parse(int64_t *ret_at, const char *text, struct err *err);

/* Writes "YYYY-MM-DDTHH:MM:SSZ"; at is clamped to the years 1970..9999. Returns out. */
char *rfc3339_format(char out[RFC3339_SIZE], int64_t at);

/* An HTTP-date in any of the three forms of RFC 9110 5.6.7. */
int http_date_parse(int64_t *ret_at, const char *text, struct err *err);

enum { HTTP_DATE_SIZE = 30 }; /* "Sun, 06 Nov 1994 08:49:37 GMT" and its NUL */
char *http_date_format(char out[HTTP_DATE_SIZE], int64_t at);

#endif
