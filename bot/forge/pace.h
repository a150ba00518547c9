/* SPDX-License-Identifier: Apache-2.0
 * bot/forge/pace.h
 * pace: how fast and how much we may ask and write, remembered over cycles.
 * Reads leave a share of the primary quota to others. Where the forge tells a quota, requests
 * keep a number of points a minute: a read counts 1, a write 5. Content writes keep a gap, a
 * rate a minute and a rate an hour. What the forge refused for a limit is not asked before the
 * time it named, not even by the next cycle: clients that ask on while limited get banned.
 * Every sleep of the forge layer goes through here and ends before the cycle's deadline: what
 * does not fit is -ERR_BUDGET and waits for the next. */
#ifndef BOT_FORGE_PACE_H
#define BOT_FORGE_PACE_H
#include <stdint.h>

#include "bot/forge/limit.h"
#include "bot/forge/window.h"

struct clock;
struct db;
struct err;

/* What a process that is killed may not have written down of its points: GitHub allows 900, of
 * which budgets.points_per_minute may take 800. */
enum { PACE_POINTS_STEP = 100 };

struct pace_options {
    struct db *db;             /* borrowed; budgets */
    const struct clock *clock; /* borrowed */
    int64_t reserve_percent;   /* of the quota, left to others */
    int64_t points_per_minute; /* 0: any */
    int64_t content_per_minute, content_per_hour, content_gap_ms;
    int64_t deadline_ms; /* in clock time; 0: none */
};

struct pace {
    struct pace_options options;
    struct limit_quota quota; /* limit 0: unknown */
    int64_t quota_stored;     /* remaining, as the database has it */
    int64_t last_content_ms;
    struct window content, points;
    int64_t points_unstored; /* since the database was told */
    int64_t refused_until;   /* by our clock; 0: nothing stands */
    int64_t n_refusals;      /* for secondary limits, one after the other */
};

int pace_init(struct pace *pace, const struct pace_options *options, struct err *err);

int64_t pace_left_ms(const struct pace *pace); /* until the deadline; INT64_MAX: none */

/* Sleeps, or -ERR_BUDGET "why: ..." at once when that would pass the deadline. */
int pace_sleep_ms(const struct pace *pace, int64_t ms, const char *why, struct err *err);

/* What a request costs. */
enum pace_cost {
    PACE_READ,
    PACE_WRITE,   /* one that makes nothing that people see */
    PACE_CONTENT, /* one that does: comments, labels, statuses, releases, files */
};

/* Before a request: waits as long as it must, and counts it. ahead_s: the forge's clock minus
 * ours. -ERR_BUDGET when the deadline has passed or would, when only the reserve is left, or
 * when the hour is full. */
int pace_take_turn(struct pace *pace, enum pace_cost cost, int64_t ahead_s, struct err *err);

/* Whether a read would have its turn now, without waiting. Counts nothing. */
bool pace_has_turn(const struct pace *pace, int64_t ahead_s);

/* After a reply that told the quota; after one that refuses for a limit (kind LIMIT_WAIT), so
 * that nobody asks before its time; after any other, which ends the refusals. */
int pace_saw_quota(struct pace *pace, const struct limit_quota *quota, struct err *err);
int pace_saw_refusal(struct pace *pace, const struct limit_verdict *verdict, struct err *err);
int pace_saw_answer(struct pace *pace, struct err *err);

/* How the budgets stand. -1: unknown, or without a limit. */
struct pace_budget {
    const char *name; /* "requests", "points", "writes", "refused" */
    int64_t used, limit, remaining;
    int64_t until_at; /* when it is whole again, 0 when it is; refused: nobody asks before */
};
typedef int pace_budget_fn(void *ctx, const struct pace_budget *budget, struct err *err);
int pace_each_budget(const struct pace *pace, pace_budget_fn *fn, void *ctx, struct err *err);

#endif
