/* SPDX-License-Identifier: Apache-2.0
 * Bodies that a server hands over in pieces. */
#include "base/httpd.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "tests/unit/loopback.h"

struct fixture {
    struct httpd *httpd;
    atomic_int ended; /* uploads whose state was given back */
};

/* An upload as a handler counts it. */
struct upload {
    struct fixture *fix;
    size_t bytes, pieces, largest;
};

static void end_upload(void *state)
{
    struct upload *up = state;

    up->fix->ended++;
    free(up);
}

static int begin_upload(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct upload *up = xcalloc(1, sizeof(*up));

    up->fix = ctx;
    httpd_set_state(req, up, end_upload);
    if (strcmp(httpd_query(req), "refuse") != 0)
        return 0;
    buf_printf(&res->body, "not %lld", (long long)httpd_content_length(req));
    return 403;
}

static int take_upload(struct httpd_request *req, const void *data, size_t len, void *ctx)
{
    struct upload *up = httpd_state(req);

    (void)ctx;
    (void)data;
    up->bytes += len;
    up->pieces++;
    up->largest = len > up->largest ? len : up->largest;
    return strcmp(httpd_query(req), "full") == 0 && up->bytes > 1 << 20 ? -1 : 0;
}

static int finish_upload(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct upload *up = httpd_state(req);

    (void)ctx;
    buf_printf(&res->body, "%zu bytes, %s, body %zu", up->bytes,
               up->largest <= 65536 ? "small pieces" : "LARGE", httpd_body(req)->len);
    return up->bytes > 1 << 20 && up->bytes < 3 << 20 ? 507 : 200;
}

enum { UPLOAD_MAX_BYTES = 32 << 20 };
static const struct httpd_stream streams[] = {
    { finish_upload, begin_upload, take_upload },
    { NULL, NULL, NULL },
};

static const struct httpd_route routes[] = {
    { "PUT", "/upload", finish_upload, UPLOAD_MAX_BYTES },
    { NULL, NULL, NULL, 0 },
};

static int start(void **state)
{
    struct fixture *fix = xcalloc(1, sizeof(*fix));
    const struct httpd_options options = { .listen = "127.0.0.1:0",
                                           .routes = routes,
                                           .streams = streams,
                                           .ctx = fix,
                                           .idle_timeout_s = 1 };

    (void)signal(SIGPIPE, SIG_IGN);
    *state = fix;
    return httpd_start(&fix->httpd, &options, NULL);
}

static int stop(void **state)
{
    struct fixture *fix = *state;

    httpd_stop(fix->httpd);
    free(fix);
    return 0;
}

/* Sends a PUT that declares so many bytes, and them; the reply. */
static char *upload(const struct fixture *fix, const char *target, size_t declared, size_t sent)
{
    char *head = xasprintf("PUT %s HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n"
                           "Connection: close\r\n\r\n",
                           target, declared);
    char *block = xcalloc(1, 1 << 20);
    int fd = dial(fix->httpd);

    send_text(fd, head);
    while (sent > 0) {
        size_t n = sent < 1 << 20 ? sent : 1 << 20;
        ssize_t done = send(fd, block, n, MSG_NOSIGNAL);

        if (done <= 0)
            break;
        sent -= (size_t)done;
    }
    free(block);
    free(head);
    (void)shutdown(fd, SHUT_WR);
    return read_all(fd);
}

static void a_large_body_is_handed_over_in_pieces_and_never_held(void **state)
{
    const struct fixture *fix = *state;
    char *reply = upload(fix, "/upload", 24 << 20, 24 << 20);

    assert_non_null(strstr(reply, "200 OK"));
    assert_non_null(strstr(reply, "25165824 bytes, small pieces, body 0"));
    assert_int_equal(fix->ended, 1);
    free(reply);
}

static void an_empty_body_reaches_the_stream_s_handler(void **state)
{
    char *reply = upload(*state, "/upload", 0, 0);

    assert_non_null(strstr(reply, "0 bytes"));
    free(reply);
}

static void a_stream_that_refuses_takes_no_piece(void **state)
{
    const struct fixture *fix = *state;
    char *reply = upload(fix, "/upload?refuse", 4 << 20, 4 << 20);

    assert_non_null(strstr(reply, " 403 "));
    assert_non_null(strstr(reply, "not 4194304"));
    free(reply);
    reply = upload(fix, "/upload?refuse", 30 << 20, 0); /* not waited for */
    assert_non_null(strstr(reply, "not 31457280"));
    free(reply);
}

static void a_stream_that_fails_half_way_answers_at_the_end(void **state)
{
    char *reply = upload(*state, "/upload?full", 4 << 20, 4 << 20);

    assert_non_null(strstr(reply, " 507 "));
    free(reply);
}

static void a_stream_s_body_over_the_limit_is_refused(void **state)
{
    char *reply = upload(*state, "/upload", UPLOAD_MAX_BYTES + 1, UPLOAD_MAX_BYTES + 1);

    assert_non_null(strstr(reply, " 413 "));
    free(reply);
}

static void a_broken_upload_gives_its_state_back(void **state)
{
    struct fixture *fix = *state;

    free(upload(fix, "/upload", 9 << 20, 1 << 20));
    httpd_stop(fix->httpd);
    fix->httpd = NULL;
    assert_int_equal(fix->ended, 1);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(a_large_body_is_handed_over_in_pieces_and_never_held),
        SERVED(an_empty_body_reaches_the_stream_s_handler),
        SERVED(a_stream_that_refuses_takes_no_piece),
        SERVED(a_stream_that_fails_half_way_answers_at_the_end),
        SERVED(a_stream_s_body_over_the_limit_is_refused),
        SERVED(a_broken_upload_gives_its_state_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
