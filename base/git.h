/* SPDX-License-Identifier: Apache-2.0
 * base/git.h
 * git: bare repositories read and written without ever checking anything out.
 * The door to libgit2. Objects are looked at by header first, so that no blob past its limit is
 * ever loaded. Fetching has no timeout in libgit2 1.5: call it in a worker with a deadline.
 * Object names are 40 hex digits and a NUL. libgit2 shares our prefix: no function here may
 * have a name of its. */
#ifndef BASE_GIT_H
#define BASE_GIT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct err;
struct git_repo;

enum { GIT_HEX_SIZE = 41, GIT_PLAIN = 0100644 };

/* Library settings of the whole project: owner validation off for our own folders, strict
 * creation, fsync of what is written. What opens a repository or compares texts sees to it; it
 * is called where threads, or a jail, would come before that. It reads the system's trusted
 * certificates, which takes longer than a cycle in which nothing happened. */
int git_setup(struct err *err);

int git_open(struct git_repo **ret, const char *path, struct err *err);
/* In a hook of a push: the repository with the objects that came and are not taken in yet, as
 * git's environment says. */
int git_open_incoming(struct git_repo **ret, struct err *err);

/* Makes it, or opens what is there; for its only writer: what a killed one left half-made is
 * completed, and its lock files are removed. */
int git_init_bare(struct git_repo **ret, const char *path, struct err *err);
/* Removes the lock files of refs, HEAD and config, when nobody is writing. */
int git_remove_stale_locks(const char *path, struct err *err);
/* Lets every user of its folder's group read and write the repository, now and later, and
 * nobody else. */
int git_share_with_group(struct git_repo *repo, struct err *err);
void git_close(struct git_repo *repo); /* NULL is fine */

struct git_fetch_options {
    const char *url;
    const char *user;    /* NULL with token NULL: anonymous */
    const char *token;   /* goes into an Authorization header, never into the URL */
    const char *refspec; /* "+refs/pull/7/head:refs/hearth/pull/7" */
    int64_t max_bytes;
    int64_t max_objects;
};
/* -ERR_LIMIT names the limit; -ERR_AUTH, -ERR_NOTFOUND (no such ref), -ERR_NET, -ERR_GIT. */
int git_fetch(struct git_repo *repo, const struct git_fetch_options *options, struct err *err);

/* A ref, tag (peeled to its commit) or full object name to a commit. -ERR_NOTFOUND. */
int git_resolve(char ret[GIT_HEX_SIZE], struct git_repo *repo, const char *rev,
                struct err *err);

/* The best common ancestor of two commits. -ERR_NOTFOUND when there is none. */
int git_find_base(char ret[GIT_HEX_SIZE], struct git_repo *repo, const char *a, const char *b,
                  struct err *err);

struct git_file {
    char *path; /* relative, checked: no "..", no empty segment, no control character, UTF-8 */
    char blob[GIT_HEX_SIZE];
    int64_t size;  /* bytes, from the object's header */
    bool is_plain; /* false for links, submodules and executables */
    unsigned mode; /* as in the tree: GIT_PLAIN, ... */
};

struct git_tree_limits {
    size_t max_files;
    size_t max_depth;
    size_t max_path; /* bytes */
};
/* Every file under prefix ("" for all) at a commit, sorted by path by byte value. */
int git_list_files(struct git_file **ret, size_t *ret_n, struct git_repo *repo,
                   const char *commit, const char *prefix, const struct git_tree_limits *limits,
                   struct err *err);
void git_files_free(struct git_file *files, size_t n);

/* Whether git_list_files() would go through for commits that have most of their trees in
 * common: its errors but for what is missing. Borrows repo and limits. */
struct git_tree_check;
struct git_tree_check *git_tree_check_new(struct git_repo *repo,
                                          const struct git_tree_limits *limits);
int git_tree_check_commit(struct git_tree_check *check, const char *commit, struct err *err);
void git_tree_check_free(struct git_tree_check *check); /* NULL is fine */

/* The tree of a folder ("" for the root) at a commit, and the commit's time in unix seconds.
 * -ERR_NOTFOUND. */
int git_find_tree(char ret[GIT_HEX_SIZE], struct git_repo *repo, const char *commit,
                  const char *path, struct err *err);
int git_read_date(int64_t *ret_at, struct git_repo *repo, const char *commit, struct err *err);

/* Appends the blob; its size is checked against out's maximum before it is loaded. */
int git_read_blob(struct buf *out, struct git_repo *repo, const char *blob, struct err *err);

struct git_new_file {
    const char *path; /* sorted by byte value, unique; folders are made from the slashes */
    const void *data;
    size_t len;
};
struct git_new_commit {
    const struct git_new_file *files; /* the whole tree of the commit */
    size_t n_files;
    const char *parent; /* commit name, or NULL for a root commit */
    const char *author_name, *author_email;
    int64_t at; /* unix seconds, of author and committer: same input, same commit name */
    const char *message;
};
int git_commit_files(char ret[GIT_HEX_SIZE], struct git_repo *repo,
                     const struct git_new_commit *commit, struct err *err);

/* The same from blobs that are in the repository already. */
int git_write_blob(char ret[GIT_HEX_SIZE], struct git_repo *repo, const void *data, size_t len,
                   struct err *err);
