/* SPDX-License-Identifier: Apache-2.0
 * Replies with a file too large for microhttpd's own way, and those who read them. */
#include "base/httpd.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "tests/unit/loopback.h"

enum {
    LARGE_BYTES = 24 << 20, /* more than sockets hold */
    SLOW_AFTER_S = 1,
};

struct fixture {
    struct httpd *httpd;
    char *dir, *path;
    unsigned char *data; /* of the file */
    sem_t done;          /* posted for each request that is over */
    pthread_mutex_t lock;
    struct httpd_done last; /* its numbers only */
};

static int send_large(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    const struct fixture *fix = ctx;

    res->file = xstrdup(fix->path);
    if (strcmp(httpd_query(req), "part") != 0)
        return 200;
    res->file_offset = 4099;
    res->file_len = LARGE_BYTES - 5000;
    return 206;
}

static int say_hello(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)req;
    (void)ctx;
    buf_add_str(&res->body, "hello");
    return 200;
}

static void keep(const struct httpd_done *done, void *ctx)
{
    struct fixture *fix = ctx;

    (void)pthread_mutex_lock(&fix->lock);
    fix->last = *done;
    (void)pthread_mutex_unlock(&fix->lock);
    (void)sem_post(&fix->done);
}

static const struct httpd_route routes[] = {
    { "GET", "/large", send_large, 0 },
    { "GET", "/hello", say_hello, 0 },
    { NULL, NULL, NULL, 0 },
};

static int start(void **state)
{
    static struct fixture fix;
    const struct httpd_options options = { .listen = "127.0.0.1:0",
                                           .routes = routes,
                                           .ctx = &fix,
                                           .slow_after_s = SLOW_AFTER_S,
                                           .on_done = keep };

    fix = (struct fixture){ 0 };
    *state = &fix;
    (void)sem_init(&fix.done, 0, 0);
    (void)pthread_mutex_init(&fix.lock, NULL);
    fix.data = xcalloc(1, LARGE_BYTES);
    for (size_t i = 0; i < LARGE_BYTES; i++)
        fix.data[i] = (unsigned char)(i * 2654435761u >> 13);
    if (fs_temp_dir(&fix.dir, NULL, NULL) < 0)
        return -1;
    fix.path = fs_path(fix.dir, "large", NULL);
    if (fs_write(fix.path, fix.data, LARGE_BYTES, 0600, NULL) < 0)
        return -1;
    return httpd_start(&fix.httpd, &options, NULL);
}

static int stop(void **state)
{
    struct fixture *fix = *state;

    httpd_stop(fix->httpd);
    (void)fs_remove(fix->dir, NULL);
    free(fix->dir);
    free(fix->path);
    free(fix->data);
    return 0;
}

static int ask(const struct fixture *fix, const char *request)
{
    int fd = dial(fix->httpd);

    send_text(fd, request);
    return fd;
}

/* The head of the answer, without its empty line. The caller frees. */
static char *read_head(int fd)
{
    struct buf head;
    char byte;

    buf_init(&head, 4096);
    while (!strstr(head.data, "\r\n\r\n")) {
        assert_int_equal(read(fd, &byte, 1), 1);
        buf_add(&head, &byte, 1);
    }
    return buf_take(&head);
}

static void assert_head(int fd, const char *status, size_t len, bool is_last)
{
    char *head = read_head(fd);
    char length[64];

    (void)snprintf(length, sizeof(length), "\r\nContent-Length: %zu\r\n", len);
    assert_memory_equal(head, status, strlen(status));
    assert_non_null(strstr(head, length));
    assert_int_equal(strstr(head, "\r\nConnection: close\r\n") != NULL, is_last);
    free(head);
}

static void assert_body(int fd, const unsigned char *data, size_t len)
{
    unsigned char *got = xcalloc(1, len + 1);
    size_t n = 0;

    for (ssize_t k; n <= len && (k = read(fd, got + n, len + 1 - n)) > 0;)
        n += (size_t)k;
    assert_int_equal(n, len);
    assert_memory_equal(got, data, len);
    free(got);
    (void)close(fd);
}

static void assert_told(struct fixture *fix, int status, int64_t bytes)
{
    while (sem_wait(&fix->done) != 0)
        ;
    (void)pthread_mutex_lock(&fix->lock);
    assert_int_equal(fix->last.status, status);
    assert_int_equal(fix->last.bytes, bytes);
    assert_true(fix->last.is_whole);
    (void)pthread_mutex_unlock(&fix->lock);
}

