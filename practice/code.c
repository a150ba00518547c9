/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/code.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "practice/moves.h"

enum { REF_MAX = 256, FILE_MAX_BYTES = 16 << 20 };

static const struct git_tree_limits limits = { .max_files = 20000,
                                               .max_depth = 32,
                                               .max_path = 1024 };

/* A whole tree in memory while a commit is made; the files' bytes are its own. */
struct tree {
    struct git_new_file *files;
    size_t n;
};

static void tree_finish(struct tree *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free((void *)(uintptr_t)t->files[i].path);
        free((void *)(uintptr_t)t->files[i].data);
    }
    free(t->files);
}

static void tree_remove(struct tree *t, size_t i)
{
    free((void *)(uintptr_t)t->files[i].path);
    free((void *)(uintptr_t)t->files[i].data);
    t->files[i] = t->files[--t->n];
}

/* Later files replace earlier ones of the same path. */
static void tree_put(struct tree *t, const struct git_new_file *file)
{
    for (size_t i = 0; i < t->n; i++) {
        if (strcmp(t->files[i].path, file->path) == 0) {
            tree_remove(t, i);
            break;
        }
    }
    if (!file->data)
        return;
    t->files = xrealloc_array(t->files, t->n + 1, sizeof(*t->files));
    t->files[t->n++] = (struct git_new_file){ .path = xstrdup(file->path),
                                              .data = xmemdup(file->data, file->len),
                                              .len = file->len };
}

static int tree_load(struct tree *t, struct forge *f, const char *commit, struct err *err)
{
    struct git_file *files = NULL;
    size_t n = 0;
    int rc = git_list_files(&files, &n, f->git, commit, "", &limits, err);

    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct buf data;

        buf_init(&data, FILE_MAX_BYTES);
        rc = git_read_blob(&data, f->git, files[i].blob, err);
        if (rc == 0)
            tree_put(t, &(struct git_new_file){ files[i].path, data.data, data.len });
        buf_finish(&data);
    }
    git_files_free(files, n);
    return rc;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct git_new_file *)a)->path,
                  ((const struct git_new_file *)b)->path);
}

int code_commit(char ret[GIT_HEX_SIZE], struct forge *f, const struct code_change *change,
                struct err *err)
{
    struct tree tree = { 0 };
    int rc = change->parent ? tree_load(&tree, f, change->parent, err) : 0;

    for (size_t i = 0; rc == 0 && i < change->n_files; i++)
        tree_put(&tree, &change->files[i]);
    if (tree.n > 1)
        qsort(tree.files, tree.n, sizeof(*tree.files), by_path);
    if (rc == 0) {
        char *email = xasprintf("%s@practice.invalid", change->who);

        rc = git_commit_files(ret, f->git,
                              &(struct git_new_commit){ .files = tree.files,
                                                        .n_files = tree.n,
                                                        .parent = change->parent,
                                                        .author_name = change->who,
                                                        .author_email = email,
                                                        .at = forge_time(f),
                                                        .message = change->message },
                              err);
        free(email);
    }
    tree_finish(&tree);
    return rc;
}

static const char *default_ref(const struct forge *f, char ref[REF_MAX])
{
    (void)snprintf(ref, REF_MAX, "refs/heads/%s",
                   row_str(state_repo(&f->state), "default_branch"));
    return ref;
}

int code_head(char ret[GIT_HEX_SIZE], struct forge *f, struct err *err)
{
    char ref[REF_MAX];

    return git_resolve(ret, f->git, default_ref(f, ref), err);
}

int code_advance(struct forge *f, const char *commit, const char *expected, struct err *err)
{
    char ref[REF_MAX], now[RFC3339_SIZE];
    int rc = git_set_ref(f->git, default_ref(f, ref), commit, expected, err);

    if (rc == 0)
        row_set_str(state_repo(&f->state), "pushed_at", forge_now_text(f, now));
    return rc;
}

