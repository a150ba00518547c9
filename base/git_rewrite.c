/* SPDX-License-Identifier: Apache-2.0
 * History without some of its files: each tree is looked at once, each commit with a changed
 * tree or a changed parent is written anew, and at the end every ref that leads to one moves
 * from where it stood. Killed before that, nothing happened; killed between two refs, the next
 * call does the rest. */
#include "base/git.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/git_impl.h"

enum { MAX_REFS = 20000, MAX_TAGS_IN_A_ROW = 8 };

/* What became of an object. Open addressing; from all zero: a free place. */
struct fate {
    git_oid from, to; /* to all zero: nothing is left of it */
};
struct fates {
    struct fate *at;
    size_t n, cap;
};

struct rewriter {
    struct git_repo *repo;
    const struct git_rewrite *how;
    struct fates trees, commits;
};

static struct fate *place_of(const struct fates *fates, const git_oid *id)
{
    uint64_t hash;

    memcpy(&hash, id->id, sizeof(hash));
    for (size_t i = hash & (fates->cap - 1);; i = (i + 1) & (fates->cap - 1)) {
        struct fate *fate = &fates->at[i];

        if (git_oid_is_zero(&fate->from) || git_oid_equal(&fate->from, id))
            return fate;
    }
}

static void fates_put(struct fates *fates, const git_oid *from, const git_oid *to)
{
    if (fates->n * 2 >= fates->cap) {
        struct fates wider = { .n = fates->n, .cap = fates->cap ? fates->cap * 2 : 1024 };

        wider.at = xcalloc(wider.cap, sizeof(*wider.at));
        for (size_t i = 0; i < fates->cap; i++)
            if (!git_oid_is_zero(&fates->at[i].from))
                *place_of(&wider, &fates->at[i].from) = fates->at[i];
        free(fates->at);
        *fates = wider;
    }
    *place_of(fates, from) = (struct fate){ *from, *to };
    fates->n++;
}

static bool fates_get(git_oid *ret, const struct fates *fates, const git_oid *id)
{
    const struct fate *fate = fates->cap ? place_of(fates, id) : NULL;

    if (!fate || git_oid_is_zero(&fate->from))
        return false;
    *ret = fate->to;
    return true;
}

static int is_dropped(bool *ret, const struct rewriter *rw, const git_oid *id, struct err *err)
{
    git_blob *blob = NULL;
    git_object_t type;
    int64_t size;

    *ret = false;
    int rc = git_look_at(&type, &size, rw->repo, id, err);
    if (rc < 0 || size < rw->how->min_bytes || size > rw->how->max_bytes)
        return rc;
    rc = git_blob_lookup(&blob, rw->repo->git, id);
    if (rc < 0)
        return git_fail(err, rc, "object %s", git_oid_tostr_s(id));
    *ret = rw->how->drops(rw->how->ctx, git_blob_rawcontent(blob), (size_t)size);
    git_blob_free(blob);
    return 0;
}

static int rewrite_tree(git_oid *ret, struct rewriter *rw, const git_oid *id, size_t depth,
                        struct err *err);

/* What becomes of a tree's entry; all zero when it goes. */
static int rewrite_entry(git_oid *ret, struct rewriter *rw, const git_tree_entry *entry,
                         size_t depth, struct err *err)
{
    const git_oid *id = git_tree_entry_id(entry);
    git_filemode_t mode = git_tree_entry_filemode(entry);
    bool goes = false;

    if (mode == GIT_FILEMODE_TREE)
        return rewrite_tree(ret, rw, id, depth + 1, err);
    int rc = mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE
                 ? is_dropped(&goes, rw, id, err)
                 : 0;
    memset(ret, 0, sizeof(*ret));
    if (!goes)
        *ret = *id;
    return rc;
}

