/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/scripted_http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/text.h"

static int64_t now_ms(void *ctx)
{
    return ((const struct scripted_http *)ctx)->now_ms;
}

static void sleep_ms(void *ctx, int64_t ms)
{
    ((struct scripted_http *)ctx)->now_ms += ms > 0 ? ms : 0;
}

static void copy_header(char *out, size_t size, const struct http_request *req,
                        const char *name)
{
    out[0] = '\0';
    for (size_t i = 0; i < req->n_headers; i++)
        if (text_equal_ignoring_case(req->headers[i].name, name))
            (void)snprintf(out, size, "%s", req->headers[i].value);
}

static void note(struct scripted_http *s, const struct http_request *req)
{
    size_t i = s->n_asked++;

    (void)snprintf(s->asked[i].line, sizeof(s->asked[i].line), "%s %s", req->method, req->url);
    copy_header(s->asked[i].authorization, sizeof(s->asked[i].authorization), req,
                "Authorization");
    copy_header(s->asked[i].none_match, sizeof(s->asked[i].none_match), req, "If-None-Match");
    copy_header(s->asked[i].accept, sizeof(s->asked[i].accept), req, "Accept");
    (void)snprintf(s->asked[i].body, sizeof(s->asked[i].body), "%.*s", (int)req->body_len,
                   req->body ? (const char *)req->body : "");
}

static int perform(struct http_client *client, const struct http_request *req,
                   struct http_response *res, struct err *err)
{
    struct scripted_http *s = (struct scripted_http *)client;

    if (s->n_asked >= s->n_answers)
        fail_msg("not expected: %s %s", req->method, req->url);
    const struct scripted_answer *answer = &s->answers[s->n_asked];
    note(s, req);
    if (answer->status < 0)
        return err_set(err, (enum err_code) - answer->status, "%s %s: the script says so",
                       req->method, req->url);
    res->status = answer->status;
    for (size_t i = 0; answer->headers[i]; i += 2) {
        res->headers[res->n_headers].name = xstrdup(answer->headers[i]);
        res->headers[res->n_headers++].value = xstrdup(answer->headers[i + 1]);
    }
    buf_finish(&res->body);
    buf_init(&res->body, req->max_body);
    buf_add_str(&res->body, answer->body ? answer->body : "");
    return 0;
}

void scripted_http_init(struct scripted_http *s)
{
    memset(s, 0, sizeof(*s));
    s->http.perform = perform;
    s->now_ms = (int64_t)SCRIPT_NOW * 1000;
    s->clock = (struct clock){ now_ms, sleep_ms, s };
}

void scripted_http_play(struct scripted_http *s, const struct scripted_answer *answers,
                        size_t n)
{
    assert_true(n <= SCRIPT_MAX);
    s->answers = answers;
    s->n_answers = n;
    s->n_asked = 0;
}