static void assert_told_broken(struct fixture *fix)
{
    while (sem_wait(&fix->done) != 0)
        ;
    (void)pthread_mutex_lock(&fix->lock);
    assert_in_range(fix->last.bytes, 1, LARGE_BYTES - 1);
    assert_false(fix->last.is_whole);
    (void)pthread_mutex_unlock(&fix->lock);
}

static const char GET[] = "GET /large HTTP/1.1\r\nHost: x\r\n\r\n";
static const char GET_PART[] = "GET /large?part HTTP/1.1\r\nHost: x\r\n\r\n";
static const char HEAD[] = "HEAD /large HTTP/1.1\r\nHost: x\r\n\r\n";
static const char GET_HELLO[] = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

static void large_file_comes_whole_and_is_the_last(void **state)
{
    struct fixture *fix = *state;
    int fd = ask(fix, GET);

    assert_head(fd, "HTTP/1.1 200 ", LARGE_BYTES, true);
    assert_body(fd, fix->data, LARGE_BYTES);
    assert_told(fix, 200, LARGE_BYTES);
}

static void part_of_it_comes_alone(void **state)
{
    struct fixture *fix = *state;
    int fd = ask(fix, GET_PART);

    assert_head(fd, "HTTP/1.1 206 ", LARGE_BYTES - 5000, true);
    assert_body(fd, fix->data + 4099, LARGE_BYTES - 5000);
    assert_told(fix, 206, LARGE_BYTES - 5000);
}

static void who_asks_for_its_head_may_ask_again(void **state)
{
    struct fixture *fix = *state;
    int fd = ask(fix, HEAD);

    assert_head(fd, "HTTP/1.1 200 ", LARGE_BYTES, false);
    assert_told(fix, 200, 0);
    send_text(fd, GET_HELLO);
    assert_head(fd, "HTTP/1.1 200 ", 5, false);
    (void)close(fd);
}

static void reader_that_leaves_is_told_as_broken(void **state)
{
    struct fixture *fix = *state;
    int fd = ask(fix, GET);

    assert_head(fd, "HTTP/1.1 200 ", LARGE_BYTES, true);
    (void)close(fd);
    assert_told_broken(fix);
}

/* A connection that only its sockets' buffers keep busy. */
static void reader_that_does_not_read_is_cut_off(void **state)
{
    struct fixture *fix = *state;
    int fd = ask(fix, GET);

    assert_told_broken(fix);
    (void)close(fd);
}

static void reader_that_drips_is_cut_off(void **state)
{
    struct fixture *fix = *state;
    int fd = ask(fix, GET);
    char byte;

    while (sem_trywait(&fix->done) != 0) {
        assert_int_equal(read(fd, &byte, 1), 1);
        (void)poll(NULL, 0, 20);
    }
    (void)sem_post(&fix->done);
    assert_told_broken(fix);
    (void)close(fd);
}

/* Over more than two of the spans in which speed is measured. */
static void reader_that_is_slow_but_steady_gets_it_all(void **state)
{
    struct fixture *fix = *state;
    enum { PIECE = 256 << 10 };
    unsigned char *got = xcalloc(1, LARGE_BYTES);
    int fd = ask(fix, GET);
    size_t n = 0;

    assert_head(fd, "HTTP/1.1 200 ", LARGE_BYTES, true);
    while (n < LARGE_BYTES) {
        size_t left = LARGE_BYTES - n;
        ssize_t k = recv(fd, got + n, left < PIECE ? left : PIECE, MSG_WAITALL);

        assert_true(k > 0);
        n += (size_t)k;
        (void)poll(NULL, 0, SLOW_AFTER_S * 1000 / 40);
    }
    assert_memory_equal(got, fix->data, LARGE_BYTES);
    assert_told(fix, 200, LARGE_BYTES);
    free(got);
    (void)close(fd);
}

static void stopping_ends_what_is_not_sent_yet(void **state)
{
    struct fixture *fix = *state;
    int fd = ask(fix, GET);

    assert_head(fd, "HTTP/1.1 200 ", LARGE_BYTES, true);
    httpd_stop(fix->httpd);
    fix->httpd = NULL;
    assert_told_broken(fix);
    (void)close(fd);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(large_file_comes_whole_and_is_the_last),
        SERVED(part_of_it_comes_alone),
        SERVED(who_asks_for_its_head_may_ask_again),
        SERVED(reader_that_leaves_is_told_as_broken),
        SERVED(reader_that_does_not_read_is_cut_off),
        SERVED(reader_that_drips_is_cut_off),
        SERVED(reader_that_is_slow_but_steady_gets_it_all),
        SERVED(stopping_ends_what_is_not_sent_yet),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
