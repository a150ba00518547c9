/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <errno.h>
#include <stddef.h>
#include <time.h>

static int64_t system_now_ms(void *ctx)
{
    struct timespec ts;

    (void)ctx;
    (void)clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void system_sleep_ms(void *ctx, int64_t ms)
{
    struct timespec left = { .tv_sec = (time_t)(ms / 1000), .tv_nsec = ms % 1000 * 1000000 };

    (void)ctx;
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

struct clock clock_system(void)
{
    return (struct clock){ .now_ms = system_now_ms, .sleep_ms = system_sleep_ms };
}

int64_t clock_now(const struct clock *clock)
{
    return clock->now_ms(clock->ctx) / 1000;
}

int64_t clock_now_ms(const struct clock *clock)
{
    return clock->now_ms(clock->ctx);
}

double clock_stopwatch_s(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

void clock_sleep_ms(const struct clock *clock, int64_t ms)
{
    if (ms > 0)
        clock->sleep_ms(clock->ctx, ms);
}
