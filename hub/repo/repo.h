/* SPDX-License-Identifier: Apache-2.0
 * hub/repo/repo.h
 * hub_repo: hosted repositories, bare git under ROOT/<namespace>/<name>.git.
 * ROOT is the instance's hub/ folder: its owner and its group may enter it, nobody else, and
 * readers and writers may be different users of that group. What is published is a commit on
 * refs/heads/main and a tag refs/tags/v<version>; a published version never changes. Where a
 * file's bytes lie is known to this module alone: readers ask for a path at a commit. Not for
 * two threads at once on one handle, but any number of handles, threads and processes may write
 * at once: refs move from a known commit to another, and one of two wins. */
#ifndef HUB_REPO_REPO_H
#define HUB_REPO_REPO_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/git.h"
#include "base/hash.h"

struct blob_store;
struct err;
struct hub_file;
struct hub_repo;

enum { HUB_ID_MAX = 193, HUB_MAX_FILES = 10000, HUB_MAX_VERSION = 64 };

/* Closes a folder that others than owner and group may enter; another user's stays as it is,
 * and none needs to be there. */
int hub_close_root(const char *root, struct err *err);

/* "namespace/name", each 1..96 of [A-Za-z0-9_.-], without "--" or "..", no '-' or '.' at either
 * end, the name not ending in ".git", the namespace none of api, datasets, kernels, models,
 * reports, spaces. -ERR_RANGE says what is wrong. */
int hub_check_id(const char *id, struct err *err);
int hub_check_namespace(const char *name, struct err *err); /* the first part alone */

bool hub_repo_exists(const char *root, const char *id); /* false for what is no id, too */
/* -ERR_NOTFOUND when there is none. */
int hub_repo_open(struct hub_repo **ret, const char *root, const char *id, struct err *err);
/* Opens it, or makes it: empty, shared with the group. */
int hub_repo_create(struct hub_repo **ret, const char *root, const char *id, struct err *err);
void hub_repo_close(struct hub_repo *repo); /* NULL is fine */

/* -ERR_NOTFOUND; readers of it may still finish, or fail. */
int hub_repo_remove(const char *root, const char *id, struct err *err);
/* -ERR_EXISTS when there is a repository of the new name. */
int hub_repo_move(const char *root, const char *from, const char *to, struct err *err);

/* While *ret_fd is open, nobody else who asks gives the id to a repository or takes it away:
 * for who keeps records of its own under it. The caller closes it. */
int hub_id_hold(int *ret_fd, const char *root, const char *id, struct err *err);

/* For who writes through another program (git http-backend): while *ret_fd is open, nobody
 * takes the lock files in the repository for a dead writer's. The caller closes it. */
int hub_repo_hold(int *ret_fd, const struct hub_repo *repo, struct err *err);
/* Removes what a killed writer left, unless somebody writes right now. */
int hub_repo_mend(struct hub_repo *repo, struct err *err);

/* The store of large files. Borrowed. */
struct blob_store *hub_repo_blobs(const struct hub_repo *repo);

/* Which blobs the repository may refer to: those that were sent to it. A pointer in git to any
 * other is a plain small file, so that knowing a hash gives nobody the content. */
bool hub_repo_has_blob(const struct hub_repo *repo, const char *oid);
/* The blob is in the store (-ERR_NOTFOUND) and is this repository's from now on. */
int hub_repo_add_blob(struct hub_repo *repo, const char *oid, struct err *err);
/* As that, and whether it was not before: of those who add it at once, one is told so. */
int hub_repo_take_blob(bool *ret_is_new, struct hub_repo *repo, const char *oid,
                       struct err *err);
/* All of them, sorted; hub_repo_list_free(). */
int hub_repo_list_blobs(char ***ret_oids, size_t *ret_n, const struct hub_repo *repo,
                        struct err *err);
/* -ERR_NOTFOUND. The blob stays in the store as long as any repository has it. */
int hub_repo_drop_blob(struct hub_repo *repo, const char *oid, struct err *err);
/* All refs and where they lead, in short: the same as long as none of them moves. */
int hub_repo_refs_digest(char ret[SHA256_HEX_SIZE], struct hub_repo *repo, struct err *err);
/* Drops it if it was added or referred to before that time: 1, or 0 when it was later.
 * -ERR_CONFLICT when refs moved since their digest was taken: it may be needed now. */
