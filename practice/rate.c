/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/rate.h"

#include <inttypes.h>

#include "practice/call.h"

enum { WINDOW_S = 3600 };

void rate_init(struct rate *r, bool is_on, int64_t limit)
{
    *r = (struct rate){ .is_on = is_on, .limit = limit };
}

static void roll(struct rate *r, int64_t now)
{
    if (now < r->reset_at)
        return;
    r->used = 0;
    r->reset_at = now + WINDOW_S;
}

bool rate_take(struct rate *r, int64_t now)
{
    if (!r->is_on)
        return true;
    roll(r, now);
    if (r->used >= r->limit)
        return false;
    r->used++;
    return true;
}

void rate_give_back(struct rate *r)
{
    if (r->used > 0)
        r->used--;
}

void rate_add_headers(const struct rate *r, struct reply *reply)
{
    if (!r->is_on)
        return;
    reply_header(reply, "X-RateLimit-Limit", "%" PRId64, r->limit);
    reply_header(reply, "X-RateLimit-Remaining", "%" PRId64, r->limit - r->used);
    reply_header(reply, "X-RateLimit-Used", "%" PRId64, r->used);
    reply_header(reply, "X-RateLimit-Reset", "%" PRId64, r->reset_at);
    reply_header(reply, "X-RateLimit-Resource", "core");
}

json_t *rate_show(const struct rate *r, int64_t now)
{
    int64_t reset_at = r->reset_at > now ? r->reset_at : now + WINDOW_S;
    int64_t used = r->reset_at > now ? r->used : 0;
    json_t *core = json_pack("{s:I, s:I, s:I, s:I}", "limit", (json_int_t)r->limit, "remaining",
                             (json_int_t)(r->limit - used), "reset", (json_int_t)reset_at,
                             "used", (json_int_t)used);

    return json_pack("{s:{s:O, s:O}, s:o}", "resources", "core", core, "search", core, "rate",
                     core);
}
