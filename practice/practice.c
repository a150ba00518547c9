/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/practice.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/git.h"
#include "base/hash.h"
#include "base/httpd.h"
#include "base/text.h"
#include "practice/app.h"
#include "practice/call.h"
#include "practice/load.h"
#include "practice/sample.h"
#include "practice/server.h"

enum {
    TOKEN_BYTES = 20,
    THREADS_SERVING = 4,
    CONNECTIONS_MAX = 256,
    REPLIES_HELD_MAX = 64, /* at a time; what comes on top waits for its turn */
};

static const char *header_of(const void *ctx, const char *name)
{
    return httpd_header(ctx, name);
}

static struct ask ask_of(const struct httpd_request *req, const char *path)
{
    const struct buf *body = httpd_body(req);

    return (struct ask){ .method = httpd_method(req),
                         .path = path,
                         .query = httpd_query(req),
                         .header = header_of,
                         .ctx = req,
                         .body = body->data,
                         .body_len = body->len };
}

/* Moves a finished reply into microhttpd's hands. */
static int send_reply(struct httpd_request *req, struct httpd_response *res,
                      struct reply *reply)
{
    int status = reply->status;

    buf_add(&res->body, reply->body.data, reply->body.len);
    res->content_type = reply->content_type;
    res->cut_after = reply->cut_after;
    if (reply->file)
        res->file = xstrdup(reply->file);
    for (size_t i = 0; i < reply->n_headers; i++)
        httpd_reply_header(req, reply->headers[i].name, "%s", reply->headers[i].value);
    reply_finish(reply);
    return status;
}

/* A distant forge: the way there and back, in which the forge has done its work already. */
static void hold_back(const struct practice *p, const struct httpd_request *req)
{
    int64_t left_us = p->latency_ms * 1000 - httpd_age_us(req);

    if (left_us > 0)
        clock_sleep_ms(&p->forge.clock, (left_us + 999) / 1000);
}

/* Under the prefix of the dialect only, so that a client of the wrong one sees it at once. */
static int on_api(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct practice *p = ctx;

    if (!text_has_prefix(httpd_path(req), p->dialect->prefix) &&
        !(p->dialect == &practice_github && text_has_prefix(httpd_path(req), "/api/uploads/")))
        return 404;
    char *path = xasprintf("/%s", httpd_param(req, "rest"));
    struct ask ask = ask_of(req, path);
    struct reply reply;

    reply_init(&reply);
    practice_api(ctx, &ask, httpd_header(req, "Host"), &reply);
    free(path);
    hold_back(p, req);
    return send_reply(req, res, &reply);
}

static int on_control(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct ask ask = ask_of(req, httpd_path(req));
    struct reply reply;

    reply_init(&reply);
    practice_control(ctx, &ask, &reply);
    return send_reply(req, res, &reply);
}

/* Any OWNER/NAME: a repository that moved is still found by git under its old one. */
static int on_git(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    char *rest = xasprintf("/%s", httpd_param(req, "rest"));
    struct ask ask = ask_of(req, rest);
    struct reply reply;

    reply_init(&reply);
    practice_git(ctx, &ask, rest, &reply);
    free(rest);
    return send_reply(req, res, &reply);
}

static int on_download(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    char *tag = xstrdup(httpd_param(req, "tag")), *file = xstrdup(httpd_param(req, "file"));
    struct reply reply;

    reply_init(&reply);
    if (text_url_decode(tag) && text_url_decode(file))
        practice_download(ctx, tag, file, &reply);
    else
        reply.status = 404;
    free(tag);
    free(file);
    return send_reply(req, res, &reply);
}

static const struct httpd_route routes[] = {
    { "*", "/api/v3/{rest...}", on_api, REQUEST_MAX_BYTES },
    { "*", "/api/v1/{rest...}", on_api, REQUEST_MAX_BYTES },
    { "*", "/api/uploads/{rest...}", on_api, REQUEST_MAX_BYTES },
    { "*", "/_practice/{rest...}", on_control, REQUEST_MAX_BYTES },
    { "*", "/{owner}/{name}.git/{rest...}", on_git, REQUEST_MAX_BYTES },
    { "GET", "/{owner}/{name}/releases/download/{tag}/{file}", on_download, 0 },
    { 0 },
};

/* Two forges in one folder would write over each other's state. */
static int take_folder(struct practice *p, const char *dir, struct err *err)
{
    char *path = fs_path(dir, "lock", NULL);
    int rc = fs_mkdirs(dir, 0755, err);

    if (rc == 0)
        rc = fs_lock(&p->lock_fd, path, err);
    if (rc == -ERR_LOCKED)
        rc = err_set(err, ERR_LOCKED, "another practice forge serves '%s'", dir);
    free(path);
    return rc;
}

/* The token of earlier runs, or a new one, readable by its owner only. */
static int take_token(struct practice *p, struct err *err)
{
    char *path = fs_path(p->forge.dir, "token", NULL);
    uint8_t secret[TOKEN_BYTES];
    char hex[2 * TOKEN_BYTES + 1];
    int rc = 0;

    if (!fs_exists(path)) {
        fs_random(secret, sizeof(secret));
        char *line = xasprintf("practice_%s\n", hex_encode(hex, secret, sizeof(secret)));

        rc = fs_write(path, line, strlen(line), 0600, err);
        free(line);
    }
    if (rc == 0)
        rc = fs_read_secret(&p->token, path, err);
    free(path);
    return rc;
}

