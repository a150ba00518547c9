/* SPDX-License-Identifier: Apache-2.0
 * Committing:
 *
 *     blobs --> tree, commit --> branch (only from the commit that was built upon)
 *
 * 1. Writers of ours build in turn, so that none fails for want of git's lock. A push may move
 *    the branch all the same: then it is built again upon the new tip, unless the writer named
 *    its parent.
 * 2. Killed before the branch moves, nothing happened; its lock file is taken away by the next
 *    writer that finds itself alone. */
#include "hub/repo/edit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "hub/repo/blob.h"
#include "hub/repo/edit_impl.h"
#include "hub/repo/pointer.h"
#include "hub/repo/repo.h"
#include "hub/repo/repo_impl.h"

/* A push holds git's lock while it moves its refs; the waits between tries sum up to 1.3 s. */
enum { MAX_TRIES = 8, FIRST_WAIT_MS = 5, MAX_PATH_BYTES = 1024 };

struct hub_edit *hub_edit_new(struct hub_repo *repo)
{
    struct hub_edit *edit = xcalloc(1, sizeof(*edit));

    edit->repo = repo;
    return edit;
}

void hub_edit_free(struct hub_edit *edit)
{
    if (!edit)
        return;
    for (size_t i = 0; i < edit->n; i++)
        free(edit->changes[i].path);
    free(edit->changes);
    free(edit);
}

static int add(struct hub_edit *edit, enum change_kind kind, const char *path, const char *blob,
               struct err *err)
{
    if (edit->n == HUB_MAX_CHANGES)
        return err_set(err, ERR_LIMIT, "more than %d changes in one commit", HUB_MAX_CHANGES);
    if (strlen(path) > MAX_PATH_BYTES)
        return err_set(err, ERR_RANGE, "path '%.64s...': more than %d bytes", path,
                       MAX_PATH_BYTES);
    if (edit->n == edit->cap) {
        edit->cap = edit->cap * 2 + 16;
        edit->changes = xrealloc_array(edit->changes, edit->cap, sizeof(*edit->changes));
    }
    struct change *c = &edit->changes[edit->n];
    *c = (struct change){ .kind = kind, .path = xstrdup(path), .order = edit->n };
    if (blob)
        memcpy(c->blob, blob, GIT_HEX_SIZE);
    edit->n++;
    return 0;
}

/* gc packs what lies loose and removes the folders that are empty then: not meanwhile. */
static int store(char ret[GIT_HEX_SIZE], const struct hub_edit *edit, const void *data,
                 size_t len, struct err *err)
{
    int lock = -1;

    int rc = hub_repo_hold(&lock, edit->repo, err);
    if (rc < 0)
        return rc;
    rc = git_write_blob(ret, edit->repo->git, data, len, err);
    (void)close(lock);
    return rc;
}

int hub_edit_put(struct hub_edit *edit, const char *path, const void *data, size_t len,
                 struct err *err)
{
    char blob[GIT_HEX_SIZE];
    int rc = store(blob, edit, data, len, err);

    return rc < 0 ? rc : add(edit, CHANGE_PUT, path, blob, err);
}

int hub_edit_put_blob(struct hub_edit *edit, const char *path, const char *oid, struct err *err)
{
    char text[POINTER_MAX_BYTES], blob[GIT_HEX_SIZE];
    struct pointer pointer = { 0 };

    if (!hub_repo_has_blob(edit->repo, oid))
        return err_set(err, ERR_NOTFOUND, "'%.200s': content %.64s was not uploaded", path,
                       oid);
    int rc = hub_repo_add_blob(edit->repo, oid, err); /* young again: gc leaves it alone */
    if (rc == 0)
        rc = blob_stat(&pointer.size, edit->repo->blobs, oid, err);
    if (rc < 0)
        return err_wrap(err, rc, "'%.200s'", path);
    memcpy(pointer.oid, oid, sizeof(pointer.oid));
    rc = store(blob, edit, text, pointer_format(text, &pointer), err);
    return rc < 0 ? rc : add(edit, CHANGE_PUT_BLOB, path, blob, err);
}

int hub_edit_remove(struct hub_edit *edit, const char *path, enum hub_removal what,
                    struct err *err)
{
    char *name = xstrdup(path);

    for (size_t len = strlen(name); len > 0 && name[len - 1] == '/'; len--)
        name[len - 1] = '\0';
    int rc = add(edit, what == HUB_REMOVE_FILE ? CHANGE_REMOVE : CHANGE_REMOVE_FOLDER, name,
                 NULL, err);
    free(name);
    return rc;
}

size_t hub_edit_count(const struct hub_edit *edit)
{
    return edit->n;
}

/* Where the branch stands; "" for a main that is to be made. */
static int find_tip(char tip[GIT_HEX_SIZE], const struct hub_repo *repo, const char *ref,
                    const char *parent, struct err *err)
{
    int rc = git_resolve(tip, repo->git, ref, err);

    if (rc == -ERR_NOTFOUND && strcmp(ref, "refs/heads/main") == 0) {
        tip[0] = '\0';
        rc = 0;
    }
    if (rc == 0 && parent && strncmp(tip, parent, strlen(parent)) != 0)
        rc = err_set(err, ERR_CONFLICT, "the branch stands at %.12s, not at %.40s",
                     tip[0] ? tip : "nothing", parent);
    return rc;
}

