/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/pace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/rfc3339.h"
#include "store/budget.h"

/* The database learns of the quota in steps, so that a quiet cycle writes nothing. */
enum { QUOTA_STEP = 50, MS = 1000, HOUR_S = 3600 };

static void slot_name(char out[32], size_t i)
{
    (void)snprintf(out, 32, "content_slot_%02zu", i);
}

static int load_row(void *ctx, const struct budget *row, struct err *err)
{
    struct pace *pace = ctx;
    char name[32];

    (void)err;
    if (strcmp(row->name, "primary") == 0 && row->remaining >= 0) {
        pace->quota =
            (struct limit_quota){ row->used + row->remaining, row->remaining, row->window_at };
        pace->quota_stored = row->remaining;
    }
    if (strcmp(row->name, "content_last") == 0)
        pace->last_content_ms = row->window_at * MS + (MS - 1);
    for (size_t i = 0; i < PACE_SLOTS; i++) {
        slot_name(name, i);
        if (strcmp(row->name, name) == 0) {
            pace->slots[i].at = row->window_at;
            pace->slots[i].used = row->used;
        }
    }
    return 0;
}

int pace_init(struct pace *pace, const struct pace_options *options, struct err *err)
{
    memset(pace, 0, sizeof(*pace));
    pace->options = *options;
    pace->quota_stored = -1;
    return budget_each(options->db, load_row, pace, err);
}

int64_t pace_left_ms(const struct pace *pace)
{
    if (pace->options.deadline_ms == 0)
        return INT64_MAX;
    return pace->options.deadline_ms - clock_now_ms(pace->options.clock);
}

int pace_check_deadline(const struct pace *pace, struct err *err)
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

int pace_read(const struct pace *pace, int64_t server_at, struct err *err)
{
    const struct limit_quota *quota = &pace->quota;
    char reset[RFC3339_SIZE];

    if (quota->limit == 0 || server_at >= quota->reset_at)
        return 0;
    if (quota->remaining > quota->limit * pace->options.reserve_percent / 100)
        return 0;
    return err_set(err, ERR_BUDGET,
                   "%" PRId64 " of %" PRId64 " requests are left until %s, which is the "
                   "reserve of %" PRId64 "%%",
                   quota->remaining, quota->limit, rfc3339_format(reset, quota->reset_at),
                   pace->options.reserve_percent);
}

static int64_t used_in_hour(const struct pace *pace, int64_t now)
{
    int64_t used = 0;

    for (size_t i = 0; i < PACE_SLOTS; i++)
        if (pace->slots[i].at > now - HOUR_S - PACE_SLOT_S && pace->slots[i].at <= now)
            used += pace->slots[i].used;
    return used;
}

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

/* Counted before it is sent: a write that is lost counts, one too few never does. */
static int count_content(struct pace *pace, struct err *err)
{
    int64_t now = clock_now(pace->options.clock);
    int64_t slot_at = now - now % PACE_SLOT_S;
    size_t i = (size_t)(slot_at / PACE_SLOT_S) % PACE_SLOTS;
    char name[32];

    if (pace->slots[i].at != slot_at) {
        pace->slots[i].at = slot_at;
        pace->slots[i].used = 0;
    }
    pace->slots[i].used++;
    pace->last_content_ms = clock_now_ms(pace->options.clock);

    slot_name(name, i);
    struct budget slot = { name, slot_at, pace->slots[i].used, -1 };
    struct budget last = { "content_last", now, 1, -1 };
    int rc = budget_put(pace->options.db, &slot, err);
    return rc < 0 ? rc : budget_put(pace->options.db, &last, err);
}

int pace_content(struct pace *pace, struct err *err)
{
    int64_t limit = pace->options.content_per_hour;

    int rc = wait_for_gap(pace, err);
    if (rc < 0)
        return rc;
    if (used_in_hour(pace, clock_now(pace->options.clock)) >= limit)
        return err_set(err, ERR_BUDGET,
                       "%" PRId64 " writes were sent within the hour, as many as are allowed",
                       limit);
    return count_content(pace, err);
}

int pace_saw_quota(struct pace *pace, const struct limit_quota *quota, struct err *err)
{
    bool is_new_window = quota->reset_at > pace->quota.reset_at;
    int64_t reserve = quota->limit * pace->options.reserve_percent / 100;

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