static int set_faults(struct practice *p, const struct practice_options *options,
                      struct err *err)
{
    int rc = 0;

    faults_init(&p->faults, options->seed);
    for (const char *const *fault = options->faults; rc == 0 && fault && *fault; fault++)
        rc = faults_set(&p->faults, *fault, err);
    return rc;
}

/* What a start that was killed half-way left behind is not built upon, nor removed: the folder
 * could be somebody's. */
static int check_is_new(const struct practice *p, struct err *err)
{
    char *path = fs_path(p->forge.dir, "git", NULL);
    int rc = 0;

    if (fs_exists(path))
        rc = err_set(err, ERR_USAGE, "'%s' is there without a state.json: name an empty folder",
                     path);
    free(path);
    return rc;
}

/* A community: the one that was saved, the one of a file, or the sample. A new one is saved at
 * once, so that a killed forge starts again with the community it began with. */
static int settle(struct practice *p, const struct practice_options *options, struct err *err)
{
    bool is_saved = row_has(state_repo(&p->forge.state), "owner");

    if (is_saved && options->load)
        return err_set(err, ERR_USAGE, "--load: '%s' holds a community already", options->dir);
    if (is_saved)
        return 0;
    int rc = check_is_new(p, err);
    if (rc == 0)
        rc = options->load ? load_file(&p->forge, options->load, err)
                           : sample_make(&p->forge, err);
    if (rc == 0 && !state_user(&p->forge.state, PRACTICE_BOT))
        (void)state_set_user(&p->forge.state, PRACTICE_BOT, p->dialect->bot_role);
    return rc < 0 ? rc : forge_save(&p->forge, err);
}

static int serve(struct practice *p, const struct practice_options *options, struct err *err)
{
    char *listen = xasprintf("127.0.0.1:%u", (unsigned)options->port);
    const struct httpd_options httpd = {
        .listen = listen,
        .routes = routes,
        .ctx = p,
        .threads = THREADS_SERVING,
        .blocking_threads = options->latency_ms > 0 ? REPLIES_HELD_MAX : 0,
        .max_connections = CONNECTIONS_MAX,
    };
    int rc = httpd_start(&p->httpd, &httpd, err);

    free(listen);
    return rc;
}

static void practice_free(struct practice *p)
{
    forge_finish(&p->forge);
    json_decref(p->requests);
    free(p->public_url);
    free(p->token);
    practice_app_free(p->app);
    if (p->lock_fd >= 0)
        (void)close(p->lock_fd);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}

int practice_start(struct practice **ret, const struct practice_options *options,
                   struct err *err)
{
    const struct dialect *dialect = practice_dialect(options->dialect);

    if (!dialect)
        return err_set(err, ERR_USAGE, "--dialect %s: expected github or gitea",
                       options->dialect);
    struct practice *p = xcalloc(1, sizeof(*p));
    p->dialect = dialect;
    p->lock_fd = -1;
    (void)pthread_mutex_init(&p->lock, NULL);
    p->requests = json_array();
    p->latency_ms = options->latency_ms;
    p->public_url = options->public_url ? xstrdup(options->public_url) : NULL;
    bool has_rate_limit = options->has_rate_limit && dialect->has_rate_limit;
    rate_init(&p->signed_in, has_rate_limit, RATE_LIMIT_SIGNED_IN);
    rate_init(&p->anonymous, has_rate_limit, RATE_LIMIT_ANONYMOUS);
    int rc = set_faults(p, options, err);
    if (rc == 0)
        rc = git_setup(err);
    if (rc == 0)
        rc = take_folder(p, options->dir, err);
    if (rc == 0)
        rc = forge_init(&p->forge, options->dir, options->clock, err);
    p->forge.deletes_unseen = dialect->deletes_unseen;
    if (rc == 0)
        rc = take_token(p, err);
    if (rc == 0)
        rc = settle(p, options, err);
    if (rc == 0)
        rc = serve(p, options, err);
    if (rc < 0) {
        practice_free(p);
        return rc;
    }
    *ret = p;
    return 0;
}

int practice_stop(struct practice *p, struct err *err)
{
    if (!p)
        return 0;
    httpd_stop(p->httpd);
    int rc = forge_save(&p->forge, err);
    practice_free(p);
    return rc;
}

json_t *practice_greeting(const struct practice *p)
{
    const json_t *repo = state_repo(&p->forge.state);
    const char *owner = row_str(repo, "owner"), *name = row_str(repo, "name");
    unsigned port = httpd_port(p->httpd);
    char *token_file = fs_path(p->forge.dir, "token", NULL);
    json_t *api = p->public_url
                      ? json_string(p->public_url)
                      : json_sprintf("http://127.0.0.1:%u%s", port, p->dialect->prefix);
    json_t *line =
        json_pack("{s:o, s:o, s:o, s:s}", "api", api, "git",
                  json_sprintf("http://127.0.0.1:%u/%s/%s.git", port, owner, name), "repo",
                  json_sprintf("%s/%s", owner, name), "token_file", token_file);

    free(token_file);
    return line;
}

void practice_answer(struct practice *p, const struct ask *ask, struct reply *reply)
{
    practice_api(p, ask, ask->header(ask->ctx, "Host"), reply);
}
