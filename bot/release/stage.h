/* SPDX-License-Identifier: Apache-2.0
 * bot/release/stage.h
 * stage: a release as files on disk, rows in the database and planned actions.
 * Collects the facts of a run, lets hub/package build the files, and writes them to
 * cache/releases/VERSION/. Staging again gives the same files. */
#ifndef BOT_RELEASE_STAGE_H
#define BOT_RELEASE_STAGE_H
#include <stdint.h>

#include "bot/release/version.h"
#include "hub/package/package.h"

struct bot;
struct err;

struct stage {
    char version[VERSION_SIZE];
    char previous[VERSION_SIZE]; /* "" for the first */
    char run_id[17];
    char target_sha[41];
    int64_t dated_at;
    struct package package;
};

void stage_finish(struct stage *stage); /* NULL and half-built are fine */

/* version, previous and run_id of a release that is stored and not published. */
int stage_open(struct stage *stage, struct bot *bot, const char *version, struct err *err);

/* Makes the staged files of such a release again where the cache was lost. */
int stage_restore(struct bot *bot, const char *version, struct err *err);

/* version, previous, run_id are set; fills the rest. -ERR_REFUSED: a licence does not fit. */
int stage_build(struct stage *stage, struct bot *bot, struct err *err);

/* The weights of one that is built. */
const struct package_file *stage_model(const struct stage *stage);

/* Rows of the release and its files. In the caller's transaction. */
int stage_store(const struct stage *stage, struct bot *bot, struct err *err);

/* Its actions. In the caller's transaction. */
int stage_plan(const struct stage *stage, struct bot *bot, struct err *err);

#endif
