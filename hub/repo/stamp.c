/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/stamp.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"

enum { QUIET_S = 2, NS_PER_S = 1000000000 };

static int64_t in_ns(const struct timespec *at)
{
    return (int64_t)at->tv_sec * NS_PER_S + at->tv_nsec;
}

static void look(struct hub_look *ret, const char *path)
{
    struct stat st;

    *ret = (struct hub_look){ 0 };
    if (stat(path, &st) == 0)
        *ret = (struct hub_look){ .inode = (int64_t)st.st_ino,
                                  .bytes = (int64_t)st.st_size,
                                  .modified_ns = in_ns(&st.st_mtim),
                                  .changed_ns = in_ns(&st.st_ctim) };
}

bool hub_stamp_take(struct hub_stamp *ret, const char *root, const char *id)
{
    static const char *const names[HUB_LOOKS] = { "refs/heads/main", "packed-refs", "lfs" };

    for (size_t i = 0; i < HUB_LOOKS; i++) {
        char *path = xasprintf("%s/%s.git/%s", root, id, names[i]);

        look(&ret->looks[i], path);
        free(path);
    }
    return ret->looks[0].inode != 0 || ret->looks[1].inode != 0;
}

bool hub_stamp_equals(const struct hub_stamp *a, const struct hub_stamp *b)
{
    return memcmp(a, b, sizeof(*a)) == 0; /* int64_t only: no padding */
}

bool hub_stamp_is_quiet(const struct hub_stamp *stamp, int64_t now)
{
    for (size_t i = 0; i < HUB_LOOKS; i++)
        if (stamp->looks[i].changed_ns / NS_PER_S > now - QUIET_S)
            return false;
    return true;
}
