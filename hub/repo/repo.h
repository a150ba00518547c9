/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/repo.h
 * hub_repo: hosted repositories, bare git under ROOT/<namespace>/<name>.git.
 * ROOT is the instance's hub/ folder. What is published is a commit on refs/heads/main and a
 * tag refs/tags/v<version>; a published version never changes. Readers and writers may be
 * different users of the folder's group. Where a file's bytes lie is known to this module
 * alone: readers ask for a path at a commit. Not for two threads at once on one handle. */
#ifndef HUB_REPO_REPO_H
#define HUB_REPO_REPO_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/git.h"

struct err;
struct hub_repo;

enum { HUB_ID_MAX = 193, HUB_MAX_FILES = 10000, HUB_MAX_VERSION = 64 };

/* "namespace/name", each 1..96 of [A-Za-z0-9_.-], without "--" or "..", no '-' or '.' at either
 * end, the name not ending in ".git", the namespace none of api, datasets, kernels, models,
 * reports, spaces. -ERR_RANGE says what is wrong. */
int hub_check_id(const char *id, struct err *err);

/* -ERR_NOTFOUND when there is none. */
int hub_repo_open(struct hub_repo **ret, const char *root, const char *id, struct err *err);
/* Opens it, or makes it: empty, shared with the group. */
int hub_repo_create(struct hub_repo **ret, const char *root, const char *id, struct err *err);
void hub_repo_close(struct hub_repo *repo); /* NULL is fine */

/* All ids, sorted by byte value. -ERR_LIMIT past max_repos. Unfinished ones are left out. */
int hub_repo_list(char ***ret_ids, size_t *ret_n, const char *root, size_t max_repos,
                  struct err *err);
void hub_repo_list_free(char **ids, size_t n);

struct hub_revision {
    const char *version;              /* "1.1.0": becomes the tag v1.1.0 */
    const struct git_new_file *files; /* the whole content, in any order */
    size_t n_files;
    const char *author_name, *author_email;
    int64_t at; /* unix seconds: same input, same commit name */
    const char *message;
};

/* Publishes once: the same version with the same files is a success that changes nothing, with
 * other files -ERR_CONFLICT. Killed anywhere, publishing again completes it. */
int hub_repo_publish(char ret_commit[GIT_HEX_SIZE], struct hub_repo *repo,
                     const struct hub_revision *revision, struct err *err);

/* A branch, tag, full ref, full commit name, or HEAD. -ERR_NOTFOUND. */
int hub_repo_resolve(char ret_commit[GIT_HEX_SIZE], struct hub_repo *repo, const char *revision,
                     struct err *err);

struct hub_file {
    char *path;
    char blob[GIT_HEX_SIZE]; /* git's name of its content */
    int64_t size;            /* bytes */
};

/* Plain files under prefix ("" for all), sorted by byte value. */
int hub_repo_list_files(struct hub_file **ret, size_t *ret_n, struct hub_repo *repo,
                        const char *commit, const char *prefix, struct err *err);
void hub_files_free(struct hub_file *files, size_t n);

/* Appends one file; out's maximum is checked before it is loaded. -ERR_NOTFOUND. */
int hub_repo_read_file(struct buf *out, struct hub_repo *repo, const char *commit,
                       const char *path, struct err *err);

/* Every branch, tag and other ref, by full name. */
int hub_repo_list_refs(struct git_ref **ret, size_t *ret_n, struct hub_repo *repo,
                       struct err *err); /* git_refs_free() */

/* When a commit was made, unix seconds. */
int hub_repo_date(int64_t *ret_at, struct hub_repo *repo, const char *commit, struct err *err);

/* The name of a folder's tree; "" is the whole. -ERR_NOTFOUND. */
int hub_repo_folder(char ret[GIT_HEX_SIZE], struct hub_repo *repo, const char *commit,
                    const char *path, struct err *err);

/* The tags v* of what is published, by name. */
int hub_repo_list_tags(struct git_ref **ret, size_t *ret_n, struct hub_repo *repo,
                       struct err *err); /* git_refs_free() */

#endif
