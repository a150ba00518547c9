/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/control.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/git.h"
#include "practice/app.h"
#include "practice/call.h"
#include "practice/dialect.h"
#include "practice/server.h"

enum { REFS_MAX = 100000, FAULT_SETTINGS_MAX = 32 };

/* Each takes the body (NULL when there is none) and returns the answer, or NULL with err. */
static json_t *get_state(struct practice *p, const json_t *in, struct err *err)
{
    struct git_ref *refs = NULL;
    size_t n = 0;
    json_t *out = json_copy(p->forge.state.doc), *names = json_object();

    (void)in;
    if (p->forge.git && git_list_refs(&refs, &n, p->forge.git, "refs/", REFS_MAX, err) < 0) {
        json_decref(out);
        json_decref(names);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        row_set_str(names, refs[i].name, refs[i].commit);
    git_refs_free(refs, n);
    row_set(out, "refs", names);
    return out;
}

static json_t *get_effects(struct practice *p, const json_t *in, struct err *err)
{
    (void)in;
    (void)err;
    return control_effects(&p->forge);
}

static json_t *post_do(struct practice *p, const json_t *in, struct err *err)
{
    json_t *row = NULL;

    if (control_do(&row, &p->forge, in, err) < 0)
        return NULL;
    return row ? json_copy(row) : json_object();
}

static json_t *get_faults(struct practice *p, const json_t *in, struct err *err)
{
    (void)in;
    (void)err;
    return faults_show(&p->faults);
}

static json_t *post_faults(struct practice *p, const json_t *in, struct err *err)
{
    const json_t *settings = json_object_get(in, "set");
    size_t i;
    json_t *text;

    if (!json_is_array(settings) || json_array_size(settings) > FAULT_SETTINGS_MAX) {
        (void)err_set(err, ERR_PARSE, "set: expected at most %d texts", FAULT_SETTINGS_MAX);
        return NULL;
    }
    json_array_foreach(settings, i, text)
    {
        if (faults_set(&p->faults, json_is_string(text) ? json_string_value(text) : "", err) <
            0)
            return NULL;
    }
    return faults_show(&p->faults);
}

static json_t *post_rate(struct practice *p, const json_t *in, struct err *err)
{
    struct json_reader r;
    int64_t now = clock_now(&p->forge.clock);

    json_reader_init(&r, "");
    int64_t limit = json_i64(&r, in, "limit", 1, INT32_MAX);
    int64_t used = json_i64_or(&r, in, "used", 0, limit, 0);
    if (json_reader_check(&r, err) < 0)
        return NULL;
    rate_init(&p->signed_in, true, limit);
    (void)rate_take(&p->signed_in, now);
    p->signed_in.used = used;
    return rate_show(&p->signed_in, now);
}

/* Its account may what the token's may. */
static json_t *post_app(struct practice *p, const json_t *in, struct err *err)
{
    struct practice_app *app = NULL;

    if (practice_app_new(&app, in, err) < 0)
        return NULL;
    practice_app_free(p->app);
    p->app = app;
    (void)state_set_user(&p->forge.state, practice_app_login(app), p->dialect->bot_role);
    return json_pack("{s:s}", "login", practice_app_login(app));
}

/* Ids go on from there: what happens next has the same ids, whatever happened before. */
static json_t *post_ids(struct practice *p, const json_t *in, struct err *err)
{
    struct json_reader r;

    json_reader_init(&r, "");
    int64_t next = json_i64(&r, in, "next", row_int(p->forge.state.doc, "next_id"), INT32_MAX);
    if (json_reader_check(&r, err) < 0)
        return NULL;
    row_set(p->forge.state.doc, "next_id", json_integer(next));
    return json_object();
}

static json_t *get_requests(struct practice *p, const json_t *in, struct err *err)
{
    (void)in;
    (void)err;
    return json_incref(p->requests);
}

static json_t *delete_requests(struct practice *p, const json_t *in, struct err *err)
{
    (void)in;
    (void)err;
    (void)json_array_clear(p->requests);
    return json_object();
}

static json_t *post_save(struct practice *p, const json_t *in, struct err *err)
{
    (void)in;
    return forge_save(&p->forge, err) < 0 ? NULL : json_object();
}

static const struct {
    const char *method, *path;
    json_t *(*handle)(struct practice *p, const json_t *in, struct err *err);
} switches[] = {
    { "GET", "/_practice/state", get_state },
    { "GET", "/_practice/effects", get_effects },
    { "POST", "/_practice/do", post_do },
    { "GET", "/_practice/faults", get_faults },
    { "POST", "/_practice/faults", post_faults },
    { "POST", "/_practice/rate", post_rate },
    { "POST", "/_practice/app", post_app },
    { "POST", "/_practice/ids", post_ids },
    { "GET", "/_practice/requests", get_requests },
    { "DELETE", "/_practice/requests", delete_requests },
    { "POST", "/_practice/save", post_save },
};

/* The answer is written under the lock too: it may share rows with the state. */
static int run_switch(struct practice *p, const struct ask *ask, struct buf *out,
                      struct err *err)
{
    json_t *in = NULL;
    int rc = 0;

    if (ask->body_len > 0)
        rc = json_parse(&in, ask->body, ask->body_len, "body", err);
    size_t i = 0, n = sizeof(switches) / sizeof(switches[0]);
    while (i < n && (strcmp(switches[i].method, ask->method) != 0 ||
                     strcmp(switches[i].path, ask->path) != 0))
        i++;
    if (rc == 0 && i == n)
        rc = err_set(err, ERR_NOTFOUND, "no such switch: %s %s", ask->method, ask->path);
    if (rc == 0) {
        (void)pthread_mutex_lock(&p->lock);
        json_t *answer = switches[i].handle(p, in, err);
        if (answer)
            json_write(out, answer, 1);
        json_decref(answer);
        (void)pthread_mutex_unlock(&p->lock);
        rc = answer ? 0 : -ERR_REFUSED;
    }
    json_decref(in);
    return rc;
}

void practice_control(struct practice *p, const struct ask *ask, struct reply *reply)
{
    struct err err = { 0 };
    int rc = run_switch(p, ask, &reply->body, &err);

    reply->status = rc == 0 ? 200 : rc == -ERR_NOTFOUND ? 404 : 400;
    reply->content_type = "application/json";
    if (rc < 0) {
        json_t *message = json_pack("{s:s}", "message", err.msg);

        json_write(&reply->body, message, 0);
        json_decref(message);
    }
    buf_add_char(&reply->body, '\n');
}
