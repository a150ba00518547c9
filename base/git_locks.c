/* SPDX-License-Identifier: Apache-2.0
 * A writer that is killed leaves its lock files behind, and nobody could ever write again. */
#include "base/git.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/fs.h"

enum { MAX_NAMES = 1000000, MAX_DEPTH = 32 };

static bool is_lock(const char *name)
{
    size_t len = strlen(name);

    return len > 5 && strcmp(name + len - 5, ".lock") == 0;
}

static int break_below(const char *dir, int depth, struct err *err);

static int break_at(const char *path, const char *name, int depth, struct err *err)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return 0;
    if (S_ISDIR(st.st_mode) && depth < MAX_DEPTH)
        return break_below(path, depth + 1, err);
    return S_ISREG(st.st_mode) && is_lock(name) ? fs_remove(path, err) : 0;
}

static int break_below(const char *dir, int depth, struct err *err)
{
    char **names = NULL;
    size_t n = 0;

    int rc = fs_list(&names, &n, dir, MAX_NAMES, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *path = fs_path(dir, names[i], NULL);

        rc = break_at(path, names[i], depth, err);
        free(path);
    }
    fs_list_free(names, n);
    return rc;
}

int git_remove_stale_locks(const char *path, struct err *err)
{
    static const char *const at_top[] = { "HEAD.lock", "config.lock", "packed-refs.lock",
                                          "packed-refs.new" /* git's, of the same life */ };
    char *refs = fs_path(path, "refs", NULL);
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof(at_top) / sizeof(at_top[0]); i++) {
        char *lock = fs_path(path, at_top[i], NULL);

        rc = fs_remove(lock, err);
        free(lock);
    }
    if (rc == 0 && fs_exists(refs))
        rc = break_below(refs, 0, err);
    free(refs);
    return rc;
}
