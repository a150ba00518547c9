/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/pattern.h
 * pattern: one pattern of gitignore(5), as .gitattributes has them, too.
 * Pure text; what a line around it says is its owner's. A pattern can be made to take its
 * length times the path's, so that each step is counted. Private to hub/repo. */
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
/* For all patterns that one path is matched with. A thousand of "*.name" take half of it for a
 * name of 1024 bytes. */
enum { PATTERN_MAX_STEPS = 4000000 };

/* Whether it is path..end that is meant, by itself: not what lies below. Takes its steps off
 * *left; at 0 it gives up, and what it says is void. */
bool pattern_matches(const struct pattern *pattern, const char *path, const char *end,
                     enum pattern_subject subject, size_t *left);

#endif
