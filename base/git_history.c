/* SPDX-License-Identifier: Apache-2.0
 * Walking back through commits, and taking refs away. */
#include "base/git.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/git_impl.h"
#include "base/text.h"

static char *utf8_or_empty(const char *text)
{
    return xstrdup(text && text_is_utf8(text, strlen(text)) ? text : "");
}

int git_take_commit(struct git_logged *ret, struct git_repo *repo, const git_oid *id,
                    struct err *err)
{
    git_commit *commit = NULL;

    int rc = git_commit_lookup(&commit, repo->git, id);
    if (rc < 0)
        return git_fail(err, rc, "commit %s", git_oid_tostr_s(id));
    (void)git_oid_tostr(ret->commit, GIT_HEX_SIZE, id);
    ret->author = utf8_or_empty(git_commit_author(commit)->name);
    ret->message = utf8_or_empty(git_commit_message(commit));
    ret->at = git_commit_time(commit);
    git_commit_free(commit);
    return 0;
}

int git_walk_next(git_oid *ret, git_revwalk *walker, struct err *err)
{
    int rc = git_revwalk_next(ret, walker);

    if (rc == 0 || rc == GIT_ITEROVER)
        return rc == 0 ? 1 : 0;
    return git_fail(err, rc, "cannot walk through the history");
}

int git_walk_begin(git_revwalk **ret, struct git_repo *repo, const struct git_ref *refs,
                   size_t n, unsigned sorting, struct err *err)
{
    git_revwalk *walker = NULL;
    git_oid id;

    int rc = git_revwalk_new(&walker, repo->git);
    if (rc == 0)
        rc = git_revwalk_sorting(walker, sorting);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if ((rc = git_oid_fromstr(&id, refs[i].commit)) == 0)
            rc = git_revwalk_push(walker, &id);
    if (rc < 0) {
        git_revwalk_free(walker);
        return git_fail(err, rc, "cannot walk through the history");
    }
    *ret = walker;
    return 0;
}

struct log {
    struct git_logged *commits;
    size_t n, total;
};

static int walk(struct log *log, git_revwalk *walker, struct git_repo *repo,
                const struct git_log_range *range, struct err *err)
{
    git_oid id;
    int rc;

    while ((rc = git_walk_next(&id, walker, err)) > 0) {
        if (log->total == range->max_walked)
            return err_set(err, ERR_LIMIT, "more than %zu commits", range->max_walked);
        if (log->total >= range->skip && log->n < range->max) {
            log->commits = xrealloc_array(log->commits, log->n + 1, sizeof(*log->commits));
            rc = git_take_commit(&log->commits[log->n], repo, &id, err);
            if (rc < 0)
                return rc;
            log->n++;
        }
        log->total++;
    }
    return rc;
}

int git_read_log(struct git_logged **ret, size_t *ret_n, size_t *ret_total,
                 struct git_repo *repo, const char *commit, const struct git_log_range *range,
                 struct err *err)
{
    git_revwalk *walker = NULL;
    struct log log = { 0 };
    git_oid id;

    git_error_clear();
    int rc = git_parse_id(&id, commit, err);
    if (rc < 0)
        return rc;
    rc = git_revwalk_new(&walker, repo->git);
    if (rc == 0)
        rc = git_revwalk_sorting(walker, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
    if (rc == 0)
        rc = git_revwalk_push(walker, &id);
    rc = rc < 0 ? git_fail(err, rc, "history of %.12s", commit)
                : walk(&log, walker, repo, range, err);
    git_revwalk_free(walker);
    if (rc < 0) {
        git_log_free(log.commits, log.n);
        return rc;
    }
    *ret = log.commits;
    *ret_n = log.n;
    *ret_total = log.total;
    return 0;
}

void git_log_free(struct git_logged *commits, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(commits[i].author);
        free(commits[i].message);
    }
    free(commits);
}

static int hide_known(git_revwalk *walker, const struct git_walk *walk, struct err *err)
{
    git_oid id;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < walk->n_known; i++) {
        rc = git_parse_id(&id, walk->known[i].commit, err);
        if (rc == 0 && (rc = git_revwalk_hide(walker, &id)) < 0)
            rc = git_fail(err, rc, "history of %s", walk->known[i].name);
    }
    return rc;
}

int git_each_commit(struct git_repo *repo, const struct git_walk *walk, struct err *err)
{
    git_revwalk *walker = NULL;
    char commit[GIT_HEX_SIZE];
    git_oid id;
    size_t n = 0;

    git_error_clear();
    int rc = git_walk_begin(&walker, repo, walk->refs, walk->n_refs, GIT_SORT_TIME, err);
    if (rc == 0)
        rc = hide_known(walker, walk, err);
    while (rc == 0 && (rc = git_walk_next(&id, walker, err)) > 0)
        rc = n++ < walk->max_commits
                 ? walk->fn(walk->ctx, git_oid_tostr(commit, sizeof(commit), &id), err)
                 : err_set(err, ERR_LIMIT, "more than %zu commits", walk->max_commits);
    git_revwalk_free(walker);
    return rc;
}

bool git_is_ref_name(const char *ref)
{
    int is_valid = 0;

    return git_reference_name_is_valid(&is_valid, ref) == 0 && is_valid;
}

int git_remove_ref(struct git_repo *repo, const char *ref, struct err *err)
{
    git_reference *found = NULL;

    git_error_clear();
    int rc = git_reference_lookup(&found, repo->git, ref);
    if (rc == GIT_ENOTFOUND)
        return err_set(err, ERR_NOTFOUND, "no ref '%.200s'", ref);
    if (rc == 0)
        rc = git_reference_delete(found); /* refuses what moved since the lookup */
    git_reference_free(found);
    return rc < 0 ? git_fail(err, rc, "cannot remove ref '%.200s'", ref) : 0;
}

int git_add_tag(struct git_repo *repo, const struct git_new_tag *tag, struct err *err)
{
    git_signature *tagger = NULL;
    git_object *target = NULL;
    git_oid id, made;

    git_error_clear();
    int rc = git_parse_id(&id, tag->commit, err);
    if (rc < 0)
        return rc;
    rc = git_object_lookup(&target, repo->git, &id, GIT_OBJECT_COMMIT);
    if (rc == 0)
        rc = git_signature_new(&tagger, tag->tagger_name, tag->tagger_email, tag->at, 0);
    if (rc == 0)
        rc = git_tag_create(&made, repo->git, tag->name, target, tagger, tag->message, 0);
    git_signature_free(tagger);
    git_object_free(target);
    return rc < 0 ? git_fail(err, rc, "cannot make tag '%.200s'", tag->name) : 0;
}
