/* SPDX-License-Identifier: Apache-2.0
 * The rows of `budget` that are pace's:
 *
 *     primary          window_at: when the quota is whole again; used, remaining as told
 *     points           used in the minute before window_at
 *     content_last     window_at: when the last content was written
 *     content_slot_NN  used in the five minutes from window_at on
 *     refused          window_at: until when nobody asks; used: refusals one after the other */
#include "bot/forge/pace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "store/budget.h"

/* The database learns of the quota in steps, so that a quiet cycle writes nothing. */
enum { QUOTA_STEP = 50, MS = 1000, HOUR_S = 3600, MINUTE_S = 60 };
enum { CONTENT_SLOT_S = 300, POINTS_SLOT_S = 10 };

static const char slot_prefix[] = "content_slot_";

static const int64_t points_of[] = { [PACE_READ] = 1, [PACE_WRITE] = 5, [PACE_CONTENT] = 5 };

/* Loading ---------------------------------------------------------------------------------- */

static void load_primary(struct pace *pace, const struct budget *row)
{
    if (row->remaining < 0)
        return;
    pace->quota =
        (struct limit_quota){ row->used + row->remaining, row->remaining, row->window_at };
    pace->quota_stored = row->remaining;
}

static void load_points(struct pace *pace, const struct budget *row)
{
    (void)window_add(&pace->points, row->window_at, row->used);
}

static void load_last(struct pace *pace, const struct budget *row)
{
    pace->last_content_ms = row->window_at * MS + (MS - 1);
}

static void load_refused(struct pace *pace, const struct budget *row)
{
    pace->refused_until = row->window_at;
    pace->n_refusals = row->used;
}

static const struct {
    const char *name;
    void (*load)(struct pace *pace, const struct budget *row);
} rows[] = {
    { "primary", load_primary },
    { "points", load_points },
    { "content_last", load_last },
    { "refused", load_refused },
};

static int load_row(void *ctx, const struct budget *row, struct err *err)
{
    struct pace *pace = ctx;

    (void)err;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].name, row->name) == 0)
            rows[i].load(pace, row);
    if (text_has_prefix(row->name, slot_prefix))
        (void)window_add(&pace->content, row->window_at, row->used);
    return 0;
}

int pace_init(struct pace *pace, const struct pace_options *options, struct err *err)
{
    memset(pace, 0, sizeof(*pace));
    pace->options = *options;
    pace->quota_stored = -1;
    window_init(&pace->content, HOUR_S, CONTENT_SLOT_S);
    window_init(&pace->points, MINUTE_S, POINTS_SLOT_S);
    return budget_each(options->db, load_row, pace, err);
}

static int put(const struct pace *pace, const char *name, int64_t window_at, int64_t used,
               struct err *err)
{
    return budget_put(pace->options.db, &(struct budget){ name, window_at, used, -1 }, err);
}

/* Waiting ---------------------------------------------------------------------------------- */

int64_t pace_left_ms(const struct pace *pace)
{
    if (pace->options.deadline_ms == 0)
        return INT64_MAX;
    return pace->options.deadline_ms - clock_now_ms(pace->options.clock);
}

static int check_deadline(const struct pace *pace, struct err *err)
{
    if (pace_left_ms(pace) > 0)
        return 0;
    return err_set(err, ERR_BUDGET, "the cycle's deadline has passed; the rest waits");
}

int pace_sleep_ms(const struct pace *pace, int64_t ms, const char *why, struct err *err)
{
    if (ms >= pace_left_ms(pace))
        return err_set(err, ERR_BUDGET,
                       "%s: a wait of %" PRId64 " s would pass the cycle's deadline", why,
                       (ms + MS - 1) / MS);
    clock_sleep_ms(pace->options.clock, ms);
    return 0;
}

static int wait_for_refusal(const struct pace *pace, struct err *err)
{
    int64_t wait_ms = pace->refused_until * MS - clock_now_ms(pace->options.clock);

    /* A clock that was set back must not silence us for longer than a forge may. */
    if (wait_ms > (int64_t)LIMIT_MAX_ASKED_S * MS)
        wait_ms = (int64_t)LIMIT_MAX_ASKED_S * MS;
    return wait_ms > 0 ? pace_sleep_ms(pace, wait_ms, "the forge asked us to wait", err) : 0;
}

