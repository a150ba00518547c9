/* SPDX-License-Identifier: Apache-2.0
 * The server over real loopback sockets, byte by byte: what a client library would hide. */
#include "base/httpd.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "tests/unit/loopback.h"

struct fixture {
    struct httpd *httpd;
    char *dir;
};

static int say_hello(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)ctx;
    res->content_type = "text/plain";
    httpd_reply_header(req, "X-Kept", "%d", 7);
    httpd_reply_header(req, "X-Forged", "a\r\nSet-Cookie: b");
    buf_add_str(&res->body, "hello");
    return 200;
}

static int echo(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    char *q = httpd_query_arg(req, "q");
    const char *seen = httpd_header(req, "x-seen");

    (void)ctx;
    buf_printf(&res->body, "%s|%s|%s|%s|%s|%s|%s", httpd_method(req), httpd_path(req),
               httpd_param(req, "part"), q ? q : "-", seen ? seen : "-", httpd_peer(req),
               httpd_body(req)->data);
    free(q);
    return 201;
}

static int send_file(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct fixture *fix = ctx;

    res->file = fs_path(fix->dir, httpd_param(req, "name"), NULL);
    if (strcmp(httpd_query(req), "part") == 0) {
        res->file_offset = 2;
        res->file_len = 3;
        return 206;
    }
    return 200;
}

static int send_stream(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    int ends[2];

    (void)req;
    (void)ctx;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "streamed", 8), 8);
    (void)close(ends[1]);
    res->stream_fd = ends[0];
    return 200;
}

static int cut_short(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)req;
    (void)ctx;
    buf_add_str(&res->body, "0123456789");
    res->cut_after = 4;
    return 200;
}

static int drop(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)req;
    (void)ctx;
    buf_add_str(&res->body, "never seen");
    return 0;
}

static int nonsense_status(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)req;
    (void)ctx;
    buf_add_str(&res->body, "x");
    return 1000;
}

static const struct httpd_route routes[] = {
    { "GET", "/hello", say_hello, 0 },
    { "*", "/echo/{part}", echo, 16 },
    { "GET", "/file/{name}", send_file, 0 },
    { "GET", "/stream", send_stream, 0 },
    { "GET", "/cut", cut_short, 0 },
    { "GET", "/drop", drop, 0 },
    { "GET", "/nonsense", nonsense_status, 0 },
    { NULL, NULL, NULL, 0 },
};

static int start(void **state)
{
    struct fixture *fix = xcalloc(1, sizeof(*fix));
    const struct httpd_options options = {
        .listen = "127.0.0.1:0", .routes = routes, .ctx = fix, .threads = 2
    };
    struct err err = { 0 };

    (void)signal(SIGPIPE, SIG_IGN);
    *state = fix;
    if (fs_temp_dir(&fix->dir, NULL, &err) < 0)
        return -1;
    return httpd_start(&fix->httpd, &options, &err);
}

static int stop(void **state)
{
    struct fixture *fix = *state;

    httpd_stop(fix->httpd);
    (void)fs_remove(fix->dir, NULL);
    free(fix->dir);
    free(fix);
    return 0;
}

/* Sends a request and reads to the end; request should ask for "Connection: close". */
static char *exchange(const struct fixture *fix, const char *request)
{
    int fd = dial(fix->httpd);

    send_text(fd, request);
    return read_all(fd);
}

#define CLOSE "Host: x\r\nConnection: close\r\n"

static void check_reply(const struct fixture *fix, const char *request, const char *status,
                        const char *body)
{
    char *reply = exchange(fix, request);
    const char *end = strstr(reply, "\r\n\r\n");

    assert_non_null(end);
    assert_memory_equal(reply, status, strlen(status));
    assert_string_equal(end + 4, body);
    free(reply);
}

static void body_and_headers_arrive_and_forged_ones_do_not(void **state)
{
    char *reply = exchange(*state, "GET /hello HTTP/1.1\r\n" CLOSE "\r\n");

    assert_non_null(strstr(reply, "HTTP/1.1 200 "));
    assert_non_null(strstr(reply, "\r\nX-Kept: 7\r\n"));
    assert_non_null(strstr(reply, "\r\nContent-Type: text/plain\r\n"));
    assert_null(strstr(reply, "Set-Cookie"));
    assert_null(strstr(reply, "X-Forged"));
    assert_non_null(strstr(reply, "\r\n\r\nhello"));
    free(reply);
}

