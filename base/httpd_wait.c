/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_wait.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"

enum { SILENCE_MS = 120000, TICK_MS = 1000, MAX_EVENTS = 64 };

struct httpd_wait {
    pthread_t thread;
    void (*tick)(void *ctx);
    void *ctx;
    int epoll_fd;
    int end_fd; /* eventfd: readable when it ends */
    pthread_mutex_t lock;
    struct httpd_waiter *waiters; /* httpd_waiter::next */
    bool is_ending;
};

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Takes it off the list; false when it was woken already. */
static bool forget(struct httpd_wait *wait, const struct httpd_waiter *waiter)
{
    bool is_there = false;

    (void)pthread_mutex_lock(&wait->lock);
    for (struct httpd_waiter **at = &wait->waiters; *at; at = &(*at)->next) {
        if (*at != waiter)
            continue;
        *at = waiter->next;
        is_there = true;
        break;
    }
    (void)pthread_mutex_unlock(&wait->lock);
    return is_there;
}

static void wake(struct httpd_wait *wait, struct httpd_waiter *waiter, bool timed_out)
{
    if (!forget(wait, waiter))
        return;
    (void)epoll_ctl(wait->epoll_fd, EPOLL_CTL_DEL, waiter->fd, NULL);
    waiter->timed_out = timed_out;
    waiter->wake(waiter);
}

/* The first whose time was up at `at`, or NULL. */
static struct httpd_waiter *find_late(struct httpd_wait *wait, int64_t at)
{
    struct httpd_waiter *late;

    (void)pthread_mutex_lock(&wait->lock);
    for (late = wait->waiters; late && late->until_ms > at; late = late->next)
        ;
    (void)pthread_mutex_unlock(&wait->lock);
    return late;
}

static void wake_late(struct httpd_wait *wait, int64_t at)
{
    struct httpd_waiter *late;

    while ((late = find_late(wait, at)))
        wake(wait, late, true);
}

static void *watch(void *arg)
{
    struct httpd_wait *wait = arg;
    struct epoll_event events[MAX_EVENTS];
    int64_t tick_at = 0;

    for (;;) {
        int n = epoll_wait(wait->epoll_fd, events, MAX_EVENTS, TICK_MS);

        for (int i = 0; i < n; i++) {
            if (!events[i].data.ptr) {
                wake_late(wait, INT64_MAX);
                return NULL;
            }
            wake(wait, events[i].data.ptr, false);
        }
        int64_t now = now_ms();
        if (now < tick_at)
            continue;
        tick_at = now + TICK_MS;
        wake_late(wait, now);
        wait->tick(wait->ctx);
    }
}

static void free_ended(struct httpd_wait *wait)
{
    if (wait->epoll_fd >= 0)
        (void)close(wait->epoll_fd);
    if (wait->end_fd >= 0)
        (void)close(wait->end_fd);
    (void)pthread_mutex_destroy(&wait->lock);
    free(wait);
}

int httpd_wait_new(struct httpd_wait **ret, void (*tick)(void *ctx), void *ctx, struct err *err)
{
    struct httpd_wait *wait = xcalloc(1, sizeof(*wait));
    struct epoll_event end = { .events = EPOLLIN, .data.ptr = NULL };

    wait->tick = tick;
    wait->ctx = ctx;
    (void)pthread_mutex_init(&wait->lock, NULL);
    wait->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    wait->end_fd = eventfd(0, EFD_CLOEXEC);
    if (wait->epoll_fd < 0 || wait->end_fd < 0 ||
        epoll_ctl(wait->epoll_fd, EPOLL_CTL_ADD, wait->end_fd, &end) != 0)
        goto failed;
    errno = pthread_create(&wait->thread, NULL, watch, wait);
    if (errno != 0)
        goto failed;
    *ret = wait;
    return 0;

failed:
    (void)err_errno(err, "cannot start the waiting thread of the server");
    free_ended(wait);
    return -ERR_IO;
}

int httpd_wait_add(struct httpd_wait *wait, struct httpd_waiter *waiter)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT, .data.ptr = waiter };
    int fd = waiter->fd;

    waiter->until_ms = now_ms() + SILENCE_MS;
    (void)pthread_mutex_lock(&wait->lock);
    bool is_late = wait->is_ending;
    if (!is_late) {
        waiter->next = wait->waiters;
        wait->waiters = waiter;
    }
    (void)pthread_mutex_unlock(&wait->lock);
    if (is_late)
        return -ERR_IO;
    if (epoll_ctl(wait->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0)
        return 0;
    return forget(wait, waiter) ? -ERR_IO : 0;
}

void httpd_wait_end(struct httpd_wait *wait)
{
    const uint64_t one = 1;

    (void)pthread_mutex_lock(&wait->lock);
    bool is_first = !wait->is_ending;
    wait->is_ending = true;
    (void)pthread_mutex_unlock(&wait->lock);
    if (is_first && write(wait->end_fd, &one, sizeof(one)) == (ssize_t)sizeof(one))
        (void)pthread_join(wait->thread, NULL);
}

void httpd_wait_free(struct httpd_wait *wait)
{
    if (!wait)
        return;
    httpd_wait_end(wait);
    free_ended(wait);
}