/* The quota -------------------------------------------------------------------------------- */

static int64_t reserve_of(const struct pace *pace, const struct limit_quota *quota)
{
    return quota->limit * pace->options.reserve_percent / 100;
}

/* A write was decided after many reads: it may use the reserve. */
static int check_quota(const struct pace *pace, enum pace_cost cost, int64_t ahead_s,
                       struct err *err)
{
    int64_t server_at = clock_now(pace->options.clock) + ahead_s;
    const struct limit_quota *quota = &pace->quota;
    int64_t kept = cost == PACE_READ ? reserve_of(pace, quota) : 0;
    char reset[RFC3339_SIZE];

    if (quota->limit == 0 || server_at >= quota->reset_at || quota->remaining > kept)
        return 0;
    return err_set(err, ERR_BUDGET,
                   "%" PRId64 " of %" PRId64 " requests are left until %s, and a reserve of "
                   "%" PRId64 "%% is not ours",
                   quota->remaining, quota->limit, rfc3339_format(reset, quota->reset_at),
                   pace->options.reserve_percent);
}

int pace_saw_quota(struct pace *pace, const struct limit_quota *quota, struct err *err)
{
    bool is_new_window = quota->reset_at > pace->quota.reset_at;
    int64_t reserve = reserve_of(pace, quota);

    /* Replies may overtake each other; within a window the quota only shrinks. */
    if (!is_new_window && pace->quota.limit == quota->limit &&
        quota->remaining >= pace->quota.remaining)
        return 0;
    pace->quota = *quota;

    bool is_step = pace->quota_stored < 0 || quota->remaining <= reserve ||
                   pace->quota_stored - quota->remaining >= QUOTA_STEP;
    if (!is_step && !(is_new_window && pace->quota_stored <= reserve))
        return 0;
    pace->quota_stored = quota->remaining;
    return budget_put(pace->options.db,
                      &(struct budget){ "primary", quota->reset_at,
                                        quota->limit - quota->remaining, quota->remaining },
                      err);
}

/* Points ----------------------------------------------------------------------------------- */

/* When so many points may be spent. A forge that tells no quota has no limit of this kind. */
static int64_t points_free_at(const struct pace *pace, int64_t points, int64_t now)
{
    if (pace->quota.limit == 0 || pace->options.points_per_minute == 0)
        return now;
    return window_free_at(&pace->points, now, pace->options.points_per_minute - points);
}

static int wait_for_points(const struct pace *pace, int64_t points, struct err *err)
{
    int64_t now_ms = clock_now_ms(pace->options.clock), now = now_ms / MS;
    int64_t free_at = points_free_at(pace, points, now);

    return free_at > now ? pace_sleep_ms(pace, free_at * MS - now_ms, "points a minute", err)
                         : 0;
}

static int count_points(struct pace *pace, int64_t points, struct err *err)
{
    int64_t now = clock_now(pace->options.clock);

    (void)window_add(&pace->points, now, points);
    pace->points_unstored += points;
    if (pace->quota.limit == 0 || pace->points_unstored < PACE_POINTS_STEP)
        return 0;
    pace->points_unstored = 0;
    return put(pace, "points", now, window_used(&pace->points, now), err);
}

/* Content ---------------------------------------------------------------------------------- */

static int64_t gap_ms(const struct pace_options *options)
{
    int64_t even =
        60 * MS / (options->content_per_minute > 0 ? options->content_per_minute : 1);

    return options->content_gap_ms > even ? options->content_gap_ms : even;
}

static int wait_for_gap(const struct pace *pace, struct err *err)
{
    int64_t wait =
        pace->last_content_ms + gap_ms(&pace->options) - clock_now_ms(pace->options.clock);

    /* A clock that was set back must not hold us up for longer than one gap. */
    if (wait > gap_ms(&pace->options))
        wait = gap_ms(&pace->options);
    return wait > 0 ? pace_sleep_ms(pace, wait, "gap between writes", err) : 0;
}

static int check_hour(const struct pace *pace, struct err *err)
{
    int64_t limit = pace->options.content_per_hour;

    if (window_used(&pace->content, clock_now(pace->options.clock)) < limit)
        return 0;
    return err_set(err, ERR_BUDGET,
                   "%" PRId64 " writes were sent within the hour, as many as are allowed",
                   limit);
}

