/* SPDX-License-Identifier: Apache-2.0
 *
 * One request is an exchange: tries until there is an answer that counts.
 *
 *     send --(net, timeout, 5xx, cut JSON)--> back off, again    reads and idempotent writes
 *          --(403, 429: a limit)------------> wait, again        always: nothing has happened
 *          --(301, 302, 307, 308)-----------> follow             reads, at most three times
 *          --(2xx, 304)---------------------> done
 *          --(anything else)----------------> error
 *
 * A validator is stored by transport_keep, after the rows that it stands for: a crash between
 * the two costs one unconditional read and never hides a change.
 */
#include "bot/forge/transport.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/parse.h"
#include "bot/forge/app.h"
#include "bot/forge/exchange.h"
#include "bot/forge/link.h"
#include "bot/forge/reply.h"
#include "store/http_cache.h"

enum {
    MAX_TRIES = 5,    /* with backoff of 1, 2, 4 and 8 s between them */
    MAX_REFUSALS = 4, /* waits for a rate limit */
    TIMEOUT_MS = 60000,
    MAX_VALIDATOR = 512, /* bytes of an ETag worth keeping */
    RENEW_S = 7 * 86400, /* a validator in use is marked so again after that long */
    SECOND_MS = 1000,
};

/* What to do after a try. */
enum step { STEP_AGAIN, STEP_DONE };

static int check_url(struct http_url *ret, const char *url, const char *what, struct err *err)
{
    struct err inner;

    if (http_url_parse(ret, url, &inner) < 0)
        return err_set(err, ERR_CONFIG, "%s: %s", what, inner.msg);
    if (!ret->is_tls && !ret->is_loopback)
        return err_set(err, ERR_CONFIG,
                       "%s: plain http to %s would show the token to everyone; use https", what,
                       ret->host);
    if (strchr(ret->path, '?'))
        return err_set(err, ERR_CONFIG, "%s: an API base has no query", what);
    return 0;
}

static void cut_slashes(char *path)
{
    size_t len = strlen(path);

    while (len > 0 && path[len - 1] == '/')
        path[--len] = '\0';
}

/* Validators are kept by who asks, not by the token: an App's changes every hour. */
static void name_identity(struct transport *t, const struct transport_options *options)
{
    char *identity = xasprintf("%s\n%s%s", t->base.origin, options->app ? "app " : "",
                               options->app     ? app_id(options->app)
                               : options->token ? options->token
                                                : "");

    sha256_hex(t->token_id, identity, strlen(identity));
    free(identity);
}

int transport_new(struct transport **ret, const struct transport_options *options,
                  struct err *err)
{
    struct transport *t = xcalloc(1, sizeof(*t));
    struct http_url upload;

    int rc = check_url(&t->base, options->url, "forge.url", err);
    if (rc == 0 && options->upload_url[0])
        rc = check_url(&upload, options->upload_url, "forge.upload_url", err);
    if (rc == 0)
        rc = pace_init(&t->pace, &options->pace, err);
    if (rc < 0) {
        free(t);
        return rc;
    }
    cut_slashes(t->base.path);
    t->http = options->http;
    t->db = options->pace.db;
    t->clock = options->pace.clock;
    t->headers = options->headers;
    t->ignores_links = options->ignores_links;
    t->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS;
    if (options->upload_url[0]) {
        cut_slashes(upload.path);
        t->upload = xasprintf("%s%s", upload.origin, upload.path);
    }
    t->accept = xstrdup(options->accept);
    t->scheme = xstrdup(options->scheme ? options->scheme : "Bearer");
    t->app = options->app;
    if (options->token)
        transport_set_token(t, options->token);
    name_identity(t, options);
    *ret = t;
    return 0;
}

void transport_set_token(struct transport *t, const char *token)
{
    free(t->token);
    free(t->authorization);
    t->token = xstrdup(token);
    t->authorization = xasprintf("%s %s", t->scheme, token);
}

int transport_token(struct transport *t, const char **ret, struct err *err)
{
    int rc = t->app ? app_renew(t->app, t, err) : 0;

    *ret = t->token;
    return rc;
}

