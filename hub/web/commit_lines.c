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
#include "hub/web/quota.h"
#include "hub/web/site.h"

enum { MIN_PARENT = 7 };

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

static bool is_parent(const char *text)
{
    size_t len = strlen(text);

    return len >= MIN_PARENT && len < GIT_HEX_SIZE && hex_is(text, len);
}

static int take_header(struct commit *c, struct json_reader *r, const json_t *value,
                       struct err *err)
{
    const char *summary = json_str(r, value, "summary", JSON_REQUIRED);
    const char *description = json_str(r, value, "description", JSON_OPTIONAL);
    const char *parent = json_str(r, value, "parentCommit", JSON_OPTIONAL);
    int rc = json_reader_check(r, err);

    if (rc < 0)
        return rc;
    if (c->summary)
        return err_set(err, ERR_PARSE, "a second header");
    if (*parent && !is_parent(parent))
        return err_set(err, ERR_PARSE, "parentCommit: expected 7 to 40 hex digits");
    c->summary = xstrdup(summary);
    c->description = xstrdup(description);
    c->parent = *parent ? xstrdup(parent) : NULL;
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

static int take_file(struct commit *c, struct json_reader *r, const json_t *value,
                     struct err *err)
{
    const char *path = json_str(r, value, "path", JSON_REQUIRED);
    const char *encoding = json_str(r, value, "encoding", JSON_REQUIRED);
    (void)json_str(r, value, "content", JSON_REQUIRED);
    int rc = json_reader_check(r, err);

    if (rc == 0)
        rc = content_end(&c->content, encoding, err);
    if (rc < 0)
        return err_wrap(err, rc, "'%.200s'", path);
    int64_t size =
        c->content.put ? blob_put_size(c->content.put) : (int64_t)c->content.bytes.len;
    bool is_text = strcmp(path, attributes_path) == 0 || strcmp(path, readme_path) == 0;
    bool is_large = size >= HUB_LFS_BYTES ||
                    (size > 0 && !is_text && attributes_is_lfs(c->attributes.data, path));
    if (strcmp(path, readme_path) == 0)
        keep_readme(c);
    rc = is_large ? put_large(c, path, err) : put_small(c, path, err);
    content_reset(&c->content);
    return rc;
}

static int take_large(struct commit *c, struct json_reader *r, const json_t *value,
                      struct err *err)
{
    const char *path = json_str(r, value, "path", JSON_REQUIRED);
    const char *oid = json_str(r, value, "oid", JSON_REQUIRED);
    const char *algo = json_str(r, value, "algo", JSON_OPTIONAL);
    int rc = json_reader_check(r, err);

    if (rc < 0)
        return rc;
    if (*algo && strcmp(algo, "sha256") != 0)
        return err_set(err, ERR_RANGE, "'%.200s': algo '%.32s' is not sha256", path, algo);
    rc = hub_edit_put_blob(c->edit, path, oid, err);
    if (rc == -ERR_NOTFOUND) /* the uploader's fault, not an address that leads nowhere */
        rc =
            err_set(err, ERR_RANGE, "'%.200s': content %.64s was not uploaded here", path, oid);
    return rc;
}

static int take_removal(struct commit *c, struct json_reader *r, const json_t *value,
                        struct err *err)
{
    const char *path = json_str(r, value, "path", JSON_REQUIRED);
    int rc = json_reader_check(r, err);

    return rc < 0 ? rc : hub_edit_remove(c->edit, path, HUB_REMOVE_FILE, err);
}

static int take_folder_removal(struct commit *c, struct json_reader *r, const json_t *value,
                               struct err *err)
{
    const char *path = json_str(r, value, "path", JSON_REQUIRED);
    int rc = json_reader_check(r, err);

    return rc < 0 ? rc : hub_edit_remove(c->edit, path, HUB_REMOVE_FOLDER, err);
}

static const struct {
    const char *key;
    int (*take)(struct commit *c, struct json_reader *r, const json_t *value, struct err *err);
} kinds[] = {
    { "header", take_header },
    { "file", take_file },
    { "lfsFile", take_large },
    { "deletedFile", take_removal },
    { "deletedFolder", take_folder_removal },
};

int commit_take_line(void *ctx, const json_t *doc, size_t number, struct err *err)
{
    struct commit *c = ctx;
    struct json_reader r;
    char *where = xasprintf("line %zu", number);
    int rc = 0;

    json_reader_init(&r, where);
    free(where);
    const char *key = json_str(&r, doc, "key", JSON_REQUIRED);
    const json_t *value = json_obj(&r, doc, "value", JSON_REQUIRED);
    rc = json_reader_check(&r, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].key, key) == 0)
            return kinds[i].take(c, &r, value, err);
    return err_set(err, ERR_PARSE, "line %zu: '%.32s' is no operation that is known here",
                   number, key);
}
