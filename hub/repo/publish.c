/* SPDX-License-Identifier: Apache-2.0
 * Publishing a revision once, whatever happens in between:
 *
 *     objects --> refs/heads/main --> refs/tags/vX.Y.Z
 *
 * 1. The tag is the proof: where it stands, the version is published and never changes.
 * 2. Objects without a ref are invisible: killed there, nothing was published.
 * 3. Killed between main and tag, main's own files tell that the commit is this version's: it
 *    is taken, not made again. */
#include "hub/repo/repo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/hash.h"
#include "hub/repo/attributes.h"
#include "hub/repo/blob.h"
#include "hub/repo/edit.h"
#include "hub/repo/pointer.h"
#include "hub/repo/repo_impl.h"

static const char main_ref[] = "refs/heads/main";

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct git_new_file *)a)->path,
                  ((const struct git_new_file *)b)->path);
}

static int is_same_file(bool *ret, struct hub_repo *repo, const struct hub_file *file,
                        const struct git_new_file *wanted, struct err *err)
{
    struct buf content;
    int rc = 0;

    *ret = strcmp(file->path, wanted->path) == 0 && (uint64_t)file->size == wanted->len;
    if (!*ret)
        return 0;
    if (file->lfs[0]) {
        char oid[SHA256_HEX_SIZE];

        sha256_hex(oid, wanted->data, wanted->len);
        *ret = strcmp(oid, file->lfs) == 0;
        return 0;
    }
    buf_init(&content, wanted->len);
    rc = git_read_blob(&content, repo->git, file->blob, err);
    if (rc == 0)
        *ret =
            content.len == wanted->len && memcmp(content.data, wanted->data, content.len) == 0;
    buf_finish(&content);
    return rc;
}

/* .gitattributes is ours where large files need it. */
static bool is_ours(const char *path)
{
    return strcmp(path, ".gitattributes") == 0;
}

/* Does the commit hold exactly these (sorted) files? */
static int is_same_tree(bool *ret, struct hub_repo *repo, const char *commit,
                        const struct git_new_file *files, size_t n_files, struct err *err)
{
    struct hub_file *there = NULL;
    size_t n = 0;

    int rc = hub_repo_list_files(&there, &n, repo, commit, "", err);
    if (rc < 0)
        return rc;
    size_t skip = n == n_files + 1 && is_ours(there[0].path) ? 1 : 0;
    *ret = n == n_files + skip;
    for (size_t i = 0; rc == 0 && *ret && i < n_files; i++)
        rc = is_same_file(ret, repo, &there[i + skip], &files[i], err);
    hub_files_free(there, n);
    return rc;
}

/* Puts a large file into the store; text becomes its pointer. */
static int store_large(char text[POINTER_MAX_BYTES], size_t *ret_len, struct hub_repo *repo,
                       const struct git_new_file *file, struct err *err)
{
    struct pointer pointer = { .size = (int64_t)file->len };
    struct blob_put *put = NULL;

    int rc = blob_put_begin(&put, repo->blobs, err);
    if (rc < 0)
        return rc;
    rc = blob_put_add(put, file->data, file->len, err);
    if (rc < 0)
        blob_put_abort(put);
    else
        rc = blob_put_finish(pointer.oid, put, NULL, err);
    if (rc == 0)
        rc = hub_repo_add_blob(repo, pointer.oid, err);
    if (rc == 0)
        *ret_len = pointer_format(text, &pointer);
    return rc;
}

/* What git is to hold: small files as they are, pointers for large ones, and the attributes
 * that they need. */
struct stored {
    struct git_new_file *files; /* sorted */
    size_t n;
    char (*pointers)[POINTER_MAX_BYTES];
    struct buf attributes;
};

static void stored_finish(struct stored *s)
{
    free(s->files);
    free(s->pointers);
    buf_finish(&s->attributes);
}

static int stored_init(struct stored *s, struct hub_repo *repo,
                       const struct git_new_file *files, size_t n, struct err *err)
{
    int rc = 0;

    s->files = xcalloc(n + 1, sizeof(*s->files));
    s->pointers = xcalloc(n + 1, sizeof(*s->pointers));
    s->n = n;
    buf_init(&s->attributes, ATTRIBUTES_MAX_BYTES);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        s->files[i] = files[i];
        if (files[i].len < HUB_LFS_BYTES)
            continue;
        rc = store_large(s->pointers[i], &s->files[i].len, repo, &files[i], err);
        s->files[i].data = s->pointers[i];
        attributes_add_lfs(&s->attributes, files[i].path);
    }
    if (rc == 0 && s->attributes.len > 0) {
        s->files[s->n++] = (struct git_new_file){ .path = ".gitattributes",
                                                  .data = s->attributes.data,
                                                  .len = s->attributes.len };
        qsort(s->files, s->n, sizeof(*s->files), by_path);
    }
    return rc;
}

