/* SPDX-License-Identifier: Apache-2.0
 * Who asks to pass a repository's gate, and what its owners answer. A gate that is "auto" opens
 * for everybody who asks, so that they are known. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "hub/web/api.h"
#include "hub/web/gate_body.h"
#include "hub/web/site.h"
#include "hub/web/visit.h"
#include "store/namespace.h"

enum { PAGE = 500, REQUEST_ID_SIZE = 25 };

/* 24 hex digits that stand for one person's request to one repository. */
static void request_id(char ret[REQUEST_ID_SIZE], int64_t repo_id, const char *person)
{
    char *text = xasprintf("%lld %s", (long long)repo_id, person);
    char digest[SHA256_HEX_SIZE];

    sha256_hex(digest, text, strlen(text));
    memcpy(ret, digest, REQUEST_ID_SIZE - 1);
    ret[REQUEST_ID_SIZE - 1] = '\0';
    free(text);
}

static json_t *entry_json(int64_t repo_id, const struct gate_entry *entry)
{
    char id[REQUEST_ID_SIZE], date[RFC3339_SIZE];

    request_id(id, repo_id, entry->person);
    return json_pack("{s:s,s:{s:s,s:s},s:s,s:s}", "requestId", id, "user", "user",
                     entry->person, "fullname", entry->person, "status",
                     gate_state_word(entry->state), "timestamp",
                     rfc3339_format(date, entry->asked_at));
}

static int put(const struct site *site, const struct visit *v, const char *person,
               enum gate_state state, struct err *err)
{
    int rc = gate_entry_put(access_lock(site->access), v->hosted.id, person, state,
                            access_now(site->access), err);

    access_unlock(site->access);
    return rc;
}

/* What was decided before is not asked again. */
static int ask(const struct site *site, const struct visit *v, enum gate_state *state,
               struct err *err)
{
    if (v->who.person[0] == '\0')
        return err_set(err, ERR_AUTH, "asking for access needs an access token");
    if (v->hosted.gate == GATE_NONE)
        return err_set(err, ERR_RANGE, "everybody has access to this repository's files");

    struct db *db = access_lock(site->access); /* until it is written: an owner may answer */
    int rc = gate_entry_get(db, v->hosted.id, v->who.person, state, err);
    bool is_settled = rc == 0 && (*state != ENTRY_PENDING || v->hosted.gate == GATE_MANUAL);
    if (rc == -ERR_NOTFOUND || (rc == 0 && !is_settled)) {
        *state = v->hosted.gate == GATE_AUTO ? ENTRY_ACCEPTED : ENTRY_PENDING;
        rc = gate_entry_put(db, v->hosted.id, v->who.person, *state, access_now(site->access),
                            err);
    }
    access_unlock(site->access);
    return rc;
}

int gate_ask(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    enum gate_state state = ENTRY_PENDING;
    struct err err = { 0 };
    struct visit visit;

    int status = visit_begin(&visit, ctx, req, res, ACCESS_SEE);
    if (status == 0)
        status =
            ask(ctx, &visit, &state, &err) < 0
                ? visit_fail(ctx, req, res, &visit.who, &err)
                : api_reply(req, res, json_pack("{s:s}", "status", gate_state_word(state)));
    visit_end(&visit);
    return status;
}

struct listing {
    int64_t repo_id;
    json_t *entries;
    char *last; /* person of the last one */
};

static int add_entry(void *ctx, const struct gate_entry *entry, struct err *err)
{
    struct listing *list = ctx;

    (void)err;
    (void)json_array_append_new(list->entries, entry_json(list->repo_id, entry));
    free(list->last);
    list->last = xstrdup(entry->person);
    return 0;
}

static void add_next(struct httpd_request *req, const struct site *site,
                     const struct listing *list)
{
    char *base = site_base_url(site, req);
    struct buf cursor;

    buf_init(&cursor, 1024);
    text_add_url(&cursor, list->last, TEXT_SLASH_ENCODED);
    httpd_reply_header(req, "Link", "<%s%s?cursor=%s>; rel=\"next\"", base, httpd_path(req),
                       cursor.data);
    buf_finish(&cursor);
    free(base);
}

static int reply_list(struct httpd_request *req, struct httpd_response *res,
                      const struct site *site, const struct visit *v)
{
    char *cursor = httpd_query_arg(req, "cursor");
    const struct gate_page page = { cursor ? cursor : "", PAGE };
    struct listing list = { .repo_id = v->hosted.id };
    enum gate_state state;
    struct err err = { 0 };

    if (!gate_state_parse(&state, httpd_param(req, "state"))) {
        free(cursor);
        return site_error(site, req, res, 400, NULL,
                          "requests are pending, accepted or rejected");
    }
    list.entries = json_array();
    int rc = gate_entry_each(access_lock(site->access), v->hosted.id, state, &page, add_entry,
                             &list, &err);
    access_unlock(site->access);
    if (json_array_size(list.entries) == PAGE)
        add_next(req, site, &list);
    free(list.last);
    free(cursor);
    if (rc == 0)
        return api_reply(req, res, list.entries);
    json_decref(list.entries);
    return visit_fail(site, req, res, &v->who, &err);
}

