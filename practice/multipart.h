/* SPDX-License-Identifier: Apache-2.0
 * practice/multipart.h
 * multipart: one file out of a multipart/form-data body (RFC 7578), as Gitea takes uploads.
 * Pure text; the part's bytes are borrowed from the body. */
#ifndef PRACTICE_MULTIPART_H
#define PRACTICE_MULTIPART_H
#include <stddef.h>

struct err;

struct multipart_file {
    char filename[256]; /* "" when the part names none */
    const char *data;
    size_t len;
};

/* The part called field. content_type: of the request, with its boundary. -ERR_PARSE when the
 * body is not what that says, -ERR_NOTFOUND without such a part, -ERR_LIMIT past 16 parts. */
int multipart_find(struct multipart_file *ret, const char *content_type, const char *body,
                   size_t len, const char *field, struct err *err);

#endif