void transport_free(struct transport *t)
{
    if (!t)
        return;
    free(t->upload);
    free(t->accept);
    free(t->scheme);
    free(t->token);
    free(t->authorization);
    free(t->scopes);
    free(t);
}

int64_t transport_now(const struct transport *t)
{
    return clock_now(t->clock) + t->ahead_s;
}

const char *transport_scopes(const struct transport *t)
{
    return t->scopes;
}

struct transport_counts transport_counts(const struct transport *t)
{
    return t->counts;
}

/* Sleeps before the next try, or gives the error of this one back. */
static int try_again(const struct exchange *x, int rc, struct err *err)
{
    if (x->req->effect == EFFECT_ONCE || x->n_tries >= MAX_TRIES)
        return rc;
    return pace_sleep_ms(&x->t->pace, (int64_t)SECOND_MS << (x->n_tries - 1),
                         "trying again after a failure", err);
}

/* The next try takes its turn, which is not before the limit's end. */
static int wait_for_limit(struct exchange *x, const struct limit_verdict *verdict,
                          struct err *err)
{
    struct pace *pace = &x->t->pace;
    /* What another server says, which files come from, holds for this request only. */
    int rc = x->is_foreign ? pace_sleep_ms(pace, verdict->wait_s * SECOND_MS, verdict->why, err)
                           : pace_saw_refusal(pace, verdict, err);

    if (rc < 0)
        return rc;
    if (x->n_refusals++ >= MAX_REFUSALS)
        return err_set(err, ERR_BUDGET, "still limited (%s) after %d waits", verdict->why,
                       MAX_REFUSALS);
    x->n_tries = 0;
    return 0;
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 307 || status == 308;
}

/* After a failed write of unknown outcome callers see -ERR_NET: look before sending again. */
static int may_have_happened(const struct exchange *x, int rc, struct err *err)
{
    if (x->req->effect != EFFECT_ONCE || rc == -ERR_NET || rc == -ERR_TIMEOUT)
        return rc;
    if (err)
        err->code = ERR_NET;
    return err_wrap(err, -ERR_NET, "the write may have happened");
}

static int take_body(struct exchange *x, struct transport_reply *reply, struct err *err)
{
    if (x->res.status == 304 || x->res.status == 204)
        return 0;
    if (x->req->accept) {
        buf_finish(&reply->body);
        reply->body = x->res.body;
        buf_init(&x->res.body, TRANSPORT_MAX_BODY);
        return 0;
    }
    return reply_parse(&reply->doc, &x->res, err);
}

static char *validator_of(const struct exchange *x, const char *header, const char *sent)
{
    const char *value = http_response_header(&x->res, header);

    if (x->res.status == 304)
        value = clock_now(x->t->clock) - x->validated_at > RENEW_S ? sent : NULL;
    return value && strlen(value) <= MAX_VALIDATOR ? xstrdup(value) : xstrdup("");
}

static int64_t total_of(const struct exchange *x)
{
    const char *total = http_response_header(&x->res, "x-total-count");
    int64_t n;

    return total && parse_i64(&n, total, 0, INT64_MAX, "x-total-count", NULL) == 0 ? n : -1;
}

static int take_reply(struct exchange *x, struct transport_reply *reply, struct err *err)
{
    if (x->res.status == 304 && !x->etag && !x->modified)
        return err_set(err, ERR_FORGE, "a 304 that nobody asked for");
    buf_clear(&reply->next);
    int rc = 0;
    if (exchange_is_read(x) && !x->t->ignores_links)
        rc = link_next(&reply->next, http_response_header(&x->res, "link"), err);
    if (rc == 0 && reply->next.len > 0)
        rc = link_check(reply->next.data, x->t->base.path, err);
    if (rc == 0) {
        transport_announce_next(x->t, x->req, reply);
        rc = take_body(x, reply, err);
    }
    if (rc < 0)
        return rc;
    reply->status = x->res.status;
    reply->total = total_of(x);
    reply->is_unchanged = x->res.status == 304;
    reply->was_redirected = x->n_redirects > 0;
    reply->server_at = transport_now(x->t);
    reply->etag = validator_of(x, "etag", x->etag);
    reply->last_modified = validator_of(x, "last-modified", x->modified);
    return 0;
}

