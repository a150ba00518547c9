/* SPDX-License-Identifier: Apache-2.0
 * 1. All of it happens under the repository's lock, alone: who moves a ref does so before or
 *    after, and git holds the lock should we be killed.
 * 2. Who writes objects for a ref that it will move later has no lock yet: those are young, or
 *    made young by being written again, and stay.
 * 3. Where many refs lie in files of their own, they are packed: the tags, which stay where
 *    they are; all if branches are as many. A branch is found quicker in a file.
 * 4. Afterwards a note says which refs the packed objects are those of. As long as it is true
 *    and there is one pack and nothing beside it, there is nothing to remove. */
#include "hub/repo/gc_objects.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/text.h"
#include "hub/repo/repo.h"
#include "hub/repo/repo_impl.h"

enum { MAX_NAMES = 1000000, MAX_MS = 3600 * 1000, PACK_FILES_MAX = 8, LOOSE_REFS_MAX = 128 };

static bool holds_only(const char *folder, size_t max, bool (*is_good)(const char *name))
{
    char **names = NULL;
    size_t n = 0;

    bool good = fs_list(&names, &n, folder, MAX_NAMES, NULL) == 0 && n <= max;
    for (size_t i = 0; good && i < n; i++)
        good = is_good(names[i]);
    fs_list_free(names, n);
    return good;
}

static bool is_own_folder(const char *name)
{
    return strcmp(name, "info") == 0 || strcmp(name, "pack") == 0;
}

static bool is_pack_file(const char *name)
{
    return text_has_prefix(name, "pack-");
}

static size_t count_packs(const char *folder)
{
    char **names = NULL;
    size_t n = 0, n_packs = 0;

    (void)fs_list(&names, &n, folder, MAX_NAMES, NULL);
    for (size_t i = 0; i < n; i++)
        n_packs += text_has_suffix(names[i], ".pack");
    fs_list_free(names, n);
    return n_packs;
}

static char *note_path(const struct hub_repo *repo)
{
    return fs_path(repo->path, "collected", NULL);
}

static bool is_noted(const struct hub_repo *repo, const char *refs)
{
    char *path = note_path(repo);
    struct buf text;

    buf_init(&text, SHA256_HEX_SIZE);
    bool noted = fs_read(&text, path, NULL) == 0 && strcmp(text.data, refs) == 0;
    buf_finish(&text);
    free(path);
    return noted;
}

static bool is_tidy(const struct hub_repo *repo, const char *refs)
{
    char *objects = fs_path(repo->path, "objects", NULL);
    char *packs = fs_path(objects, "pack", NULL);
    bool tidy = holds_only(objects, 2, is_own_folder) &&
                holds_only(packs, PACK_FILES_MAX, is_pack_file);

    if (tidy) {
        size_t n = count_packs(packs);

        tidy = n == 0 || (n == 1 && is_noted(repo, refs));
    }
    free(packs);
    free(objects);
    return tidy;
}

/* git removes what its other programs left, but not what a killed repack did. */
static int sweep_packs(size_t *ret_n, const struct hub_repo *repo, int64_t before_at,
                       struct err *err)
{
    char *folder = fs_path(repo->path, "objects", "pack", NULL);
    char **names = NULL;
    size_t n = 0;

    int rc = fs_exists(folder) ? fs_list(&names, &n, folder, MAX_NAMES, err) : 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *path = fs_path(folder, names[i], NULL);
        struct stat st;

        if (text_has_prefix(names[i], ".tmp-") && lstat(path, &st) == 0 &&
            (int64_t)st.st_mtime < before_at) {
            rc = fs_remove(path, err);
            ++*ret_n;
        }
        free(path);
    }
    fs_list_free(names, n);
    free(folder);
    return rc;
}

static int collect_alone(struct hub_collected *ret, struct hub_repo *repo,
                         const struct git_gc *gc, struct err *err)
{
    int64_t bytes = hub_repo_git_bytes(repo);
    size_t before = 0, after = 0;

    int rc = git_count_objects(&before, repo->path, err);
    if (rc == 0)
        rc = sweep_packs(&ret->n_leftovers, repo, gc->before_at, err);
    if (rc == 0)
        rc = git_collect(repo->path, gc, err);
    if (rc == 0)
        rc = git_count_objects(&after, repo->path, err);
    bytes -= hub_repo_git_bytes(repo);
    ret->n_objects = rc == 0 && before > after ? before - after : 0;
    ret->bytes = bytes > 0 ? bytes : 0; /* writers of objects are not kept away */
    return rc;
}

/* Without it the next time does all again. */
static void take_note(const struct hub_repo *repo, const char *refs)
{
    char *path = note_path(repo);

    (void)fs_write(path, refs, strlen(refs), 0660, NULL);
    free(path);
}

static bool has_many_loose_refs(const struct hub_repo *repo)
{
    size_t n = 0;

    return git_count_loose_refs(&n, repo->path, LOOSE_REFS_MAX, NULL) == -ERR_LIMIT;
}

static int pack_refs(const struct hub_repo *repo, const struct git_gc *gc, struct err *err)
{
    int rc = 0;

    for (int which = GIT_PACK_TAGS; rc == 0 && which <= GIT_PACK_ALL; which++)
        if (has_many_loose_refs(repo))
            rc = git_pack_refs(repo->path, (enum git_packed)which, gc, err);
    return rc;
}

/* Alone, and so there is no lock file but one whose owner was killed. */
static int tidy_alone(struct hub_collected *ret, struct hub_repo *repo, const struct git_gc *gc,
                      struct err *err)
{
    char refs[SHA256_HEX_SIZE];

    int rc = git_remove_stale_locks(repo->path, err);
    if (rc == 0)
        rc = pack_refs(repo, gc, err);
    if (rc == 0)
        rc = hub_repo_refs_digest(refs, repo, err);
    if (rc < 0 || is_tidy(repo, refs))
        return rc;
    rc = collect_alone(ret, repo, gc, err);
    if (rc == 0)
        take_note(repo, refs);
    return rc;
}

int hub_repo_collect(struct hub_collected *ret, struct hub_repo *repo, int64_t before_at,
                     struct err *err)
{
    struct git_gc gc = { .before_at = before_at, .limit_ms = MAX_MS };
    char refs[SHA256_HEX_SIZE];

    *ret = (struct hub_collected){ 0 };
    int rc = hub_repo_refs_digest(refs, repo, err);
    if (rc < 0 || (is_tidy(repo, refs) && !has_many_loose_refs(repo)))
        return rc;
    rc = hub_lock(&gc.held_fd, repo->root, repo->id, HUB_HOLD_ALONE, err);
    if (rc < 0)
        return rc;
    rc = tidy_alone(ret, repo, &gc, err);
    (void)close(gc.held_fd);
    return rc;
}
