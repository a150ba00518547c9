/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/push.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/text.h"
#include "hub/repo/pointer.h"
#include "hub/repo/repo.h"
#include "hub/repo/repo_impl.h"

enum { HEX = GIT_HEX_SIZE - 1, MAX_CARD_BYTES = 1 << 20, MAX_REF_BYTES = 255 };

struct update {
    char before[GIT_HEX_SIZE], after[GIT_HEX_SIZE];
    char ref[MAX_REF_BYTES + 1];
};

static bool is_none(const char *commit)
{
    return strspn(commit, "0") == HEX;
}

/* Takes "OLD NEW REF\n" off the front of *lines. */
static int read_update(struct update *ret, const char **lines, struct err *err)
{
    const char *line = *lines;
    size_t len = strcspn(line, "\n");
    const size_t fixed = 2 * (HEX + 1);

    if (len <= fixed || len - fixed > MAX_REF_BYTES)
        return err_set(err, ERR_PARSE, "a ref's name has 1 to %d bytes", MAX_REF_BYTES);
    memcpy(ret->before, line, HEX);
    memcpy(ret->after, line + HEX + 1, HEX);
    memcpy(ret->ref, line + fixed, len - fixed);
    ret->before[HEX] = ret->after[HEX] = ret->ref[len - fixed] = '\0';
    *lines = line[len] ? line + len + 1 : line + len;
    return 0;
}

static int check_ref(const struct update *update, struct err *err)
{
    bool is_tag = text_has_prefix(update->ref, "refs/tags/");

    if (!is_tag && !text_has_prefix(update->ref, "refs/heads/"))
        return err_set(err, ERR_REFUSED, "%s: only branches and tags can be pushed",
                       update->ref);
    if (is_tag && !is_none(update->before))
        return err_set(err, ERR_REFUSED, "%s: a tag stays where it is and what it is",
                       update->ref);
    if (is_none(update->after) && strcmp(update->ref, "refs/heads/main") == 0)
        return err_set(err, ERR_REFUSED, "refs/heads/main cannot be deleted");
    return 0;
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

static int check_tip(const struct hub_push *push, struct hub_repo *repo, const char *tip,
                     struct err *err)
{
    char commit[GIT_HEX_SIZE];
    struct git_file *files = NULL;
    size_t n = 0;

    int rc = git_resolve(commit, repo->git, tip, err);
    if (rc == 0)
        rc = hub_repo_list_all(&files, &n, repo, commit, "", err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = check_file(push, repo, &files[i], err);
    git_files_free(files, n);
    return rc;
}

static int check_update(const struct hub_push *push, struct hub_repo *repo,
                        const struct update *update, struct err *err)
{
    int rc = check_ref(update, err);

    if (rc < 0 || is_none(update->after))
        return rc;
    rc = check_tip(push, repo, update->after, err);
    return rc < 0 ? err_wrap(err, rc, "%s", update->ref) : 0;
}

int hub_push_check(const struct hub_push *push, struct err *err)
{
    struct hub_repo *repo = NULL;
    struct git_repo *incoming = NULL;
    const char *lines = push->updates;
    struct update update;
    size_t n_new = 0;

    int rc = hub_repo_open(&repo, push->root, push->id, err);
    if (rc == 0)
        rc = git_open_incoming(&incoming, err);
    if (rc == 0) {
        struct hub_repo seen = *repo; /* the same one, with what came in it */

        seen.git = incoming;
        for (size_t n = 0; rc == 0 && *lines; n++) {
            rc = n < HUB_PUSH_MAX_REFS
                     ? read_update(&update, &lines, err)
                     : err_set(err, ERR_LIMIT, "more than %d refs at once", HUB_PUSH_MAX_REFS);
            if (rc == 0)
                rc = check_update(push, &seen, &update, err);
            n_new += rc == 0 && is_none(update.before);
        }
        if (rc == 0 && n_new > 0)
            rc = hub_repo_check_refs(repo, n_new, err);
    }
    git_close(incoming);
    hub_repo_close(repo);
    return rc;
}
