/* SPDX-License-Identifier: Apache-2.0
 * Branches, tags and history of hosted repositories. */
#include "hub/repo/repo.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "hub/repo/repo_impl.h"

/* More are listed than can be made, since two may make the last one. */
enum { MAX_LISTED = 2 * HUB_MAX_REFS, MAX_HISTORY = 1000000, MAX_LOOKED_BACK = 2000 };

int hub_repo_resolve(char ret_commit[GIT_HEX_SIZE], struct hub_repo *repo, const char *revision,
                     struct err *err)
{
    int rc = git_resolve(ret_commit, repo->git, revision, err);

    return rc < 0 ? err_wrap(err, rc, "repository '%s'", repo->id) : 0;
}

int hub_repo_list_tags(struct git_ref **ret, size_t *ret_n, struct hub_repo *repo,
                       struct err *err)
{
    return git_list_refs(ret, ret_n, repo->git, "refs/tags/v", MAX_LISTED, err);
}

int hub_repo_list_refs(struct git_ref **ret, size_t *ret_n, struct hub_repo *repo,
                       struct err *err)
{
    return git_list_refs(ret, ret_n, repo->git, "refs/", MAX_LISTED, err);
}

int hub_repo_refs_digest(char ret[SHA256_HEX_SIZE], struct hub_repo *repo, struct err *err)
{
    uint8_t digest[SHA256_SIZE];
    struct git_ref *refs = NULL;
    struct sha256 hash;
    size_t n = 0;

    int rc = hub_repo_list_refs(&refs, &n, repo, err);
    if (rc < 0)
        return rc;
    sha256_init(&hash);
    for (size_t i = 0; i < n; i++) {
        sha256_update(&hash, refs[i].name, strlen(refs[i].name) + 1);
        sha256_update(&hash, refs[i].commit, sizeof(refs[i].commit));
    }
    sha256_digest(&hash, digest);
    sha256_finish(&hash);
    (void)hex_encode(ret, digest, sizeof(digest));
    git_refs_free(refs, n);
    return 0;
}

int hub_repo_date(int64_t *ret_at, struct hub_repo *repo, const char *commit, struct err *err)
{
    return git_read_date(ret_at, repo->git, commit, err);
}

int hub_repo_folder(char ret[GIT_HEX_SIZE], struct hub_repo *repo, const char *commit,
                    const char *path, struct err *err)
{
    return git_find_tree(ret, repo->git, commit, path, err);
}

int hub_repo_log(struct git_logged **ret, size_t *ret_n, size_t *ret_total,
                 struct hub_repo *repo, const char *commit, const struct git_log_range *range,
                 struct err *err)
{
    return git_read_log(ret, ret_n, ret_total, repo->git, commit, range, err);
}

int hub_repo_last(struct git_logged **ret, struct hub_repo *repo, const char *commit,
                  const char *const *paths, size_t n, struct err *err)
{
    return git_read_last(ret, repo->git, commit, paths, n, MAX_LOOKED_BACK, err);
}

struct file_walk {
    struct hub_repo *repo;
    hub_file_fn *fn;
    void *ctx;
    size_t n_commits;
};