static void head_has_the_length_and_no_body(void **state)
{
    char *reply = exchange(*state, "HEAD /hello HTTP/1.1\r\n" CLOSE "\r\n");

    assert_non_null(strstr(reply, "\r\nContent-Length: 5\r\n"));
    assert_string_equal(strstr(reply, "\r\n\r\n"), "\r\n\r\n");
    free(reply);
}

static void escapes_stay_in_the_path_and_go_in_the_query(void **state)
{
    check_reply(*state,
                "GET /echo/dev%2Fx?a=1&q=b+c%26d&q=2 HTTP/1.1\r\nX-SEEN: yes\r\n" CLOSE "\r\n",
                "HTTP/1.1 201 ", "GET|/echo/dev%2Fx|dev%2Fx|b c&d|yes|127.0.0.1|");
    check_reply(*state, "GET http://x/echo/p?q HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 201 ",
                "GET|/echo/p|p||-|127.0.0.1|");
    check_reply(*state, "GET /echo/p?q=%zz HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 201 ",
                "GET|/echo/p|p|-|-|127.0.0.1|");
}

static void delete_and_chunked_requests_have_bodies(void **state)
{
    check_reply(*state, "DELETE /echo/p HTTP/1.1\r\nContent-Length: 4\r\n" CLOSE "\r\nbody",
                "HTTP/1.1 201 ", "DELETE|/echo/p|p|-|-|127.0.0.1|body");
    check_reply(*state,
                "POST /echo/p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" CLOSE
                "\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
                "HTTP/1.1 201 ", "POST|/echo/p|p|-|-|127.0.0.1|abcde");
}

static void body_over_the_route_s_limit_is_refused(void **state)
{
    static const char text[] = "request body larger than 16 bytes\n";

    check_reply(*state,
                "POST /echo/p HTTP/1.1\r\nContent-Length: 17\r\n" CLOSE "\r\n01234567890123456",
                "HTTP/1.1 413 ", text);
    check_reply(*state,
                "POST /echo/p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" CLOSE
                "\r\n11\r\n01234567890123456\r\n0\r\n\r\n",
                "HTTP/1.1 413 ", text);
    check_reply(*state, "POST /echo/p HTTP/1.1\r\nContent-Length: 99999999999\r\n" CLOSE "\r\n",
                "HTTP/1.1 413 ", text);
    check_reply(*state,
                "POST /echo/p HTTP/1.1\r\nContent-Length: 17\r\nExpect: 100-continue\r\n" CLOSE
                "\r\n",
                "HTTP/1.1 413 ", text);
}

static void files_are_sent_whole_or_in_part(void **state)
{
    const struct fixture *fix = *state;
    char *path = fs_path(fix->dir, "data", NULL);

    assert_int_equal(fs_write(path, "abcdefgh", 8, 0644, NULL), 0);
    check_reply(fix, "GET /file/data HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200 ", "abcdefgh");
    check_reply(fix, "GET /file/data?part HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 206 ", "cde");
    check_reply(fix, "HEAD /file/data HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200 ", "");
    free(path);
}

static void file_that_cannot_be_sent_is_a_500(void **state)
{
    static const char text[] = "the server could not produce this reply\n";
    check_reply(*state, "GET /file/absent HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 500 ", text);
    check_reply(*state, "GET /file/. HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 500 ", text);
    check_reply(*state, "GET /nonsense HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 500 ", text);
}

static void stream_is_sent_chunked_to_its_end(void **state)
{
    check_reply(*state, "GET /stream HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200 ",
                "8\r\nstreamed\r\n0\r\n\r\n");
}

static void cut_reply_promises_all_and_sends_a_part(void **state)
{
    char *reply = exchange(*state, "GET /cut HTTP/1.1\r\nHost: x\r\n\r\n");

    assert_non_null(strstr(reply, "\r\nContent-Length: 10\r\n"));
    assert_string_equal(strstr(reply, "\r\n\r\n"), "\r\n\r\n0123");
    free(reply);
}

static void dropped_request_gets_not_a_byte(void **state)
{
    char *reply = exchange(*state, "GET /drop HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_string_equal(reply, "");
    free(reply);
}

static void unknown_paths_and_methods_are_told_apart(void **state)
{
    char *reply =
        exchange(*state, "PUT /hello HTTP/1.1\r\nContent-Length: 2\r\n" CLOSE "\r\nab");

    assert_non_null(strstr(reply, "HTTP/1.1 405 "));
    assert_non_null(strstr(reply, "\r\nAllow: GET, HEAD\r\n"));
    free(reply);
    check_reply(*state, "GET /none HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 404 ", "not found\n");
}

/* The request exists before its headers are read: the leak checker sees what is forgotten. */
static void broken_requests_are_refused_and_leave_nothing_behind(void **state)
{
    static const char *const broken[] = {
        "GET /hello HTTP/1.1\r\nbroken header line\r\n" CLOSE "\r\n",
        "POST /echo/p HTTP/1.1\r\nContent-Length: x\r\n" CLOSE "\r\n",
        "GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n",
    };

    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        char *reply = exchange(*state, broken[i]);

        assert_memory_equal(reply, "HTTP/1.1 400 ", 13);
        free(reply);
    }
}

