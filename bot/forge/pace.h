/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/pace.h
 * pace: how fast and how much we may ask and write, remembered over cycles.
 * Reads leave a share of the primary quota to others. Content writes keep a gap, a rate a
 * minute and a rate an hour, counted in slots of five minutes, so that no hour ever sees more
 * than the limit, wherever it begins. Every sleep of the forge layer goes through here and ends
 * before the cycle's deadline: what does not fit is -ERR_BUDGET and waits for the next. */
#ifndef BOT_FORGE_PACE_H
#define BOT_FORGE_PACE_H
#include <stdint.h>

#include "bot/forge/limit.h"

struct clock;
struct db;
struct err;

/* 12 slots are an hour; the thirteenth covers the part of a slot in which the hour begins. */
enum { PACE_SLOT_S = 300, PACE_SLOTS = 13 };

struct pace_options {
    struct db *db;             /* borrowed; budgets */
    const struct clock *clock; /* borrowed */
    int64_t reserve_percent;   /* of the quota, left to others */
    int64_t content_per_minute, content_per_hour, content_gap_ms;
    int64_t deadline_ms; /* in clock time; 0: none */
};

struct pace {
    struct pace_options options;
    struct limit_quota quota; /* limit 0: unknown */
    int64_t quota_stored;     /* remaining, as the database has it */
    int64_t last_content_ms;
    struct {
        int64_t at; /* when the slot began, a multiple of PACE_SLOT_S */
        int64_t used;
    } slots[PACE_SLOTS];
};

int pace_init(struct pace *pace, const struct pace_options *options, struct err *err);

/* -ERR_BUDGET: the deadline has passed. */
int pace_check_deadline(const struct pace *pace, struct err *err);
int64_t pace_left_ms(const struct pace *pace); /* until the deadline; INT64_MAX: none */

/* Sleeps, or -ERR_BUDGET "why: ..." at once when that would pass the deadline. */
int pace_sleep_ms(const struct pace *pace, int64_t ms, const char *why, struct err *err);

/* Before a read. server_at: the forge's time. -ERR_BUDGET when only the reserve is left. */
int pace_read(const struct pace *pace, int64_t server_at, struct err *err);

/* Before a content write: waits for the gap, counts it. -ERR_BUDGET when the hour is full. */
int pace_content(struct pace *pace, struct err *err);

/* After a reply that told the quota. */
int pace_saw_quota(struct pace *pace, const struct limit_quota *quota, struct err *err);

#endif
