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

#include "base/alloc.h"
#include "base/err.h"
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
    buf_init(&content, wanted->len);
    rc = git_read_blob(&content, repo->git, file->blob, err);
    if (rc == 0)
        *ret =
            content.len == wanted->len && memcmp(content.data, wanted->data, content.len) == 0;
    buf_finish(&content);
    return rc;
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
    *ret = n == n_files;
    for (size_t i = 0; rc == 0 && *ret && i < n; i++)
        rc = is_same_file(ret, repo, &there[i], &files[i], err);
    hub_files_free(there, n);
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

    const struct git_new_commit made = {
        .files = files,
        .n_files = revision->n_files,
        .parent = is_there ? parent : NULL,
        .author_name = revision->author_name,
        .author_email = revision->author_email,
        .at = revision->at,
        .message = revision->message,
    };
    rc = git_commit_files(commit, repo->git, &made, err);
    if (rc == 0)
        rc = git_set_ref(repo->git, main_ref, commit, is_there ? parent : NULL, err);
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

    int rc = check_version(revision->version, err);
    if (rc < 0)
        return rc;
    (void)snprintf(tag, sizeof(tag), "refs/tags/v%s", revision->version);
    struct git_new_file *files =
        xmemdup(revision->files, revision->n_files * sizeof(*revision->files));
    qsort(files, revision->n_files, sizeof(*files), by_path);

    rc = check_published(commit, repo, tag, revision, files, err);
    if (rc == -ERR_NOTFOUND) {
        rc = advance_main(commit, repo, revision, files, err);
        if (rc == 0)
            rc = git_set_ref(repo->git, tag, commit, NULL, err);
    }
    free(files);
    if (rc < 0)
        return err_wrap(err, rc, "repository '%s'", repo->id);
    memcpy(ret_commit, commit, GIT_HEX_SIZE);
    return 0;
}
