/* SPDX-License-Identifier: Apache-2.0
 * Handlers that block, replies that another process makes, and what is told of each request. */
#include "base/httpd.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "tests/unit/loopback.h"

struct fixture {
    struct httpd *httpd;
    sem_t gate;       /* what blocks waits here */
    sem_t done;       /* posted for each request that is over */
    int writer;       /* the other end of the stream */
    atomic_int ended; /* streams */
    pthread_mutex_t lock;
    char last[256]; /* httpd_done of the last one */
};

static int wait_at_gate(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct fixture *fix = ctx;

    assert_true(httpd_may_block(req));
    while (sem_wait(&fix->gate) != 0)
        ;
    httpd_set_user(req, "somebody");
    buf_printf(&res->body, "waited %s", httpd_body(req)->data);
    return 200;
}

static int say_quickly(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)ctx;
    if (strcmp(httpd_query(req), "later") == 0 && !httpd_may_block(req))
        return HTTPD_LATER;
    buf_add_str(&res->body, httpd_may_block(req) ? "later" : "at once");
    return 200;
}

static void count_end(void *ctx)
{
    struct fixture *fix = ctx;

    fix->ended++;
}

static int send_stream(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    struct fixture *fix = ctx;
    int ends[2];

    (void)req;
    assert_int_equal(pipe(ends), 0);
    fix->writer = ends[1];
    buf_add_str(&res->body, "begun ");
    res->stream_fd = ends[0];
    res->end_stream = count_end;
    res->stream = fix;
    (void)sem_post(&fix->gate);
    return 200;
}

static void keep(const struct httpd_done *done, void *ctx)
{
    struct fixture *fix = ctx;

    (void)pthread_mutex_lock(&fix->lock);
    (void)snprintf(fix->last, sizeof(fix->last), "%s %s?%s %s %s %d %lld %s", done->method,
                   done->path, done->query, done->pattern ? done->pattern : "-",
                   done->user ? done->user : "-", done->status, (long long)done->bytes,
                   done->is_whole ? "whole" : "broken");
    (void)pthread_mutex_unlock(&fix->lock);
    (void)sem_post(&fix->done);
}

static const struct httpd_route routes[] = {
    { "POST", "/gate/{n}", wait_at_gate, 100 },
    { "GET", "/quick", say_quickly, 0 },
    { "GET", "/stream", send_stream, 0 },
    { NULL, NULL, NULL, 0 },
};

static httpd_handler *const quick[] = { say_quickly, NULL };

