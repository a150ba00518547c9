/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/retrain.h
 * retrain: every standing request for a run is answered, once.
 *
 * Level-triggered: what counts is that the trigger label stands on an open or merged pull
 * request now. Merged ones go first, in order of merging, since later runs build on them. */
#ifndef BOT_RETRAIN_RETRAIN_H
#define BOT_RETRAIN_RETRAIN_H
#include <stdint.h>

struct bot;
struct err;
struct facts;

struct retrain_counts {
    int64_t runs;       /* judged in this pass */
    int64_t refused;    /* requests refused */
    int64_t traces;     /* adopting: comments of our own that were there */
    int64_t left;       /* requests that wait for the next cycle */
    char why_left[256]; /* of the first of them, "" when there is none */
};

/* Reads the forge, trains, stores, plans; writes nothing to the forge. One request that cannot
 * be judged now (the forge is down, the head moved) is left, the others go on. */
int retrain_plan(struct bot *bot, struct retrain_counts *counts, struct err *err);

/* With a new database: makes the runs again that our own comments tell of, on what they were
 * built on then. Plans nothing. A comment whose commit is gone is passed over, and left. */
int retrain_adopt(struct bot *bot, struct retrain_counts *counts, struct err *err);

/* The same for one contribution of a release of ours, whose comment is gone: its lineage says
 * as much, apart from the label, which the timeline tells. Nothing where the database has it.
 * -ERR_NOTFOUND, -ERR_MOVED, -ERR_CONFLICT: it cannot be followed, now or ever. */
int retrain_adopt_released(struct bot *bot, int64_t number, int64_t approved_at,
                           const struct facts *facts, struct err *err);

#endif
