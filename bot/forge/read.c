/* SPDX-License-Identifier: Apache-2.0
 * Single objects, and the short lists of one thread, commit or tag. All of it is read fresh. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/http.h"
#include "base/text.h"
#include "bot/forge/dialect.h"
#include "bot/forge/self.h"

enum { MAX_PAGES = 1000 };     /* of a thread's timeline and the like: a loop of links ends */
enum { MAX_NAME_PATH = 2000 }; /* bytes of a path with a login or a branch in it */

static int get(struct forge *f, const char *path, struct transport_reply *reply,
               struct err *err)
{
    const struct transport_request req = { .method = "GET", .path = path };

    return transport_send(f->transport, &req, reply, err);
}

/* Takes path. */
static int get_below(struct forge *f, char *path, struct transport_reply *reply,
                     struct err *err)
{
    int rc = get(f, path, reply, err);

    free(path);
    return rc;
}

/* One item of a list; maps it and hands it on. */
struct each {
    struct forge *forge;
    enum forge_entry_kind kind;
    int (*map)(struct each *each, struct json_reader *r, const json_t *item, struct err *err);
    union {
        int (*moment)(void *, const struct forge_moment *, struct err *);
        int (*status)(void *, const struct forge_status *, struct err *);
        int (*entry)(void *, const struct forge_entry *, struct err *);
        int (*release)(void *, const struct forge_release *, struct err *);
    } fn;
    void *ctx;
    const char *tag; /* of the release looked for */
    bool is_found;
};

static int each_of_page(struct each *each, const json_t *items, const char *what,
                        struct err *err)
{
    struct json_reader r;
    size_t i;
    json_t *item;

    json_reader_init(&r, what);
    if (items && !json_is_array(items) && !json_is_null(items))
        json_fail(&r, "", ERR_PARSE, "expected an array");
    json_array_foreach(items, i, item)
    {
        size_t mark = json_enter_item(&r, i);
        int rc = each->map(each, &r, item, err);
        json_leave(&r, mark);
        if (rc < 0)
            return rc;
    }
    return forge_check_map(&r, err);
}

/* All pages of a list. Takes path. */
static int each_page(struct each *each, char *path, const char *what, int64_t *ret_pages,
                     struct err *err)
{
    struct transport_request req = { .method = "GET", .path = path };
    int rc = 0;