static int start(void **state)
{
    struct fixture *fix = xcalloc(1, sizeof(*fix));
    const struct httpd_options options = { .listen = "127.0.0.1:0",
                                           .routes = routes,
                                           .ctx = fix,
                                           .blocking_threads = 2,
                                           .quick = quick,
                                           .max_per_peer = 6,
                                           .slow_after_s = 1,
                                           .on_done = keep };

    (void)signal(SIGPIPE, SIG_IGN);
    (void)sem_init(&fix->gate, 0, 0);
    (void)sem_init(&fix->done, 0, 0);
    (void)pthread_mutex_init(&fix->lock, NULL);
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

static int ask(const struct fixture *fix, const char *request)
{
    int fd = dial(fix->httpd);

    send_text(fd, request);
    return fd;
}

static void assert_answer(int fd, const char *body)
{
    char *all = read_all(fd);

    assert_non_null(strstr(all, body));
    free(all);
}

static void assert_told(struct fixture *fix, const char *line)
{
    while (sem_wait(&fix->done) != 0)
        ;
    (void)pthread_mutex_lock(&fix->lock);
    assert_string_equal(fix->last, line);
    (void)pthread_mutex_unlock(&fix->lock);
}

static const char POST_GATE[] = "POST /gate/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                "Content-Length: 2\r\n\r\nhi";
static const char GET_QUICK[] = "GET /quick HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
static const char GET_LATER[] =
    "GET /quick?later HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
static const char GET_STREAM[] = "GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/* One server thread, two blocking ones, both taken: what is quick is answered all the same. */
static void blocked_handlers_hold_nobody_up(void **state)
{
    struct fixture *fix = *state;
    int blocked[3];

    for (size_t i = 0; i < 3; i++)
        blocked[i] = ask(fix, POST_GATE);
    assert_answer(ask(fix, GET_QUICK), "at once");
    assert_told(fix, "GET /quick? /quick - 200 7 whole");
    for (size_t i = 0; i < 3; i++)
        (void)sem_post(&fix->gate);
    for (size_t i = 0; i < 3; i++)
        assert_answer(blocked[i], "waited hi");
    assert_told(fix, "POST /gate/1? /gate/{n} somebody 200 9 whole");
}

static void quick_handler_may_ask_to_block(void **state)
{
    struct fixture *fix = *state;

    assert_answer(ask(fix, GET_LATER), "\r\n\r\nlater");
    assert_told(fix, "GET /quick?later /quick - 200 5 whole");
}

static void stream_waits_for_its_writer_alone(void **state)
{
    struct fixture *fix = *state;
    int fd = ask(fix, GET_STREAM);

    while (sem_wait(&fix->gate) != 0)
        ;
    assert_answer(ask(fix, GET_QUICK), "at once");
    assert_told(fix, "GET /quick? /quick - 200 7 whole");
    assert_int_equal(write(fix->writer, "goes on", 7), 7);
    assert_answer(ask(fix, GET_QUICK), "at once");
    assert_told(fix, "GET /quick? /quick - 200 7 whole");
    assert_int_equal(write(fix->writer, " and ends", 9), 9);
    (void)close(fix->writer);

    char *all = read_all(fd);
    assert_non_null(strstr(all, "begun "));
    assert_non_null(strstr(all, "goes on"));
    assert_non_null(strstr(all, " and ends"));
    free(all);
    assert_told(fix, "GET /stream? /stream - 200 22 whole");
    assert_int_equal(fix->ended, 1);
}

static void stopping_ends_streams_that_wait(void **state)
{
    struct fixture *fix = *state;
    int fd = ask(fix, GET_STREAM);

    while (sem_wait(&fix->gate) != 0)
        ;
    httpd_stop(fix->httpd);
    fix->httpd = NULL;
    assert_answer(fd, "begun ");
    assert_int_equal(fix->ended, 1);
    (void)close(fix->writer);
}

static void one_address_has_so_many_connections(void **state)
{
    struct fixture *fix = *state;
    int held[6];
    char byte;

    for (size_t i = 0; i < 6; i++)
        held[i] = ask(fix, POST_GATE);
    int refused = dial(fix->httpd);
    assert_true(read(refused, &byte, 1) <= 0);
    (void)close(refused);
    for (size_t i = 0; i < 6; i++)
        (void)sem_post(&fix->gate);
    for (size_t i = 0; i < 6; i++)
        assert_answer(held[i], "waited hi");
}

/* Dripping bytes keep a connection from being idle; their sender is ended all the same. */
static void drip(const struct fixture *fix, const char *begin)
{
    int fd = ask(fix, begin);
    size_t n = 0;
    char byte;

    for (; n < 1000; n++) {
        struct pollfd readable = { .fd = fd, .events = POLLIN };

        if (poll(&readable, 1, 50) == 1 && read(fd, &byte, 1) <= 0)
            break;
        if (send(fd, "x", 1, MSG_NOSIGNAL) < 0)
            break;
    }
    assert_true(n >= 15 && n < 200);
    (void)close(fd);
}

static void dripped_headers_are_cut_off(void **state)
{
    drip(*state, "GET /quick HTTP/1.1\r\nX: ");
}

static void dripped_bodies_are_cut_off(void **state)
{
    drip(*state, "POST /gate/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n\r\n");
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(blocked_handlers_hold_nobody_up),     SERVED(quick_handler_may_ask_to_block),
        SERVED(stream_waits_for_its_writer_alone),   SERVED(stopping_ends_streams_that_wait),
        SERVED(one_address_has_so_many_connections), SERVED(dripped_headers_are_cut_off),
        SERVED(dripped_bodies_are_cut_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
