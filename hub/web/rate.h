/* SPDX-License-Identifier: Apache-2.0
 * hub/web/rate.h
 * rate: how many requests an address or a token may make in a window of time.
 * Keeps counters in memory, a fixed number of them; any thread may ask. Private to hub/web. */
#ifndef HUB_WEB_RATE_H
#define HUB_WEB_RATE_H
#include <stdbool.h>
#include <stdint.h>

struct rate;

enum { RATE_WINDOW_S = 300, RATE_SLOTS = 4096, RATE_KEY_SIZE = 80 };
enum { RATE_DEFAULT = 10000 }; /* requests in a window, where nobody says otherwise */

/* limit: requests in a window; 0: any number. */
struct rate *rate_new(int64_t limit);
void rate_free(struct rate *rate); /* NULL is fine */

struct rate_state {
    int64_t limit, left; /* requests; left 0 of a request that is let through: the last one */
    int64_t reset_s;     /* until the window ends */
    bool is_refused;
};

/* Counts one request of whom key names at that time (unix seconds). */
void rate_count(struct rate_state *ret, struct rate *rate, const char *key, int64_t now);

/* What a numeric address counts as: of IPv6, the network of 64 bits that one house has. */
void rate_address_key(char ret[RATE_KEY_SIZE], const char *peer);

/* 127.0.0.0/8 and ::1: its owner, or a proxy that does not tell who asks. */
bool rate_is_own_machine(const char *peer);

#endif
