/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_accept.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"

enum { RETRY_MS = 100 };

struct httpd_accept {
    pthread_t thread;
    int listen_fd; /* -1: ended */
    int wake_fd;   /* eventfd: there is room again, or it ends */
    unsigned max_open;
    httpd_accept_take *take;
    void *ctx;
    atomic_uint n_open;
    atomic_bool is_ending;
};

static void wake(struct httpd_accept *accept)
{
    const uint64_t one = 1;
    ssize_t n = write(accept->wake_fd, &one, sizeof(one));

    (void)n; /* it fails only when it is readable already */
}

/* False: trying again at once would be in vain. */
static bool take_next(struct httpd_accept *accept)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof(peer);
    int fd = accept4(accept->listen_fd, (struct sockaddr *)&peer, &len,
                     SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0)
        return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED || errno == EPROTO;
    (void)atomic_fetch_add(&accept->n_open, 1);
    if (accept->take(fd, (struct sockaddr *)&peer, len, accept->ctx) < 0)
        httpd_accept_closed(accept);
    return true;
}

static void *take_all(void *arg)
{
    struct httpd_accept *accept = arg;
    bool is_vain = false; /* no descriptor was left for the next one */
    uint64_t woken;

    while (!atomic_load(&accept->is_ending)) {
        bool is_full = atomic_load(&accept->n_open) >= accept->max_open;
        struct pollfd fds[] = {
            { .fd = accept->wake_fd, .events = POLLIN },
            { .fd = is_full || is_vain ? -1 : accept->listen_fd, .events = POLLIN },
        };

        (void)poll(fds, 2, is_vain ? RETRY_MS : -1);
        if (fds[0].revents && read(accept->wake_fd, &woken, sizeof(woken)) < 0)
            continue;
        is_vain = fds[1].revents && !take_next(accept);
    }
    return NULL;
}

int httpd_accept_new(struct httpd_accept **ret, int listen_fd, unsigned max_open,
                     httpd_accept_take *take, void *ctx, struct err *err)
{
    struct httpd_accept *accept = xcalloc(1, sizeof(*accept));
    int flags = fcntl(listen_fd, F_GETFL);

    accept->listen_fd = listen_fd;
    accept->max_open = max_open;
    accept->take = take;
    accept->ctx = ctx;
    accept->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    *ret = accept;
    if (flags >= 0 && accept->wake_fd >= 0 &&
        fcntl(listen_fd, F_SETFL, flags | O_NONBLOCK) == 0) {
        errno = pthread_create(&accept->thread, NULL, take_all, accept);
        if (errno == 0)
            return 0;
    }

    (void)err_errno(err, "cannot start the accepting thread of the server");
    (void)close(listen_fd);
    accept->listen_fd = -1;
    httpd_accept_free(accept);
    *ret = NULL;
    return -ERR_IO;
}

void httpd_accept_closed(struct httpd_accept *accept)
{
    if (atomic_fetch_sub(&accept->n_open, 1) == accept->max_open)
        wake(accept);
}

void httpd_accept_end(struct httpd_accept *accept)
{
    if (accept->listen_fd < 0)
        return;
    atomic_store(&accept->is_ending, true);
    wake(accept);
    (void)pthread_join(accept->thread, NULL);
    (void)close(accept->listen_fd);
    accept->listen_fd = -1;
}

void httpd_accept_free(struct httpd_accept *accept)
{
    if (!accept)
        return;
    httpd_accept_end(accept);
    if (accept->wake_fd >= 0)
        (void)close(accept->wake_fd);
    free(accept);
}
