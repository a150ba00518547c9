/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_send.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"

enum {
    THREADS = 4,
    TURN_BYTES = 2 << 20, /* of one file before it is another's turn */
};

/* Each socket stands in epoll as one shot, so that one thread has it at a time. */
struct httpd_send {
    pthread_t threads[THREADS];
    unsigned n_threads;
    int epoll_fd;
    int end_fd; /* eventfd: readable, for every thread, when it ends */
    pthread_mutex_t lock;
    struct httpd_sending *all; /* httpd_sending::next */
    bool is_ending;
};

static void end(struct httpd_send *send, struct httpd_sending *sending)
{
    (void)pthread_mutex_lock(&send->lock);
    *sending->ref = sending->next;
    if (sending->next)
        sending->next->ref = sending->ref;
    (void)pthread_mutex_unlock(&send->lock);
    (void)epoll_ctl(send->epoll_fd, EPOLL_CTL_DEL, sending->socket_fd, NULL);
    sending->end(sending);
}

/* As much as the socket takes, one turn at most. False when that was the last of it. */
static bool send_turn(struct httpd_sending *sending)
{
    int64_t len = sending->left < TURN_BYTES ? sending->left : TURN_BYTES;
    off_t at = sending->at;
    ssize_t n = sendfile(sending->socket_fd, sending->file_fd, &at, (size_t)len);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    sending->at = at;
    sending->left -= n;
    return n > 0 && sending->left > 0;
}

/* The next that can go on, for this thread alone until it is passed on; NULL when all end. */
static struct httpd_sending *take_next(struct httpd_send *send)
{
    struct epoll_event event;

    while (epoll_wait(send->epoll_fd, &event, 1, -1) < 1)
        ;
    (void)pthread_mutex_lock(&send->lock); /* what pass_on() left is seen */
    (void)pthread_mutex_unlock(&send->lock);
    return event.data.ptr;
}

/* To whichever thread is free when its socket has room. */
static bool pass_on(struct httpd_send *send, struct httpd_sending *sending)
{
    struct epoll_event event = { .events = EPOLLOUT | EPOLLONESHOT, .data.ptr = sending };

    (void)pthread_mutex_lock(&send->lock);
    int rc = epoll_ctl(send->epoll_fd, EPOLL_CTL_MOD, sending->socket_fd, &event);
    (void)pthread_mutex_unlock(&send->lock);
    return rc == 0;
}

static void *work(void *arg)
{
    struct httpd_send *send = arg;
    struct httpd_sending *sending;

    while ((sending = take_next(send)))
        if (!send_turn(sending) || !pass_on(send, sending))
            end(send, sending);
    return NULL;
}

int httpd_send_new(struct httpd_send **ret, struct err *err)
{
    struct httpd_send *send = xcalloc(1, sizeof(*send));
    struct epoll_event ended = { .events = EPOLLIN, .data.ptr = NULL };

    (void)pthread_mutex_init(&send->lock, NULL);
    send->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    send->end_fd = eventfd(0, EFD_CLOEXEC);
    if (send->epoll_fd < 0 || send->end_fd < 0 ||
        epoll_ctl(send->epoll_fd, EPOLL_CTL_ADD, send->end_fd, &ended) != 0)
        goto failed;
    for (; send->n_threads < THREADS; send->n_threads++) {
        errno = pthread_create(&send->threads[send->n_threads], NULL, work, send);
        if (errno != 0)
            goto failed;
    }
    *ret = send;
    return 0;

failed:
    (void)err_errno(err, "cannot start the sending threads of the server");
    httpd_send_free(send);
    return -ERR_IO;
}

int httpd_send_add(struct httpd_send *send, struct httpd_sending *sending)
{
    struct epoll_event event = { .events = EPOLLOUT | EPOLLONESHOT, .data.ptr = sending };
    int rc = -ERR_IO;

    (void)pthread_mutex_lock(&send->lock);
    if (!send->is_ending &&
        epoll_ctl(send->epoll_fd, EPOLL_CTL_ADD, sending->socket_fd, &event) == 0) {
        sending->next = send->all;
        sending->ref = &send->all;
        if (sending->next)
            sending->next->ref = &sending->next;
        send->all = sending;
        rc = 0;
    }
    (void)pthread_mutex_unlock(&send->lock);
    return rc;
}

void httpd_send_end(struct httpd_send *send)
{
    const uint64_t one = 1;

    (void)pthread_mutex_lock(&send->lock);
    send->is_ending = true;
    (void)pthread_mutex_unlock(&send->lock);
    if (send->n_threads > 0 && write(send->end_fd, &one, sizeof(one)) != (ssize_t)sizeof(one))
        abort(); /* a fresh counter has room for one */
    for (unsigned i = 0; i < send->n_threads; i++)
        (void)pthread_join(send->threads[i], NULL);
    send->n_threads = 0;
    while (send->all)
        end(send, send->all);
}

void httpd_send_free(struct httpd_send *send)
{
    if (!send)
        return;
    httpd_send_end(send);
    if (send->epoll_fd >= 0)
        (void)close(send->epoll_fd);
    if (send->end_fd >= 0)
        (void)close(send->end_fd);
    (void)pthread_mutex_destroy(&send->lock);
    free(send);
}
