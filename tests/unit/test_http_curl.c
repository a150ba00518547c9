/* SPDX-License-Identifier: Apache-2.0
 * The client against our own server, and against canned bytes where a server must misbehave. */
#include "base/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/httpd.h"

struct fixture {
    struct httpd *httpd;
    struct http_client *client;
    struct http_request req;
    struct http_response res;
    char url[128];
    char *dir;
    atomic_int n_dropped;
};

/* Every header that a client might add by itself, and the body. */
static int mirror(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    static const char *const names[] = { "User-Agent",        "Accept", "Content-Type",
                                         "Content-Length",    "Expect", "X-Mine",
                                         "Transfer-Encoding", "X-Empty" };

    (void)ctx;
    buf_printf(&res->body, "%s", httpd_method(req));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = httpd_header(req, names[i]);

        if (value)
            buf_printf(&res->body, " %s=%s", names[i], value);
    }
    buf_printf(&res->body, " [%s]", httpd_body(req)->data);
    httpd_reply_header(req, "X-Reply", "  spaced  ");
    return 200;
}

static int redirect(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)res;
    (void)ctx;
    httpd_reply_header(req, "Location", "/mirror");
    return 301;
}

static int drop(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct fixture *fix = ctx;

    (void)req;
    (void)res;
    fix->n_dropped++;
    return 0;
}

static int cut_short(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)req;
    (void)ctx;
    buf_add_str(&res->body, "0123456789");
    res->cut_after = 4;
    return 200;
}

/* 100,000 times 'a', packed. */
static int bomb(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    static const unsigned char packed[] = {
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1, 0x31, 0x01,
        0x00, 0x00, 0x00, 0xc2, 0xa0, 0xac, 0xeb, 0x5f, 0xc2, 0x1a, 0x1e, 0x40, 0x01, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xaf, 0x06, 0x87,
        0xfa, 0xe2, 0x1b, 0xa0, 0x86, 0x01, 0x00,
    };

    (void)ctx;
    buf_add(&res->body, packed, sizeof(packed));
    httpd_reply_header(req, "Content-Encoding", "gzip");
    return 200;
}

static const struct httpd_route routes[] = {
    { "*", "/mirror", mirror, 4096 }, { "GET", "/redirect", redirect, 0 },
    { "*", "/drop", drop, 4096 },     { "GET", "/cut", cut_short, 0 },
    { "GET", "/bomb", bomb, 0 },      { NULL, NULL, NULL, 0 },
};

static int start(void **state)
{
    struct fixture *fix = xcalloc(1, sizeof(*fix));
    const struct httpd_options options = { .listen = "127.0.0.1:0",
                                           .routes = routes,
                                           .ctx = fix };
    const struct http_curl_options client = { .user_agent = "hearth-test" };
    struct err err = { 0 };

    (void)signal(SIGPIPE, SIG_IGN);
    *state = fix;
    http_response_init(&fix->res);
    if (fs_temp_dir(&fix->dir, NULL, &err) < 0 || httpd_start(&fix->httpd, &options, &err) < 0)
        return -1;
    return http_curl_new(&fix->client, &client, &err);
}

static int stop(void **state)
{
    struct fixture *fix = *state;

    http_response_finish(&fix->res);
    http_client_free(fix->client);
    httpd_stop(fix->httpd);
    (void)fs_remove(fix->dir, NULL);
    free(fix->dir);
    free(fix);
    return 0;
}

static struct http_request *request(struct fixture *fix, const char *method, const char *path)
{
    (void)snprintf(fix->url, sizeof(fix->url), "http://127.0.0.1:%d%s", httpd_port(fix->httpd),
                   path);
    http_request_init(&fix->req, method, fix->url);
    return &fix->req;
}

static int perform(struct fixture *fix, struct err *err)
{
    return fix->client->perform(fix->client, &fix->req, &fix->res, err);
}

static void check_mirror(struct fixture *fix, const char *expected)
{
    struct err err = { 0 };

    assert_int_equal(perform(fix, &err), 0);
    assert_int_equal(fix->res.status, 200);
    assert_string_equal(fix->res.body.data, expected);
}

static void only_named_headers_are_sent(void **state)
{
    struct fixture *fix = *state;

    (void)request(fix, "GET", "/mirror");
    check_mirror(fix, "GET User-Agent=hearth-test []");
    assert_string_equal(http_response_header(&fix->res, "x-reply"), "spaced");
    assert_true(fix->res.wire_bytes > (int64_t)fix->res.body.len);

    http_request_header(request(fix, "GET", "/mirror"), "X-Mine", "yes");
    http_request_header(&fix->req, "X-Empty", "");
    http_request_header(&fix->req, "accept", "text/plain");
    check_mirror(fix, "GET User-Agent=hearth-test Accept=text/plain X-Mine=yes X-Empty= []");

    (void)request(fix, "GET", "/mirror");
    check_mirror(fix, "GET User-Agent=hearth-test []");
}