    for (int64_t page = 0; rc == 0 && req.path[0]; page++) {
        struct transport_reply reply;

        rc = page < MAX_PAGES ? 0
                              : err_set(err, ERR_LIMIT, "%s: over %d pages", what, MAX_PAGES);
        if (rc == 0)
            rc = transport_send(each->forge->transport, &req, &reply, err);
        if (rc < 0)
            break;
        *ret_pages += 1;
        rc = each_of_page(each, reply.doc, what, err);
        free(path);
        req.path = path = xstrdup(reply.next.data);
        req.place = PLACE_ORIGIN;
        transport_reply_finish(&reply);
    }
    free(path);
    return rc;
}

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
        rc = transport_send(f->transport, &req, &reply, err);
    if (rc < 0) {
        buf_finish(&path);
        return rc;
    }
    if (!reply.is_unchanged) {
        json_reader_init(&r, "user");
        f->dialect->map_me(&r, reply.doc, &me);
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

    buf_init(&path, 2000);
    buf_printf(&path, "%s/git/ref/heads%%2F", f->repo); /* one parameter of the path */
    text_add_url(&path, branch, TEXT_SLASH_ENCODED);
    int rc = buf_check(&path, "default branch", err);
    if (rc == 0)
        rc = get(f, path.data, &reply, err);
    buf_finish(&path);
    if (rc == -ERR_NOTFOUND || rc == -ERR_CONFLICT) {
        *ret_sha = xstrdup(""); /* 409: "Git Repository is empty." */
        return 0;
    }
    if (rc < 0)
        return rc;
    json_reader_init(&r, "ref");
    const json_t *object = json_obj(&r, reply.doc, "object", JSON_REQUIRED);
    const char *sha = json_str(&r, object, "sha", JSON_REQUIRED);
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

    int rc = get(f, f->repo, &reply, err);
    if (rc < 0)
        return err_wrap(err, rc, "%s/%s", f->owner, f->name);
    json_reader_init(&r, "repository");
    f->dialect->map_repo(&r, reply.doc, &repo);
    rc = forge_check_map(&r, err);
    if (rc == 0)
        rc = check_moved(f, &repo, err);
    if (rc == 0)
        rc = self_set_rights(&repo, f, err);
    if (rc == 0)
        rc = read_head(f, repo.default_branch, &head, err);
    if (rc == 0) {
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

    int rc = get_below(f, forge_path(f, "/issues/%" PRId64, number), &reply, err);
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
    int rc = get_below(f, forge_path(f, "/pulls/%" PRId64, number), &reply, err);
    if (rc < 0)
        return rc;
    json_reader_init(&r, "pull");
    f->dialect->map_pull(&r, reply.doc, &pull);
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

    int rc = get_below(f, forge_path(f, "/%s/comments/%" PRId64, folder, id), &reply, err);
    if (rc < 0 && rc != -ERR_NOTFOUND && rc != -ERR_MOVED)
        return rc;
    *ret = rc == 0;
    if (rc == 0)
        transport_reply_finish(&reply);
    return 0;
}

static int map_moment(struct each *each, struct json_reader *r, const json_t *item,
                      struct err *err)
{
    struct forge_moment moment;

    each->forge->dialect->map_moment(r, item, &moment);
    int rc = forge_check_map(r, err);
    return rc < 0 ? rc : each->fn.moment(each->ctx, &moment, err);
}

int forge_each_moment(struct forge *f, int64_t number,
                      int (*fn)(void *, const struct forge_moment *, struct err *), void *ctx,
                      struct err *err)
{
    struct each each = { .forge = f, .map = map_moment, .fn.moment = fn, .ctx = ctx };

    return each_page(&each, forge_path(f, "/issues/%" PRId64 "/timeline?per_page=100", number),
                     "timeline", &f->n_timelines, err);
}

static int map_review(struct each *each, struct json_reader *r, const json_t *item,
                      struct err *err)
{
    struct forge_entry entry;

    each->forge->dialect->map_entry(r, item, FORGE_REVIEW, &entry);
    int rc = forge_check_map(r, err);
    return rc < 0 ? rc : each->fn.entry(each->ctx, &entry, err);
}

int forge_each_review(struct forge *f, int64_t number,
                      int (*fn)(void *, const struct forge_entry *, struct err *), void *ctx,
                      struct err *err)
{
    struct each each = { .forge = f, .map = map_review, .fn.entry = fn, .ctx = ctx };

    return each_page(&each, forge_path(f, "/pulls/%" PRId64 "/reviews?per_page=100", number),
                     "reviews", &f->n_timelines, err);
}

static int map_status(struct each *each, struct json_reader *r, const json_t *item,
                      struct err *err)
{
    struct forge_status status;

    each->forge->dialect->map_status(r, item, &status);
    int rc = forge_check_map(r, err);
    return rc < 0 ? rc : each->fn.status(each->ctx, &status, err);
}

int forge_each_status(struct forge *f, const char *sha,
                      int (*fn)(void *, const struct forge_status *, struct err *), void *ctx,
                      struct err *err)
{
    struct each each = { .forge = f, .map = map_status, .fn.status = fn, .ctx = ctx };
    int64_t n_pages = 0;

    return each_page(&each, forge_path(f, "/commits/%s/statuses?per_page=100", sha), "statuses",
                     &n_pages, err);
}

int forge_get_role(struct forge *f, const char *login, enum forge_role *ret, struct err *err)
{
    struct transport_reply reply;
    struct json_reader r;
    struct buf path;

    buf_init(&path, 2000);
    buf_printf(&path, "%s/collaborators/", f->repo);
    text_add_url(&path, login, TEXT_SLASH_ENCODED);
    buf_add_str(&path, "/permission");
    int rc = buf_check(&path, "login", err);
    if (rc == 0)
        rc = get(f, path.data, &reply, err);
    buf_finish(&path);
    if (rc == -ERR_NOTFOUND) {
        *ret = FORGE_ROLE_NONE; /* no such account */
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