static int each_file_of(void *ctx, const char *commit, struct err *err)
{
    struct file_walk *walk = ctx;
    struct hub_file *files = NULL;
    size_t n = 0;

    int rc = hub_repo_list_files(&files, &n, walk->repo, commit, "", err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = walk->fn(walk->ctx, commit, &files[i], err);
    hub_files_free(files, n);
    walk->n_commits++;
    return rc;
}

int hub_repo_each_file(size_t *ret_commits, struct hub_repo *repo, hub_file_fn *fn, void *ctx,
                       struct err *err)
{
    struct file_walk walk = { .repo = repo, .fn = fn, .ctx = ctx };
    struct git_ref *refs = NULL;
    size_t n = 0;

    int rc = hub_repo_list_refs(&refs, &n, repo, err);
    if (rc == 0)
        rc = git_check_refs(repo->git, err);
    if (rc == 0)
        rc = git_each_commit(repo->git,
                             &(struct git_walk){ .refs = refs,
                                                 .n_refs = n,
                                                 .max_commits = MAX_HISTORY,
                                                 .fn = each_file_of,
                                                 .ctx = &walk },
                             err);
    git_refs_free(refs, n);
    *ret_commits = walk.n_commits;
    return rc;
}

int hub_repo_check_objects(size_t *ret_n, struct hub_repo *repo, const struct git_check *check,
                           struct err *err)
{
    return git_check_objects(ret_n, repo->git, check, err);
}

/* A revision that is asked for by such a name is something else. */
static bool is_taken(const char *name)
{
    return strcmp(name, "HEAD") == 0 || text_has_prefix(name, "refs/") ||
           hex_is(name, GIT_HEX_SIZE - 1);
}

/* Of a part of a name: the file that git locks it with is named ".lock" more. */
enum { MAX_REF_PART = NAME_MAX - sizeof(".lock") + 1 };

static bool has_long_part(const char *ref)
{
    for (size_t len = strcspn(ref, "/"); len <= MAX_REF_PART; len = strcspn(ref, "/")) {
        if (ref[len] == '\0')
            return false;
        ref += len + 1;
    }
    return true;
}

int hub_check_ref(const char *ref, struct err *err)
{
    static const char heads[] = "refs/heads/", tags[] = "refs/tags/";
    const char *name = text_has_prefix(ref, heads)  ? ref + sizeof(heads) - 1
                       : text_has_prefix(ref, tags) ? ref + sizeof(tags) - 1
                                                    : NULL;

    if (!text_is_utf8(ref, strlen(ref)))
        return err_set(err, ERR_RANGE, "'%.200s' is not UTF-8", ref);
    if (has_long_part(ref))
        return err_set(err, ERR_RANGE, "'%.200s' has a part of more than %d bytes", ref,
                       MAX_REF_PART);
    /* DEL and ".lock" at the end are fine with libgit2, and git takes neither. */
    if (!git_is_ref_name(ref) || strchr(ref, '\x7f') || text_has_suffix(ref, ".lock"))
        return err_set(err, ERR_RANGE, "'%.200s' is not a name that git takes", ref);
    if (name && is_taken(name))
        return err_set(err, ERR_RANGE, "'%.200s' cannot be the name of a branch or tag", name);
    return 0;
}

int hub_repo_check_refs(struct hub_repo *repo, size_t n_more, struct err *err)
{
    struct git_ref *refs = NULL;
    size_t n = 0;

    int rc = hub_repo_list_refs(&refs, &n, repo, err);
    git_refs_free(refs, rc < 0 ? 0 : n);
    if (rc == 0 && n + n_more > HUB_MAX_REFS)
        rc = err_set(err, ERR_LIMIT, "a repository has at most %d branches and tags",
                     HUB_MAX_REFS);
    return rc;
}

/* The handle may know a pack in which it was, and that gc has taken away since. */
static int still_has(const struct hub_repo *repo, const char *commit, struct err *err)
{
    struct git_repo *now = NULL;
    char there[GIT_HEX_SIZE];

    int rc = git_open(&now, repo->path, err);
    if (rc == 0)
        rc = git_resolve(there, now, commit, err);
    git_close(now);
    return rc;
}

static int make_ref(struct hub_repo *repo, const char *ref, const char *commit,
                    const struct hub_tagger *tagger, struct err *err)
{
    char there[GIT_HEX_SIZE];

    if (git_resolve(there, repo->git, ref, NULL) == 0)
        return err_set(err, ERR_EXISTS, "'%.200s' exists already", ref);
    int rc = hub_repo_check_refs(repo, 1, err);
    if (rc == 0)
        rc = still_has(repo, commit, err);
    if (rc < 0)
        return rc;
    if (!tagger)
        return git_set_ref(repo->git, ref, commit, NULL, err);
    const struct git_new_tag tag = { .name = ref + strlen("refs/tags/"),
                                     .commit = commit,
                                     .message = tagger->message,
                                     .tagger_name = tagger->name,
                                     .tagger_email = tagger->email,
                                     .at = tagger->at };
    return git_add_tag(repo->git, &tag, err);
}

int hub_repo_add_ref(struct hub_repo *repo, const char *ref, const char *commit,
                     const struct hub_tagger *tagger, struct err *err)
{
    int lock = -1;

    int rc = hub_check_ref(ref, err);
    if (rc == 0)
        rc = hub_repo_hold(&lock, repo, err);
    if (rc < 0)
        return rc;
    rc = make_ref(repo, ref, commit, tagger, err);
    (void)close(lock);
    return rc;
}

int hub_repo_put_branch(struct hub_repo *repo, const char *ref, const char *commit,
                        struct err *err)
{
    char there[GIT_HEX_SIZE];
    int lock = -1;

    int rc = hub_check_ref(ref, err);
    if (rc == 0)
        rc = hub_repo_hold(&lock, repo, err);
    if (rc < 0)
        return rc;
    bool is_there = git_resolve(there, repo->git, ref, NULL) == 0;
    rc = still_has(repo, commit, err);
    if (rc == 0)
        rc = git_set_ref(repo->git, ref, commit, is_there ? there : NULL, err);
    (void)close(lock);
    return rc;
}

int hub_repo_drop_ref(struct hub_repo *repo, const char *ref, struct err *err)
{
    int lock = -1;

    int rc = hub_repo_hold(&lock, repo, err);
    if (rc < 0)
        return rc;
    rc = git_remove_ref(repo->git, ref, err);
    (void)close(lock);
    return rc;
}
