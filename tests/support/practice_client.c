/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/practice_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/text.h"
#include "practice/call.h"
#include "practice/control.h"
#include "practice/practice.h"
#include "practice/server.h"

static int64_t now_ms(void *ctx)
{
    return ((const struct practice_client *)ctx)->now_ms;
}

static void sleep_ms(void *ctx, int64_t ms)
{
    struct practice_client *c = ctx;

    c->now_ms += ms > 0 ? ms : 0;
    c->n_sleeps++;
}

static const char *find_header(const void *ctx, const char *name)
{
    const struct http_request *req = ctx;

    for (size_t i = 0; i < req->n_headers; i++)
        if (text_equal_ignoring_case(req->headers[i].name, name))
            return req->headers[i].value;
    return text_equal_ignoring_case(name, "Host") ? "127.0.0.1:1" : NULL;
}

static void take_headers(struct http_response *res, const struct reply *reply)
{
    for (size_t i = 0; i < reply->n_headers; i++) {
        char *name = xstrdup(reply->headers[i].name);
        for (char *p = name; *p; p++)
            if (*p >= 'A' && *p <= 'Z')
                *p = (char)(*p - 'A' + 'a');
        res->headers[res->n_headers].name = name;
        res->headers[res->n_headers++].value = xstrdup(reply->headers[i].value);
    }
}

static int take_reply(struct http_response *res, const struct http_request *req,
                      const struct reply *reply, struct err *err)
{
    if (reply->status == 0 || reply->cut_after >= 0)
        return err_set(err, ERR_NET, "%s %s: the connection broke", req->method, req->url);
    res->status = reply->status;
    take_headers(res, reply);
    buf_finish(&res->body);
    buf_init(&res->body, req->max_body);
    if (reply->file)
        return fs_read(&res->body, reply->file, err);
    buf_add(&res->body, reply->body.data, reply->body.len);
    return buf_check(&res->body, "reply", err);
}

static int read_upload(struct buf *body, const struct http_request *req, struct err *err)
{
    if (req->body_file)
        return fs_read(body, req->body_file, err);
    buf_add(body, req->body, req->body_len);
    return 0;
}

static int answer(struct practice_client *c, const struct http_request *req, char *path,
                  struct http_response *res, struct err *err)
{
    char *query = strchr(path, '?');
    struct reply reply;
    struct buf body;

    if (query)
        *query++ = '\0';
    buf_init(&body, 16 << 20);
    reply_init(&reply);
    int rc = read_upload(&body, req, err);
    if (rc == 0) {
        const struct ask ask = { .method = req->method,
                                 .path = path,
                                 .query = query ? query : "",
                                 .header = find_header,
                                 .ctx = req,
                                 .body = body.data,
                                 .body_len = body.len };
        practice_answer(c->practice, &ask, &reply);
        rc = take_reply(res, req, &reply, err);
    }
    reply_finish(&reply);
    buf_finish(&body);
    return rc;
}

static void note(struct practice_client *c, const char *method, const char *path, int status)
{
    char *line = xasprintf("%s %s %d", method, path, status);

    assert_int_equal(json_array_append_new(c->log, json_string(line)), 0);
    free(line);
}

/* Begins nothing: only what is announced and then not asked for is counted. */
static void announce(struct http_client *client, const struct http_request *reqs, size_t n)
{
    struct practice_client *c = (struct practice_client *)client;

    for (size_t i = 0; i < n; i++) {
        c->n_announced_in_vain += c->announced != NULL;
        free(c->announced);
        c->announced = xstrdup(reqs[i].url);
        c->n_announced++;
    }
}

static void note_asked(struct practice_client *c, const char *url)
{
    c->n_announced_in_vain += c->announced && strcmp(c->announced, url) != 0;
    free(c->announced);
    c->announced = NULL;
}

static int perform(struct http_client *client, const struct http_request *req,
                   struct http_response *res, struct err *err)
{
    struct practice_client *c = (struct practice_client *)client;
    struct http_url url;

    if (c->n_allowed == 0)
        return err_set(err, ERR_IO, "killed");
    c->n_allowed -= c->n_allowed > 0;
    note_asked(c, req->url);
    int rc = http_url_parse(&url, req->url, err);
    if (rc < 0)
        return rc;
    assert_true(text_has_prefix(url.path, c->base));
    const char *below = url.path + strlen(c->base);
    char *path = xstrdup(below);
    rc = answer(c, req, path, res, err);
    note(c, req->method, below, rc == 0 ? res->status : rc);
    free(path);
    return rc;
}

struct practice_client *practice_client_new(const char *dialect, const char *load)
{
    struct practice_client *c = xcalloc(1, sizeof(*c));
    struct err err = { 0 };

    c->http.perform = perform;
    c->http.announce = announce;
    c->now_ms = 1767225600000; /* 2026-01-01T00:00:00Z */
    c->clock = (struct clock){ now_ms, sleep_ms, c };
    c->log = json_array();
    c->base = strcmp(dialect, "gitea") == 0 ? "/api/v1" : "/api/v3";
    c->n_allowed = -1;
    assert_int_equal(fs_temp_dir(&c->dir, NULL, &err), 0);
    const struct practice_options options = {
        .dir = c->dir, .clock = c->clock, .dialect = dialect, .load = load
    };
    if (practice_start(&c->practice, &options, &err) < 0)
        fail_msg("%s", err.msg);
    char *path = fs_path(c->dir, "token", NULL);
    assert_int_equal(fs_read_secret(&c->token, path, &err), 0);
    free(path);
    return c;
}

void practice_client_free(struct practice_client *c)
{
    struct err err = { 0 };

    if (!c)
        return;
    assert_int_equal(practice_stop(c->practice, &err), 0);
    assert_int_equal(fs_remove(c->dir, &err), 0);
    json_decref(c->log);
    free(c->announced);
    free(c->dir);
    free(c->token);
    free(c);
}

int64_t practice_client_do(struct practice_client *c, const char *order)
{
    json_t *doc = NULL, *row = NULL;
    struct err err = { 0 };

    if (json_parse(&doc, order, strlen(order), "order", &err) < 0 ||
        control_do(&row, &c->practice->forge, doc, &err) < 0)
        fail_msg("%s: %s", order, err.msg);
    json_decref(doc);
    return row ? json_integer_value(json_object_get(row, "id")) : 0;
}

void practice_client_fault(struct practice_client *c, const char *fault)
{
    struct err err = { 0 };

    assert_int_equal(faults_set(&c->practice->faults, fault, &err), 0);
}

char *practice_client_state(struct practice_client *c)
{
    struct buf out;

    buf_init(&out, 64 << 20);
    state_write(&c->practice->forge.state, &out);
    return buf_take(&out);
}

int practice_client_count(const struct practice_client *c, const char *part, const char *status)
{
    int n = 0;
    size_t i;
    json_t *line;

    json_array_foreach(c->log, i, line)
    {
        const char *text = json_string_value(line);
        n += strstr(text, part) && text_has_suffix(text, status);
    }
    return n;
}

void practice_client_clear(struct practice_client *c)
{
    (void)json_array_clear(c->log);
    c->n_announced = c->n_announced_in_vain = 0;
}
