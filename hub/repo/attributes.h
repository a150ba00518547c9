/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/attributes.h
 * attributes: which paths a .gitattributes file hands to Git LFS (gitattributes(5)).
 * Pure text, read once and then asked for each path. The last line that matches decides. Knows
 * the attribute filter only, and neither macros nor quoted patterns. */
#ifndef HUB_REPO_ATTRIBUTES_H
#define HUB_REPO_ATTRIBUTES_H
#include <stdbool.h>
#include <stddef.h>

struct attributes;
struct buf;
struct err;

/* Lines for a name or a path as it is are looked up, so that only those with a wildcard are
 * counted: each of them is tried for each path. */
enum { ATTRIBUTES_MAX_BYTES = 1 << 20, ATTRIBUTES_MAX_WILD = 1000 };

/* What a new repository begins with: weights, archives and media go to LFS. */
extern const char attributes_default[];

/* what: where the text comes from, for the error. -ERR_LIMIT past either limit. */
int attributes_parse(struct attributes **ret, const char *text, size_t len, const char *what,
                     struct err *err);
void attributes_free(struct attributes *attributes); /* NULL is fine */

/* -ERR_LIMIT for a path that the wildcards are made to be slow for. */
int attributes_find_lfs(bool *ret, const struct attributes *attributes, const char *path,
                        struct err *err);

/* Appends the line that hands exactly this path to LFS. */
void attributes_add_lfs(struct buf *text, const char *path);

#endif
