/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_slow.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/alloc.h"

struct httpd_peer {
    int fd;
    _Atomic(enum httpd_expect) expect;
    atomic_int_fast64_t since_ms; /* monotonic, when that began */
    atomic_int_fast64_t bytes;    /* of the body since then */
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

static bool is_too_slow(const struct httpd_slow *slow, const struct httpd_peer *peer,
                        int64_t at)
{
    int64_t over_ms = at - peer->since_ms - slow->after_ms;

    if (peer->expect == HTTPD_EXPECT_NOTHING || over_ms < 0)
        return false;
    return peer->expect == HTTPD_EXPECT_HEADERS ||
           peer->bytes < over_ms * HTTPD_SLOW_BYTES_PER_S / 1000;
}

void httpd_slow_cut(void *ctx)
{
    struct httpd_slow *slow = ctx;
    int64_t at = now_ms();

    (void)pthread_mutex_lock(&slow->lock);
    for (struct httpd_peer *peer = slow->peers; peer; peer = peer->next)
        if (is_too_slow(slow, peer, at))
            (void)shutdown(peer->fd, SHUT_RDWR);
    (void)pthread_mutex_unlock(&slow->lock);
}