static int write_commit(char ret[GIT_HEX_SIZE], struct hub_repo *repo, const struct merge *m,
                        const struct hub_commit *c, const char *parent, struct err *err)
{
    const struct git_new_tree tree = {
        .entries = m->entries,
        .n_entries = m->n,
        .parent = parent && parent[0] ? parent : NULL,
        .author_name = c->author_name,
        .author_email = c->author_email,
        .at = c->at,
        .message = c->message,
    };

    return git_commit_entries(ret, repo->git, &tree, err);
}

static int build(char ret[GIT_HEX_SIZE], struct hub_edit *edit, const struct hub_commit *c,
                 const char *tip, struct err *err)
{
    struct git_file *base = NULL;
    struct merge m = { 0 };
    size_t n_base = 0;

    int rc = tip[0] ? hub_repo_list_all(&base, &n_base, edit->repo, tip, "", err) : 0;
    if (rc < 0)
        return rc;
    rc = merge_init(&m, edit, base, n_base, err);
    if (rc == 0 && m.is_same && tip[0])
        memcpy(ret, tip, GIT_HEX_SIZE);
    else if (rc == 0)
        rc = merge_attributes(&m, edit, err);
    if (rc == 0 && !(m.is_same && tip[0]))
        rc = write_commit(ret, edit->repo, &m, c, tip, err);
    merge_finish(&m);
    return rc;
}

static int build_and_move(char commit[GIT_HEX_SIZE], struct hub_edit *edit, const char *ref,
                          const struct hub_commit *c, const char *tip, struct err *err)
{
    int rc = build(commit, edit, c, tip, err);

    if (rc < 0 || strcmp(commit, tip) == 0)
        return rc;
    return git_set_ref(edit->repo->git, ref, commit, tip[0] ? tip : NULL, err);
}

/* The lock is let go before each look for a dead writer's, which needs it alone. */
static int commit_in_turn(char commit[GIT_HEX_SIZE], struct hub_edit *edit, const char *ref,
                          const struct hub_commit *c, struct err *err)
{
    const struct clock clock = clock_system();
    char tip[GIT_HEX_SIZE];
    int rc = -ERR_CONFLICT;

    for (int i = 0; rc == -ERR_CONFLICT && i < MAX_TRIES; i++) {
        int lock = -1;

        clock_sleep_ms(&clock, i > 0 ? FIRST_WAIT_MS << i : 0);
        rc = hub_repo_hold(&lock, edit->repo, err);
        if (rc < 0)
            return rc;
        rc = find_tip(tip, edit->repo, ref, c->parent, err);
        bool is_found = rc == 0;
        if (is_found)
            rc = build_and_move(commit, edit, ref, c, tip, err);
        (void)close(lock);
        if (!is_found || (rc == -ERR_CONFLICT && hub_repo_mend(edit->repo, NULL) < 0))
            break;
    }
    return rc;
}

int hub_edit_commit(char ret_commit[GIT_HEX_SIZE], struct hub_edit *edit,
                    const struct hub_commit *c, struct err *err)
{
    char *ref = xasprintf("refs/heads/%s", c->branch);
    char commit[GIT_HEX_SIZE];
    int turn = -1;

    int rc = hub_repo_queue(&turn, edit->repo, err);
    if (rc == 0)
        rc = commit_in_turn(commit, edit, ref, c, err);
    if (turn >= 0)
        (void)close(turn);
    free(ref);
    if (rc == 0)
        memcpy(ret_commit, commit, GIT_HEX_SIZE);
    return rc < 0 ? err_wrap(err, rc, "repository '%s'", edit->repo->id) : 0;
}

int hub_commit_nothing(char ret_commit[GIT_HEX_SIZE], struct hub_repo *repo,
                       const struct hub_commit *c, struct err *err)
{
    static const struct merge nothing;
    int lock = -1;

    int rc = hub_repo_hold(&lock, repo, err);
    if (rc < 0)
        return rc;
    rc = write_commit(ret_commit, repo, &nothing, c, NULL, err);
    (void)close(lock);
    return rc;
}

static int squash(char commit[GIT_HEX_SIZE], struct hub_repo *repo, const char *ref,
                  const struct hub_commit *c, struct err *err)
{
    struct hub_edit nothing = { .repo = repo };
    struct git_file *base = NULL;
    struct merge m = { 0 };
    char tip[GIT_HEX_SIZE];
    size_t n_base = 0;

    int rc = git_resolve(tip, repo->git, ref, err);
    if (rc == 0)
        rc = hub_repo_list_all(&base, &n_base, repo, tip, "", err);
    if (rc == 0)
        rc = merge_init(&m, &nothing, base, n_base, err);
    if (rc == 0)
        rc = write_commit(commit, repo, &m, c, NULL, err);
    if (rc == 0 && strcmp(commit, tip) != 0)
        rc = git_set_ref(repo->git, ref, commit, tip, err);
    merge_finish(&m);
    return rc;
}

int hub_squash(char ret_commit[GIT_HEX_SIZE], struct hub_repo *repo, const struct hub_commit *c,
               struct err *err)
{
    char *ref = xasprintf("refs/heads/%s", c->branch);
    char commit[GIT_HEX_SIZE];
    int lock = -1;

    int rc = hub_repo_hold(&lock, repo, err);
    if (rc == 0)
        rc = squash(commit, repo, ref, c, err);
    if (lock >= 0)
        (void)close(lock);
    free(ref);
    if (rc == 0)
        memcpy(ret_commit, commit, GIT_HEX_SIZE);
    return rc;
}
