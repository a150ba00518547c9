/* SPDX-License-Identifier: Apache-2.0
 * tests/unit/practice_fixture.h
 * practice_fixture: a practice forge in a folder of its own, asked without a network.
 * Its clock stands at a fixed time and moves when it is slept on. */
#ifndef TESTS_UNIT_PRACTICE_FIXTURE_H
#define TESTS_UNIT_PRACTICE_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/text.h"
#include "practice/call.h"
#include "practice/practice.h"
#include "practice/server.h"

struct fixture {
    struct practice *p;
    char *dir;
    char *token;
    int64_t now_ms;
    struct practice_options options;
    /* of the last request */
    struct reply reply;
    json_t *body;
    /* headers of the next request; NULL for none */
    const char *authorization, *none_match, *accept, *user_agent, *content_type, *fault;
};

static int64_t fixture_now_ms(void *ctx)
{
    return ((const struct fixture *)ctx)->now_ms;
}

static void fixture_sleep_ms(void *ctx, int64_t ms)
{
    ((struct fixture *)ctx)->now_ms += ms;
}

static const char *fixture_header(const void *ctx, const char *name)
{
    const struct fixture *f = ctx;

    if (text_equal_ignoring_case(name, "Authorization"))
        return f->authorization;
    if (text_equal_ignoring_case(name, "If-None-Match"))
        return f->none_match;
    if (text_equal_ignoring_case(name, "Accept"))
        return f->accept;
    if (text_equal_ignoring_case(name, "Content-Type"))
        return f->content_type;
    if (text_equal_ignoring_case(name, "Practice-Fault"))
        return f->fault;
    if (text_equal_ignoring_case(name, "User-Agent"))
        return f->user_agent;
    return text_equal_ignoring_case(name, "Host") ? "forge.test:80" : NULL;
}

static inline int fixture_start(struct fixture *f)
{
    struct err err = { 0 };

    f->now_ms = 1767225600000; /* 2026-01-01T00:00:00Z */
    assert_int_equal(fs_temp_dir(&f->dir, NULL, &err), 0);
    f->options.dir = f->dir;
    f->options.clock = (struct clock){ fixture_now_ms, fixture_sleep_ms, f };
    if (!f->options.dialect)
        f->options.dialect = "github";
    f->options.has_rate_limit = true;
    f->user_agent = "test";
    int rc = practice_start(&f->p, &f->options, &err);
    if (rc < 0)
        return rc;

    char *path = fs_path(f->dir, "token", NULL), *secret = NULL;
    assert_int_equal(fs_read_secret(&secret, path, &err), 0);
    f->token = malloc(strlen(secret) + 8);
    assert_non_null(f->token);
    (void)snprintf(f->token, strlen(secret) + 8, "Bearer %s", secret);
    f->authorization = f->token;
    free(secret);
    free(path);
    reply_init(&f->reply);
    return 0;
}

static inline void fixture_stop(struct fixture *f)
{
    struct err err = { 0 };

    reply_finish(&f->reply);
    json_decref(f->body);
    assert_int_equal(practice_stop(f->p, &err), 0);
    assert_int_equal(fs_remove(f->dir, &err), 0);
    free(f->token);
    free(f->dir);
}

/* One request; the reply stays in f until the next. Returns the status. */
static inline int ask(struct fixture *f, const char *method, const char *target,
                      const char *body)
{
    char *path = strdup(target);
    char *query = strchr(path, '?');
    struct err err = { 0 };

    if (query)
        *query++ = '\0';
    struct ask request = { .method = method,
                           .path = path,
                           .query = query ? query : "",
                           .header = fixture_header,
                           .ctx = f,
                           .body = body ? body : "",
                           .body_len = body ? strlen(body) : 0 };
    reply_finish(&f->reply);
    reply_init(&f->reply);
    if (strncmp(path, "/_practice/", strlen("/_practice/")) == 0)
        practice_control(f->p, &request, &f->reply);
    else
        practice_answer(f->p, &request, &f->reply);
    free(path);
    json_decref(f->body);
    f->body = NULL;
    if (f->reply.body.len > 0)
        (void)json_parse(&f->body, f->reply.body.data, f->reply.body.len, "reply", &err);
    return f->reply.status;
}

static inline const char *text_of(const json_t *obj, const char *key)
{
    const char *text = json_string_value(json_object_get(obj, key));

    return text ? text : "";
}

#define REPO "/repos/open-digits/digits"

static inline int start_sample(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    assert_int_equal(fixture_start(f), 0);
    *state = f;
    return 0;
}

static inline int stop_sample(void **state)
{
    fixture_stop(*state);
    free(*state);
    return 0;
}

/* A community move; the answer is in f->body. */
static inline void order(struct fixture *f, const char *json)
{
    if (ask(f, "POST", "/_practice/do", json) != 200)
        fail_msg("%s: %s", json, f->reply.body.data);
}

#endif
