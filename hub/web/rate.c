/* SPDX-License-Identifier: Apache-2.0
 * Windows stand still on the clock, so that one number per key is enough. A key's counter may
 * be taken by another key of the same window only when all places it could have are taken: then
 * the two share it, which errs on the side of the server. */
#include "hub/web/rate.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/text.h"

enum { PROBES = 8 };

struct slot {
    uint64_t key;
    int64_t window; /* its number since 1970 */
    int64_t count;
};

struct rate {
    pthread_mutex_t lock;
    int64_t limit;
    struct slot slots[RATE_SLOTS];
};

struct rate *rate_new(int64_t limit)
{
    struct rate *rate = xcalloc(1, sizeof(*rate));

    rate->limit = limit;
    (void)pthread_mutex_init(&rate->lock, NULL);
    return rate;
}

void rate_free(struct rate *rate)
{
    if (!rate)
        return;
    (void)pthread_mutex_destroy(&rate->lock);
    free(rate);
}

static uint64_t hash_of(const char *key)
{
    uint8_t digest[SHA256_SIZE];
    uint64_t hash;

    sha256_once(digest, key, strlen(key));
    memcpy(&hash, digest, sizeof(hash));
    return hash;
}

/* The key's own place, else a free one, else the last that was looked at. */
static struct slot *find(struct rate *rate, uint64_t key, int64_t window)
{
    struct slot *free_one = NULL, *at = NULL;

    for (uint64_t i = 0; i < PROBES; i++) {
        at = &rate->slots[(key + i) % RATE_SLOTS];
        if (at->window == window && at->key == key)
            return at;
        if (at->window != window && !free_one)
            free_one = at;
    }
    if (free_one)
        *free_one = (struct slot){ .key = key, .window = window };
    return free_one ? free_one : at;
}

void rate_count(struct rate_state *ret, struct rate *rate, const char *key, int64_t now)
{
    int64_t window = now / RATE_WINDOW_S;

    *ret = (struct rate_state){ .limit = rate->limit,
                                .reset_s = (window + 1) * RATE_WINDOW_S - now };
    if (rate->limit == 0)
        return;
    uint64_t hash = hash_of(key);
    (void)pthread_mutex_lock(&rate->lock);
    struct slot *slot = find(rate, hash, window);
    ret->is_refused = slot->count >= rate->limit;
    slot->count += !ret->is_refused;
    ret->left = rate->limit - slot->count;
    (void)pthread_mutex_unlock(&rate->lock);
}

void rate_address_key(char ret[RATE_KEY_SIZE], const char *peer)
{
    char network[INET6_ADDRSTRLEN] = "";
    struct in6_addr address;

    if (inet_pton(AF_INET6, peer, &address) == 1 && !IN6_IS_ADDR_V4MAPPED(&address)) {
        memset(&address.s6_addr[8], 0, 8);
        (void)inet_ntop(AF_INET6, &address, network, sizeof(network));
    }
    (void)snprintf(ret, RATE_KEY_SIZE, "address %.64s", *network ? network : peer);
}

bool rate_is_own_machine(const char *peer)
{
    return text_has_prefix(peer, "127.") || text_has_prefix(peer, "::ffff:127.") ||
           strcmp(peer, "::1") == 0;
}
