/* SPDX-License-Identifier: Apache-2.0
 * Requests whose end a proxy could see elsewhere than we do. Behind each stands a second one,
 * which must never be answered. */
#include "base/httpd.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "tests/unit/loopback.h"

static int say(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)ctx;
    buf_printf(&res->body, "<%s %s>", httpd_path(req), httpd_body(req)->data);
    return 200;
}

static const struct httpd_route routes[] = {
    { "GET", "/{name}", say, 0 },
    { "POST", "/{name}", say, 100 },
    { NULL, NULL, NULL, 0 },
};

static int start(void **state)
{
    const struct httpd_options options = { .listen = "127.0.0.1:0", .routes = routes };

    (void)signal(SIGPIPE, SIG_IGN);
    return httpd_start((struct httpd **)state, &options, NULL);
}

static int stop(void **state)
{
    httpd_stop(*state);
    return 0;
}

/* The caller frees. */
static char *ask(const struct httpd *httpd, const char *request)
{
    int fd = dial(httpd);

    send_text(fd, request);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    return read_all(fd);
}

#define SMUGGLED "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

static void bodies_with_two_ends_are_refused(void **state)
{
    static const char *const framings[] = {
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\nContent-Length: 4\r\n\r\nabcd",
        "Content-Length: 4\r\nContent-Length: 40\r\n\r\nabcd",
        "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
        "Content-Length: 4, 4\r\n\r\nabcd",
        "Content-Length: +4\r\n\r\nabcd",
        "Content-Length: -4\r\n\r\nabcd",
        "Content-Length: 0x4\r\n\r\nabcd",
        "Content-Length:\r\n\r\nabcd",
        "Content-Length: 99999999999999999999\r\n\r\nabcd",
        "Content-Length:\r\n 4\r\n\r\nabcd",
        "Content-Length: 4\r\n 0\r\n\r\nabcd",
        "Content-Length: 4\r0\r\n\r\nabcd",
        "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        "X: a\r\n Content-Length: 4\r\n\r\nabcd",
        "X: a\rContent-Length: 4\r\n\r\nabcd",
        "Transfer-Encoding: chunked\r\n\r\n-0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    };

    for (size_t i = 0; i < sizeof(framings) / sizeof(framings[0]); i++) {
        char *request =
            xasprintf("POST /first HTTP/1.1\r\nHost: a\r\n%s" SMUGGLED, framings[i]);
        char *answer = ask(*state, request);

        if (strstr(answer, "</first") || strstr(answer, "</smuggled"))
            fail_msg("framing %zu was answered: %s", i, answer);
        free(answer);
        free(request);
    }
}

static void odd_names_and_hosts_are_refused(void **state)
{
    static const char *const heads[] = {
        "Host: a\r\nX : b\r\n",   "Host: a\r\nX\tY: b\r\n", "Host: a\r\nHost: b\r\n",
        "Host: a/b\r\n",          "Host: a\"<x>\r\n",       "Host: a b\r\n",
        "Host: u@a\r\n",          "X: no host at all\r\n",  "Host: a\r\n b\r\n",
        "Host: a\r\nX: \x01\r\n",
    };

    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        char *request = xasprintf("GET /first HTTP/1.1\r\n%s\r\n" SMUGGLED, heads[i]);
        char *answer = ask(*state, request);

        assert_memory_equal(answer, "HTTP/1.1 400 ", 13);
        assert_null(strstr(answer, "</first"));
        assert_null(strstr(answer, "</smuggled"));
        free(answer);
        free(request);
    }
}

static void ordinary_requests_follow_each_other(void **state)
{
    char *answer =
        ask(*state, "POST /a HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 2\r\n\r\nhi"
                    "POST /b HTTP/1.1\r\nHost: h_1.example.org:8080\r\n"
                    "Transfer-Encoding: CHUNKED\r\n\r\n2\r\nho\r\n0\r\n\r\n"
                    "GET /c HTTP/1.0\r\n\r\n");

    assert_non_null(strstr(answer, "</a hi>"));
    assert_non_null(strstr(answer, "</b ho>"));
    assert_non_null(strstr(answer, "</c >"));
    free(answer);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(bodies_with_two_ends_are_refused),
        SERVED(odd_names_and_hosts_are_refused),
        SERVED(ordinary_requests_follow_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
