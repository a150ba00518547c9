/* SPDX-License-Identifier: Apache-2.0
 * bot/release/release_run.h
 * release_run: the run that trained on exactly the contributions merged now.
 * Usually the last pull request's own run is the one; where several were merged side by side,
 * nobody has seen all of them together yet, and a run is made for the release. */
#ifndef BOT_RELEASE_RELEASE_RUN_H
#define BOT_RELEASE_RELEASE_RUN_H
#include <stdbool.h>

struct basis;
struct bot;
struct err;

struct release_run {
    char id[17];
    bool is_accepted;
};

/* Trains where there is none yet, and stores that run. */
int release_run_find(struct release_run *ret, struct bot *bot, struct err *err);

/* The same for a given basis. */
int release_run_on(struct release_run *ret, struct bot *bot, const struct basis *basis,
                   struct err *err);

#endif
