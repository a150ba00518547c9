/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/hosting.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "hub/repo/attributes.h"
#include "hub/repo/edit.h"
#include "hub/repo/repo.h"
#include "hub/web/write.h"

char *hosting_root(const char *hub_dir, enum hosted_kind kind)
{
    return kind == HOSTED_DATASET ? fs_path(hub_dir, "datasets", NULL) : xstrdup(hub_dir);
}

/* The first commit: what goes to LFS, and the licence that was asked for. */
static int commit_first(struct hub_repo *repo, const struct principal *who, const char *licence,
                        int64_t now, struct err *err)
{
    char *card = xasprintf("---\nlicense: %s\n---\n", licence);
    char commit[GIT_HEX_SIZE];
    struct hub_edit *edit = NULL;
    struct write_author author;

    write_author_init(&author, who);
    const struct hub_commit first = { .branch = "main",
                                      .author_name = author.name,
                                      .author_email = author.email,
                                      .at = now,
                                      .message = "initial commit" };
    int rc = hub_edit_begin(&edit, repo);
    if (rc == 0)
        rc = hub_edit_put(edit, ".gitattributes", attributes_default,
                          strlen(attributes_default), err);
    if (rc == 0 && *licence)
        rc = hub_edit_put(edit, "README.md", card, strlen(card), err);
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
                        const char *licence, int64_t now, struct err *err)
{
    struct hub_repo *repo = NULL;

    if (is_complete(root, id))
        return err_set(err, ERR_EXISTS, "there is a repository '%s' already", id);
    int rc = hub_repo_create(&repo, root, id, err);
    if (rc == 0)
        rc = commit_first(repo, who, licence, now, err);
    hub_repo_close(repo);
    return rc;
}

static int make(struct access *access, const char *root, const char *id,
                const struct principal *who, const struct hosting_new *wanted, struct err *err)
{
    const struct hosted_repo row = { .kind = wanted->name.kind,
                                     .ns = wanted->name.ns,
                                     .name = wanted->name.name,
                                     .is_private = wanted->is_private,
                                     .created_at = access_now(access) };
    int64_t row_id = 0;

    int rc = hosted_repo_add(access_lock(access), &row, &row_id, err);
    access_unlock(access);
    if (rc == 0 || rc == -ERR_EXISTS)
        rc = make_on_disk(root, id, who, wanted->licence, row.created_at, err);
    if (rc < 0 && row_id) { /* nothing was made, or it was there without a row */
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

    int rc = hub_check_id(id, err);
    if (rc == 0)
        rc = access_check_namespace(access, who, wanted->name.ns, err);
    if (rc == 0)
        rc = make(access, root, id, who, wanted, err);
    free(root);
    free(id);
    return rc;
}

int hosting_remove(struct access *access, const char *root, const char *id, int64_t row_id,
                   struct err *err)
{
    int rc = hub_repo_remove(root, id, err);

    if (rc < 0 || row_id == 0)
        return rc;
    rc = hosted_repo_remove(access_lock(access), row_id, err);
    access_unlock(access);
    return rc;
}
