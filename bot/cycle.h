/* SPDX-License-Identifier: Apache-2.0
 * bot/cycle.h
 * cycle: one pass of the whole loop: read everything, decide, write last.
 * A table of steps; each mode runs its part of them, in the same order. Every step is
 * level-triggered and commits its own work, so a cycle killed anywhere is completed by the next
 * one. Decides nothing itself. */
#ifndef BOT_CYCLE_H
#define BOT_CYCLE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "bot/ledger.h"
#include "bot/release/release.h"
#include "bot/retrain/retrain.h"
#include "bot/rules/feedback.h"
#include "bot/sync/sync.h"

struct clock;
struct config;
struct db;
struct err;
struct forge;

enum cycle_mode {
    CYCLE_RUN,   /* all of it */
    CYCLE_SYNC,  /* read and store */
    CYCLE_PLAN,  /* decide from the database; send nothing */
    CYCLE_APPLY, /* send what is planned */
};

enum cycle_writes {
    CYCLE_WRITES_IF_ALLOWED, /* the first plan of a repository waits for approval */
    CYCLE_WRITES_APPROVED,   /* this is the approval, for all cycles to come */
    CYCLE_WRITES_NONE,       /* --dry-run */
};

enum cycle_place {
    CYCLE_AT_HOME, /* forge.repo: all that there is */
    CYCLE_BESIDE,  /* another repository: data, training, releases and reports are not its */
};

/* All borrowed. */
struct cycle_options {
    const struct config *config;
    const struct clock *clock;
    struct db *db; /* open for writing */
    struct forge *forge;
    enum cycle_place place;
    enum cycle_mode mode;
    enum cycle_writes writes;
    const char *who; /* in the log, for an approval: "user NAME" */
    enum sync_mode sync;
    int64_t deadline_ms; /* in clock time; 0: none */
};

struct cycle_result {
    int64_t repo_id; /* 0: it did not come so far */
    struct {
        int64_t n_new, n_changed, n_deleted, n_gone;
    } rows;
    struct feedback_counts feedback;
    struct retrain_counts retrain;
    struct release_counts release;
    struct ledger_counts ledger;
    bool awaits_approval; /* nothing was sent: the plan wants to be seen first */
    bool is_left;         /* work is left for the next cycle */
    char why_left[512];   /* the reasons, with "; " between them */
};

/* 0 when it came to its end, work left over or not; otherwise the first error, after which the
 * steps that do not build on the failed one were still taken. *ret is filled in every case. */
int cycle_run(const struct cycle_options *options, struct cycle_result *ret, struct err *err);

/* Did anything happen that is worth a row and a line? */
bool cycle_is_quiet(const struct cycle_result *result);

/* {"actions":{..},"feedback":{..},"left":"..","releases":{..},"requests":{..},"rows":{..},
 * "runs":{..}}; the caller's. forge may be NULL. */
json_t *cycle_summary(const struct cycle_result *result, const struct forge *forge);

#endif
