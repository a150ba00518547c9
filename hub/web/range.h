/* SPDX-License-Identifier: Apache-2.0
 * hub/web/range.h
 * range: which part of a file a request wants, and whether it has it already (RFC 9110 13, 14).
 * Pure text and numbers. A header that cannot be understood is ignored, as the RFC asks. */
#ifndef HUB_WEB_RANGE_H
#define HUB_WEB_RANGE_H
#include <stdbool.h>
#include <stdint.h>

enum range_kind {
    RANGE_WHOLE,         /* no range, or one we ignore: 200 */
    RANGE_PART,          /* 206 */
    RANGE_UNSATISFIABLE, /* 416 */
};

struct range {
    enum range_kind kind;
    int64_t first, len; /* bytes; the whole file unless it is a part */
};

/* header: "bytes=a-b", "bytes=a-" or "bytes=-n", or NULL. Several ranges in one are ignored,
 * and so is any range of an empty file. */
struct range range_read(const char *header, int64_t size);

/* Whether a list as in If-None-Match ("*", W/"a", "b") names etag, which has its quotes. Weak
 * comparison; list may be NULL. */
bool etag_is_listed(const char *list, const char *etag);

#endif
