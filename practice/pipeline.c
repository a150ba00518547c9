/* SPDX-License-Identifier: Apache-2.0
 *
 * The way of an API request:
 *
 *   1. a fault may answer in its place            faults_answer()
 *   2. who asks, and have they requests left      admit()
 *   3. which repository, which route, what right  dispatch()
 *   4. the handler does its one thing
 *   5. the answer becomes bytes, ETag, 304        finish()
 *   6. a fault may spoil them                     faults_spoil()
 *
 * 2 to 5 happen under the lock; a slow fault sleeps before it. */
#include "practice/server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/text.h"
#include "practice/practice.h"
#include "practice/routes.h"

enum { ADDRESS_MAX = 512, REQUESTS_MAX = 20000 };

static const char *ask_header(const struct ask *ask, const char *name)
{
    return ask->header(ask->ctx, name);
}

/* 0, or the status of the refusal. */
static int admit(struct practice *p, struct call *c, struct rate **ret_rate)
{
    enum sign sign = practice_sign(p, c->ask);

    *ret_rate = sign == SIGN_BOT ? &p->signed_in : &p->anonymous;
    if (!ask_header(c->ask, "User-Agent"))
        return call_error(c, 403,
                          "Request forbidden by administrative rules. Please make sure your "
                          "request has a User-Agent header. Missing or invalid User Agent "
                          "string.");
    if (sign == SIGN_WRONG)
        return call_error(c, 401, "Bad credentials");
    if (sign == SIGN_BOT)
        c->view.me = PRACTICE_BOT;
    if (!rate_take(*ret_rate, clock_now(&p->forge.clock)))
        return call_error(c, 403, "API rate limit exceeded");
    return 0;
}

static int parse_body(struct call *c)
{
    struct err err = { 0 };

    if (c->ask->body_len == 0)
        return 0;
    if (json_parse(&c->in, c->ask->body, c->ask->body_len, "body", &err) < 0)
        return call_error(c, 400, "Problems parsing JSON");
    return 0;
}

static int run_route(struct call *c, const struct route *routes, const char *path)
{
    const struct route *route = route_find(c, routes, path);

    if (!route)
        return call_not_found(c);
    if (!call_may(c, route->right) && !c->view.me)
        return call_error(c, 401, "Requires authentication");
    if (!call_may(c, route->right))
        return call_error(c, 403, "Resource not accessible by personal access token");
    if (row_flag(state_repo(&c->forge->state), "archived") &&
        strcmp(c->ask->method, "GET") != 0)
        return call_error(c, 403, "Repository was archived so is read-only.");
    int status = route->body == BODY_JSON ? parse_body(c) : 0;
    return status != 0 ? status : route->handle(c);
}

/* GitHub keeps the method by 307 where a client would lose it after 301. */
static int redirect(struct call *c, const char *rest)
{
    bool is_get = strcmp(c->ask->method, "GET") == 0;
    char *url = xasprintf("%s/repositories/%" PRId64 "%s%s%s", c->view.api,
                          row_int(state_repo(&c->forge->state), "id"), rest,
                          c->ask->query[0] ? "?" : "", c->ask->query);

    int status =
        call_error(c, is_get ? 301 : 307, is_get ? "Moved Permanently" : "Temporary Redirect");
    row_set_str(c->out, "url", url);
    reply_header(c->reply, "Location", "%s", url);
    free(url);
    return status;
}

/* What follows prefix, in any case, if that is a whole number of segments; NULL otherwise. */
static const char *behind(const char *path, const char *prefix)
{
    char *head = xstrndup(path, strlen(prefix));
    bool is_it = text_equal_ignoring_case(head, prefix);

    free(head);
    path += is_it ? strlen(prefix) : 0;
    return is_it && (*path == '/' || *path == '\0') ? path : NULL;
}

static int dispatch(struct practice *p, struct call *c, enum fault fault)
{
    const json_t *repo = state_repo(&p->forge.state);
    const char *path = c->ask->path;
    char here[ADDRESS_MAX], there[ADDRESS_MAX], by_id[ADDRESS_MAX];

    if (strcmp(path, "/rate_limit") == 0)
        return call_show(
            c, 200,
            rate_show(c->view.me ? &p->signed_in : &p->anonymous, clock_now(&p->forge.clock)));
    (void)snprintf(here, sizeof(here), "/repos/%s/%s", row_str(repo, "owner"),
                   row_str(repo, "name"));
    (void)snprintf(there, sizeof(there), "/repos/%s", row_str(repo, "moved_from"));
    (void)snprintf(by_id, sizeof(by_id), "/repositories/%" PRId64, row_int(repo, "id"));

    const char *rest = behind(path, here);
    if (rest && fault == FAULT_301)
        return redirect(c, rest);
    if (row_has(repo, "moved_from") && behind(path, there))
        return redirect(c, behind(path, there));
    if (!rest)
        rest = behind(path, by_id);
    if (!rest)
        return run_route(c, routes_of_server, path);
    if (row_int(repo, "gone") > 0)
        return call_error(c, (int)row_int(repo, "gone"), "Not Found");
    c->view.rest = rest;
    return run_route(c, routes_of_repo, *rest ? rest : "/");
}

