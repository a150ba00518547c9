/* SPDX-License-Identifier: Apache-2.0
 * Single objects. All of it is read fresh. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/http.h"
#include "base/text.h"
#include "bot/forge/dialect.h"
#include "bot/forge/map.h"
#include "bot/forge/self.h"

enum { MAX_NAME_PATH = 2000 }; /* bytes of a path with a login or a branch in it */

static int read_me(struct forge *f, bool is_conditional,
                   int (*fn)(void *, const struct forge_user *, struct err *), void *ctx,
                   struct err *err)
{
    struct transport_request req = { .method = "GET", .is_conditional = is_conditional };
    struct transport_reply reply;
    struct forge_user me;
    struct json_reader r;
    struct buf path;

    buf_init(&path, MAX_NAME_PATH);
    int rc = self_add_path(&path, f, err);
    req.path = path.data;
    if (rc == 0)
        rc = forge_get(f, &req, &reply, err);
    if (rc < 0) {
        buf_finish(&path);
        return rc;
    }
    if (!reply.is_unchanged) {
        json_reader_init(&r, "user");
        map_me(&r, reply.doc, &me);
        rc = forge_check_map(&r, err);
        if (rc == 0)
            rc = fn(ctx, &me, err);
    }
    if (rc == 0)
        rc = transport_keep(f->transport, &req, &reply, err);
    transport_reply_finish(&reply);
    buf_finish(&path);
    return rc;
}

int forge_me(struct forge *f, int (*fn)(void *, const struct forge_user *, struct err *),
             void *ctx, struct err *err)
{
    return read_me(f, false, fn, ctx, err);
}

int forge_poll_me(struct forge *f, int (*fn)(void *, const struct forge_user *, struct err *),
                  void *ctx, struct err *err)
{
    return read_me(f, true, fn, ctx, err);
}

/* The commit at the end of a branch; "" when there is none yet. */
static int read_head(struct forge *f, const char *branch, char **ret_sha, struct err *err)
{
    struct transport_reply reply;
    struct json_reader r;
    struct buf path;

    buf_init(&path, MAX_NAME_PATH);
    buf_add_str(&path, f->repo);
    f->dialect->add_branch_path(&path, branch);
    int rc = buf_check(&path, "default branch", err);
    if (rc == 0)
        rc = forge_get_path(f, xstrdup(path.data), &reply, err);
    buf_finish(&path);
    if (rc == -ERR_NOTFOUND || rc == -ERR_CONFLICT) {
        *ret_sha = xstrdup(""); /* 409: "Git Repository is empty." */
        return 0;
    }
    if (rc < 0)
        return rc;
    json_reader_init(&r, "branch");
    const char *sha = f->dialect->map_branch(&r, reply.doc);
    rc = forge_check_map(&r, err);
    if (rc == 0)
        *ret_sha = xstrdup(sha);
    transport_reply_finish(&reply);
    return rc;
}

static int check_moved(const struct forge *f, const struct forge_repo *repo, struct err *err)
{
    if (text_equal_ignoring_case(repo->owner, f->owner) &&
        text_equal_ignoring_case(repo->name, f->name))
        return 0;
    return err_set(err, ERR_MOVED, "%s/%s has moved to %s/%s; set forge.repo to that name",
                   f->owner, f->name, repo->owner, repo->name);
}

int forge_get_repo(struct forge *f, int (*fn)(void *, const struct forge_repo *, struct err *),
                   void *ctx, struct err *err)
{
    struct transport_reply reply;
    struct forge_repo repo;
    struct json_reader r;
    char *head = NULL;

    int rc = forge_get_path(f, xstrdup(f->repo), &reply, err);
    if (rc < 0)
        return err_wrap(err, rc, "%s/%s", f->owner, f->name);
    json_reader_init(&r, "repository");
    map_repo(&r, reply.doc, &repo);
    rc = forge_check_map(&r, err);
    if (rc == 0)
        rc = check_moved(f, &repo, err);
    if (rc == 0)
        rc = self_set_rights(&repo, f, err);
    if (rc == 0)
        rc = read_head(f, repo.default_branch, &head, err);
    if (rc == 0 && forge_has(f, FORGE_SHOWS_ROLES_TO_WRITERS))
        repo.may_see_roles = repo.may_push || repo.may_triage;
    if (rc == 0) {
        f->sees_roles = repo.may_see_roles;
        repo.head_sha = head;
        rc = fn(ctx, &repo, err);
    }
    free(head);
    transport_reply_finish(&reply);
    return rc;
}