static void bodies_go_with_their_length(void **state)
{
    struct fixture *fix = *state;

    request(fix, "POST", "/mirror")->body = "some text";
    fix->req.body_len = 4;
    check_mirror(fix, "POST User-Agent=hearth-test Content-Length=4 [some]");
    request(fix, "DELETE", "/mirror")->body = "gone";
    fix->req.body_len = 4;
    check_mirror(fix, "DELETE User-Agent=hearth-test Content-Length=4 [gone]");
    (void)request(fix, "PUT", "/mirror");
    check_mirror(fix, "PUT User-Agent=hearth-test Content-Length=0 []");
    (void)request(fix, "DELETE", "/mirror");
    check_mirror(fix, "DELETE User-Agent=hearth-test []");
}

static void file_is_streamed_with_its_length(void **state)
{
    struct fixture *fix = *state;
    char *path = fs_path(fix->dir, "asset", NULL);

    assert_int_equal(fs_write(path, "from a file", 11, 0600, NULL), 0);
    request(fix, "POST", "/mirror")->body_file = path;
    check_mirror(fix, "POST User-Agent=hearth-test Content-Length=11 [from a file]");
    assert_int_equal(fs_write(path, "", 0, 0600, NULL), 0);
    check_mirror(fix, "POST User-Agent=hearth-test Content-Length=0 []");
    free(path);
}

static void missing_body_file_is_named(void **state)
{
    struct fixture *fix = *state;
    struct err err = { 0 };

    request(fix, "POST", "/mirror")->body_file = "/nonexistent/asset";
    assert_int_equal(perform(fix, &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "/nonexistent/asset"));
    request(fix, "POST", "/mirror")->body_file = fix->dir;
    assert_int_equal(perform(fix, &err), -ERR_IO);
}

static void head_and_redirects_come_back_as_they_are(void **state)
{
    struct fixture *fix = *state;

    (void)request(fix, "HEAD", "/mirror");
    assert_int_equal(perform(fix, NULL), 0);
    assert_int_equal(fix->res.status, 200);
    assert_int_equal(fix->res.body.len, 0);
    (void)request(fix, "GET", "/redirect");
    assert_int_equal(perform(fix, NULL), 0);
    assert_int_equal(fix->res.status, 301);
    assert_string_equal(http_response_header(&fix->res, "location"), "/mirror");
}

static void body_over_the_limit_ends_the_reading(void **state)
{
    struct fixture *fix = *state;
    struct err err = { 0 };

    request(fix, "GET", "/mirror?secret=1")->max_body = 5;
    assert_int_equal(perform(fix, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "5 bytes"));
    assert_non_null(strstr(err.msg, "/mirror"));
    assert_null(strstr(err.msg, "secret"));
    assert_int_equal(fix->res.status, 0);
}

static void gzip_is_unpacked_within_the_limit(void **state)
{
    struct fixture *fix = *state;

    request(fix, "GET", "/bomb")->max_body = 100000;
    assert_int_equal(perform(fix, NULL), 0);
    assert_int_equal(fix->res.body.len, 100000);
    assert_true(fix->res.wire_bytes < 1000);
    request(fix, "GET", "/bomb")->max_body = 99999;
    assert_int_equal(perform(fix, NULL), -ERR_LIMIT);
}

static void write_whose_reply_is_lost_is_never_sent_twice(void **state)
{
    struct fixture *fix = *state;
    struct err err = { 0 };

    (void)request(fix, "GET", "/mirror"); /* leaves a connection to be used again */
    assert_int_equal(perform(fix, &err), 0);
    request(fix, "POST", "/drop")->body = "x";
    fix->req.body_len = 1;
    assert_int_equal(perform(fix, &err), -ERR_NET);
    assert_int_equal(fix->n_dropped, 1);
}

static void broken_off_reply_is_a_network_fault(void **state)
{
    struct fixture *fix = *state;
    struct err err = { 0 };

    (void)request(fix, "GET", "/cut");
    assert_int_equal(perform(fix, &err), -ERR_NET);
    assert_non_null(strstr(err.msg, "broke off"));
    assert_int_equal(fix->res.status, 0);
    (void)request(fix, "GET", "/drop");
    assert_int_equal(perform(fix, &err), -ERR_NET);
}

/* A server of one connection that says its bytes and hangs up. */
struct canned {
    int fd;
    const char *reply;
    size_t repeat; /* so many times "X-N: <1000 bytes>" in front of the end */
    pthread_t thread;
};