static void two_requests_share_a_connection(void **state)
{
    char *reply = exchange(*state, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
                                   "GET /echo/2 HTTP/1.1\r\n" CLOSE "\r\n");

    assert_non_null(strstr(reply, "\r\n\r\nhelloHTTP/1.1 201 "));
    assert_non_null(strstr(reply, "GET|/echo/2|2|"));
    free(reply);
}

static void bad_listen_addresses_are_named(void **state)
{
    static const char *const bad[] = { "",    "127.0.0.1",   "127.0.0.1:",  "127.0.0.1:65536",
                                       ":80", "localhost:0", "127.0.0.1:-1" };
    struct httpd_options options = { .routes = routes };
    struct httpd *httpd = NULL;
    struct err err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        options.listen = bad[i];
        assert_int_equal(httpd_start(&httpd, &options, &err), -ERR_CONFIG);
        assert_null(httpd);
    }
}

static void port_in_use_is_named(void **state)
{
    const struct fixture *fix = *state;
    char listen_on[64];
    const struct httpd_options options = { .listen = listen_on, .routes = routes };
    struct httpd *httpd = NULL;
    struct err err = { 0 };

    (void)snprintf(listen_on, sizeof(listen_on), "127.0.0.1:%d", httpd_port(fix->httpd));
    assert_int_equal(httpd_start(&httpd, &options, &err), -ERR_IO);
    assert_non_null(strstr(err.msg, listen_on));
    assert_non_null(strstr(err.msg, "in use"));
}

static void ipv6_is_served_where_there_is_ipv6(void **state)
{
    const struct httpd_options options = { .listen = "[::1]:0", .routes = routes };
    struct httpd *httpd = NULL;

    (void)state;
    int rc = httpd_start(&httpd, &options, NULL);
    assert_true(rc == -ERR_IO || (rc == 0 && httpd_port(httpd) > 0));
    httpd_stop(httpd);
}

/* Its threads are awake then, each with a reason of its own. */
static void stopping_while_connections_come_and_go_ends_well(void **state)
{
    enum { ROUNDS = 100, CALLERS = 4 };
    const struct httpd_options options = { .listen = "127.0.0.1:0",
                                           .routes = routes,
                                           .threads = 4 };
    int fds[CALLERS];

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct httpd *httpd = NULL;

        assert_int_equal(httpd_start(&httpd, &options, NULL), 0);
        for (int i = 0; i < CALLERS; i++) {
            fds[i] = dial(httpd);
            send_text(fds[i], "GET /hello HTTP/1.1\r\n" CLOSE "\r\n");
        }
        for (int i = 0; i < round % CALLERS; i++)
            free(read_all(fds[i]));
        httpd_stop(httpd);
        for (int i = round % CALLERS; i < CALLERS; i++)
            (void)close(fds[i]);
    }
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(body_and_headers_arrive_and_forged_ones_do_not),
        SERVED(head_has_the_length_and_no_body),
        SERVED(escapes_stay_in_the_path_and_go_in_the_query),
        SERVED(delete_and_chunked_requests_have_bodies),
        SERVED(body_over_the_route_s_limit_is_refused),
        SERVED(files_are_sent_whole_or_in_part),
        SERVED(file_that_cannot_be_sent_is_a_500),
        SERVED(stream_is_sent_chunked_to_its_end),
        SERVED(cut_reply_promises_all_and_sends_a_part),
        SERVED(dropped_request_gets_not_a_byte),
        SERVED(unknown_paths_and_methods_are_told_apart),
        SERVED(broken_requests_are_refused_and_leave_nothing_behind),
        SERVED(two_requests_share_a_connection),
        SERVED(port_in_use_is_named),
        cmocka_unit_test(bad_listen_addresses_are_named),
        cmocka_unit_test(ipv6_is_served_where_there_is_ipv6),
        cmocka_unit_test(stopping_while_connections_come_and_go_ends_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