/* Takes the entry out of the tree that is being built, or puts the new one in its place. */
static int replace(git_treebuilder *builder, const git_tree_entry *entry, const git_oid *id,
                   struct err *err)
{
    const char *name = git_tree_entry_name(entry);
    int rc = git_oid_is_zero(id) ? git_treebuilder_remove(builder, name)
                                 : git_treebuilder_insert(NULL, builder, name, id,
                                                          git_tree_entry_filemode(entry));

    return rc < 0 ? git_fail(err, rc, "cannot write '%.200s'", name) : 0;
}

static int build_tree(git_oid *ret, struct rewriter *rw, const git_tree *tree,
                      git_treebuilder *builder, size_t depth, struct err *err)
{
    bool is_changed = false;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < git_tree_entrycount(tree); i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        git_oid now;

        rc = rewrite_entry(&now, rw, entry, depth, err);
        if (rc < 0 || git_oid_equal(&now, git_tree_entry_id(entry)))
            continue;
        is_changed = true;
        rc = replace(builder, entry, &now, err);
    }
    if (rc < 0)
        return rc;
    *ret = *git_tree_id(tree);
    if (!is_changed)
        return 0;
    memset(ret, 0, sizeof(*ret));
    if (depth > 0 && git_treebuilder_entrycount(builder) == 0)
        return 0;
    rc = git_treebuilder_write(ret, builder);
    return rc < 0 ? git_fail(err, rc, "cannot write a tree") : 0;
}

/* A folder without files goes with the last of them; the root stays, empty. */
static int rewrite_tree(git_oid *ret, struct rewriter *rw, const git_oid *id, size_t depth,
                        struct err *err)
{
    git_treebuilder *builder = NULL;
    git_tree *tree = NULL;

    if (depth > 0 && fates_get(ret, &rw->trees, id))
        return 0;
    if (depth == GIT_MAX_DEPTH)
        return err_set(err, ERR_LIMIT, "a tree that is more than %d folders deep",
                       GIT_MAX_DEPTH);
    int rc = git_tree_lookup(&tree, rw->repo->git, id);
    if (rc == 0)
        rc = git_treebuilder_new(&builder, rw->repo->git, tree);
    rc = rc < 0 ? git_fail(err, rc, "tree %s", git_oid_tostr_s(id))
                : build_tree(ret, rw, tree, builder, depth, err);
    if (rc == 0 && depth > 0)
        fates_put(&rw->trees, id, ret);
    git_treebuilder_free(builder);
    git_tree_free(tree);
    return rc;
}

/* The same commit of another tree and other parents; what signed it does not fit any more. */
static int write_like(git_oid *ret, struct git_repo *repo, const git_commit *commit,
                      const git_oid *tree_id, const git_oid *parent_ids, struct err *err)
{
    size_t n = git_commit_parentcount(commit);
    git_commit **owned = xcalloc(n + 1, sizeof(git_commit *));
    const git_commit **parents = xcalloc(n + 1, sizeof(git_commit *));
    git_tree *tree = NULL;

    int rc = git_tree_lookup(&tree, repo->git, tree_id);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = git_commit_lookup(&owned[i], repo->git, &parent_ids[i]);
        parents[i] = owned[i];
    }
    if (rc == 0)
        rc =
            git_commit_create(ret, repo->git, NULL, git_commit_author(commit),
                              git_commit_committer(commit), git_commit_message_encoding(commit),
                              git_commit_message_raw(commit), tree, n, parents);
    if (rc < 0)
        rc = git_fail(err, rc, "cannot write a commit");
    for (size_t i = 0; i < n; i++)
        git_commit_free(owned[i]);
    free(parents);
    free(owned);
    git_tree_free(tree);
    return rc;
}

