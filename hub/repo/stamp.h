/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/stamp.h
 * stamp: whether what a repository shows at main may have changed, told by looks at three names
 * on disk, without opening it. Whoever writes passes one of them: a commit, a push, another
 * process and a release replace refs/heads/main or packed-refs; a large file becomes the
 * repository's, or is taken from it, in its lfs/ folder. */
#ifndef HUB_REPO_STAMP_H
#define HUB_REPO_STAMP_H
#include <stdbool.h>
#include <stdint.h>

struct hub_look {
    int64_t inode, bytes, modified_ns, changed_ns; /* all 0: not there */
};
enum { HUB_LOOKS = 3 };
struct hub_stamp {
    struct hub_look looks[HUB_LOOKS];
};

/* False when there is no such repository, or no ref in it yet. */
bool hub_stamp_take(struct hub_stamp *ret, const char *root, const char *id);
bool hub_stamp_equals(const struct hub_stamp *a, const struct hub_stamp *b);

/* The file system's clock goes in steps of milliseconds: two changes within one may leave the
 * same stamp. One is trusted when nothing changed in the seconds before it was taken; now: unix
 * seconds, from before that. */
bool hub_stamp_is_quiet(const struct hub_stamp *stamp, int64_t now);

#endif