/* Under the repository's lock, as all that writes git's objects and refs. */
static int commit_main(char commit[GIT_HEX_SIZE], struct hub_repo *repo,
                       const struct git_new_commit *made, struct err *err)
{
    int lock = -1;

    int rc = hub_repo_hold(&lock, repo, err);
    if (rc < 0)
        return rc;
    rc = git_commit_files(commit, repo->git, made, err);
    if (rc == 0)
        rc = git_set_ref(repo->git, main_ref, commit, made->parent, err);
    (void)close(lock);
    return rc;
}

/* Takes main's commit when it is this version's already, otherwise makes one and moves main. */
static int advance_main(char commit[GIT_HEX_SIZE], struct hub_repo *repo,
                        const struct hub_revision *revision, const struct git_new_file *files,
                        struct err *err)
{
    char parent[GIT_HEX_SIZE];
    bool is_there = false, is_same = false;

    int rc = git_resolve(parent, repo->git, main_ref, err);
    if (rc == 0) {
        is_there = true;
        rc = is_same_tree(&is_same, repo, parent, files, revision->n_files, err);
    } else if (rc == -ERR_NOTFOUND) {
        rc = 0;
    }
    if (rc == 0 && is_same)
        memcpy(commit, parent, GIT_HEX_SIZE);
    if (rc < 0 || is_same)
        return rc;

    struct stored stored = { 0 };
    rc = stored_init(&stored, repo, files, revision->n_files, err);
    const struct git_new_commit made = {
        .files = stored.files,
        .n_files = stored.n,
        .parent = is_there ? parent : NULL,
        .author_name = revision->author_name,
        .author_email = revision->author_email,
        .at = revision->at,
        .message = revision->message,
    };
    if (rc == 0)
        rc = commit_main(commit, repo, &made, err);
    stored_finish(&stored);
    return rc;
}

static int check_published(char commit[GIT_HEX_SIZE], struct hub_repo *repo, const char *tag,
                           const struct hub_revision *revision,
                           const struct git_new_file *files, struct err *err)
{
    bool is_same = false;

    int rc = git_resolve(commit, repo->git, tag, err);
    if (rc == 0)
        rc = is_same_tree(&is_same, repo, commit, files, revision->n_files, err);
    if (rc == 0 && !is_same)
        rc = err_set(err, ERR_CONFLICT, "version %s is published with other files",
                     revision->version);
    return rc;
}

static int check_version(const char *version, struct err *err)
{
    static const char bytes[] = "0123456789.abcdefghijklmnopqrstuvwxyz-";
    size_t len = strlen(version);

    if (len == 0 || len > HUB_MAX_VERSION || strspn(version, bytes) < len ||
        strstr(version, "..") || version[0] == '.' || version[len - 1] == '.')
        return err_set(err, ERR_RANGE, "'%.64s' is not a version", version);
    return 0;
}

int hub_repo_publish(char ret_commit[GIT_HEX_SIZE], struct hub_repo *repo,
                     const struct hub_revision *revision, struct err *err)
{
    char tag[HUB_MAX_VERSION + sizeof("refs/tags/v")], commit[GIT_HEX_SIZE];
    int turn = -1;

    int rc = check_version(revision->version, err);
    if (rc < 0)
        return rc;
    (void)snprintf(tag, sizeof(tag), "refs/tags/v%s", revision->version);
    struct git_new_file *files =
        xmemdup(revision->files, revision->n_files * sizeof(*revision->files));
    qsort(files, revision->n_files, sizeof(*files), by_path);

    rc = hub_repo_queue(&turn, repo, err);
    if (rc == 0)
        rc = check_published(commit, repo, tag, revision, files, err);
    if (rc == -ERR_NOTFOUND) {
        rc = advance_main(commit, repo, revision, files, err);
        if (rc == 0)
            rc = hub_repo_add_ref(repo, tag, commit, NULL, err);
    }
    if (turn >= 0)
        (void)close(turn);
    free(files);
    if (rc < 0)
        return err_wrap(err, rc, "repository '%s'", repo->id);
    memcpy(ret_commit, commit, GIT_HEX_SIZE);
    return 0;
}
