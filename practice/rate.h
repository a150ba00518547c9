/* SPDX-License-Identifier: Apache-2.0
 * practice/rate.h
 * rate: GitHub's hourly budget of requests, one for the token and one for strangers.
 * Replies of 304 give their request back. A fixed window of an hour, from the first request. */
#ifndef PRACTICE_RATE_H
#define PRACTICE_RATE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"

struct reply;

enum { RATE_LIMIT_SIGNED_IN = 5000, RATE_LIMIT_ANONYMOUS = 60 };

struct rate {
    bool is_on; /* off: no limit and no headers, as on a GitHub Enterprise Server */
    int64_t limit, used;
    int64_t reset_at;
};

void rate_init(struct rate *r, bool is_on, int64_t limit);
bool rate_take(struct rate *r, int64_t now); /* false when nothing is left */
void rate_give_back(struct rate *r);
void rate_add_headers(const struct rate *r, struct reply *reply);
json_t *rate_show(const struct rate *r, int64_t now); /* the body of GET /rate_limit */

#endif
