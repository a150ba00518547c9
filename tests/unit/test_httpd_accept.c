/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_accept.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/httpd_listen.h"
#include "tests/unit/loopback.h"

enum { MAX_OPEN = 2 };

struct fixture {
    struct httpd_accept *accept;
    int listen_fd;    /* a second descriptor of its socket */
    int taken[2];     /* pipe: the descriptors that were taken */
    atomic_int n_bad; /* to be refused by `take`, first of all */
    atomic_int n_open;
};

static int take(int fd, const struct sockaddr *peer, socklen_t len, void *ctx)
{
    struct fixture *fix = ctx;

    assert_true(len >= sizeof(struct sockaddr_in) && peer->sa_family == AF_INET);
    assert_in_range(atomic_fetch_add(&fix->n_open, 1) + 1, 1, MAX_OPEN);
    if (atomic_fetch_sub(&fix->n_bad, 1) > 0) {
        (void)atomic_fetch_sub(&fix->n_open, 1);
        (void)close(fd);
        return -1;
    }
    assert_int_equal(write(fix->taken[1], &fd, sizeof(fd)), sizeof(fd));
    return 0;
}

static int start(void **state)
{
    static struct fixture fix;
    struct err err = { 0 };
    int listen_fd = -1;

    fix = (struct fixture){ 0 };
    *state = &fix;
    if (pipe(fix.taken) != 0 || httpd_listen(&listen_fd, "127.0.0.1:0", &err) < 0)
        return -1;
    fix.listen_fd = dup(listen_fd);
    return httpd_accept_new(&fix.accept, listen_fd, MAX_OPEN, take, &fix, &err);
}

static int stop(void **state)
{
    struct fixture *fix = *state;

    httpd_accept_free(fix->accept);
    (void)close(fix->listen_fd);
    (void)close(fix->taken[0]);
    (void)close(fix->taken[1]);
    return 0;
}

static int dial_listener(const struct fixture *fix)
{
    return dial_port(httpd_listen_port(fix->listen_fd));
}

static int next_taken(const struct fixture *fix)
{
    int fd = -1;

    assert_int_equal(read(fix->taken[0], &fd, sizeof(fd)), sizeof(fd));
    return fd;
}

static void end(struct fixture *fix, int fd)
{
    (void)close(fd);
    (void)atomic_fetch_sub(&fix->n_open, 1);
    httpd_accept_closed(fix->accept);
}

static void connections_beyond_the_bound_wait_for_one_to_close(void **state)
{
    enum { N = 20 };
    struct fixture *fix = *state;
    int dialled[N];

    for (int i = 0; i < N; i++)
        dialled[i] = dial_listener(fix);
    for (int i = 0; i < N; i++)
        end(fix, next_taken(fix)); /* take() counts those that are open */
    for (int i = 0; i < N; i++)
        (void)close(dialled[i]);
}

static void refused_connection_leaves_its_place_to_the_next(void **state)
{
    enum { N = MAX_OPEN + 3 };
    struct fixture *fix = *state;
    int dialled[N];

    atomic_store(&fix->n_bad, N - 1);
    for (int i = 0; i < N; i++)
        dialled[i] = dial_listener(fix);
    end(fix, next_taken(fix));
    for (int i = 0; i < N; i++)
        (void)close(dialled[i]);
}

static void who_comes_when_no_descriptor_is_left_is_taken_later(void **state)
{
    enum { FEW = 64 };
    struct rlimit limit, few;
    struct fixture *fix = *state;
    int fillers[FEW], n = 0;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    few = (struct rlimit){ FEW, limit.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    while (n < FEW && (fillers[n] = dup(fix->listen_fd)) >= 0)
        n++;
    assert_int_equal(errno, EMFILE);
    (void)close(fillers[--n]);
    int dialled = dial_listener(fix); /* has the last one */

    while (n > 0)
        (void)close(fillers[--n]);
    end(fix, next_taken(fix));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    (void)close(dialled);
}

static void after_the_end_another_listener_takes_who_waits(void **state)
{
    struct fixture *fix = *state;
    struct httpd_accept *next = NULL;
    struct err err = { 0 };

    httpd_accept_end(fix->accept);
    int dialled = dial_listener(fix);
    int listen_fd = dup(fix->listen_fd);

    assert_int_equal(httpd_accept_new(&next, listen_fd, MAX_OPEN, take, fix, &err), 0);
    (void)close(next_taken(fix));
    httpd_accept_free(next);
    (void)close(dialled);
}

#define LISTENING(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LISTENING(connections_beyond_the_bound_wait_for_one_to_close),
        LISTENING(refused_connection_leaves_its_place_to_the_next),
        LISTENING(who_comes_when_no_descriptor_is_left_is_taken_later),
        LISTENING(after_the_end_another_listener_takes_who_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