static void *canned_serve(void *arg)
{
    const struct canned *canned = arg;
    char seen[4096];
    char line[1009];

    int fd = accept(canned->fd, NULL, NULL);
    (void)!read(fd, seen, sizeof(seen));
    (void)send(fd, canned->reply, strlen(canned->reply), MSG_NOSIGNAL);
    memset(line, 'v', sizeof(line));
    memcpy(line, "X-N: ", 5);
    memcpy(line + sizeof(line) - 2, "\r\n", 2);
    for (size_t i = 0; i < canned->repeat; i++)
        (void)send(fd, line, sizeof(line), MSG_NOSIGNAL);
    if (canned->repeat)
        (void)send(fd, "\r\n", 2, MSG_NOSIGNAL);
    (void)close(fd);
    return NULL;
}

/* A bound socket and its address in fix->url. */
static int bind_any(struct fixture *fix)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(fd, (const struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    (void)snprintf(fix->url, sizeof(fix->url), "http://127.0.0.1:%d/", ntohs(address.sin_port));
    http_request_init(&fix->req, "GET", fix->url);
    return fd;
}

static int perform_canned(struct fixture *fix, struct canned *canned, struct err *err)
{
    canned->fd = bind_any(fix);
    assert_int_equal(listen(canned->fd, 1), 0);
    assert_int_equal(pthread_create(&canned->thread, NULL, canned_serve, canned), 0);
    int rc = perform(fix, err);
    (void)pthread_join(canned->thread, NULL);
    (void)close(canned->fd);
    return rc;
}

static void header_flood_reaches_a_limit(void **state)
{
    struct canned flood = { .reply = "HTTP/1.1 200 OK\r\n", .repeat = 100 };
    struct canned many = { .reply = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", .repeat = 40 };
    struct err err = { 0 };

    assert_int_equal(perform_canned(*state, &flood, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "headers"));
    assert_int_equal(perform_canned(*state, &many, &err), 0);
}

static void interim_replies_leave_no_headers(void **state)
{
    struct fixture *fix = *state;
    struct canned canned = { .reply =
                                 "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                                 "HTTP/1.1 204 No Content\r\nX-A: b\r\n folded: c\r\n\r\n" };

    assert_int_equal(perform_canned(fix, &canned, NULL), 0);
    assert_int_equal(fix->res.status, 204);
    assert_null(http_response_header(&fix->res, "link"));
    assert_non_null(http_response_header(&fix->res, "x-a"));
}

static void what_is_not_http_is_a_network_fault(void **state)
{
    static const char *const replies[] = {
        "<html>hello</html>",
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    };
    struct err err = { 0 };

    for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
        struct canned canned = { .reply = replies[i] };

        assert_int_equal(perform_canned(*state, &canned, &err), -ERR_NET);
    }
}

static void refused_and_silent_servers_are_told_apart(void **state)
{
    struct fixture *fix = *state;
    struct err err = { 0 };

    int fd = bind_any(fix);
    assert_int_equal(perform(fix, &err), -ERR_NET);
    assert_non_null(strstr(err.msg, "no connection"));
    assert_int_equal(listen(fd, 1), 0);
    fix->req.timeout_ms = 50;
    assert_int_equal(perform(fix, &err), -ERR_TIMEOUT);
    assert_non_null(strstr(err.msg, "timed out"));
    (void)close(fd);
}

static void bad_requests_never_leave(void **state)
{
    struct fixture *fix = *state;

    http_request_header(request(fix, "POST", "/drop"), "X-A", "b\r\nX-C: d");
    assert_int_equal(perform(fix, NULL), -ERR_PARSE);
    http_request_init(&fix->req, "GET", "ftp://localhost/");
    assert_int_equal(perform(fix, NULL), -ERR_PARSE);
    assert_int_equal(fix->n_dropped, 0);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(only_named_headers_are_sent),
        SERVED(bodies_go_with_their_length),
        SERVED(file_is_streamed_with_its_length),
        SERVED(missing_body_file_is_named),
        SERVED(head_and_redirects_come_back_as_they_are),
        SERVED(body_over_the_limit_ends_the_reading),
        SERVED(gzip_is_unpacked_within_the_limit),
        SERVED(write_whose_reply_is_lost_is_never_sent_twice),
        SERVED(broken_off_reply_is_a_network_fault),
        SERVED(header_flood_reaches_a_limit),
        SERVED(interim_replies_leave_no_headers),
        SERVED(what_is_not_http_is_a_network_fault),
        SERVED(refused_and_silent_servers_are_told_apart),
        SERVED(bad_requests_never_leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
