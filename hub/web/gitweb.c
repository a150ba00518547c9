/* SPDX-License-Identifier: Apache-2.0
 * Clone, fetch and push by git's smart HTTP protocol; base/git_http runs git for it.
 * A push is gathered whole before git sees it, so one that breaks off is nothing. Its objects
 * are checked in quarantine by this program, as git's hook pre-receive (cli/hook.c). */
#include "hub/web/gitweb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/git_http.h"
#include "base/log.h"
#include "base/spool.h"
#include "hub/repo/repo.h"
#include "hub/web/git_body.h"
#include "hub/web/quota.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"

enum { PUSH_ANSWER_MAX_BYTES = 4 << 20 };

static const char UPLOAD_PACK[] = "git-upload-pack", RECEIVE_PACK[] = "git-receive-pack";

static const char *const fetch_settings[] = { "uploadpack.allowFilter=true", NULL };

/* A request that has a body, as it arrives. */
struct exchange {
    struct visit visit;
    int body; /* -1: could not be made, or written */
};

static void end_exchange(void *state)
{
    struct exchange *ex = state;

    if (ex->body >= 0)
        (void)close(ex->body);
    visit_end(&ex->visit);
    free(ex);
}

static int begin(struct httpd_request *req, struct httpd_response *res, const struct site *site,
                 enum access_right right)
{
    struct exchange *ex = xcalloc(1, sizeof(*ex));

    ex->body = -1;
    httpd_set_state(req, ex, end_exchange);
    int status = visit_begin(&ex->visit, site, req, res, right);
    int64_t declared = httpd_content_length(req);
    if (status == 0 && fs_check_room(site->hub_dir, declared > 0 ? declared : 0, NULL) == 0)
        ex->body = spool_open(site->hub_dir, NULL);
    return status;
}

/* git packs what it asks for when that is long, and never what it pushes. */
int gitweb_fetch_begin(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const char *encoding = httpd_header(req, "Content-Encoding");

    if (encoding && !git_body_is_gzip(encoding))
        return site_error(ctx, req, res, 415, NULL, "a request to fetch is plain or gzip");
    return begin(req, res, ctx, ACCESS_DOWNLOAD);
}

int gitweb_push_begin(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;

    if (!site->takes_pushes)
        return site_error(site, req, res, 403, NULL, "this hub takes no pushes");
    if (httpd_header(req, "Content-Encoding"))
        return site_error(site, req, res, 415, NULL, "a push comes as it is, not packed");
    return begin(req, res, ctx, ACCESS_WRITE);
}

int gitweb_take(struct httpd_request *req, const void *data, size_t len, void *ctx)
{
    struct exchange *ex = httpd_state(req);

    (void)ctx;
    if (ex->body >= 0 && spool_add(ex->body, data, len, NULL) < 0) {
        (void)close(ex->body);
        ex->body = -1;
    }
    return ex->body < 0 ? -1 : 0;
}

static int reply_head(struct httpd_request *req, struct httpd_response *res,
                      const struct cgi *cgi)
{
    reply_headers(req, REPLY_FILE);
    httpd_reply_header(req, "Cache-Control", "no-cache");
    res->content_type = git_http_type(cgi);
    return cgi->status;
}

static void end_program(void *stream)
{
    struct cgi *cgi = stream;

    cgi_finish(cgi);
    free(cgi);
}

/* Takes cgi's output as the reply: what came so far, and the rest as it comes. */
static int reply_stream(struct httpd_request *req, struct httpd_response *res, struct cgi *cgi)
{
    struct cgi *kept = xmemdup(cgi, sizeof(*cgi));
    int status = reply_head(req, res, kept);

    buf_add(&res->body, kept->begun.data, kept->begun.len);
    res->stream_fd = kept->fd;
    kept->fd = -1;
    res->end_stream = end_program;
    res->stream = kept;
    return status;
}

static int fail(const struct site *site, struct httpd_request *req, struct httpd_response *res,
                const struct err *err)
{
    log_event(LOG_ERROR, "git-failed", "path=%s error=\"%s\"", httpd_path(req), err->msg);
    return site_error(site, req, res, 500, NULL, "git could not be run for this request");
}

/* The body could not be kept: too little room was left, or the disk failed. */
static int fail_for_room(const struct site *site, struct httpd_request *req,
                         struct httpd_response *res)
{
    return site_error(site, req, res, 507, NULL, "there is no room for this request");
}

