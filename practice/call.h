/* SPDX-License-Identifier: Apache-2.0
 * practice/call.h
 * call: one API request on its way through, and the reply that grows on it.
 * `ask` and `reply` keep the network out, so that tests call the whole server as a function.
 * A handler reads parameters, arguments and the body, does one move, and sets `out`. */
#ifndef PRACTICE_CALL_H
#define PRACTICE_CALL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/httpd_route.h"
#include "base/json.h"
#include "practice/dialect.h"
#include "practice/render.h"

/* A request as it came. All borrowed. */
struct ask {
    const char *method, *path, *query; /* the query without its '?'; "" for none */
    const char *(*header)(const void *ctx, const char *name); /* NULL when absent */
    const void *ctx;
    const char *body;
    size_t body_len;
};

enum { REPLY_MAX_HEADERS = 24 };

/* A reply as it will go. Owns its memory. */
struct reply {
    int status; /* 0: the connection is dropped */
    struct buf body;
    const char *content_type; /* static; NULL for none */
    char *file;               /* sent instead of body */
    int64_t cut_after;        /* bytes of the body that arrive; -1: all */
    struct {
        const char *name; /* static */
        char *value;
    } headers[REPLY_MAX_HEADERS];
    size_t n_headers;
};

void reply_init(struct reply *r);
void reply_finish(struct reply *r);
void reply_header(struct reply *r, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
const char *reply_find(const struct reply *r, const char *name); /* NULL when absent */

/* What a route asks of the caller, in ascending order. */
enum right {
    RIGHT_ANYONE,
    RIGHT_SIGNED_IN,
    RIGHT_TRIAGE,
    RIGHT_PUSH,
    RIGHT_ADMIN,
};
enum right right_of(const struct state *s, const char *login); /* NULL: RIGHT_ANYONE */

struct call {
    struct forge *forge;
    struct view view; /* view.me is the caller, NULL when anonymous */
    const struct shapes *shapes;
    const struct route *route; /* NULL until one is found */
    const char *sort_key;      /* of the list's rows, set by select.c; NULL */
    bool is_descending;
    const struct ask *ask;
    struct reply *reply;
    struct httpd_match match;
    json_t *args; /* {name: value} of the query */
    json_t *in;   /* the body; NULL when there was none */
    json_t *out;  /* the handler's answer; NULL sends an empty body */
};

/* view: by whose eyes. -ERR_PARSE for a query that is broken; c is usable all the same. */
int call_init(struct call *c, const struct view *view, const struct ask *ask,
              struct reply *reply, struct err *err);
void call_finish(struct call *c);

/* Each sets `out` and returns the status, so that a handler can end with it. */
int call_error(struct call *c, int status, const char *message);
int call_not_found(struct call *c);
int call_invalid(struct call *c, const char *resource, const char *field, const char *code);
int call_show(struct call *c, int status, json_t *out); /* takes out */

const char *call_arg(const struct call *c, const char *name, const char *fallback);
/* A "{name}" of the route, decoded; "" when it is no UTF-8. The caller frees. */
char *call_param(const struct call *c, const char *name);
int64_t call_param_id(const struct call *c, const char *name); /* 0 when it is no id */

/* A text of the body: NULL when absent, null or not a string. */
const char *call_text(const struct call *c, const char *key);

bool call_may(const struct call *c, enum right right);

/* One row by the id in the path; NULL when there is none. */
json_t *call_row(const struct call *c, enum table table, const char *param);

/* The thread of {number}. When it is not there or gone, NULL and *ret_status is set. */
json_t *call_thread(struct call *c, int *ret_status);
json_t *call_pull(struct call *c, int *ret_status);

/* Does something to what can be reacted to: on is "issue", "comment" or "review_comment",
 * to its number or id. */
typedef int reaction_fn(struct call *c, const char *on, int64_t to);
int call_on_issue(struct call *c, reaction_fn *verb);   /* of {number} */
int call_on_comment(struct call *c, reaction_fn *verb); /* of {id}, like the next */
int call_on_review_comment(struct call *c, reaction_fn *verb);

/* Sends the row's updated_at as Last-Modified, where the dialect does. */
void call_last_modified(struct call *c, const json_t *row);

/* Shows one page of rows (takes the array) in their order, as the dialect pages. */
int call_list(struct call *c, json_t *rows, shape_fn *shape);

#endif
