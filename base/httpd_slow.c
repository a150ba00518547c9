/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_slow.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/alloc.h"

struct progress {
    int64_t bytes;     /* that moved */
    int64_t waited_ms; /* for the peer */
};

/* A time over which the peer's speed is measured. */
struct span {
    int64_t of_ms; /* httpd_peer::since_ms then: what was expected */
    int64_t from_ms;
    struct progress before;
};

struct httpd_peer {
    int fd;
    _Atomic(enum httpd_expect) expect;
    atomic_int_fast64_t since_ms; /* monotonic, when that began */
    atomic_int_fast64_t bytes;    /* of the body since then */
    struct span span;             /* httpd_slow_cut()'s */
    struct httpd_peer *next, **at;
};

struct httpd_slow {
    int64_t after_ms;
    pthread_mutex_t lock;     /* of the list, and of the sockets in it */
    struct httpd_peer *peers; /* httpd_peer::next */
};

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct httpd_slow *httpd_slow_new(unsigned after_s)
{
    struct httpd_slow *slow = xcalloc(1, sizeof(*slow));

    slow->after_ms = (int64_t)after_s * 1000;
    (void)pthread_mutex_init(&slow->lock, NULL);
    return slow;
}

void httpd_slow_free(struct httpd_slow *slow)
{
    if (!slow)
        return;
    (void)pthread_mutex_destroy(&slow->lock);
    free(slow);
}

struct httpd_peer *httpd_slow_add(struct httpd_slow *slow, int fd)
{
    struct httpd_peer *peer = xcalloc(1, sizeof(*peer));

    peer->fd = fd;
    httpd_slow_expect(peer, HTTPD_EXPECT_HEADERS);
    (void)pthread_mutex_lock(&slow->lock);
    peer->next = slow->peers;
    peer->at = &slow->peers;
    if (peer->next)
        peer->next->at = &peer->next;
    slow->peers = peer;
    (void)pthread_mutex_unlock(&slow->lock);
    return peer;
}

void httpd_slow_remove(struct httpd_slow *slow, struct httpd_peer *peer)
{
    if (!peer)
        return;
    (void)pthread_mutex_lock(&slow->lock);
    *peer->at = peer->next;
    if (peer->next)
        peer->next->at = peer->at;
    (void)pthread_mutex_unlock(&slow->lock);
    free(peer);
}

void httpd_slow_expect(struct httpd_peer *peer, enum httpd_expect what)
{
    if (!peer)
        return;
    peer->since_ms = now_ms();
    peer->bytes = 0;
    peer->expect = what;
}

void httpd_slow_received(struct httpd_peer *peer, size_t len)
{
    if (peer)
        peer->bytes += (int64_t)len;
}

/* What the peer has taken of the answer, as far as the kernel knows. */
static struct progress read_progress(const struct httpd_peer *peer)
{
    struct tcp_info info = { 0 };
    socklen_t len = sizeof(info);

    if (getsockopt(peer->fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return (struct progress){ 0 };
    return (struct progress){ .bytes = (int64_t)info.tcpi_bytes_acked,
                              .waited_ms = (int64_t)(info.tcpi_busy_time / 1000) };
}

static struct progress progress_of(const struct httpd_peer *peer, int64_t at)
{
    if (peer->expect == HTTPD_EXPECT_READING)
        return read_progress(peer);
    return (struct progress){ .bytes = peer->bytes, .waited_ms = at };
}

static bool is_too_slow(const struct httpd_slow *slow, struct httpd_peer *peer, int64_t at)
{
    int64_t since_ms = peer->since_ms;

    if (peer->expect == HTTPD_EXPECT_NOTHING)
        return false;
    if (peer->expect == HTTPD_EXPECT_HEADERS)
        return at - since_ms >= slow->after_ms;
    if (peer->span.of_ms != since_ms) {
        peer->span = (struct span){ since_ms, at, progress_of(peer, at) };
        return false;
    }
    if (at - peer->span.from_ms < slow->after_ms)
        return false;

    struct progress now = progress_of(peer, at);
    int64_t bytes = now.bytes - peer->span.before.bytes;
    int64_t waited_ms = now.waited_ms - peer->span.before.waited_ms;
    peer->span = (struct span){ since_ms, at, now };
    return waited_ms >= slow->after_ms / 10 * 9 &&
           bytes < slow->after_ms * HTTPD_SLOW_BYTES_PER_S / 1000;
}

/* What it has not read is thrown away when its socket is closed: a peer that takes nothing
 * would keep it in the kernel for long. */
static void cut(const struct httpd_peer *peer)
{
    const struct linger none = { .l_onoff = 1, .l_linger = 0 };

    if (peer->expect == HTTPD_EXPECT_READING)
        (void)setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
    (void)shutdown(peer->fd, SHUT_RDWR);
}

void httpd_slow_cut(void *ctx)
{
    struct httpd_slow *slow = ctx;
    int64_t at = now_ms();

    (void)pthread_mutex_lock(&slow->lock);
    for (struct httpd_peer *peer = slow->peers; peer; peer = peer->next)
        if (is_too_slow(slow, peer, at))
            cut(peer);
    (void)pthread_mutex_unlock(&slow->lock);
}
