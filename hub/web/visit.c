/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/visit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/httpd.h"
#include "base/log.h"
#include "base/text.h"
#include "hub/repo/repo.h"
#include "hub/web/hosting.h"
#include "hub/web/rate.h"
#include "hub/web/site.h"

static const struct {
    const char *word, *plural, *prefix;
} kinds[] = {
    [HOSTED_MODEL] = { "model", "models", "" },
    [HOSTED_DATASET] = { "dataset", "datasets", "datasets/" },
};

/* What an error is to a client. anonymous: what somebody without a token hears instead. */
static const struct {
    enum err_code code;
    int status, anonymous;
    const char *name;
} statuses[] = {
    { ERR_AUTH, 401, 401, "Unauthorized" },      { ERR_DENIED, 403, 401, "Forbidden" },
    { ERR_NOTFOUND, 404, 401, "RepoNotFound" },  { ERR_REFUSED, 403, 401, "GatedRepo" },
    { ERR_EXISTS, 409, 409, "Conflict" },        { ERR_CONFLICT, 412, 412, "Conflict" },
    { ERR_LIMIT, 413, 413, "TooLarge" },         { ERR_RANGE, 400, 400, "BadRequest" },
    { ERR_PARSE, 400, 400, "BadRequest" },       { ERR_USAGE, 400, 400, "BadRequest" },
    { ERR_IO, 507, 507, "InsufficientStorage" },
};

char *visit_root(const struct site *site, enum hosted_kind kind)
{
    return hosting_root(site->hub_dir, kind);
}

const char *visit_plural(enum hosted_kind kind)
{
    return kinds[kind].plural;
}

const char *visit_prefix(enum hosted_kind kind)
{
    return kinds[kind].prefix;
}

bool visit_parse_kind(enum hosted_kind *ret, const char *word)
{
    bool is_dataset = word && strcmp(word, kinds[HOSTED_DATASET].word) == 0;

    *ret = is_dataset ? HOSTED_DATASET : HOSTED_MODEL;
    return is_dataset || !word || !*word || strcmp(word, kinds[HOSTED_MODEL].word) == 0;
}

/* A browser's reader has no token to send: for one, what may not be seen is not there. */
static bool is_asked_for_token(const struct httpd_request *req, const struct principal *who)
{
    const char *accept = httpd_header(req, "Accept");

    return who->person[0] == '\0' && !(accept && strstr(accept, "text/html"));
}

int visit_fail(const struct site *site, struct httpd_request *req, struct httpd_response *res,
               const struct principal *who, const struct err *err)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        if ((int)statuses[i].code != err->code)
            continue;
        int status = is_asked_for_token(req, who) ? statuses[i].anonymous : statuses[i].status;
        if (status == 401)
            httpd_reply_header(req, "WWW-Authenticate", "Basic realm=\"hub\"");
        if (err->code == ERR_IO) { /* which file it was is ours to know */
            log_event(LOG_ERROR, "not-kept", "error=\"%s\"", err->msg);
            return site_error(site, req, res, status, statuses[i].name,
                              "this hub could not keep that: its disk may be full");
        }
        return site_error(site, req, res, status, statuses[i].name, err->msg);
    }
    log_event(LOG_ERROR, "not-done", "error=\"%s\"", err->msg);
    return site_error(site, req, res, 500, NULL, "this hub could not do that");
}

/* One request of whom key names; 0 to go on, or 429. */
static int count_request(const char *key, const struct site *site, struct httpd_request *req,
                         struct httpd_response *res)
{
    struct rate_state rate;

    if (site->spares_own_machine && rate_is_own_machine(httpd_peer(req)))
        return 0;
    rate_count(&rate, site->rate, key, access_now(site->access));
    if (!rate.is_refused)
        return 0;
    httpd_reply_header(req, "RateLimit", "\"api\";r=%lld;t=%lld", (long long)rate.left,
                       (long long)rate.reset_s);
    httpd_reply_header(req, "RateLimit-Policy", "\"fixed window\";\"api\";q=%lld;w=%d",
                       (long long)rate.limit, RATE_WINDOW_S);
    httpd_reply_header(req, "Retry-After", "%lld", (long long)rate.reset_s);
    return site_error(site, req, res, 429, "TooManyRequests",
                      "too many requests: the headers say when to go on");
}

int visit_count_address(const struct site *site, struct httpd_request *req,
                        struct httpd_response *res)
{
    char key[RATE_KEY_SIZE];

    rate_address_key(key, httpd_peer(req));
    return count_request(key, site, req, res);
}

static int count_token(const struct principal *who, const struct site *site,
                       struct httpd_request *req, struct httpd_response *res)
{
    char key[RATE_KEY_SIZE];

    (void)snprintf(key, sizeof(key), "token %lld", (long long)who->token_id);
    return count_request(key, site, req, res);
}

int visit_identify(struct principal *ret, const struct site *site, struct httpd_request *req,
                   struct httpd_response *res)
{
    struct err err = { 0 };
    int rc = access_identify(ret, site->access, httpd_header(req, "Authorization"), &err);
    int status =
        ret->token_id ? count_token(ret, site, req, res) : visit_count_address(site, req, res);

