/* SPDX-License-Identifier: Apache-2.0
 * bot/ledger.h
 * ledger: the one door through which anything is written to the forge.
 *
 * ledger_plan() stores an intended write under a key that makes it happen once. ledger_apply()
 * sends what is planned, in order, each under its precondition, and looks at the forge before
 * every write: a comment of ours with the marker, a label, a status, a release, a file that
 * stands there already is taken for done. So a killed cycle, a lost reply and a lost database
 * all end in the same state, with nothing doubled. The states are those of store/action.h. */
#ifndef BOT_LEDGER_H
#define BOT_LEDGER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "store/action.h"

struct bot;
struct err;

/* Every string is borrowed; NULL is "". Which fields count is told by kind. */
struct ledger_item {
    const char *key; /* "<thread>/<rule>/<commit or period>[/detail]", no blanks */
    enum action_kind kind;
    int64_t number;        /* thread, 0 for none */
    const char *rule;      /* marker_is_rule() */
    const char *reason;    /* why, in words for `hearth plan` */
    const char *caused_by; /* login of who asked for it; NULL: its rule alone did */

    /* What must still hold when it is sent, or it is dropped; "" asks nothing. A thread must
     * besides be there and, for comments, not be locked. */
    const char *if_head_sha; /* the pull request's head */
    const char *if_label;    /* a label on the thread */
    int64_t if_label_event;  /* label kinds: nobody set it again after this event; 0 */

    union {
        struct {
            const char *markdown;
            const json_t *facts; /* object or NULL: hidden in the marker beside "key" */
        } comment;               /* ACTION_COMMENT: the rule's sticky comment in the thread */
        struct {
            const char *name;
        } label; /* ACTION_LABEL_ADD, ACTION_LABEL_REMOVE */
        struct {
            const char *sha, *context, *state, *description, *target_url;
        } status; /* ACTION_STATUS; description at most 140 characters */
        struct {
            const char *version, *tag, *name, *markdown, *target_sha;
        } release; /* ACTION_RELEASE; afterwards release_set_forge_id(version) */
        struct {
            const char *version, *tag, *name, *content_type;
            const char *path; /* of the file, absolute */
        } asset; /* ACTION_ASSET; afterwards release_file_set_asset(version, name) */
    };
};

/* In the caller's durable transaction. One that was sent or ended before stays as it is, and
 * that is no error: *ret (may be NULL) tells. */
int ledger_plan(struct bot *bot, const struct ledger_item *item, enum action_plan_result *ret,
                struct err *err);

struct ledger_counts {
    int64_t sent;         /* written in this pass */
    int64_t found;        /* stood on the forge already */
    int64_t dropped;      /* the precondition no longer holds */
    int64_t failed;       /* the forge will not take it */
    int64_t left;         /* still planned: budget, deadline, or the forge is down */
    char why_left[256];   /* "" when nothing is */
    char why_failed[256]; /* key and reason of the first that did; "" when none did */
};

/* Its own transactions. -ERR_BUDGET leaves the rest for the next cycle; other errors stop the
 * pass too, with nothing lost: what was not confirmed is looked for the next time. */
int ledger_apply(struct bot *bot, struct ledger_counts *counts, struct err *err);

#endif
