/* SPDX-License-Identifier: Apache-2.0
 * base/clock.h
 * clock: time and sleep as a parameter, so that tests can own both.
 * Nothing in the project asks the operating system for the time of day except through one of
 * these. The struct is copied freely and owns nothing. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H
#include <stdint.h>

struct clock {
    int64_t (*now_ms)(void *ctx);            /* unix time, milliseconds */
    void (*sleep_ms)(void *ctx, int64_t ms); /* ms <= 0 returns at once */
    void *ctx;
};

struct clock clock_system(void);

int64_t clock_now(const struct clock *clock); /* unix seconds */
int64_t clock_now_ms(const struct clock *clock);
/* Seconds since some moment, to measure how long things take; no decision may rest on it. */
double clock_stopwatch_s(void);
void clock_sleep_ms(const struct clock *clock, int64_t ms);

#endif
