/* SPDX-License-Identifier: Apache-2.0
 * Reads that were announced, on our own server, which answers two of them only together. */
#include "base/http.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/httpd.h"

enum { TOGETHER = 2, PATIENCE_S = 20 };

struct fixture {
    struct httpd *httpd;
    struct http_client *client;
    struct http_response res;
    pthread_mutex_t lock;
    pthread_cond_t came;
    int n_asked; /* of both routes */
};

static int count(struct fixture *fix)
{
    (void)pthread_mutex_lock(&fix->lock);
    int n = ++fix->n_asked;
    (void)pthread_cond_broadcast(&fix->came);
    (void)pthread_mutex_unlock(&fix->lock);
    return n;
}

/* Answers when another one is there too; 500 when none comes. */
static int together(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct fixture *fix = ctx;
    struct timespec until;
    int rc = 0;

    (void)count(fix);
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    (void)pthread_mutex_lock(&fix->lock);
    while (fix->n_asked < TOGETHER && rc == 0)
        rc = pthread_cond_timedwait(&fix->came, &fix->lock, &until);
    (void)pthread_mutex_unlock(&fix->lock);
    buf_printf(&res->body, "%s", httpd_path(req));
    return rc == 0 ? 200 : 500;
}

static int at_once(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)req;
    buf_printf(&res->body, "%d", count(ctx));
    return 200;
}

static const struct httpd_route routes[] = { { "GET", "/together/{x}", together, 0 },
                                             { "GET", "/at-once", at_once, 0 },
                                             { NULL, NULL, NULL, 0 } };

static int start(void **state)
{
    struct fixture *fix = xcalloc(1, sizeof(*fix));
    const struct httpd_options options = {
        .listen = "127.0.0.1:0", .routes = routes, .ctx = fix, .blocking_threads = 4
    };
    const struct http_curl_options client = { .user_agent = "hearth-test" };
    struct err err = { 0 };

    *state = fix;
    (void)pthread_mutex_init(&fix->lock, NULL);
    (void)pthread_cond_init(&fix->came, NULL);
    http_response_init(&fix->res);
    return httpd_start(&fix->httpd, &options, &err) < 0
               ? -1
               : http_curl_new(&fix->client, &client, &err);
}

static int stop(void **state)
{
    struct fixture *fix = *state;

    http_response_finish(&fix->res);
    http_client_free(fix->client);
    httpd_stop(fix->httpd);
    (void)pthread_cond_destroy(&fix->came);
    (void)pthread_mutex_destroy(&fix->lock);
    free(fix);
    return 0;
}

static void request(const struct fixture *fix, struct http_request *req, char url[100],
                    const char *path)
{
    (void)snprintf(url, 100, "http://127.0.0.1:%d%s", httpd_port(fix->httpd), path);
    http_request_init(req, "GET", url);
    http_request_header(req, "X-Mine", "yes");
}

static int perform(struct fixture *fix, const struct http_request *req)
{
    struct err err = { 0 };
    int rc = fix->client->perform(fix->client, req, &fix->res, &err);

    return rc < 0 ? rc : fix->res.status;
}

static void announced_reads_are_under_way_together(void **state)
{
    struct fixture *fix = *state;
    struct http_request reqs[2];
    char urls[2][100];

    request(fix, &reqs[0], urls[0], "/together/a");
    request(fix, &reqs[1], urls[1], "/together/b");
    fix->client->announce(fix->client, reqs, 2);
    assert_int_equal(perform(fix, &reqs[1]), 200); /* in any order */
    assert_non_null(strstr(fix->res.body.data, "b"));
    assert_int_equal(perform(fix, &reqs[0]), 200);
    assert_non_null(strstr(fix->res.body.data, "a"));
    assert_int_equal(fix->n_asked, 2);
}

static void announced_read_is_taken_once(void **state)
{
    struct fixture *fix = *state;
    struct http_request req;
    char url[100];

    request(fix, &req, url, "/at-once");
    fix->client->announce(fix->client, &req, 1);
    fix->client->announce(fix->client, &req, 1); /* no second one */
    assert_int_equal(perform(fix, &req), 200);
    assert_string_equal(fix->res.body.data, "1");
    assert_int_equal(perform(fix, &req), 200);
    assert_string_equal(fix->res.body.data, "2");
}

/* Other headers may get another answer: what was announced is not theirs. */
static void read_with_other_headers_is_its_own(void **state)
{
    struct fixture *fix = *state;
    struct http_request announced, asked;
    char url[100];

    request(fix, &announced, url, "/at-once");
    request(fix, &asked, url, "/at-once");
    http_request_header(&asked, "X-More", "1");
    fix->client->announce(fix->client, &announced, 1);
    assert_int_equal(perform(fix, &asked), 200);
    assert_int_equal(perform(fix, &announced), 200);
    assert_int_equal(fix->n_asked, 2);
}

static void failure_of_an_announced_read_is_told_when_it_is_asked_for(void **state)
{
    struct fixture *fix = *state;
    struct http_request req;

    http_request_init(&req, "GET", "http://127.0.0.1:1/nobody");
    fix->client->announce(fix->client, &req, 1);
    assert_int_equal(perform(fix, &req), -ERR_NET);
    request(fix, &req, (char[100]){ 0 }, "/at-once");
    fix->client->announce(fix->client, NULL, 0); /* dropped, and nothing leaks */
}

#define SERVED(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(announced_reads_are_under_way_together),
        SERVED(announced_read_is_taken_once),
        SERVED(read_with_other_headers_is_its_own),
        SERVED(failure_of_an_announced_read_is_told_when_it_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