    if (status != 0)
        return status;
    if (rc == 0 && ret->person[0])
        httpd_set_user(req, ret->person);
    return rc == 0 ? 0 : visit_fail(site, req, res, ret, &err);
}

int visit_identify_person(struct principal *ret, const struct site *site,
                          struct httpd_request *req, struct httpd_response *res)
{
    struct err err = { 0 };
    int status = visit_identify(ret, site, req, res);

    if (status != 0 || ret->person[0])
        return status;
    (void)err_set(&err, ERR_AUTH, "no access token was sent");
    return visit_fail(site, req, res, ret, &err);
}

static bool kind_of(enum hosted_kind *ret, const struct httpd_request *req)
{
    const char *plural = httpd_param(req, "kind");

    *ret = text_has_prefix(httpd_path(req), "/datasets/") ? HOSTED_DATASET : HOSTED_MODEL;
    for (size_t i = 0; plural && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        *ret = (enum hosted_kind)i;
        if (strcmp(plural, kinds[i].plural) == 0)
            return true;
    }
    return plural == NULL;
}

struct address {
    char *ns, *name;
};

static int take_address(void *ctx, const struct hosted_repo *repo, struct err *err)
{
    struct address *to = ctx;

    (void)err;
    to->ns = xstrdup(repo->ns);
    to->name = xstrdup(repo->name);
    return 0;
}

/* What stands before our paths in their addresses, when a proxy has us below one of its own. */
static const char *path_of(const char *base)
{
    const char *host = strstr(base, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;

    return path ? path : "";
}

/* 307 to where the repository is now, for whom may see it there; 0 when it never moved. Without
 * a host: where files are asked for, huggingface_hub takes one with it for a foreign server. */
static int redirect_moved(const struct visit *v, const struct site *site,
                          struct httpd_request *req)
{
    const struct hosted_name old = { v->kind, v->ns, v->name };
    const char *path = httpd_path(req), *query = httpd_query(req);
    const char *at = strstr(path, v->id);
    struct address to = { 0 };
    int status = 0;

    int rc = hosted_repo_find_moved(access_lock(site->access), &old, take_address, &to, NULL);
    access_unlock(site->access);
    /* Asked also for what never moved, so that both take the same time. */
    const struct hosted_name now = { v->kind, rc == 0 ? to.ns : old.ns,
                                     rc == 0 ? to.name : old.name };
    int seen = access_check(NULL, site->access, &v->who, &now, ACCESS_SEE, NULL);
    if (rc == 0 && at && seen == 0) {
        char *base = site_base_url(site, req);

        reply_headers(req, REPLY_PAGE);
        httpd_reply_header(req, "Location", "%s%.*s%s/%s%s%s%s", path_of(base),
                           (int)(at - path), path, now.ns, now.name, at + strlen(v->id),
                           *query ? "?" : "", query);
        free(base);
        status = 307;
    }
    free(to.ns);
    free(to.name);
    return status;
}

int visit_begin_named(struct visit *ret, const struct site *site, struct httpd_request *req,
                      struct httpd_response *res, const struct hosted_name *name,
                      enum access_right right)
{
    struct err err = { 0 };

    *ret = (struct visit){ .kind = name->kind,
                           .ns = xstrdup(name->ns),
                           .name = xstrdup(name->name),
                           .id = xasprintf("%s/%s", name->ns, name->name),
                           .root = visit_root(site, name->kind) };
    int status = visit_identify(&ret->who, site, req, res);
    if (status != 0)
        return status;
    int rc = access_check(&ret->hosted, site->access, &ret->who, name, right, &err);
    /* The same work for what is not there as for what must not be seen: time tells nothing. */
    if (!hub_repo_exists(ret->root, ret->id) &&
        (rc == 0 || rc == -ERR_DENIED || rc == -ERR_REFUSED))
        rc = err_set(&err, ERR_NOTFOUND, "no such repository");
    if (rc == -ERR_NOTFOUND)
        status = redirect_moved(ret, site, req);
    if (status != 0)
        return status;
    return rc < 0 ? visit_fail(site, req, res, &ret->who, &err) : 0;
}

int visit_begin(struct visit *ret, const struct site *site, struct httpd_request *req,
                struct httpd_response *res, enum access_right right)
{
    struct hosted_name name = { .ns = httpd_param(req, "ns"),
                                .name = httpd_param(req, "name") };

    memset(ret, 0, sizeof(*ret));
    if (!kind_of(&name.kind, req)) { /* of a user or an organisation there is nothing to tell */
        bool is_space = strcmp(httpd_param(req, "kind"), "spaces") == 0;

        return site_error(site, req, res, 404, is_space ? "RepoNotFound" : NULL,
                          "this hub hosts models and datasets");
    }
    return visit_begin_named(ret, site, req, res, &name, right);
}

void visit_end(struct visit *visit)
{
    free(visit->ns);
    free(visit->name);
    free(visit->id);
    free(visit->root);
    memset(visit, 0, sizeof(*visit));
}