/* What both halves of the protocol have in common. The caller frees path. */
static struct git_http_call call_of(const struct httpd_request *req, const struct visit *visit,
                                    const char *path)
{
    return (struct git_http_call){
        .root = visit->root,
        .path = path,
        .method = httpd_method(req),
        .query = httpd_query(req),
        .content_type = httpd_header(req, "Content-Type"),
        .protocol = httpd_header(req, "Git-Protocol"),
        .body_fd = -1,
        .config = fetch_settings,
    };
}

int gitweb_fetch(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    struct exchange *ex = httpd_state(req);
    struct err err = { 0 };
    struct cgi cgi = { 0 };

    if (ex->body < 0)
        return fail_for_room(site, req, res);
    if (httpd_header(req, "Content-Encoding") &&
        git_body_unpack(&ex->body, site->hub_dir, &err) < 0)
        return visit_fail(site, req, res, &ex->visit.who, &err);
    char *path = xasprintf("/%s.git/%s", ex->visit.id, UPLOAD_PACK);
    struct git_http_call call = call_of(req, &ex->visit, path);
    call.body_fd = ex->body;
    int rc = git_http_start(&cgi, &call, &err);
    free(path);
    if (rc == 0)
        return reply_stream(req, res, &cgi);
    cgi_finish(&cgi);
    return fail(site, req, res, &err);
}

/* Settings and environment of a push, as lists that own their text. */
struct push_words {
    char *hooks, *root, *id, *limit;
    const char *config[8], *env[3];
};

void gitweb_refusal(struct buf *out, int64_t bytes, int64_t room)
{
    buf_add_str(out, "the namespace's storage quota would be exceeded: this push takes ");
    page_add_size(out, bytes);
    buf_add_str(out, ", and there is room for ");
    page_add_size(out, room);
}

/* room: the most that is worth to be unpacked; negative: anything. */
static void push_words_init(struct push_words *words, const struct site *site,
                            const struct visit *visit, int64_t room)
{
    int64_t limit = room >= 0 && room < GIT_PUSH_MAX_BYTES ? room : GIT_PUSH_MAX_BYTES;

    *words = (struct push_words){
        .hooks = xasprintf("core.hooksPath=%s/.hooks", site->hub_dir),
        .root = xasprintf("HEARTH_PUSH_ROOT=%s", visit->root),
        .id = xasprintf("HEARTH_PUSH_ID=%s", visit->id),
        /* git takes 0 for no limit */
        .limit = xasprintf("receive.maxInputSize=%" PRId64, limit > 0 ? limit : 1),
    };
    const char *const config[] = { "http.receivepack=true",
                                   "receive.fsckObjects=true",
                                   "receive.denyDeleteCurrent=refuse",
                                   "core.fsync=all",
                                   words->hooks,
                                   words->limit,
                                   NULL };
    memcpy(words->config, config, sizeof(config));
    words->env[0] = words->root;
    words->env[1] = words->id;
}

static void push_words_finish(struct push_words *words)
{
    free(words->hooks);
    free(words->root);
    free(words->id);
    free(words->limit);
}

/* A push may take more once it is unpacked: so the hook tells what git would keep, and is told
 * how much of it there is room for. What it may have is held at once: of two that come together
 * the second finds what the first has left. An HTTP error would be a number on the screen of
 * who pushes; so git takes in all that comes, into a quarantine, and tells the hook's words. */
static bool answer_hook(void *ctx, int fd)
{
    struct quota_hold *held = ctx;
    int64_t bytes = 0;

    if (recv(fd, &bytes, sizeof(bytes), MSG_WAITALL) != (ssize_t)sizeof(bytes))
        return false;
    int64_t room = quota_grow(held, bytes, NULL) == 0 ? bytes : quota_room(held);
    return send(fd, &room, sizeof(room), MSG_NOSIGNAL) == (ssize_t)sizeof(room);
}

