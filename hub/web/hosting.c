/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/hosting.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "hub/repo/attributes.h"
#include "hub/repo/edit.h"
#include "hub/repo/repo.h"
#include "hub/web/write.h"

/* What hub.db has under a name, in whatever case. */
struct hosted_row {
    struct hosted_name name; /* that was asked for */
    int64_t id, blob_bytes;
    enum hosted_gate gate;
    bool is_private, has_this_name; /* to the letter */
};

char *hosting_root(const char *hub_dir, enum hosted_kind kind)
{
    return kind == HOSTED_DATASET ? fs_path(hub_dir, "datasets", NULL) : xstrdup(hub_dir);
}

/* The first commit: what goes to LFS, the licence that was asked for, files that came along. */
static int commit_first(struct hub_repo *repo, const struct principal *who,
                        const struct hosting_new *wanted, int64_t now, struct err *err)
{
    char *card = xasprintf("---\nlicense: %s\n---\n", wanted->licence);
    char commit[GIT_HEX_SIZE];
    struct hub_edit *edit = hub_edit_new(repo);
    struct write_author author;

    write_author_init(&author, who);
    const struct hub_commit first = { .branch = "main",
                                      .author_name = author.name,
                                      .author_email = author.email,
                                      .at = now,
                                      .message = "initial commit" };
    int rc = hub_edit_put(edit, ".gitattributes", attributes_default,
                          strlen(attributes_default), err);
    if (rc == 0 && *wanted->licence)
        rc = hub_edit_put(edit, "README.md", card, strlen(card), err);
    for (size_t i = 0; rc == 0 && i < wanted->n_files; i++)
        rc = hub_edit_put(edit, wanted->files[i].path, wanted->files[i].data,
                          wanted->files[i].len, err);
    if (rc == 0)
        rc = hub_edit_commit(commit, edit, &first, err);
    hub_edit_free(edit);
    free(card);
    return rc;
}

/* One without a commit is half made: it is completed. */
static bool is_complete(const char *root, const char *id)
{
    struct hub_repo *repo = NULL;
    char commit[GIT_HEX_SIZE];
    bool is_there = hub_repo_open(&repo, root, id, NULL) == 0 &&
                    hub_repo_resolve(commit, repo, "main", NULL) == 0;

    hub_repo_close(repo);
    return is_there;
}

static int make_on_disk(const char *root, const char *id, const struct principal *who,
                        const struct hosting_new *wanted, int64_t now, struct err *err)
{
    struct hub_repo *repo = NULL;

    int rc = hub_repo_create(&repo, root, id, err);
    if (rc == 0)
        rc = commit_first(repo, who, wanted, now, err);
    hub_repo_close(repo);
    /* Files that cannot be are the asker's fault, and no reason to keep an empty one. */
    if (rc == -ERR_REFUSED || rc == -ERR_RANGE)
        (void)hub_repo_remove(root, id, NULL);
    return rc;
}

static int take_row(void *ctx, const struct hosted_repo *repo, struct err *err)
{
    struct hosted_row *row = ctx;

    (void)err;
    row->id = repo->id;
    row->blob_bytes = repo->blob_bytes;
    row->gate = repo->gate;
    row->is_private = repo->is_private;
    row->has_this_name =
        strcmp(repo->ns, row->name.ns) == 0 && strcmp(repo->name, row->name.name) == 0;
    return 0;
}

/* A row without a complete repository is what a crash left: it becomes as is wanted now. One
 * whose name differs in case only is another's. */
static int take_over(struct db *db, const struct hosting_new *wanted, struct err *err)
{
    struct hosted_row row = { .name = wanted->name };

    int rc = hosted_repo_find(db, &wanted->name, take_row, &row, err);
    if (rc == 0 && !row.has_this_name)
        rc = err_set(err, ERR_EXISTS, "there is a repository of this name in other case");
    if (rc < 0)
        return rc;
    const struct hosted_repo now = { .id = row.id,
                                     .is_private = wanted->is_private,
                                     .blob_bytes = row.blob_bytes };
    return hosted_repo_update(db, &now, err);
}

static bool is_absent(const char *root, const char *id)
{
    struct hub_repo *repo = NULL;
    int rc = hub_repo_open(&repo, root, id, NULL);

    hub_repo_close(repo);
    return rc == -ERR_NOTFOUND;
}

/* The row first: a private repository is never without one. */
static int make(struct access *access, const char *root, const char *id,
                const struct principal *who, const struct hosting_new *wanted, struct err *err)
{
    const struct hosted_repo row = { .kind = wanted->name.kind,
                                     .ns = wanted->name.ns,
                                     .name = wanted->name.name,
                                     .is_private = wanted->is_private,
                                     .created_at = access_now(access) };
    int64_t row_id = 0;

    if (is_complete(root, id))
        return err_set(err, ERR_EXISTS, "there is a repository '%s' already", id);
    struct db *db = access_lock(access);
    int rc = hosted_repo_add(db, &row, &row_id, err);
    if (rc == -ERR_EXISTS)
        rc = take_over(db, wanted, err);
    access_unlock(access);
    if (rc == 0)
        rc = make_on_disk(root, id, who, wanted, row.created_at, err);
    if (rc < 0 && row_id && is_absent(root, id)) {
        (void)hosted_repo_remove(access_lock(access), row_id, NULL);
        access_unlock(access);
    }
    return rc;
}

