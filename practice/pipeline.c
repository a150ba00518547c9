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
#include "practice/app.h"
#include "practice/practice.h"
#include "practice/routes.h"

enum { ADDRESS_MAX = 512, REQUESTS_MAX = 20000, URL_MAX_BYTES = 8192 };

static const char *ask_header(const struct ask *ask, const char *name)
{
    return ask->header(ask->ctx, name);
}

/* What an App asks by its proof has no budget and no right. */
static int answer_proof(struct practice *p, struct call *c)
{
    const json_t *repo = state_repo(&p->forge.state);
    const char *proof = strchr(ask_header(c->ask, "Authorization"), ' ') + 1;
    char here[ADDRESS_MAX];

    (void)snprintf(here, sizeof(here), "/repos/%s/%s", row_str(repo, "owner"),
                   row_str(repo, "name"));
    return practice_app_answer(p->app, c, proof, here);
}

/* 0, or the status of the refusal, or of the answer to an App's proof. */
static int admit(struct practice *p, struct call *c, struct rate **ret_rate)
{
    enum sign sign = practice_sign(p, c->ask);

    *ret_rate = sign == SIGN_BOT || sign == SIGN_APP ? &p->signed_in : &p->anonymous;
    if (p->dialect->needs_user_agent && !ask_header(c->ask, "User-Agent"))
        return call_error(c, 403,
                          "Request forbidden by administrative rules. Please make sure your "
                          "request has a User-Agent header. Missing or invalid User Agent "
                          "string.");
    if (sign == SIGN_WRONG)
        return call_error(c, 401, "Bad credentials");
    if (sign == SIGN_PROOF) {
        *ret_rate = NULL;
        return answer_proof(p, c);
    }
    if (sign == SIGN_BOT)
        c->view.me = PRACTICE_BOT;
    if (sign == SIGN_APP)
        c->view.me = practice_app_login(p->app);
    if (sign == SIGN_APP && strcmp(c->ask->path, "/user") == 0)
        return call_error(c, 403, "Resource not accessible by integration");
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

/* Whether a classic token has one of the two scopes by which it may write; it may set a
 * commit's status by a smaller one. */
static bool has_scope(const struct call *c)
{
    const json_t *repo = state_repo(&c->forge->state);
    const char *scopes = row_str(repo, "token_scopes");
    bool is_status = strstr(c->ask->path, "/statuses/") != NULL;

    if (!row_has(repo, "token_scopes") || !c->view.dialect->has_tags)
        return true;
    for (const char *at = scopes; *at; at += strspn(at, ", ")) {
        size_t len = strcspn(at, ",");

        if ((len == 4 && strncmp(at, "repo", len) == 0) ||
            (len == 11 && strncmp(at, "public_repo", len) == 0) ||
            (len == 11 && strncmp(at, "repo:status", len) == 0 && is_status))
            return true;
        at += len;
    }
    return false;
}

static int run_route(struct call *c, const struct route *routes, const char *path)
{
    const struct route *route = route_find(c, routes, path);

    c->route = route;
    if (!route)
        return call_not_found(c);
    if (!call_may(c, route->right) && !c->view.me)
        return call_error(c, 401, "Requires authentication");
    if (!call_may(c, route->right))
        return call_error(c, 403, "Resource not accessible by personal access token");
    if (row_flag(state_repo(&c->forge->state), "archived") &&
        strcmp(c->ask->method, "GET") != 0)
        return call_error(c, c->view.dialect->status_archived, c->view.dialect->archived);
    if (strcmp(c->ask->method, "GET") != 0 && !has_scope(c))
        return call_not_found(c); /* GitHub hides what a token may not */
    int status = route->body == BODY_JSON ? parse_body(c) : 0;
    return status != 0 ? status : route->handle(c);
}

/* To another address of what was asked for; the dialect says which, and by which status. */
static int redirect(struct call *c, const char *rest, enum fault fault)
{
    const struct dialect *dialect = c->view.dialect;
    bool is_get = strcmp(c->ask->method, "GET") == 0;
    int status = is_get ? 301 : dialect->status_moved_write;
    struct buf url;

    buf_init(&url, URL_MAX_BYTES);
    dialect->add_moved(&url, c, fault == FAULT_301 ? MOVED_BY_FAULT : MOVED_FOR_GOOD);
    buf_add_str(&url, rest);
    if (c->ask->query[0])
        buf_printf(&url, "?%s", c->ask->query);
    (void)call_error(c, status, status == 301 ? "Moved Permanently" : "Temporary Redirect");
    row_set_str(c->out, "url", url.data);
    reply_header(c->reply, "Location", "%s", url.data);
    buf_finish(&url);
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

    if (p->dialect->has_rate_limit && strcmp(path, "/rate_limit") == 0)
        return call_show(
            c, 200,
            rate_show(c->view.me ? &p->signed_in : &p->anonymous, clock_now(&p->forge.clock)));
    (void)snprintf(here, sizeof(here), "/repos/%s/%s", row_str(repo, "owner"),
                   row_str(repo, "name"));
    (void)snprintf(there, sizeof(there), "/repos/%s", row_str(repo, "moved_from"));
    (void)snprintf(by_id, sizeof(by_id), "/repositories/%" PRId64, row_int(repo, "id"));

    const char *rest = behind(path, here);
    /* Where a fault does not send by id, it does to a name in capitals, and that one serves. */
    bool is_exact = strncmp(path, here, strlen(here)) == 0;
    if (rest && is_exact && fault == FAULT_301)
        return redirect(c, rest, fault);
    if (row_has(repo, "moved_from") && behind(path, there))
        return redirect(c, behind(path, there), fault);
    if (!rest && p->dialect->has_paths_by_id)
        rest = behind(path, by_id);
    if (!rest)
        return run_route(c, p->dialect->routes_of_server, path);
    if (row_int(repo, "gone") > 0)
        return call_error(c, (int)row_int(repo, "gone"), "Not Found");
    c->view.rest = rest;
    return run_route(c, p->dialect->routes_of_repo, *rest ? rest : "/");
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

/* What a server says with null its description would have it leave out. */
static void drop_nulls(json_t *value)
{
    const char *key;
    json_t *item;
    void *next;
    size_t i;

    json_array_foreach(value, i, item)
    {
        drop_nulls(item);
    }
    json_object_foreach_safe(value, next, key, item)
    {
        if (json_is_null(item))
            (void)json_object_del(value, key);
        else
            drop_nulls(item);
    }
}

/* As the description has it, if that is asked for. A list that is null is an empty one. */
static void keep_to_description(struct call *c)
{
    if (!c->view.is_described || !c->view.dialect->has_nothing_null || !c->out)
        return;
    if (json_is_null(c->out)) {
        json_decref(c->out);
        c->out = json_array();
    }
    drop_nulls(c->out);
}

/* Of a classic token. */
static void tell_scopes(struct call *c)
{
    const json_t *repo = state_repo(&c->forge->state);

    if (row_has(repo, "token_scopes") && c->view.me && strcmp(c->view.me, PRACTICE_BOT) == 0)
        reply_header(c->reply, "X-OAuth-Scopes", "%s", row_str(repo, "token_scopes"));
}

/* The answer as bytes. A tag depends on who asks and what they accept, as on GitHub. */
static void finish(struct call *c, int status, struct rate *rate)
{
    struct reply *reply = c->reply;
    const char *accept = ask_header(c->ask, "Accept");
    char hex[SHA256_HEX_SIZE], date[HTTP_DATE_SIZE];

    reply->status = status;
    keep_to_description(c);
    if (c->out) {
        /* In the order of the renderer, as servers do: nobody may count on a sorted one. */
        json_write_as_is(&reply->body, c->out);
        reply->content_type = "application/json; charset=utf-8";
    }
    if (c->view.dialect->has_tags && status == 200 && c->out &&
        strcmp(c->ask->method, "GET") == 0) {
        char body[SHA256_HEX_SIZE];

        sha256_hex(body, reply->body.data, reply->body.len);
        char *who =
            xasprintf("%s %s %s", c->view.me ? c->view.me : "", accept ? accept : "", body);
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
    if (c->view.dialect->has_tags) {
        reply_header(reply, "X-GitHub-Media-Type", "github.v3; format=json");
        tell_scopes(c);
    }
    if (rate)
        rate_add_headers(rate, reply);
}

/* Addresses in replies: those by which the client came. */
struct addresses {
    char api[ADDRESS_MAX], upload[ADDRESS_MAX], html[ADDRESS_MAX];
    bool is_bare; /* the API alone, behind a proxy that knows nothing but its description */
};

static void set_addresses(struct addresses *a, const struct practice *p, const char *host)
{
    const char *suffix = p->dialect->prefix;
    int len = (int)sizeof(a->api) - (int)sizeof("/api/uploads");

    (void)snprintf(a->html, sizeof(a->html), "http://%.*s", len - 8, host ? host : "localhost");
    (void)snprintf(a->api, sizeof(a->api), "%.*s%s", len, a->html, suffix);
    (void)snprintf(a->upload, sizeof(a->upload), "%.*s/api/uploads", len, a->html);
    a->is_bare = false;
    if (!p->public_url)
        return;
    (void)snprintf(a->api, sizeof(a->api), "%s", p->public_url);
    (void)snprintf(a->upload, sizeof(a->upload), "%s", p->public_url);
    a->is_bare = !text_has_suffix(p->public_url, suffix);
    if (a->is_bare)
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
    if (ask_header(ask, FAULT_HEADER))
        fault = faults_named(ask_header(ask, FAULT_HEADER));
    (void)pthread_mutex_unlock(&p->lock);
    if (fault == FAULT_SLOW)
        clock_sleep_ms(&p->forge.clock, FAULT_SLOW_MS);

    (void)pthread_mutex_lock(&p->lock);
    if (!faults_answer(fault, clock_now(&p->forge.clock), reply)) {
        set_addresses(&addresses, p, host);
        const struct view view = { .forge = &p->forge,
                                   .dialect = p->dialect,
                                   .api = addresses.api,
                                   .upload = addresses.upload,
                                   .html = addresses.html,
                                   .rest = "",
                                   .is_described = addresses.is_bare };
        if (call_init(&call, &view, ask, reply, NULL) < 0)
            status = call_error(&call, 400, "Broken query");
        else {
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
