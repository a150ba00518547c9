/* SPDX-License-Identifier: Apache-2.0
 * Old objects that no ref leads to are removed by git itself, in two steps: what is packed
 * becomes one pack of what the refs lead to, the young rest lies loose with the age of the pack
 * that it was in; then the loose ones go that are old. What a young object refers to counts as
 * young in both. */
#include "base/git_impl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/git.h"
#include "base/git_env.h"
#include "base/program.h"

enum { SAID_MAX_BYTES = 4096, MAX_OBJECTS = 50000000 };

/* Durable, gentle to who works beside it, and without files that only others than us read. */
static const char *const settings[] = { "core.fsync=all",
                                        "pack.threads=1",
                                        "pack.windowMemory=64m",
                                        "repack.writeBitmaps=false",
                                        "repack.updateServerInfo=false",
                                        NULL };

static int run_git(const char *const *words, const char *path, const struct git_gc *gc,
                   double until_s, struct err *err)
{
    const int64_t left_ms = (int64_t)((until_s - clock_stopwatch_s()) * 1000);
    struct git_env env;
    struct buf said;

    git_env_init(&env, settings);
    git_env_add(&env, "GIT_DIR", path);
    buf_init(&said, SAID_MAX_BYTES);
    const struct program program = {
        .argv = words, .env = (const char *const *)env.vars, .in_fd = -1, .held_fd = gc->held_fd
    };
    int rc = program_run(&said, &program, left_ms, err);
    buf_finish(&said);
    git_env_finish(&env);
    return rc < 0 ? err_wrap(err, rc, "git %s", words[1]) : 0;
}

int git_collect(const char *path, const struct git_gc *gc, struct err *err)
{
    const double until_s = clock_stopwatch_s() + (double)gc->limit_ms / 1000;
    /* git removes what is as old as that or older. */
    const int64_t expiry = gc->before_at > 1 ? gc->before_at - 1 : 1;
    char *unpack = xasprintf("--unpack-unreachable=@%" PRId64 " +0000", expiry);
    char *expire = xasprintf("--expire=@%" PRId64 " +0000", expiry);
    const char *const repack[] = { "git", "repack", "-A", "-d", "-l", "-q", unpack, NULL };
    const char *const prune[] = { "git", "prune", expire, NULL };

    int rc = run_git(repack, path, gc, until_s, err);
    if (rc == 0)
        rc = run_git(prune, path, gc, until_s, err);
    free(unpack);
    free(expire);
    return rc;
}

int git_pack_refs(const char *path, enum git_packed which, const struct git_gc *gc,
                  struct err *err)
{
    const double until_s = clock_stopwatch_s() + (double)gc->limit_ms / 1000;
    const char *const all = which == GIT_PACK_ALL ? "--all" : NULL;
    const char *const words[] = { "git", "pack-refs", all, NULL };

    return run_git(words, path, gc, until_s, err);
}

struct ids {
    git_oid *at;
    size_t n, cap;
};

static int take_id(const git_oid *id, void *ctx)
{
    struct ids *ids = ctx;

    if (ids->n >= MAX_OBJECTS)
        return GIT_ERROR;
    if (ids->n == ids->cap) {
        ids->cap = ids->cap * 2 + 256;
        ids->at = xrealloc_array(ids->at, ids->cap, sizeof(*ids->at));
    }
    ids->at[ids->n++] = *id;
    return 0;
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(git_oid));
}

int git_count_objects(size_t *ret_n, const char *path, struct err *err)
{
    struct git_repo *repo = NULL;
    struct ids ids = { 0 };
    size_t n = 0;

    int rc = git_open(&repo, path, err);
    if (rc < 0)
        return rc;
    git_error_clear();
    rc = git_odb_foreach(repo->odb, take_id, &ids);
    if (rc < 0)
        rc = git_fail(err, rc, "objects cannot be listed");
    if (ids.n > 1)
        qsort(ids.at, ids.n, sizeof(*ids.at), by_id);
    for (size_t i = 0; i < ids.n; i++)
        n += i == 0 || by_id(&ids.at[i - 1], &ids.at[i]) != 0;
    free(ids.at);
    git_close(repo);
    if (rc == 0)
        *ret_n = n;
    return rc;
}
