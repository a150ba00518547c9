/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/attributes.h
 * attributes: which paths a .gitattributes file hands to Git LFS.
 * Knows the patterns that hubs write: a name or "*.ext" at any depth, a path with "*" and "?",
 * and "dir/ **" without the blank. The last line that matches decides. */
#ifndef HUB_REPO_ATTRIBUTES_H
#define HUB_REPO_ATTRIBUTES_H
#include <stdbool.h>

struct buf;

/* What a new repository begins with: weights, archives and media go to LFS. */
extern const char attributes_default[];

bool attributes_is_lfs(const char *text, const char *path);

/* Appends the line that hands exactly this path to LFS. */
void attributes_add_lfs(struct buf *text, const char *path);

#endif
