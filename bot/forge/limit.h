/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/limit.h
 * limit: what a refusal by the forge means: wait, and how long, or no.
 * Pure: looks at one reply, knows no clock and does not sleep. The order of tests is the
 * forge's own documentation: retry-after, then the quota's reset, then a secondary limit, and
 * only then a missing right. Retrying while limited gets tokens banned, so a wait is never
 * shorter than what was asked for, but for the clamps, which keep out nonsense. */
#ifndef BOT_FORGE_LIMIT_H
#define BOT_FORGE_LIMIT_H
#include <stdbool.h>
#include <stdint.h>

struct http_response;

enum limit_kind {
    LIMIT_NONE,  /* no refusal at all */
    LIMIT_WAIT,  /* the same request may be sent again after wait_s */
    LIMIT_DENIED /* asking again will not help */
};

struct limit_verdict {
    enum limit_kind kind;
    int64_t wait_s;    /* 1..LIMIT_MAX_ASKED_S */
    const char *why;   /* static: "retry-after", "quota", "secondary limit" */
    bool is_secondary; /* the forge named no time: the next wait is twice as long */
};

enum {
    LIMIT_MAX_WAIT_S = 3900,   /* 1 h 5 min: no reset is further away */
    LIMIT_MAX_ASKED_S = 86400, /* what a retry-after may ask for */
    LIMIT_SECONDARY_S = 60     /* least wait after a secondary limit; doubles */
};

/* server_at: the forge's time now. n_before: how often we were refused for a
 * secondary limit already, one after the other. */
struct limit_verdict limit_judge(const struct http_response *res, int64_t server_at,
                                 int64_t n_before);

/* The quota as the reply tells it; false when it does not (GHES, caches, other resources). */
struct limit_quota {
    int64_t limit, remaining, reset_at;
};
bool limit_read_quota(struct limit_quota *ret, const struct http_response *res);

#endif