int api_gate_list(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct visit visit;

    int status = visit_begin(&visit, ctx, req, res, ACCESS_ADMIN);
    if (status == 0)
        status = reply_list(req, res, ctx, &visit);
    visit_end(&visit);
    return status;
}

/* Finds whose request it is by its id. */
struct search {
    const char *id;
    int64_t repo_id;
    char *person;
};

static int look_at(void *ctx, const struct gate_entry *entry, struct err *err)
{
    struct search *search = ctx;
    char id[REQUEST_ID_SIZE];

    (void)err;
    request_id(id, search->repo_id, entry->person);
    if (!search->person && strcmp(id, search->id) == 0)
        search->person = xstrdup(entry->person);
    return 0;
}

/* The caller frees. */
static char *person_of_request(const struct site *site, const struct visit *v, const char *id)
{
    static const struct gate_page all = { "", INT64_MAX };
    struct search search = { .id = id, .repo_id = v->hosted.id };
    struct db *db = access_lock(site->access);

    for (size_t i = 0; !search.person && i < GATE_STATES; i++)
        (void)gate_entry_each(db, v->hosted.id, (enum gate_state)i, &all, look_at, &search,
                              NULL);
    access_unlock(site->access);
    return search.person;
}

static int handle(const struct site *site, const struct visit *v, const json_t *doc,
                  struct err *err)
{
    struct handle_body body;
    enum gate_state before;

    int rc = handle_body_read(&body, doc, err);
    if (rc < 0)
        return rc;
    char *person =
        *body.user ? xstrdup(body.user) : person_of_request(site, v, body.request_id);
    if (!person)
        return err_set(err, ERR_NOTFOUND, "there is no such request");
    rc = gate_entry_get(access_lock(site->access), v->hosted.id, person, &before, err);
    access_unlock(site->access);
    if (rc == -ERR_NOTFOUND)
        rc = err_set(err, ERR_NOTFOUND, "'%.96s' did not ask for access", person);
    if (rc == 0)
        rc = put(site, v, person, body.state, err);
    free(person);
    return rc;
}

/* Whether that is a person's name and not an organisation's. */
static int take_kind(void *ctx, const struct namespace_row *row, struct err *err)
{
    (void)err;
    *(bool *)ctx = row->kind == NAMESPACE_USER;
    return 0;
}

static int grant(const struct site *site, const struct visit *v, const json_t *doc,
                 struct err *err)
{
    struct grant_body body;
    bool is_person = false;

    int rc = grant_body_read(&body, doc, err);
    if (rc < 0)
        return rc;
    if (v->hosted.gate == GATE_NONE)
        return err_set(err, ERR_RANGE, "everybody has access to this repository's files");
    (void)namespace_get(access_lock(site->access), body.user, take_kind, &is_person, NULL);
    access_unlock(site->access);
    if (!is_person)
        return err_set(err, ERR_NOTFOUND, "there is nobody called '%.96s' here", body.user);
    return put(site, v, body.user, ENTRY_ACCEPTED, err);
}

/* A person or request that is not there is no missing repository. */
static int fail(const struct visit *v, const struct site *site, struct httpd_request *req,
                struct httpd_response *res, const struct err *err)
{
    if (err->code == ERR_NOTFOUND)
        return site_error(site, req, res, 404, NULL, err->msg);
    return visit_fail(site, req, res, &v->who, err);
}

typedef int decide_fn(const struct site *site, const struct visit *v, const json_t *doc,
                      struct err *err);

static int decide(struct httpd_request *req, struct httpd_response *res,
                  const struct site *site, decide_fn *fn)
{
    struct visit visit = { 0 };
    struct err err = { 0 };
    json_t *doc = NULL;

    int status = api_body(&doc, site, req, res);
    if (status == 0)
        status = visit_begin(&visit, site, req, res, ACCESS_ADMIN);
    if (status == 0)
        status = fn(site, &visit, doc, &err) < 0
                     ? fail(&visit, site, req, res, &err)
                     : api_reply(req, res, json_pack("{s:b}", "ok", 1));
    visit_end(&visit);
    json_decref(doc);
    return status;
}

int api_gate_handle(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    return decide(req, res, ctx, handle);
}

int api_gate_grant(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    return decide(req, res, ctx, grant);
}
