/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/push.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/text.h"
#include "hub/repo/pointer.h"
#include "hub/repo/push_updates.h"
#include "hub/repo/repo.h"
#include "hub/repo/repo_impl.h"

enum { MAX_CARD_BYTES = 1 << 20, MAX_HISTORY = 1000000 };

static int check_ref(const struct push_update *update, struct err *err)
{
    bool is_tag = text_has_prefix(update->ref, "refs/tags/");

    if (!is_tag && !text_has_prefix(update->ref, "refs/heads/"))
        return err_set(err, ERR_REFUSED, "%s: only branches and tags can be pushed",
                       update->ref);
    if (is_tag && !push_update_makes(update))
        return err_set(err, ERR_REFUSED, "%s: a tag stays where it is and what it is",
                       update->ref);
    if (push_update_removes(update) && strcmp(update->ref, "refs/heads/main") == 0)
        return err_set(err, ERR_REFUSED, "refs/heads/main cannot be deleted");
    return push_update_makes(update) ? hub_check_ref(update->ref, err) : 0;
}

/* A large file's pointer must point at something. */
static int check_pointer(struct hub_repo *repo, const struct git_file *file, struct err *err)
{
    struct pointer pointer;
    struct buf text;
    int rc = 0;

    if (file->size < POINTER_MIN_BYTES || file->size > POINTER_MAX_BYTES)
        return 0;
    buf_init(&text, POINTER_MAX_BYTES);
    rc = git_read_blob(&text, repo->git, file->blob, err);
    /* Young again: gc leaves it alone, however old it is. */
    if (rc == 0 && pointer_parse(&pointer, text.data, text.len) &&
        (!hub_repo_has_blob(repo, pointer.oid) ||
         hub_repo_add_blob(repo, pointer.oid, NULL) < 0))
        rc = err_set(err, ERR_REFUSED,
                     "%s: its content %.12s was not sent: run git lfs push --all, then push "
                     "again",
                     file->path, pointer.oid);
    buf_finish(&text);
    return rc;
}

static int check_card(const struct hub_push *push, struct hub_repo *repo,
                      const struct git_file *file, struct err *err)
{
    struct buf text;

    if (!push->check_card || strcmp(file->path, "README.md") != 0)
        return 0;
    buf_init(&text, MAX_CARD_BYTES);
    int rc = git_read_blob(&text, repo->git, file->blob, err);
    if (rc == 0)
        rc = push->check_card(push->ctx, text.data, text.len, err);
    buf_finish(&text);
    return rc < 0 ? err_wrap(err, rc, "README.md") : 0;
}

static int check_file(const struct hub_push *push, struct hub_repo *repo,
                      const struct git_file *file, struct err *err)
{
    if (!file->is_plain)
        return err_set(err, ERR_REFUSED,
                       "%s: links, submodules and executable files are not hosted here",
                       file->path);
    if (file->size > HUB_PUSH_MAX_PLAIN_BYTES)
        return err_set(err, ERR_REFUSED,
                       "%s: %lld bytes, more than %d MiB belong into LFS: run git lfs migrate "
                       "import --include=\"%s\"",
                       file->path, (long long)file->size, HUB_PUSH_MAX_PLAIN_BYTES >> 20,
                       file->path);
    int rc = check_pointer(repo, file, err);
    return rc < 0 ? rc : check_card(push, repo, file, err);
}

/* The trees of the tips so far: branches and tags often share one. */
struct seen_trees {
    char (*trees)[GIT_HEX_SIZE];
    size_t n;
};

/* Whether the tree of the commit was looked at before; from now on it was. */
static int see_tree(bool *ret, struct seen_trees *seen, struct hub_repo *repo,
                    const char *commit, struct err *err)
{
    char *tree = seen->trees[seen->n];
    int rc = git_find_tree(tree, repo->git, commit, "", err);

    *ret = false;
    for (size_t i = 0; rc == 0 && i < seen->n; i++)
        *ret = *ret || strcmp(seen->trees[i], tree) == 0;
    seen->n += rc == 0 && !*ret;
    return rc;
}

