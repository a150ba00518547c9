/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/ignore.h
 * ignore: which paths the .gitignore at the root of a repository leaves out (gitignore(5)).
 * Pure text. Takes time in the order of rules (hub/repo/pattern.h) times folders on the way. */
#ifndef HUB_REPO_IGNORE_H
#define HUB_REPO_IGNORE_H
#include <stdbool.h>
#include <stddef.h>

struct err;
struct ignore;

enum { IGNORE_MAX_BYTES = 256 << 10, IGNORE_MAX_RULES = 1000 };

/* what: where the text comes from, for the error. -ERR_LIMIT past either limit. */
int ignore_parse(struct ignore **ret, const char *text, size_t len, const char *what,
                 struct err *err);
void ignore_free(struct ignore *ignore); /* NULL is fine */

/* Whether a file is left out, by itself or with a folder it is in. -ERR_LIMIT for a path that
 * the rules are made to be slow for. */
int ignore_find(bool *ret, const struct ignore *ignore, const char *path, struct err *err);

#endif
