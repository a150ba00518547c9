/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/train_watch.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "model/tfevents.h"
#include "model/train.h"

enum { BAR_WIDTH = 24, REDRAW_MS = 100 };

int train_watch_init(struct train_watch *watch, struct clock clock, const char *events_folder,
                     struct err *err)
{
    *watch = (struct train_watch){ .clock = clock, .has_bar = isatty(STDERR_FILENO) == 1 };
    watch->started_ms = clock_now_ms(&watch->clock);
    if (!events_folder)
        return 0;
    return tfevents_open(&watch->events, events_folder, watch->started_ms / 1000, err);
}

/* Seconds until the end if every epoch takes as long as those made so far; -1 when unknown. */
static double seconds_left(const struct train_watch *watch, const struct train_progress *p)
{
    double part = (double)p->step / (double)p->n_steps;
    double made = (double)(p->epoch - watch->first_epoch) + part;
    double took_s = (double)(watch->drawn_ms - watch->started_ms) / 1000.0;

    return made > 0.0 ? took_s / made * ((double)(p->n_epochs - p->epoch) - part) : -1.0;
}

static void draw(struct train_watch *watch, const struct train_progress *p)
{
    char bar[BAR_WIDTH + 1];
    size_t filled = (p->epoch * p->n_steps + p->step) * BAR_WIDTH / (p->n_epochs * p->n_steps);
    size_t shown = p->epoch < p->n_epochs ? p->epoch + 1 : p->n_epochs;
    double left_s = seconds_left(watch, p);

    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', filled);
    bar[BAR_WIDTH] = '\0';
    (void)fprintf(stderr, "\r\033[Kepoch %zu/%zu [%s]", shown, p->n_epochs, bar);
    if (p->epoch > 0) {
        const struct train_epoch *last = &p->epochs[p->epoch - 1];

        (void)fprintf(stderr, " loss %.4f", last->loss);
        if (last->validation_loss > 0.0)
            (void)fprintf(stderr, ", validation %.4f", last->validation_loss);
        if (last->validation_accuracy > 0.0)
            (void)fprintf(stderr, ", %.2f%%", 100.0 * last->validation_accuracy);
    }
    if (left_s >= 0.0)
        (void)fprintf(stderr, ", %.0f s left", left_s);
    (void)fflush(stderr);
    watch->is_drawn = true;
}

static int add_events(struct train_watch *watch, const struct train_progress *p,
                      struct err *err)
{
    int64_t now_ms = clock_now_ms(&watch->clock);
    int rc = 0;

    for (; rc == 0 && watch->n_written < p->epoch; watch->n_written++) {
        const struct train_epoch *e = &p->epochs[watch->n_written];
        const struct {
            const char *tag;
            double value;
        } points[] = {
            { "loss/train", e->loss },
            { "learning_rate", e->rate },
            { "loss/validation", e->validation_loss },
            { "accuracy/validation", e->validation_accuracy },
        };
        size_t n = 2 + (e->validation_loss > 0.0) + (e->validation_accuracy > 0.0);

        for (size_t i = 0; rc == 0 && i < n; i++)
            rc = tfevents_scalar(watch->events, points[i].tag, (int64_t)watch->n_written + 1,
                                 points[i].value, now_ms, err);
    }
    return rc;
}

int train_watch_progress(void *ctx, const struct train_progress *p, struct err *err)
{
    struct train_watch *watch = ctx;
    int64_t now_ms = clock_now_ms(&watch->clock);

    if (!watch->is_drawn)
        watch->first_epoch = p->step == 0 && p->epoch > 0 ? p->epoch - 1 : p->epoch;
    if (watch->has_bar && (p->step == 0 || now_ms - watch->drawn_ms >= REDRAW_MS)) {
        watch->drawn_ms = now_ms;
        draw(watch, p);
    }
    return watch->events ? add_events(watch, p, err) : 0;
}

int train_watch_finish(struct train_watch *watch, struct err *err)
{
    if (!watch)
        return 0;
    if (watch->is_drawn)
        (void)fputs("\r\033[K", stderr);
    int rc = tfevents_close(watch->events, err);
    watch->events = NULL;
    return rc;
}
