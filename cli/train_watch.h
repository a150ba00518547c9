/* SPDX-License-Identifier: Apache-2.0
 * cli/train_watch.h
 * train_watch: what shows while a training runs: a bar on a terminal, curves for TensorBoard.
 * Owns the open event file. */
#ifndef CLI_TRAIN_WATCH_H
#define CLI_TRAIN_WATCH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct err;
struct tfevents;
struct train_progress;

struct train_watch {
    struct clock clock;
    bool has_bar;
    bool is_drawn;
    int64_t started_ms, drawn_ms;
    size_t first_epoch;      /* that this process makes */
    struct tfevents *events; /* or NULL */
    size_t n_written;        /* epochs that the event file has */
};

/* A bar only where stderr is a terminal; events_folder may be NULL. */
int train_watch_init(struct train_watch *watch, struct clock clock, const char *events_folder,
                     struct err *err);

/* train_options.on_progress; ctx is the watch. */
int train_watch_progress(void *ctx, const struct train_progress *progress, struct err *err);

/* Wipes the bar and closes the file. NULL and zeroed are fine. */
int train_watch_finish(struct train_watch *watch, struct err *err);

#endif