/* Runs git to its end: a client that goes away must not stop it half-way. */
static int run_push(struct cgi *cgi, struct buf *out, const struct site *site,
                    const struct exchange *ex, struct git_http_call *call, struct err *err)
{
    struct hub_repo *repo = NULL;
    struct push_words words;
    const struct hosted_name name = { ex->visit.kind, ex->visit.ns, ex->visit.name };
    struct quota_hold *held = NULL;
    struct stat st = { 0 };
    int64_t before = 0, after = 0;
    int lock = -1;

    (void)fstat(ex->body, &st);
    int rc = quota_take(&held, site->quota, ex->visit.ns, 0, err);
    if (rc < 0)
        return rc;
    bool is_held = quota_grow(held, st.st_size, NULL) == 0;
    push_words_init(&words, site, &ex->visit, is_held ? quota_room(held) : -1);
    call->asked = answer_hook;
    call->ctx = held;
    call->config = words.config;
    call->env = words.env;
    call->user = ex->visit.who.person;
    call->body_fd = ex->body;
    rc = hub_repo_open(&repo, ex->visit.root, ex->visit.id, err);
    if (rc == 0)
        rc = hub_repo_mend(repo, err); /* git would wait for no lock file */
    if (rc == 0)
        rc = hub_repo_hold(&lock, repo, err);
    call->held_fd = lock; /* should we die, git is a writer still */
    if (rc == 0) {
        before = hub_repo_git_bytes(repo);
        rc = git_http_start(cgi, call, err);
    }
    if (rc == 0) {
        rc = cgi_collect(out, cgi, err);
        after = hub_repo_git_bytes(repo);
    }
    if (after > before)
        quota_count(held, &name, after - before);
    if (lock >= 0)
        (void)close(lock);
    quota_release(held);
    hub_repo_close(repo);
    push_words_finish(&words);
    return rc;
}

int gitweb_push(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct exchange *ex = httpd_state(req);
    struct err err = { 0 };
    struct cgi cgi = { 0 };
    struct buf out;
    int status;

    if (ex->body < 0)
        return fail_for_room(ctx, req, res);
    if (git_body_check_commands(ex->body, &err) < 0)
        return visit_fail(ctx, req, res, &ex->visit.who, &err);
    char *path = xasprintf("/%s.git/%s", ex->visit.id, RECEIVE_PACK);
    struct git_http_call call = call_of(req, &ex->visit, path);
    buf_init(&out, PUSH_ANSWER_MAX_BYTES);
    if (run_push(&cgi, &out, ctx, ex, &call, &err) < 0) {
        status = fail(ctx, req, res, &err);
    } else {
        status = reply_head(req, res, &cgi);
        buf_add(&res->body, out.data, out.len);
    }
    cgi_finish(&cgi);
    buf_finish(&out);
    free(path);
    return status;
}

static int reply_refs(struct httpd_request *req, struct httpd_response *res,
                      const struct site *site, const struct visit *visit, bool is_push)
{
    char *path = xasprintf("/%s.git/info/refs", visit->id);
    struct git_http_call call = call_of(req, visit, path);
    struct push_words words = { 0 };
    struct err err = { 0 };
    struct cgi cgi = { 0 };

    if (is_push) {
        push_words_init(&words, site, visit, -1);
        call.user = visit->who.person;
        call.config = words.config;
    }
    int rc = git_http_start(&cgi, &call, &err);
    push_words_finish(&words);
    free(path);
    if (rc == 0)
        return reply_stream(req, res, &cgi);
    cgi_finish(&cgi);
    return fail(site, req, res, &err);
}

/* What the refs are, which begins both a fetch and a push. */
int gitweb_refs(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct site *site = ctx;
    char *service = httpd_query_arg(req, "service");
    bool is_push = service && strcmp(service, RECEIVE_PACK) == 0;
    bool is_fetch = service && strcmp(service, UPLOAD_PACK) == 0;
    struct visit visit = { 0 };

    free(service);
    if (!is_push && !is_fetch)
        return site_error(site, req, res, 403, NULL, "this hub speaks git's smart protocol");
    if (is_push && !site->takes_pushes)
        return site_error(site, req, res, 403, NULL, "this hub takes no pushes");
    int status = visit_begin(&visit, site, req, res, is_push ? ACCESS_WRITE : ACCESS_DOWNLOAD);
    if (status == 0)
        status = reply_refs(req, res, site, &visit, is_push);
    visit_end(&visit);
    return status;
}

/* git runs a hook by its file's name, so the program has a second name in a folder of its own;
 * made anew at each start, since the program may lie elsewhere than it did. */
int gitweb_prepare_hook(const char *hub_dir, const char *program, struct err *err)
{
    char *folder = fs_path(hub_dir, ".hooks", NULL);
    char *hook = fs_path(folder, "pre-receive", NULL);
    char *aside = fs_path(folder, "pre-receive.new", NULL);

    int rc = fs_mkdirs(folder, 0750, err);
    if (rc == 0) {
        (void)unlink(aside);
        if (symlink(program, aside) != 0 || rename(aside, hook) != 0)
            rc = err_errno(err, "cannot put the hook in '%s'", folder);
    }
    free(aside);
    free(hook);
    free(folder);
    return rc;
}
