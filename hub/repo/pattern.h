/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/pattern.h
 * pattern: one pattern of gitignore(5), as .gitattributes has them, too.
 * Pure text; what a line around it says is its owner's. Any pattern is matched in time of at
 * most its length times the path's. Private to hub/repo. */
#ifndef HUB_REPO_PATTERN_H
#define HUB_REPO_PATTERN_H
#include <stdbool.h>
#include <stddef.h>

struct pattern {
    char *text;       /* without slashes at its ends */
    bool is_anchored; /* from the root; otherwise a name at any depth */
    bool is_folder;   /* "name/": folders only */
};

/* False, and nothing to finish, for one that matches nothing. */
bool pattern_read(struct pattern *ret, const char *text, size_t len);
void pattern_finish(struct pattern *pattern);

enum pattern_subject { PATTERN_FILE, PATTERN_FOLDER };
/* Whether it is path..end that is meant, by itself: not what lies below. */
bool pattern_matches(const struct pattern *pattern, const char *path, const char *end,
                     enum pattern_subject subject);

#endif
