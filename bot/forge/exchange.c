/* SPDX-License-Identifier: Apache-2.0
 *
 * 1. Authorization is sent to the configured origins only: an exchange that another origin may
 *    answer (EFFECT_READ_LAX) is `foreign` from the redirect on and carries no token.
 * 2. A write is never turned into another request by a redirect.
 */
#include "bot/forge/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/rfc3339.h"
#include "bot/forge/app.h"
#include "bot/forge/link.h"
#include "store/http_cache.h"

enum { MAX_REDIRECTS = 3 };

static const char *accept_of(const struct exchange *x)
{
    return x->req->accept ? x->req->accept : x->t->accept;
}

bool exchange_is_read(const struct exchange *x)
{
    return x->req->effect == EFFECT_READ || x->req->effect == EFFECT_READ_LAX;
}

static int take_validator(void *ctx, const struct http_validator *v, struct err *err)
{
    struct exchange *x = ctx;

    (void)err;
    x->etag = xstrdup(v->etag);
    x->modified = xstrdup(v->last_modified);
    x->validated_at = v->used_at;
    return 0;
}

/* Where another origin answers, only https will do, and no token goes along. */
static int check_abroad(const char *url, struct err *err)
{
    struct http_url where;
    int rc = http_url_parse(&where, url, err);

    if (rc == 0 && !where.is_tls && !where.is_loopback)
        rc = err_set(err, ERR_FORGE, "refusing plain http, %s", where.origin);
    return rc;
}

static int go_abroad(struct exchange *x, struct err *err)
{
    x->target = xstrdup(x->req->path);
    x->url = xstrdup(x->req->path);
    x->is_foreign = true;
    return check_abroad(x->url, err);
}

int exchange_init(struct exchange *x, struct transport *t, const struct transport_request *req,
                  struct err *err)
{
    memset(x, 0, sizeof(*x));
    x->t = t;
    x->req = req;
    http_response_init(&x->res);
    if (req->place == PLACE_ABROAD)
        return go_abroad(x, err);
    x->target = req->place == PLACE_BASE ? xasprintf("%s%s", t->base.path, req->path)
                                         : xstrdup(req->path);
    x->url = req->place == PLACE_UPLOAD ? xasprintf("%s%s", t->upload, req->path)
                                        : xasprintf("%s%s", t->base.origin, x->target);
    if (req->proof)
        x->proof = xasprintf("Bearer %s", req->proof);
    if (!req->is_conditional)
        return 0;
    struct http_validator key = { .token_id = t->token_id,
                                  .url = x->target,
                                  .accept = accept_of(x) };
    int rc = http_cache_get(t->db, &key, take_validator, x, err);
    return rc == -ERR_NOTFOUND ? 0 : rc;
}

void exchange_finish(struct exchange *x)
{
    http_response_finish(&x->res);
    free(x->url);
    free(x->target);
    free(x->proof);
    free(x->etag);
    free(x->modified);
}

static void add_headers(struct http_request *http, const struct exchange *x)
{
    const struct transport_request *req = x->req;

    http_request_header(http, "User-Agent", "hearth/" HEARTH_VERSION);
    http_request_header(http, "Accept", accept_of(x));
    const char *authorization = x->proof ? x->proof : x->t->authorization;
    if (!x->is_foreign && authorization)
        http_request_header(http, "Authorization", authorization);
    for (const char *const *h = x->t->headers; !x->is_foreign && h && h[0]; h += 2)
        http_request_header(http, h[0], h[1]);
    if (x->etag && x->etag[0])
        http_request_header(http, "If-None-Match", x->etag);
    else if (x->modified && x->modified[0])
        http_request_header(http, "If-Modified-Since", x->modified);
    if ((req->body || req->body_file) && !req->form_field)
        http_request_header(http, "Content-Type",
                            req->content_type ? req->content_type : "application/json");
}

static void count(struct exchange *x)
{
    struct transport_counts *counts = &x->t->counts;

    counts->requests++;
    counts->conditional += x->etag || x->modified;
    counts->writes += !exchange_is_read(x);
    counts->retries += x->n_tries > 0;
    x->n_tries++;
}

/* The forge's clock and quota, and what the token may, from any reply. */
static int learn(struct exchange *x, struct err *err)
{
    const char *date = http_response_header(&x->res, "date");
    const char *scopes = http_response_header(&x->res, "x-oauth-scopes");
    struct limit_quota quota;
    int64_t at;

    x->t->counts.wire_bytes += x->res.wire_bytes;
    x->t->counts.unchanged += x->res.status == 304;
    if (x->is_foreign)
        return 0;
    if (date && http_date_parse(&at, date, NULL) == 0)
        x->t->ahead_s = at - clock_now(x->t->clock);
    if (scopes && !x->t->scopes)
        x->t->scopes = xstrdup(scopes);
    /* An App's proofs have a quota of their own, which is not what we live on. */
    if (x->proof || !limit_read_quota(&quota, &x->res))
        return 0;
    return pace_saw_quota(&x->t->pace, &quota, err);
}