int hosting_create(struct access *access, const char *hub_dir, const struct principal *who,
                   const struct hosting_new *wanted, struct err *err)
{
    char *id = xasprintf("%s/%s", wanted->name.ns, wanted->name.name);
    char *root = hosting_root(hub_dir, wanted->name.kind);
    int held = -1;

    int rc = hub_check_id(id, err);
    if (rc == 0)
        rc = access_check_namespace(access, who, wanted->name.ns, err);
    if (rc == 0)
        rc = hub_id_hold(&held, root, id, err);
    if (rc == 0)
        rc = make(access, root, id, who, wanted, err);
    if (held >= 0)
        (void)close(held);
    free(root);
    free(id);
    return rc;
}

static int remove_held(struct access *access, const char *root, const char *id,
                       const struct hosted_name *name, struct err *err)
{
    struct hosted_row row = { .name = *name };

    int rc = hub_repo_remove(root, id, err);
    if (rc < 0)
        return rc;
    struct db *db = access_lock(access);
    rc = hosted_repo_find(db, name, take_row, &row, err);
    if (rc == 0)
        rc = hosted_repo_remove(db, row.id, err);
    access_unlock(access);
    return rc == -ERR_NOTFOUND ? 0 : rc;
}

int hosting_remove(struct access *access, const char *root, const struct hosted_name *name,
                   struct err *err)
{
    char *id = xasprintf("%s/%s", name->ns, name->name);
    int held = -1;

    int rc = hub_id_hold(&held, root, id, err);
    if (rc == 0)
        rc = remove_held(access, root, id, name, err);
    if (held >= 0)
        (void)close(held);
    free(id);
    return rc;
}

/* The row that holds the new name while the folder moves becomes the repository's own. */
static int take_place(struct db *db, int64_t id, int64_t holder, const struct hosted_name *now,
                      struct err *err)
{
    int rc = db_begin(db, DB_DURABLE, err);

    if (rc < 0)
        return rc;
    rc = hosted_repo_remove(db, holder, err);
    if (rc == 0)
        rc = hosted_repo_rename(db, id, now, err);
    if (rc == 0)
        return db_commit(db, err);
    db_rollback(db);
    return rc;
}

/* The row to be moved, and one like it for the new name. */
static int add_holder(struct hosted_row *row, int64_t *ret_holder, struct access *access,
                      const struct hosted_name *to, struct err *err)
{
    int64_t now = access_now(access);
    struct db *db = access_lock(access);

    int rc = hosted_repo_find(db, &row->name, take_row, row, err);
    if (rc == -ERR_NOTFOUND) { /* of the loop's: it needs one to be found under its old name */
        const struct hosted_repo from = { .kind = row->name.kind,
                                          .ns = row->name.ns,
                                          .name = row->name.name,
                                          .created_at = now };

        rc = hosted_repo_add(db, &from, &row->id, err);
    }
    const struct hosted_repo held = { .kind = to->kind,
                                      .ns = to->ns,
                                      .name = to->name,
                                      .is_private = row->is_private,
                                      .gate = row->gate,
                                      .created_at = now };
    if (rc == 0)
        rc = hosted_repo_add(db, &held, ret_holder, err);
    access_unlock(access);
    return rc;
}

/* What is private has a private row under either name at every moment, whoever is killed. */
static int move_held(struct access *access, const struct hosting_move *m, const char *from,
                     const char *to, struct err *err)
{
    struct hosted_row row = { .name = m->from };
    int64_t holder = 0;

    int rc = add_holder(&row, &holder, access, &m->to, err);
    if (rc < 0)
        return rc;
    rc = hub_repo_move(m->root, from, to, err);
    struct db *db = access_lock(access);
    if (rc == 0)
        rc = take_place(db, row.id, holder, &m->to, err);
    else
        (void)hosted_repo_remove(db, holder, NULL);
    access_unlock(access);
    return rc;
}

int hosting_move(struct access *access, const struct hosting_move *m, struct err *err)
{
    char *from = xasprintf("%s/%s", m->from.ns, m->from.name);
    char *to = xasprintf("%s/%s", m->to.ns, m->to.name);
    bool is_ordered = strcmp(from, to) < 0; /* two moves cannot wait for each other */
    int first = -1, second = -1, rc = 0;

    if (strcmp(from, to) == 0)
        rc = err_set(err, ERR_EXISTS, "'%s' has that name already", from);
    if (rc == 0)
        rc = hub_id_hold(&first, m->root, is_ordered ? from : to, err);
    if (rc == 0)
        rc = hub_id_hold(&second, m->root, is_ordered ? to : from, err);
    if (rc == 0)
        rc = move_held(access, m, from, to, err);
    if (first >= 0)
        (void)close(first);
    if (second >= 0)
        (void)close(second);
    free(from);
    free(to);
    return rc;
}
