/* SPDX-License-Identifier: Apache-2.0
 * The lines of a commit: a header, then files, large files that were uploaded before, and what
 * is to go. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "hub/repo/attributes.h"
#include "hub/repo/edit.h"
#include "hub/repo/repo.h"
#include "hub/web/commit_impl.h"
#include "hub/web/commit_op.h"
#include "hub/web/quota.h"
#include "hub/web/site.h"

static const char attributes_path[] = ".gitattributes", readme_path[] = "README.md";

/* Holds room for more beside what went into git. */
static int hold(struct commit *c, int64_t bytes, struct err *err)
{
    return quota_grow(c->hold, c->git_bytes + bytes, err);
}

void commit_count(const struct commit *c, int64_t bytes)
{
    const struct hosted_name name = { c->visit.kind, c->visit.ns, c->visit.name };

    quota_count(c->hold, &name, bytes);
}

/* What comes is not kept beyond what there is room for, wherever its line ends. */
int commit_take_content(void *ctx, const char *text, size_t len, struct err *err)
{
    struct commit *c = ctx;
    int rc = content_add(&c->content, text, len, err);

    if (rc == 0 && c->content.put)
        rc = hold(c, blob_put_size(c->content.put), err);
    return rc;
}

static int take_header(struct commit *c, const struct commit_op *op, struct err *err)
{
    if (c->summary)
        return err_set(err, ERR_PARSE, "a second header");
    c->summary = xstrdup(op->summary);
    c->description = xstrdup(op->description);
    c->parent = *op->parent ? xstrdup(op->parent) : NULL;
    return 0;
}

/* Bytes that came with the commit, and are more than git should hold. */
static int put_large(struct commit *c, const char *path, struct err *err)
{
    char oid[SHA256_HEX_SIZE];
    int rc = 0;

    if (!c->content.put || c->content.bytes.len > 0)
        rc = content_to_blob(&c->content, err);
    if (rc < 0)
        return rc;
    int64_t bytes = blob_put_size(c->content.put);
    rc = hold(c, bytes, err);
    if (rc < 0)
        return rc;
    rc = blob_put_finish(oid, c->content.put, NULL, err);
    c->content.put = NULL;
    if (rc < 0)
        return rc;
    bool is_new;
    rc = hub_repo_take_blob(&is_new, c->repo, oid, err);
    if (rc == 0 && is_new)
        commit_count(c, bytes);
    return rc < 0 ? rc : hub_edit_put_blob(c->edit, path, oid, err);
}

/* Counted as it comes: git may have it already, or keep it in fewer bytes. */
static int put_in_git(struct commit *c, const char *path, const struct buf *bytes,
                      struct err *err)
{
    int rc = hold(c, (int64_t)bytes->len, err);

    if (rc == 0)
        rc = fs_check_room(c->site->hub_dir, (int64_t)bytes->len, err);
    if (rc == 0)
        rc = hub_edit_put(c->edit, path, bytes->data, bytes->len, err);
    if (rc < 0)
        return rc;
    c->git_bytes += (int64_t)bytes->len;
    return 0;
}

static int put_small(struct commit *c, const char *path, struct err *err)
{
    struct buf whole;

    if (!c->content.put)
        return put_in_git(c, path, &c->content.bytes, err);
    buf_init(&whole, HUB_LFS_BYTES);
    int rc = blob_put_read(&whole, c->content.put, err);
    if (rc == 0)
        rc = put_in_git(c, path, &whole, err);
    buf_finish(&whole);
    return rc;
}

static void keep_readme(struct commit *c)
{
    buf_clear(&c->readme);
    if (!c->content.put)
        buf_add(&c->readme, c->content.bytes.data, c->content.bytes.len);
    c->has_readme = !c->content.put; /* a larger one is no card that anybody reads */
}

/* By size, or by name. A .gitattributes past its limits can be replaced: it is not asked about
 * itself. */
static int find_whether_large(bool *ret, struct commit *c, const char *path, int64_t size,
                              struct err *err)
{
    bool is_text = strcmp(path, attributes_path) == 0 || strcmp(path, readme_path) == 0;
    int rc = 0;

    *ret = size >= HUB_LFS_BYTES;
    if (*ret || size == 0 || is_text)
        return 0;
    if (!c->attributes)
        rc =
            attributes_parse(&c->attributes, c->rules.data, c->rules.len, attributes_path, err);
    if (rc == 0)
        rc = attributes_find_lfs(ret, c->attributes, path, err);
    return rc;
}

static int take_file(struct commit *c, const struct commit_op *op, struct err *err)
{
    int rc = content_end(&c->content, op->encoding, err);

    if (rc < 0)
        return err_wrap(err, rc, "'%.200s'", op->path);
    int64_t size =
        c->content.put ? blob_put_size(c->content.put) : (int64_t)c->content.bytes.len;
    bool is_large;
    rc = find_whether_large(&is_large, c, op->path, size, err);
    if (rc < 0)
        return rc;
    if (strcmp(op->path, readme_path) == 0)
        keep_readme(c);
    rc = is_large ? put_large(c, op->path, err) : put_small(c, op->path, err);
    content_reset(&c->content);
    return rc;
}

static int take_large(struct commit *c, const struct commit_op *op, struct err *err)
{
    int rc = hub_edit_put_blob(c->edit, op->path, op->oid, err);

    if (rc == -ERR_NOTFOUND) /* the uploader's fault, not an address that leads nowhere */
        rc = err_set(err, ERR_RANGE, "'%.200s': content %.64s was not uploaded here", op->path,
                     op->oid);
    return rc;
}

static int take_removal(struct commit *c, const struct commit_op *op, struct err *err)
{
    return hub_edit_remove(c->edit, op->path, HUB_REMOVE_FILE, err);
}

static int take_folder_removal(struct commit *c, const struct commit_op *op, struct err *err)
{
    return hub_edit_remove(c->edit, op->path, HUB_REMOVE_FOLDER, err);
}

int commit_take_line(void *ctx, const json_t *doc, size_t number, struct err *err)
{
    static int (*const takers[])(struct commit * c, const struct commit_op *op,
                                 struct err *err) = {
        [COMMIT_HEADER] = take_header,
        [COMMIT_FILE] = take_file,
        [COMMIT_LARGE_FILE] = take_large,
        [COMMIT_REMOVED_FILE] = take_removal,
        [COMMIT_REMOVED_FOLDER] = take_folder_removal,
    };
    struct commit_op op;
    int rc = commit_op_read(&op, doc, number, err);

    return rc < 0 ? rc : takers[op.kind](ctx, &op, err);
}