static int before(struct exchange *x, struct err *err)
{
    enum pace_cost cost = x->req->is_content    ? PACE_CONTENT
                          : exchange_is_read(x) ? PACE_READ
                                                : PACE_WRITE;

    return pace_take_turn(&x->t->pace, cost, x->t->ahead_s, err);
}

static void fill(struct http_request *http, const struct exchange *x)
{
    int64_t left = pace_left_ms(&x->t->pace);

    http_request_init(http, x->req->method, x->url);
    http->body = x->req->body;
    http->body_len = x->req->body_len;
    http->body_file = x->req->body_file;
    http->form_field = x->req->form_field;
    http->form_name = x->req->form_name;
    http->form_type = x->req->content_type;
    http->max_body = TRANSPORT_MAX_BODY;
    http->timeout_ms = left < x->t->timeout_ms ? (int)left : x->t->timeout_ms;
    add_headers(http, x);
}

/* What would have to wait is not announced. */
void transport_announce(struct transport *t, const struct transport_request *reqs, size_t n)
{
    struct http_request *http = xcalloc(HTTP_MAX_AHEAD, sizeof(*http));
    struct exchange x[HTTP_MAX_AHEAD];
    bool may_begin = t->http->announce && pace_has_turn(&t->pace, t->ahead_s);
    size_t made = 0;

    for (; may_begin && made < n && made < HTTP_MAX_AHEAD; made++) {
        if (exchange_init(&x[made], t, &reqs[made], NULL) == 0)
            fill(&http[made], &x[made]);
        else
            may_begin = false;
    }
    if (may_begin)
        t->http->announce(t->http, http, made);
    for (size_t i = 0; i < made; i++)
        exchange_finish(&x[i]);
    free(http);
}

void transport_announce_next(struct transport *t, const struct transport_request *req,
                             const struct transport_reply *reply)
{
    const struct transport_request next = { .method = "GET",
                                            .place = PLACE_ORIGIN,
                                            .path = reply->next.data };

    if (req->goes_on && reply->next.len > 0)
        transport_announce(t, &next, 1);
}

int exchange_try(struct exchange *x, struct err *err)
{
    struct http_request http;
    int rc = 0;

    if (x->t->app && !x->proof && !x->is_foreign)
        rc = app_renew(x->t->app, x->t, err);
    if (rc == 0)
        rc = before(x, err);
    if (rc < 0)
        return rc;
    fill(&http, x);
    http_response_finish(&x->res);
    count(x);
    rc = x->t->http->perform(x->t->http, &http, &x->res, err);
    x->is_named = rc < 0 && rc != -ERR_PARSE; /* that one was never sent */
    return rc < 0 ? rc : learn(x, err);
}

static void go_to(struct exchange *x, char *url)
{
    free(x->url);
    x->url = url;
    x->n_redirects++;
    free(x->etag);
    free(x->modified);
    x->etag = x->modified = NULL;
}

static int follow_abroad(struct exchange *x, const struct http_url *where, const char *location,
                         struct err *err)
{
    if (x->req->effect != EFFECT_READ_LAX)
        return err_set(err, ERR_MOVED, "refusing a redirect to another server, %s",
                       where->origin);
    int rc = check_abroad(location, err);
    if (rc < 0)
        return err_wrap(err, rc, "redirect");
    x->is_foreign = true;
    go_to(x, xstrdup(location));
    return 0;
}

int exchange_follow(struct exchange *x, struct err *err)
{
    const char *location = http_response_header(&x->res, "location");
    const struct transport *t = x->t;
    struct http_url where;

    if (!location || !location[0])
        return err_set(err, ERR_FORGE, "a redirect (%d) that says not where", x->res.status);
    /* Not the end of what it was for: whether the repository moved, the next reading says. */
    if (!exchange_is_read(x))
        return err_set(err, ERR_FORGE, "moved (%d) to %.200s; a write is not sent on",
                       x->res.status, location);
    if (x->n_redirects >= MAX_REDIRECTS)
        return err_set(err, ERR_FORGE, "redirected more than %d times", MAX_REDIRECTS);

    const char *path = location[0] == '/' ? link_path(location) : NULL;
    if (!path) {
        int rc = http_url_parse(&where, location, err);
        if (rc < 0)
            return err_wrap(err, rc, "redirect");
        if (strcmp(where.origin, t->base.origin) != 0)
            return follow_abroad(x, &where, location, err);
        path = where.path;
    } else if (x->is_foreign) {
        return err_set(err, ERR_FORGE, "a relative redirect by another server");
    }
    int rc = link_check(path, t->base.path, err);
    if (rc == 0)
        go_to(x, xasprintf("%s%s", t->base.origin, path));
    return rc;
}
