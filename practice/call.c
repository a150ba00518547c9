/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/call.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/parse.h"
#include "base/text.h"
#include "practice/forge.h"

enum { REPLY_MAX_BYTES = 256 << 20, HEADER_MAX_BYTES = 8192 };

void reply_init(struct reply *r)
{
    *r = (struct reply){ .cut_after = -1 };
    buf_init(&r->body, REPLY_MAX_BYTES);
}

void reply_finish(struct reply *r)
{
    buf_finish(&r->body);
    free(r->file);
    r->file = NULL;
    for (size_t i = 0; i < r->n_headers; i++)
        free(r->headers[i].value);
    r->n_headers = 0;
}

void reply_header(struct reply *r, const char *name, const char *fmt, ...)
{
    struct buf value;
    va_list args;

    if (r->n_headers == REPLY_MAX_HEADERS)
        return;
    buf_init(&value, HEADER_MAX_BYTES);
    va_start(args, fmt);
    buf_vprintf(&value, fmt, args);
    va_end(args);
    r->headers[r->n_headers].name = name;
    r->headers[r->n_headers++].value = buf_take(&value);
}

const char *reply_find(const struct reply *r, const char *name)
{
    for (size_t i = 0; i < r->n_headers; i++) {
        if (text_equal_ignoring_case(r->headers[i].name, name))
            return r->headers[i].value;
    }
    return NULL;
}

enum right right_of(const struct state *s, const char *login)
{
    static const struct {
        const char *role;
        enum right right;
    } rights[] = {
        { "triage", RIGHT_TRIAGE },
        { "write", RIGHT_PUSH },
        { "maintain", RIGHT_PUSH },
        { "admin", RIGHT_ADMIN },
    };

    if (!login)
        return RIGHT_ANYONE;
    for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
        if (strcmp(state_role(s, login), rights[i].role) == 0)
            return rights[i].right;
    }
    return RIGHT_SIGNED_IN;
}

bool call_may(const struct call *c, enum right right)
{
    return right_of(&c->forge->state, c->view.me) >= right;
}

/* One "name=value" of a query, decoded, '+' being a blank. */
static int add_arg(json_t *args, const char *text, size_t len, struct err *err)
{
    char *name = xstrndup(text, len);
    char *value = strchr(name, '=');
    int rc = 0;

    for (char *p = name; *p; p++) {
        if (*p == '+')
            *p = ' ';
    }
    if (value)
        *value++ = '\0';
    if (!text_url_decode(name) || (value && !text_url_decode(value)) ||
        !text_is_utf8(name, strlen(name)) || (value && !text_is_utf8(value, strlen(value))))
        rc = err_set(err, ERR_PARSE, "broken query argument");
    else if (!json_object_get(args, name))
        row_set_str(args, name, value ? value : "");
    free(name);
    return rc;
}

int call_init(struct call *c, const struct view *view, const struct ask *ask,
              struct reply *reply, struct err *err)
{
    int rc = 0;

    *c = (struct call){ .forge = view->forge,
                        .view = *view,
                        .shapes = &view->dialect->shapes,
                        .ask = ask,
                        .reply = reply,
                        .args = json_object() };
    for (const char *p = ask->query; rc == 0 && *p;) {
        size_t len = strcspn(p, "&");

        if (len > 0)
            rc = add_arg(c->args, p, len, err);
        p += len + (p[len] == '&');
    }
    return rc;
}

void call_finish(struct call *c)
{
    httpd_match_finish(&c->match);
    json_decref(c->args);
    json_decref(c->in);
    json_decref(c->out);
}

int call_show(struct call *c, int status, json_t *out)
{
    json_decref(c->out);
    c->out = out;
    return status;
}

int call_error(struct call *c, int status, const char *message)
{
    return call_show(c, status, c->shapes->error(c, status, message));
}

int call_not_found(struct call *c)
{
    return call_error(c, 404, c->view.dialect->not_found);
}

int call_invalid(struct call *c, const char *resource, const char *field, const char *code)
{
    return call_show(c, 422, c->shapes->invalid(c, resource, field, code));
}

const char *call_arg(const struct call *c, const char *name, const char *fallback)
{
    const char *value = json_string_value(json_object_get(c->args, name));

    return value && *value ? value : fallback;
}

char *call_param(const struct call *c, const char *name)
{
    const char *value = httpd_match_param(&c->match, name);
    char *text = xstrdup(value ? value : "");

    if (!text_url_decode(text) || !text_is_utf8(text, strlen(text)))
        text[0] = '\0';
    return text;
}

int64_t call_param_id(const struct call *c, const char *name)
{
    const char *value = httpd_match_param(&c->match, name);
    int64_t id = 0;

    return value && parse_i64(&id, value, 1, INT64_MAX, name, NULL) == 0 ? id : 0;
}

const char *call_text(const struct call *c, const char *key)
{
    return json_string_value(json_object_get(c->in, key));
}

json_t *call_row(const struct call *c, enum table table, const char *param)
{
    return state_row(&c->forge->state, table, call_param_id(c, param));
}

json_t *call_thread(struct call *c, int *ret_status)
{
    json_t *thread = call_row(c, THREADS, "number");

    if (!thread) {
        *ret_status = call_not_found(c);
        return NULL;
    }
    if (row_has(thread, "transferred_to") && c->view.dialect->has_transfers) {
        *ret_status = call_error(c, 301, "Moved Permanently");
        reply_header(c->reply, "Location", "%s/repos/%s/issues/%" PRId64, c->view.api,
                     row_str(thread, "transferred_to"), row_int(thread, "id"));
        return NULL;
    }
    if (row_flag(thread, "deleted")) {
        *ret_status = call_error(c, c->view.dialect->status_deleted, "This issue was deleted");
        return NULL;
    }
    if (state_hides(&c->forge->state, thread)) {
        *ret_status =
            call_error(c, c->view.dialect->status_deleted, "Issues are disabled for this repo");
        return NULL;
    }
    return thread;
}

json_t *call_pull(struct call *c, int *ret_status)
{
    json_t *thread = call_thread(c, ret_status);

    if (thread && !row_has(thread, "pull")) {
        *ret_status = call_not_found(c);
        return NULL;
    }
    return thread;
}

int call_on_issue(struct call *c, reaction_fn *verb)
{
    int status;
    const json_t *thread = call_thread(c, &status);

    return thread ? verb(c, "issue", row_int(thread, "id")) : status;
}

int call_on_comment(struct call *c, reaction_fn *verb)
{
    const json_t *comment = call_row(c, COMMENTS, "id");

    return comment ? verb(c, "comment", row_int(comment, "id")) : call_not_found(c);
}

int call_on_review_comment(struct call *c, reaction_fn *verb)
{
    const json_t *comment = call_row(c, REVIEW_COMMENTS, "id");

    return comment ? verb(c, "review_comment", row_int(comment, "id")) : call_not_found(c);
}

void call_last_modified(struct call *c, const json_t *row)
{
    char date[HTTP_DATE_SIZE];
    int64_t at;

    if (c->view.dialect->has_tags && rfc3339_parse(&at, row_str(row, "updated_at"), NULL) == 0)
        reply_header(c->reply, "Last-Modified", "%s", http_date_format(date, at));
}

int call_list(struct call *c, json_t *rows, shape_fn *shape)
{
    return c->view.dialect->page(c, rows, shape);
}