static int count_content(struct pace *pace, struct err *err)
{
    int64_t now = clock_now(pace->options.clock);
    size_t i = window_add(&pace->content, now, 1);
    const struct window_slot *slot = &pace->content.slots[i];
    char name[sizeof(slot_prefix) + 20];

    pace->last_content_ms = clock_now_ms(pace->options.clock);
    (void)snprintf(name, sizeof(name), "%s%02zu", slot_prefix, i);
    int rc = put(pace, name, slot->at, slot->used, err);
    return rc < 0 ? rc : put(pace, "content_last", now, 1, err);
}

/* Before and after ------------------------------------------------------------------------- */

/* Counted before it is sent: a write that is lost counts, one too few never does. */
int pace_take_turn(struct pace *pace, enum pace_cost cost, int64_t ahead_s, struct err *err)
{
    int64_t points = points_of[cost];
    int rc = check_deadline(pace, err);

    if (rc == 0)
        rc = wait_for_refusal(pace, err);
    if (rc == 0)
        rc = check_quota(pace, cost, ahead_s, err);
    if (rc == 0)
        rc = wait_for_points(pace, points, err);
    if (rc == 0 && cost == PACE_CONTENT)
        rc = wait_for_gap(pace, err);
    if (rc == 0 && cost == PACE_CONTENT)
        rc = check_hour(pace, err);
    if (rc == 0)
        rc = count_points(pace, points, err);
    if (rc == 0 && cost == PACE_CONTENT)
        rc = count_content(pace, err);
    return rc;
}

bool pace_has_turn(const struct pace *pace, int64_t ahead_s)
{
    int64_t now = clock_now(pace->options.clock);

    return pace->refused_until == 0 && pace_left_ms(pace) > 0 &&
           check_quota(pace, PACE_READ, ahead_s, NULL) == 0 &&
           points_free_at(pace, points_of[PACE_READ], now) <= now;
}

int pace_saw_refusal(struct pace *pace, const struct limit_verdict *verdict, struct err *err)
{
    int64_t now = (clock_now_ms(pace->options.clock) + MS - 1) / MS; /* never too early */

    pace->n_refusals += verdict->is_secondary;
    if (now + verdict->wait_s > pace->refused_until)
        pace->refused_until = now + verdict->wait_s;
    return put(pace, "refused", pace->refused_until, pace->n_refusals, err);
}

int pace_saw_answer(struct pace *pace, struct err *err)
{
    if (pace->refused_until == 0 && pace->n_refusals == 0)
        return 0;
    pace->refused_until = pace->n_refusals = 0;
    return put(pace, "refused", 0, 0, err);
}

/* Telling ---------------------------------------------------------------------------------- */

static int64_t later(int64_t at, int64_t now)
{
    return at > now ? at : 0;
}

static struct pace_budget budget_of_window(const char *name, const struct window *w,
                                           int64_t limit, int64_t now)
{
    int64_t used = window_used(w, now);

    return (struct pace_budget){
        name,
        used,
        limit,
        used < limit ? limit - used : 0,
        later(window_free_at(w, now, 0), now),
    };
}

int pace_each_budget(const struct pace *pace, pace_budget_fn *fn, void *ctx, struct err *err)
{
    const struct limit_quota *quota = &pace->quota;
    int64_t now = clock_now(pace->options.clock);
    struct pace_budget requests = { "requests", -1, -1, -1, 0 };

    if (quota->limit > 0 && now < quota->reset_at)
        requests = (struct pace_budget){ "requests", quota->limit - quota->remaining,
                                         quota->limit, quota->remaining, quota->reset_at };
    const struct pace_budget budgets[] = {
        requests,
        budget_of_window("points", &pace->points, pace->options.points_per_minute, now),
        budget_of_window("writes", &pace->content, pace->options.content_per_hour, now),
        { "refused", pace->n_refusals, -1, -1, later(pace->refused_until, now) },
    };
    int rc = 0;

    for (size_t i = 0; i < sizeof(budgets) / sizeof(budgets[0]) && rc == 0; i++)
        rc = fn(ctx, &budgets[i], err);
    return rc;
}
