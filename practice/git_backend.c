/* SPDX-License-Identifier: Apache-2.0
 * Clone, fetch and push by base/git_http. Everybody may read, the token's owner may push with a
 * role that allows it. refs/pull/ is read-only. */
#include "practice/server.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/git_http.h"
#include "base/spool.h"
#include "practice/call.h"
#include "practice/practice.h"

enum { OUTPUT_MAX_BYTES = 60 << 20 };

static const char *const settings[] = { "http.receivepack=true", "receive.hideRefs=refs/pull",
                                        "uploadpack.allowReachableSHA1InWant=true", NULL };

static int refuse(struct reply *reply, int status, const char *text)
{
    reply->status = status;
    reply->content_type = "text/plain; charset=utf-8";
    buf_add_str(&reply->body, text);
    if (status == 401)
        reply_header(reply, "WWW-Authenticate", "Basic realm=\"practice forge\"");
    return -1;
}

static int check_access(const struct practice *p, const struct ask *ask, const char *rest,
                        struct reply *reply)
{
    bool is_push = git_http_is_push(ask->query, rest);
    enum sign sign = practice_sign(p, ask);

    if (row_int(state_repo(&p->forge.state), "gone") > 0)
        return refuse(reply, 404, "Repository not found.\n");
    if (sign == SIGN_WRONG || sign == SIGN_PROOF || (is_push && sign == SIGN_NONE))
        return refuse(reply, 401, "Invalid username or token.\n");
    if (is_push && right_of(&p->forge.state, PRACTICE_BOT) < RIGHT_PUSH)
        return refuse(reply, 403, "Permission to the repository denied.\n");
    return 0;
}

/* One request under a repository's name of now: its folder. The caller frees. */
static char *path_of(const struct practice *p, const char *rest)
{
    const json_t *repo = state_repo(&p->forge.state);

    return xasprintf("/%s/%s.git%s", row_str(repo, "owner"), row_str(repo, "git_name"), rest);
}

static int run_git(struct reply *reply, const struct practice *p, const struct ask *ask,
                   const char *path, struct err *err)
{
    char *root = fs_path(p->forge.dir, "git", NULL);
    struct cgi cgi = { 0 };
    struct buf out;

    buf_init(&out, OUTPUT_MAX_BYTES);
    int body = spool_open(p->forge.dir, err);
    int rc = body < 0 ? body : spool_add(body, ask->body, ask->body_len, err);
    if (rc == 0) {
        const struct git_http_call call = {
            .root = root,
            .path = path,
            .method = ask->method,
            .query = ask->query,
            .content_type = ask->header(ask->ctx, "Content-Type"),
            .content_encoding = ask->header(ask->ctx, "Content-Encoding"),
            .protocol = ask->header(ask->ctx, "Git-Protocol"),
            .user = PRACTICE_BOT,
            .body_fd = body,
            .config = settings,
        };

        rc = git_http_start(&cgi, &call, err);
    }
    if (body >= 0)
        (void)close(body);
    if (rc == 0)
        rc = cgi_collect(&out, &cgi, err);
    if (rc == 0) {
        reply->status = cgi.status;
        reply->content_type = git_http_type(&cgi);
        buf_add(&reply->body, out.data, out.len);
        reply_header(reply, "Cache-Control", "no-cache");
    }
    cgi_finish(&cgi);
    buf_finish(&out);
    free(root);
    return rc;
}

void practice_git(struct practice *p, const struct ask *ask, const char *rest,
                  struct reply *reply)
{
    struct err err = { 0 };
    char *path = NULL;

    (void)pthread_mutex_lock(&p->lock);
    int rc = check_access(p, ask, rest, reply);
    if (rc == 0)
        path = path_of(p, rest);
    (void)pthread_mutex_unlock(&p->lock);
    if (rc == 0 && run_git(reply, p, ask, path, &err) < 0)
        (void)refuse(reply, 500, err.msg);
    free(path);
}