static const char *pull_ref(const json_t *pull, char ref[REF_MAX])
{
    (void)snprintf(ref, REF_MAX, "refs/pull/%" PRId64 "/head", row_int(pull, "id"));
    return ref;
}

int move_open_pull(json_t **ret, struct forge *f, const char *who,
                   const struct pull_words *words, struct err *err)
{
    char base[GIT_HEX_SIZE], ref[REF_MAX];
    int rc = code_head(base, f, err);

    if (rc < 0)
        return rc;
    json_t *thread = move_open_issue(f, who, words->title, words->body);
    const char *default_branch = row_str(state_repo(&f->state), "default_branch");
    row_set(thread, "pull",
            json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:b, s:n, s:n, s:n}", "id",
                      (json_int_t)state_next_id(&f->state), "head_owner", who, "head_ref",
                      words->branch, "head_sha", words->sha, "base_ref", default_branch,
                      "base_sha", base, "draft", 0, "merged_at", "merged_by",
                      "merge_commit_sha"));
    rc = git_set_ref(f->git, pull_ref(thread, ref), words->sha, NULL, err);
    if (rc < 0)
        state_remove(&f->state, THREADS, row_int(thread, "id"));
    else
        *ret = thread;
    return rc;
}

int move_push(struct forge *f, const char *who, json_t *pull, const char *sha,
              enum push_kind kind, struct err *err)
{
    json_t *code = json_object_get(pull, "pull");
    char ref[REF_MAX], full[GIT_HEX_SIZE];
    int rc = git_resolve(full, f->git, sha, err);

    if (rc == 0)
        rc = git_set_ref(f->git, pull_ref(pull, ref), full, row_str(code, "head_sha"), err);
    if (rc < 0)
        return rc;
    json_t *details =
        json_pack("{s:s, s:O}", "commit_id", full, "before", json_object_get(code, "head_sha"));
    row_set_str(code, "head_sha", full);
    move_touch(f, pull);
    if (kind != PUSH_UNTOLD)
        (void)move_event(f, who, pull,
                         kind == PUSH_FORCED ? "head_ref_force_pushed" : EVENT_PUSHED, details);
    else
        json_decref(details);
    return 0;
}

/* What the PR's head has that its base has not, laid over the default branch. */
static int squash(char ret[GIT_HEX_SIZE], struct forge *f, const char *who, const json_t *pull,
                  const char *onto, struct err *err)
{
    const char *head = row_str(json_object_get(pull, "pull"), "head_sha");
    struct tree changes = { 0 };
    char *message = xasprintf("%s (#%" PRId64 ")", row_str(pull, "title"), row_int(pull, "id"));
    int rc = tree_load(&changes, f, head, err);

    if (rc == 0)
        rc = code_commit(ret, f,
                         &(struct code_change){ .parent = onto,
                                                .who = who,
                                                .message = message,
                                                .files = changes.files,
                                                .n_files = changes.n },
                         err);
    free(message);
    tree_finish(&changes);
    return rc;
}

int move_merge(struct forge *f, const char *who, json_t *pull, struct err *err)
{
    char onto[GIT_HEX_SIZE], merged[GIT_HEX_SIZE], now[RFC3339_SIZE];
    json_t *code = json_object_get(pull, "pull");

    if (strcmp(row_str(pull, "state"), "open") != 0)
        return err_set(err, ERR_CONFLICT, "pull request %" PRId64 " is not open",
                       row_int(pull, "id"));
    int rc = code_head(onto, f, err);
    if (rc == 0)
        rc = squash(merged, f, who, pull, onto, err);
    if (rc == 0)
        rc = code_advance(f, merged, onto, err);
    if (rc < 0)
        return rc;

    row_set_str(code, "merged_at", forge_now_text(f, now));
    row_set_str(code, "merged_by", who);
    row_set_str(code, "merge_commit_sha", merged);
    row_set(state_user(&f->state, row_str(pull, "user")), "has_merged", json_true());
    (void)move_event(f, who, pull, "merged", json_pack("{s:s}", "commit_id", merged));
    move_close(f, who, pull, NULL);
    return 0;
}