struct git_entry {
    const char *path;
    char blob[GIT_HEX_SIZE];
    unsigned mode; /* GIT_PLAIN, or as git_list_files() found it */
};
struct git_new_tree {
    const struct git_entry *entries; /* sorted and unique, as files above */
    size_t n_entries;
    const char *parent; /* as above, and so on */
    const char *author_name, *author_email;
    int64_t at;
    const char *message;
};
int git_commit_entries(char ret[GIT_HEX_SIZE], struct git_repo *repo,
                       const struct git_new_tree *tree, struct err *err);

/* Reads every object there is, referred to or not; calls fault for each whose content does not
 * fit its name, or that cannot be read. */
struct git_check {
    void (*fault)(void *ctx, const char *object, const char *what);
    void *ctx;
};
int git_check_objects(size_t *ret_n, struct git_repo *repo, const struct git_check *options,
                      struct err *err);
/* An error that names the first ref which leads to no object. */
int git_check_refs(struct git_repo *repo, struct err *err);

/* How many objects there are, each counted once; as they are now, not when it was opened. */
int git_count_objects(size_t *ret_n, const char *path, struct err *err);
/* Removes the objects that no ref and no younger object leads to, and packs the others; by the
 * program git, which says what is wrong. Nobody may move a ref meanwhile. */
struct git_gc {
    int64_t before_at; /* what was written or freshened later stays, unix seconds */
    int64_t limit_ms;  /* -ERR_TIMEOUT after it, and nothing is lost */
    int held_fd;       /* a lock that git keeps for as long as it runs; 0: none */
};
int git_collect(const char *path, const struct git_gc *gc, struct err *err);
/* Puts tags, or all refs, into one file, since each costs time in a file of its own. */
enum git_packed { GIT_PACK_TAGS, GIT_PACK_ALL };
int git_pack_refs(const char *path, enum git_packed which, const struct git_gc *gc,
                  struct err *err);

struct git_logged {
    char commit[GIT_HEX_SIZE];
    char *author, *message; /* UTF-8 */
    int64_t at;             /* unix seconds */
};
/* Commits from one back to the first, newest first, after `skip` of them at most `max`;
 * *ret_total counts all, up to max_walked (-ERR_LIMIT past it). */
struct git_log_range {
    size_t skip, max, max_walked;
};
int git_read_log(struct git_logged **ret, size_t *ret_n, size_t *ret_total,
                 struct git_repo *repo, const char *commit, const struct git_log_range *range,
                 struct err *err);
void git_log_free(struct git_logged *commits, size_t n);

/* Calls fn once for every commit that one of the refs leads to, newest first; a negative result
 * stops and is returned. -ERR_LIMIT past max_commits. */
struct git_ref;
struct git_walk {
    const struct git_ref *refs, *known; /* what the latter lead to is passed over */
    size_t n_refs, n_known, max_commits;
    int (*fn)(void *ctx, const char *commit, struct err *err);
    void *ctx;
};
int git_each_commit(struct git_repo *repo, const struct git_walk *walk, struct err *err);

/* For each of n files or folders the commit that changed it last, going back from one by first
 * parents through at most max_walked: (*ret)[i] is about paths[i], its commit "" when it lies
 * further back. git_log_free(). */
int git_read_last(struct git_logged **ret, struct git_repo *repo, const char *commit,
                  const char *const *paths, size_t n, size_t max_walked, struct err *err);

/* Writes every commit that a ref leads to anew without the files that drops() says yes to, and
 * moves refs and annotated tags there. It is asked about files of min_bytes to max_bytes.
 * -ERR_CONFLICT when a ref moved meanwhile, -ERR_LIMIT past max_commits. */
struct git_rewrite {
    int64_t min_bytes, max_bytes;
    bool (*drops)(void *ctx, const void *data, size_t len);
    void *ctx;
    size_t max_commits;
};
int git_rewrite_history(struct git_repo *repo, const struct git_rewrite *how, struct err *err);

/* Moves a ref to a commit if it stands at expected (NULL: must not exist). -ERR_CONFLICT. */
int git_set_ref(struct git_repo *repo, const char *ref, const char *commit,
                const char *expected, struct err *err);

int git_remove_ref(struct git_repo *repo, const char *ref, struct err *err); /* -ERR_NOTFOUND */

/* An annotated tag; -ERR_CONFLICT when the name is taken. */
struct git_new_tag {
    const char *name; /* "v1" */
    const char *commit, *message;
    const char *tagger_name, *tagger_email;
    int64_t at;
};
int git_add_tag(struct git_repo *repo, const struct git_new_tag *tag, struct err *err);
/* Whether a name ("refs/heads/x") is one that git takes. */
bool git_is_ref_name(const char *ref);

struct git_ref {
    char *name; /* "refs/tags/v1.1.0" */
    char commit[GIT_HEX_SIZE];
};
/* Sorted by name; those that lead to no commit are left out. -ERR_LIMIT when there are more
 * than max_refs, or when those that are packed are more than can be loaded. */
int git_list_refs(struct git_ref **ret, size_t *ret_n, struct git_repo *repo,
                  const char *prefix, size_t max_refs, struct err *err);
void git_refs_free(struct git_ref *refs, size_t n);
/* Those that lie in a file of their own. -ERR_LIMIT past max. */
int git_count_loose_refs(size_t *ret_n, const char *path, size_t max, struct err *err);

/* Appends what changed as hunks of a unified diff; nothing when the texts are equal. */
int git_diff_texts(struct buf *out, const char *before, const char *after, struct err *err);

#endif