/* If-None-Match holds a list of tags, or a star. */
static bool names_tag(const char *list, const char *tag)
{
    return list && (strcmp(list, "*") == 0 || strstr(list, tag) != NULL);
}

static bool is_unchanged(const struct ask *ask, const struct reply *reply, const char *tag)
{
    const char *since = ask_header(ask, "If-Modified-Since");
    const char *modified = reply_find(reply, "Last-Modified");

    if (ask_header(ask, "If-None-Match"))
        return names_tag(ask_header(ask, "If-None-Match"), tag);
    return since && modified && strcmp(since, modified) == 0;
}

/* The answer as bytes. A tag depends on who asks and what they accept, as on GitHub. */
static void finish(struct call *c, int status, struct rate *rate)
{
    struct reply *reply = c->reply;
    const char *accept = ask_header(c->ask, "Accept");
    char hex[SHA256_HEX_SIZE], date[HTTP_DATE_SIZE];

    reply->status = status;
    if (c->out) {
        json_write(&reply->body, c->out, 0);
        reply->content_type = "application/json; charset=utf-8";
    }
    if (status == 200 && c->out && strcmp(c->ask->method, "GET") == 0) {
        char *who = xasprintf("%s %s %s", c->view.me ? c->view.me : "", accept ? accept : "",
                              reply->body.data);

        sha256_hex(hex, who, strlen(who));
        free(who);
        reply_header(reply, "ETag", "W/\"%s\"", hex);
        if (is_unchanged(c->ask, reply, hex)) {
            reply->status = 304;
            reply->content_type = NULL;
            buf_clear(&reply->body);
            if (rate)
                rate_give_back(rate);
        }
    }
    reply_header(reply, "Date", "%s", http_date_format(date, clock_now(&c->forge->clock)));
    reply_header(reply, "X-GitHub-Media-Type", "github.v3; format=json");
    if (rate)
        rate_add_headers(rate, reply);
}

/* Addresses in replies: those by which the client came. */
struct addresses {
    char api[ADDRESS_MAX], upload[ADDRESS_MAX], html[ADDRESS_MAX];
};

static void set_addresses(struct addresses *a, const struct practice *p, const char *host)
{
    static const char suffix[] = "/api/v3";
    int len = (int)sizeof(a->api) - (int)sizeof("/api/uploads");

    (void)snprintf(a->html, sizeof(a->html), "http://%.*s", len - 8, host ? host : "localhost");
    (void)snprintf(a->api, sizeof(a->api), "%.*s%s", len, a->html, suffix);
    (void)snprintf(a->upload, sizeof(a->upload), "%.*s/api/uploads", len, a->html);
    if (!p->public_url)
        return;
    (void)snprintf(a->api, sizeof(a->api), "%s", p->public_url);
    (void)snprintf(a->upload, sizeof(a->upload), "%s", p->public_url);
    if (!text_has_suffix(p->public_url, suffix))
        return;
    len = (int)(strlen(p->public_url) - strlen(suffix));
    (void)snprintf(a->html, sizeof(a->html), "%.*s", len, p->public_url);
    (void)snprintf(a->upload, sizeof(a->upload), "%.*s/api/uploads", len, p->public_url);
}

static void note_request(struct practice *p, const struct ask *ask, const struct reply *reply)
{
    if (json_array_size(p->requests) >= REQUESTS_MAX)
        (void)json_array_remove(p->requests, 0);
    (void)json_array_append_new(p->requests, json_sprintf("%s %s%s%s %d", ask->method,
                                                          ask->path, ask->query[0] ? "?" : "",
                                                          ask->query, reply->status));
}

void practice_api(struct practice *p, const struct ask *ask, const char *host,
                  struct reply *reply)
{
    struct addresses addresses;
    struct rate *rate = NULL;
    struct call call;
    int status;

    (void)pthread_mutex_lock(&p->lock);
    enum fault fault = faults_draw(&p->faults);
    (void)pthread_mutex_unlock(&p->lock);
    if (fault == FAULT_SLOW)
        clock_sleep_ms(&p->forge.clock, FAULT_SLOW_MS);

    (void)pthread_mutex_lock(&p->lock);
    if (!faults_answer(fault, clock_now(&p->forge.clock), reply)) {
        set_addresses(&addresses, p, host);
        if (call_init(&call, &p->forge, ask, reply, NULL) < 0)
            status = call_error(&call, 400, "Broken query");
        else {
            call.view.api = addresses.api;
            call.view.upload = addresses.upload;
            call.view.html = addresses.html;
            status = admit(p, &call, &rate);
            if (status == 0)
                status = dispatch(p, &call, fault);
        }
        finish(&call, status, rate);
        call_finish(&call);
        faults_spoil(fault, ask->method, reply);
    }
    note_request(p, ask, reply);
    (void)pthread_mutex_unlock(&p->lock);
}
