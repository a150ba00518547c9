/* SPDX-License-Identifier: Apache-2.0
 * bot/release/release.h
 * release: when accepted contributions were merged, the next version, once.
 *
 *     release_plan:   unreleased contributions -> the run that saw exactly the merged data
 *                     -> files staged in cache/releases/ -> rows and actions, one transaction
 *     ledger_apply:   tag and forge release, then each file, SHA256SUMS last
 *     release_finish: all confirmed -> hub repository -> published
 *
 * Everything in a release comes from what the forge tells and from the data, nothing from our
 * clock: made again, it is the same. */
#ifndef BOT_RELEASE_RELEASE_H
#define BOT_RELEASE_RELEASE_H
#include <stdbool.h>
#include <stdint.h>

struct bot;
struct err;

struct release_counts {
    int64_t planned, published; /* in this pass */
    int64_t left;               /* adopting: releases that cannot be taken in */
    char why_not[256];          /* why merged data waits: the gate refused it, "" otherwise;
                                 * adopting: why the first of them cannot */
};

int release_plan(struct bot *bot, struct release_counts *counts, struct err *err);
/* Before anything is sent: the planned release's files, made again where the cache was lost. */
int release_prepare(struct bot *bot, struct err *err);
int release_finish(struct bot *bot, struct release_counts *counts, struct err *err);

/* With a new database, after retrain_adopt(): takes in the complete releases that our account
 * made. What is incomplete is planned again like any other and found standing by the ledger.
 * One whose data are gone from the forge is left; no later one gets its version. */
int release_adopt(struct bot *bot, struct release_counts *counts, struct err *err);

/* Whether the forge has a whole release of that version, whoever made it. */
int release_stands(struct bot *bot, const char *version, bool *ret, struct err *err);

#endif