static int judge(struct exchange *x, struct transport_reply *reply, enum step *step,
                 struct err *err)
{
    int status = x->res.status, rc = 0;

    *step = STEP_AGAIN;
    struct limit_verdict verdict =
        limit_judge(&x->res, transport_now(x->t), x->t->pace.n_refusals);
    bool is_unsure = status >= 500 && x->req->effect == EFFECT_ONCE;
    if (verdict.kind == LIMIT_WAIT && !is_unsure)
        return wait_for_limit(x, &verdict, err);
    if (verdict.kind == LIMIT_WAIT)
        rc = pace_saw_refusal(&x->t->pace, &verdict, err);
    else if (status < 500 && !x->is_foreign)
        rc = pace_saw_answer(&x->t->pace, err);
    if (rc < 0)
        return rc;
    if (is_redirect(status))
        return exchange_follow(x, err);
    if (status >= 500) {
        rc = may_have_happened(x, reply_refusal(&x->res, err), err);
        return try_again(x, rc, err);
    }
    if (status >= 400)
        return reply_refusal(&x->res, err);
    if (status != 304 && (status < 200 || status > 299))
        return err_set(err, ERR_FORGE, "an unexpected status, %d", status);

    *step = STEP_DONE;
    rc = take_reply(x, reply, err);
    if (rc != -ERR_PARSE)
        return rc < 0 ? may_have_happened(x, rc, err) : 0;
    /* A reply that was cut, or is no JSON: reading it once more may do. */
    *step = STEP_AGAIN;
    rc = try_again(x, rc, err);
    if (rc != -ERR_PARSE)
        return rc;
    if (err)
        err->code = ERR_FORGE;
    return may_have_happened(x, -ERR_FORGE, err);
}

static int run(struct exchange *x, struct transport_reply *reply, struct err *err)
{
    enum step step = STEP_AGAIN;

    while (step == STEP_AGAIN) {
        int rc = exchange_try(x, err);
        if (rc == -ERR_NET || rc == -ERR_TIMEOUT)
            rc = try_again(x, rc, err);
        else if (rc == 0)
            rc = judge(x, reply, &step, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int transport_send(struct transport *t, const struct transport_request *req,
                   struct transport_reply *reply, struct err *err)
{
    struct exchange x;

    memset(reply, 0, sizeof(*reply));
    buf_init(&reply->body, TRANSPORT_MAX_BODY);
    buf_init(&reply->next, LINK_MAX_TARGET);
    int rc = exchange_init(&x, t, req, err);
    if (rc == 0)
        rc = run(&x, reply, err);
    if (rc < 0) {
        transport_reply_finish(reply);
        if (!x.is_named || rc == -ERR_BUDGET)
            (void)err_wrap(err, rc, "%s %.300s", req->method, req->path);
    }
    exchange_finish(&x);
    return rc;
}

void transport_reply_finish(struct transport_reply *reply)
{
    json_decref(reply->doc);
    buf_finish(&reply->body);
    buf_finish(&reply->next);
    free(reply->etag);
    free(reply->last_modified);
    memset(reply, 0, sizeof(*reply));
}

int transport_keep(struct transport *t, const struct transport_request *req,
                   const struct transport_reply *reply, struct err *err)
{
    if (!reply->etag[0] && !reply->last_modified[0])
        return 0;
    if (reply->was_redirected || req->place >= PLACE_UPLOAD)
        return 0;
    char *url = req->place == PLACE_BASE ? xasprintf("%s%s", t->base.path, req->path)
                                         : xstrdup(req->path);
    struct http_validator v = {
        .token_id = t->token_id,
        .url = url,
        .accept = req->accept ? req->accept : t->accept,
        .etag = reply->etag,
        .last_modified = reply->last_modified,
        .used_at = clock_now(t->clock),
    };
    int rc = http_cache_put(t->db, &v, err);
    free(url);
    return rc;
}