static int check_tip(const struct hub_push *push, struct hub_repo *repo, const char *tip,
                     struct seen_trees *seen, struct err *err)
{
    char commit[GIT_HEX_SIZE];
    struct git_file *files = NULL;
    bool is_seen = false;
    size_t n = 0;

    int rc = git_resolve(commit, repo->git, tip, err);
    if (rc == 0)
        rc = see_tree(&is_seen, seen, repo, commit, err);
    if (rc == 0 && !is_seen)
        rc = hub_repo_list_all(&files, &n, repo, commit, "", err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = check_file(push, repo, &files[i], err);
    git_files_free(files, n);
    return rc;
}

static int check_update(const struct hub_push *push, struct hub_repo *repo,
                        const struct push_update *update, struct seen_trees *seen,
                        struct err *err)
{
    int rc = check_ref(update, err);

    if (rc < 0 || push_update_removes(update))
        return rc;
    rc = check_tip(push, repo, update->after, seen, err);
    return rc < 0 ? err_wrap(err, rc, "%s", update->ref) : 0;
}

static int check_updates(const struct hub_push *push, struct hub_repo *repo,
                         const struct push_updates *updates, struct err *err)
{
    struct seen_trees seen = { .trees = xcalloc(updates->n + 1, GIT_HEX_SIZE) };
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < updates->n; i++)
        rc = check_update(push, repo, &updates->items[i], &seen, err);
    free(seen.trees);
    return rc;
}

static int check_commit(void *ctx, const char *commit, struct err *err)
{
    return git_tree_check_commit(ctx, commit, err);
}

/* What came with the push behind its tips: it need not be served, but gc, fsck and who asks for
 * an old commit must be able to list it. */
static int check_history(struct hub_repo *seen, const struct push_updates *updates,
                         struct err *err)
{
    struct git_ref *tips = xcalloc(updates->n + 1, sizeof(*tips)), *known = NULL;
    struct git_tree_check *check = git_tree_check_new(seen->git, &hub_tree_limits);
    struct git_walk walk = {
        .refs = tips, .max_commits = MAX_HISTORY, .fn = check_commit, .ctx = check
    };

    int rc = hub_repo_list_refs(&known, &walk.n_known, seen, err);
    walk.known = known;
    for (size_t i = 0; rc == 0 && i < updates->n; i++) {
        const struct push_update *update = &updates->items[i];

        if (push_update_removes(update))
            continue;
        rc = git_resolve(tips[walk.n_refs].commit, seen->git, update->after, err);
        if (rc == 0)
            tips[walk.n_refs++].name = xstrdup(update->ref);
    }
    if (rc == 0)
        rc = git_each_commit(seen->git, &walk, err);
    git_tree_check_free(check);
    git_refs_free(known, walk.n_known);
    git_refs_free(tips, walk.n_refs);
    return rc;
}

int hub_push_check(const struct hub_push *push, struct err *err)
{
    struct push_updates updates;
    struct hub_repo *repo = NULL;
    struct git_repo *incoming = NULL;

    int rc = push_updates_parse(&updates, push->updates, push->updates_len, err);
    if (rc == 0)
        rc = hub_repo_open(&repo, push->root, push->id, err);
    if (rc == 0)
        rc = git_open_incoming(&incoming, err);
    if (rc == 0) {
        struct hub_repo seen = *repo; /* the same one, with what came in it */

        seen.git = incoming;
        rc = check_updates(push, &seen, &updates, err);
        if (rc == 0)
            rc = check_history(&seen, &updates, err);
    }
    if (rc == 0 && updates.n_new > 0)
        rc = hub_repo_check_refs(repo, updates.n_new, err);
    git_close(incoming);
    hub_repo_close(repo);
    push_updates_finish(&updates);
    return rc;
}