struct hub_spared {
    int64_t before_at; /* unix seconds */
    const char *refs;  /* hub_repo_refs_digest(), from before their files were looked at */
};
int hub_repo_drop_old_blob(struct hub_repo *repo, const char *oid,
                           const struct hub_spared *spared, struct err *err);

/* Bytes on disk: of the large files that it may refer to, and of its git objects. */
int64_t hub_repo_blob_bytes(const struct hub_repo *repo);
int64_t hub_repo_git_bytes(const struct hub_repo *repo);
/* The same of any folder of git objects, such as those of a push that are not taken in yet. */
int64_t hub_object_bytes(const char *objects);

/* Calls fn for every file of every commit that a ref leads to, once for each commit; a negative
 * result stops. A ref that leads to nothing is an error. */
typedef int hub_file_fn(void *ctx, const char *commit, const struct hub_file *file,
                        struct err *err);
int hub_repo_each_file(size_t *ret_commits, struct hub_repo *repo, hub_file_fn *fn, void *ctx,
                       struct err *err);
int hub_repo_check_objects(size_t *ret_n, struct hub_repo *repo, const struct git_check *check,
                           struct err *err);

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
    char blob[GIT_HEX_SIZE];   /* git's name of its content, or of its pointer */
    int64_t size;              /* bytes of the file itself */
    char lfs[SHA256_HEX_SIZE]; /* its SHA-256 when it is a blob of the store, otherwise "" */
    int64_t pointer_size;      /* bytes of the pointer in git, or 0 */
};

/* Plain files under prefix ("" for all), sorted by byte value. */
int hub_repo_list_files(struct hub_file **ret, size_t *ret_n, struct hub_repo *repo,
                        const char *commit, const char *prefix, struct err *err);
void hub_files_free(struct hub_file *files, size_t n);

/* Appends one file; out's maximum is checked before it is loaded. -ERR_NOTFOUND. */
int hub_repo_read_file(struct buf *out, struct hub_repo *repo, const char *commit,
                       const char *path, struct err *err);

/* As that, of a file that was listed. */
int hub_repo_load(struct buf *out, struct hub_repo *repo, const struct hub_file *file,
                  struct err *err);

/* Every branch, tag and other ref, by full name. */
int hub_repo_list_refs(struct git_ref **ret, size_t *ret_n, struct hub_repo *repo,
                       struct err *err); /* git_refs_free() */

/* When a commit was made, unix seconds. */
int hub_repo_date(int64_t *ret_at, struct hub_repo *repo, const char *commit, struct err *err);

/* The name of a folder's tree; "" is the whole. -ERR_NOTFOUND. */
int hub_repo_folder(char ret[GIT_HEX_SIZE], struct hub_repo *repo, const char *commit,
                    const char *path, struct err *err);

/* Newest first: see git_read_log(). */
int hub_repo_log(struct git_logged **ret, size_t *ret_n, size_t *ret_total,
                 struct hub_repo *repo, const char *commit, const struct git_log_range *range,
                 struct err *err); /* git_log_free() */

/* Which commit changed each path last, as far as is looked back: see git_read_last(). */
int hub_repo_last(struct git_logged **ret, struct hub_repo *repo, const char *commit,
                  const char *const *paths, size_t n, struct err *err); /* git_log_free() */

/* -ERR_LIMIT when so many more would be too many branches and tags for one repository. */
enum { HUB_MAX_REFS = 10000 };
int hub_repo_check_refs(struct hub_repo *repo, size_t n_more, struct err *err);

/* -ERR_RANGE for a branch or tag that git would not take, or that nobody could ask for. */
int hub_check_ref(const char *ref, struct err *err);

/* Makes a branch or tag (full ref) at a commit; -ERR_EXISTS, -ERR_RANGE for a bad name,
 * -ERR_LIMIT as above. A message makes a tag an annotated one; NULL for none. */
struct hub_tagger {
    const char *message, *name, *email;
    int64_t at;
};
int hub_repo_add_ref(struct hub_repo *repo, const char *ref, const char *commit,
                     const struct hub_tagger *tagger, struct err *err);
/* Makes a branch, or moves it there from wherever it stands, in one step. */
int hub_repo_put_branch(struct hub_repo *repo, const char *ref, const char *commit,
                        struct err *err);
/* -ERR_NOTFOUND. */
int hub_repo_drop_ref(struct hub_repo *repo, const char *ref, struct err *err);

/* The tags v* of what is published, by name. */
int hub_repo_list_tags(struct git_ref **ret, size_t *ret_n, struct hub_repo *repo,
                       struct err *err); /* git_refs_free() */

#endif
