/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/link.h
 * link: where the next page is, from a Link header (RFC 8288), as far as we may follow it.
 * Takes path and query only: host and scheme of a link are the server's opinion, requests go to
 * the configured origin. Owns nothing. */
#ifndef BOT_FORGE_LINK_H
#define BOT_FORGE_LINK_H
#include <stdbool.h>

struct buf;
struct err;

enum { LINK_MAX_BYTES = 16384, LINK_MAX_TARGET = 4000 };

/* Appends path and query of the first link whose relation is "next"; nothing when there is
 * none or header is NULL. -ERR_PARSE for what is not a Link header. */
int link_next(struct buf *out, const char *header, struct err *err);

/* 0 when target (path and query) may be asked for with our token: a repository's path below
 * base ("" or "/api/v3"), or /repositories/ at the root; no dot segments, no bytes that a URL
 * may not hold. -ERR_FORGE says what is wrong. */
int link_check(const char *target, const char *base, struct err *err);

/* Without dot segments, plain or encoded, and bytes that a URL may not hold. */
bool link_is_plain(const char *target);

/* Path and query of an absolute URL or of a reference that begins with '/'; NULL for anything
 * else. Borrowed from url. A fragment is still at its end. */
const char *link_path(const char *url);

#endif
