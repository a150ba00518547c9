/* SPDX-License-Identifier: Apache-2.0
 * store/action.h
 * action: the ledger; every write to the forge stands here before it is made.
 *
 *     action_plan --> planned --action_set_sent--> sent --action_set_confirmed--> confirmed
 *        ^               |  \                       |  \--action_set_failed-----> failed
 *        |               |   \--action_set_dropped--+--------------------------> dropped
 *        \--action_set_planned (a failed or dropped one, when it is wanted again; a sent one
 *                               that did not happen, which then was no attempt)
 *
 * The key makes it happen once. Triggers keep a log of every move (store/action_log.h). Moves
 * are the caller's durable transactions. Structs borrow their strings: for puts from the
 * caller, for gets from the row, alive until the callback returns. Callbacks return 0 to go on,
 * a negative error to stop with it. */
#ifndef STORE_ACTION_H
#define STORE_ACTION_H
#include <stdint.h>

#include "store/db.h"

enum action_kind {
    ACTION_COMMENT,
    ACTION_LABEL_ADD,
    ACTION_LABEL_REMOVE,
    ACTION_STATUS,
    ACTION_RELEASE,
    ACTION_ASSET
};
const char *action_kind_name(enum action_kind kind);

enum action_state {
    ACTION_PLANNED,
    ACTION_SENT,
    ACTION_CONFIRMED,
    ACTION_DROPPED,
    ACTION_FAILED,
    ACTION_N_STATES
};
const char *action_state_name(enum action_state state);

struct action {
    int64_t repo_id;
    const char *key; /* "<thread>/<rule>/<commit or period>[/detail]" */
    int64_t seq;     /* order of sending; action_plan gives it */
    enum action_kind kind;
    int64_t number;           /* thread, 0 for none */
    const char *rule;         /* the rule family: its sticky comment and its marker */
    const char *reason;       /* why, in words for `hearth plan` */
    const char *body;         /* JSON: what is sent, by kind */
    const char *precondition; /* JSON: what must still hold when it is sent */
    enum action_state state;
    int64_t object_id; /* the forge's id of what was written, 0 when none */
    const char *error; /* failed or dropped: why; else "" */
    int64_t attempts;
    int64_t planned_at, sent_at, confirmed_at;
    const char *caused_by; /* login of who asked for it, "" when its rule alone did */
    const char *edited_by; /* who changed its text by hand, "" when nobody did */
};

enum action_plan_result {
    ACTION_PLAN_NEW,     /* stored, at the end of the order */
    ACTION_PLAN_SAME,    /* planned already, word for word, or edited by hand since */
    ACTION_PLAN_CHANGED, /* planned already; kind, reason, body and precondition are the new */
    ACTION_PLAN_PAST     /* sent, confirmed, dropped or failed already: left as it is */
};
/* Of a: repo_id, key, kind, number, rule, reason, body, precondition, caused_by, planned_at. */
int action_plan(struct db *db, const struct action *a, enum action_plan_result *ret,
                struct err *err);

typedef int action_fn(void *ctx, const struct action *a, struct err *err);
int action_get(struct db *db, int64_t repo_id, const char *key, action_fn *fn, void *ctx,
               struct err *err); /* -ERR_NOTFOUND */
/* The first planned or sent one above after_seq (start with 0). -ERR_NOTFOUND at the end. */
int action_get_next(struct db *db, int64_t repo_id, int64_t after_seq, action_fn *fn, void *ctx,
                    struct err *err);
/* states: 1u << ACTION_PLANNED | ...; 0: all. In order of seq. */
int action_each(struct db *db, int64_t repo_id, unsigned states, action_fn *fn, void *ctx,
                struct err *err);
int action_count(struct db *db, int64_t repo_id, unsigned states, int64_t *ret,
                 struct err *err);
/* How many of each rule, by name. */
typedef int action_rule_fn(void *ctx, const char *rule, int64_t n, struct err *err);
int action_each_rule(struct db *db, int64_t repo_id, unsigned states, action_rule_fn *fn,
                     void *ctx, struct err *err);

/* Moves. -ERR_CONFLICT when the action is not in a state that the diagram lets it leave. */
int action_set_sent(struct db *db, int64_t repo_id, const char *key, int64_t at,
                    struct err *err); /* from planned or sent; counts an attempt */
int action_set_confirmed(struct db *db, int64_t repo_id, const char *key, int64_t object_id,
                         int64_t at, struct err *err); /* from planned (adopted) or sent */
/* From planned or sent. */
struct action_end {
    const char *why;
    const char *who; /* NULL or "": Hearth itself */
    int64_t at;
};
int action_set_failed(struct db *db, int64_t repo_id, const char *key,
                      const struct action_end *how, struct err *err);
int action_set_dropped(struct db *db, int64_t repo_id, const char *key,
                       const struct action_end *how, struct err *err);
int action_set_planned(struct db *db, int64_t repo_id, const char *key, int64_t at,
                       struct err *err); /* from sent, failed or dropped; the error goes */

/* Another body for a planned one, which rules do not change back. -ERR_CONFLICT once it is not
 * planned any more. */
struct action_edit {
    int64_t repo_id;
    const char *key, *body, *who;
    int64_t at;
};
int action_edit(struct db *db, const struct action_edit *edit, struct err *err);

#endif
