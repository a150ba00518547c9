/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/paging.h
 * paging: the next page where a server does not tell it and pages must be counted.
 * Gitea and Forgejo send a Link on some lists only, built from a public address that may not be
 * ours, and clip a `limit` without a word: so nothing but an empty page is an end, unless the
 * first page is not full and holds all that there is. Pure; owns nothing. */
#ifndef BOT_FORGE_PAGING_H
#define BOT_FORGE_PAGING_H
#include <stddef.h>
#include <stdint.h>

struct buf;

/* Appends the target of the page that follows `target` (path and query, with "page=" and
 * "limit="), of which n items came; nothing at the end, and for a target without a page.
 * total: of the list as the server counts it, < 0 when it does not. */
void paging_next(struct buf *out, const char *target, size_t n, int64_t total);

#endif