/* "https://host/api/v3/repos/owner/name", after a transfer somebody else's. */
static bool is_ours(const struct forge *f, const char *repo_url)
{
    struct buf tail;

    buf_init(&tail, 1000);
    buf_printf(&tail, "/repos/%s/%s", f->owner, f->name);
    size_t len = strlen(repo_url);
    bool is = len >= tail.len && text_equal_ignoring_case(repo_url + len - tail.len, tail.data);
    buf_finish(&tail);
    return is || repo_url[0] == '\0';
}

int forge_get_thread(struct forge *f, int64_t number,
                     int (*fn)(void *, const struct forge_thread *, struct err *), void *ctx,
                     struct err *err)
{
    struct forge_thread thread = { 0 };
    struct transport_reply reply;
    struct json_reader r;

    int rc = forge_get_path(f, forge_path(f, "/issues/%" PRId64, number), &reply, err);
    if (rc < 0)
        return rc;
    json_reader_init(&r, "issue");
    f->dialect->map_thread(&r, reply.doc, &thread);
    rc = forge_check_map(&r, err);
    if (rc == 0 && (thread.number != number || !is_ours(f, thread.repo_url)))
        rc =
            err_set(err, ERR_MOVED, "thread %" PRId64 " was transferred: it is %.200s#%" PRId64,
                    number, thread.repo_url, thread.number);
    if (rc == 0)
        rc = fn(ctx, &thread, err);
    free(thread.labels);
    transport_reply_finish(&reply);
    return rc;
}

int forge_get_pull(struct forge *f, int64_t number,
                   int (*fn)(void *, const struct forge_pull *, struct err *), void *ctx,
                   struct err *err)
{
    struct transport_reply reply;
    struct forge_pull pull;
    struct json_reader r;

    f->n_pulls++;
    int rc = forge_get_path(f, forge_path(f, "/pulls/%" PRId64, number), &reply, err);
    if (rc < 0)
        return rc;
    json_reader_init(&r, "pull");
    map_pull(&r, reply.doc, &pull);
    rc = forge_check_map(&r, err);
    if (rc == 0)
        rc = fn(ctx, &pull, err);
    transport_reply_finish(&reply);
    return rc;
}

int forge_has_entry(struct forge *f, enum forge_entry_kind kind, int64_t id, bool *ret,
                    struct err *err)
{
    const char *folder = kind == FORGE_COMMENT ? "issues" : "pulls";
    struct transport_reply reply;

    int rc = forge_get_path(f, forge_path(f, "/%s/comments/%" PRId64, folder, id), &reply, err);
    if (rc < 0 && rc != -ERR_NOTFOUND && rc != -ERR_MOVED)
        return rc;
    *ret = rc == 0;
    if (rc == 0)
        transport_reply_finish(&reply);
    return 0;
}

bool forge_sees_roles(const struct forge *f)
{
    return f->sees_roles;
}

int forge_get_role(struct forge *f, const char *login, enum forge_role *ret, struct err *err)
{
    struct transport_reply reply;
    struct json_reader r;

    int rc = forge_get_named(f, "/collaborators/", login, "/permission", &reply, err);
    if (rc == -ERR_NOTFOUND) {
        *ret = FORGE_ROLE_NONE; /* no such account */
        return 0;
    }
    if (rc == -ERR_DENIED && !f->sees_roles && f->dialect->role_unseen)
        return f->dialect->role_unseen(f, login, ret, err);
    if (rc == -ERR_DENIED && !f->sees_roles) {
        *ret = FORGE_ROLE_NONE;
        return 0;
    }
    if (rc < 0)
        return rc;
    json_reader_init(&r, "permission");
    enum forge_role role = f->dialect->map_role(&r, reply.doc);
    rc = forge_check_map(&r, err);
    if (rc == 0)
        *ret = role;
    transport_reply_finish(&reply);
    return rc;
}