/* Its parents have their fates already. */
static int rewrite_commit(struct rewriter *rw, const git_oid *id, struct err *err)
{
    git_commit *commit = NULL;
    git_oid tree, now = *id;

    int rc = git_commit_lookup(&commit, rw->repo->git, id);
    if (rc < 0)
        return git_fail(err, rc, "commit %s", git_oid_tostr_s(id));
    size_t n = git_commit_parentcount(commit);
    git_oid *parents = xcalloc(n + 1, sizeof(*parents));
    rc = rewrite_tree(&tree, rw, git_commit_tree_id(commit), 0, err);
    bool is_same = rc == 0 && git_oid_equal(&tree, git_commit_tree_id(commit));
    for (size_t i = 0; i < n; i++) {
        const git_oid *parent = git_commit_parent_id(commit, i);

        if (!fates_get(&parents[i], &rw->commits, parent))
            parents[i] = *parent;
        is_same = is_same && git_oid_equal(&parents[i], parent);
    }
    if (rc == 0 && !is_same)
        rc = write_like(&now, rw->repo, commit, &tree, parents, err);
    if (rc == 0)
        fates_put(&rw->commits, id, &now);
    free(parents);
    git_commit_free(commit);
    return rc;
}

static int rewrite_commits(struct rewriter *rw, const struct git_ref *refs, size_t n,
                           struct err *err)
{
    const unsigned parents_first = GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE;
    git_revwalk *walker = NULL;
    git_oid id;

    int rc = git_walk_begin(&walker, rw->repo, refs, n, parents_first, err);
    while (rc == 0 && (rc = git_walk_next(&id, walker, err)) > 0) {
        if (rw->commits.n == rw->how->max_commits)
            rc = err_set(err, ERR_LIMIT, "more than %zu commits", rw->how->max_commits);
        else
            rc = rewrite_commit(rw, &id, err);
    }
    git_revwalk_free(walker);
    return rc;
}

/* What a ref is to stand at instead of id. A tag that nobody signed becomes a plain one. */
static int find_target(git_oid *ret, const struct rewriter *rw, const git_oid *id, int depth,
                       struct err *err)
{
    git_object *target = NULL;
    git_tag *tag = NULL;
    git_oid below;

    *ret = *id;
    if (fates_get(ret, &rw->commits, id) || depth == MAX_TAGS_IN_A_ROW ||
        git_tag_lookup(&tag, rw->repo->git, id) < 0)
        return 0;
    int rc = find_target(&below, rw, git_tag_target_id(tag), depth + 1, err);
    if (rc == 0 && !git_oid_equal(&below, git_tag_target_id(tag))) {
        *ret = below;
        rc = git_object_lookup(&target, rw->repo->git, &below, GIT_OBJECT_ANY);
        if (rc == 0 && git_tag_tagger(tag))
            rc = git_tag_annotation_create(ret, rw->repo->git, git_tag_name(tag), target,
                                           git_tag_tagger(tag), git_tag_message(tag));
        if (rc < 0)
            rc = git_fail(err, rc, "cannot write tag '%.200s'", git_tag_name(tag));
    }
    git_object_free(target);
    git_tag_free(tag);
    return rc;
}

static int move_ref(const struct rewriter *rw, const char *name, struct err *err)
{
    git_reference *made = NULL;
    git_oid from, to;

    int rc = git_reference_name_to_id(&from, rw->repo->git, name);
    if (rc < 0)
        return git_fail(err, rc, "ref '%.200s'", name);
    rc = find_target(&to, rw, &from, 0, err);
    if (rc < 0 || git_oid_equal(&from, &to))
        return rc;
    rc = git_reference_create_matching(&made, rw->repo->git, name, &to, 1, &from, NULL);
    git_reference_free(made);
    return rc < 0 ? git_fail(err, rc, "cannot move ref '%.200s'", name) : 0;
}

int git_rewrite_history(struct git_repo *repo, const struct git_rewrite *how, struct err *err)
{
    struct rewriter rw = { .repo = repo, .how = how };
    struct git_ref *refs = NULL;
    size_t n = 0;

    git_error_clear();
    int rc = git_list_refs(&refs, &n, repo, "refs/", MAX_REFS, err);
    if (rc < 0)
        return rc;
    rc = rewrite_commits(&rw, refs, n, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = move_ref(&rw, refs[i].name, err);
    git_refs_free(refs, n);
    free(rw.trees.at);
    free(rw.commits.at);
    return rc;
}
