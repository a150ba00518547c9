/* SPDX-License-Identifier: Apache-2.0
 * bot/ledger_kind.h
 * ledger_kind: what differs between the kinds of action; private to the ledger.
 * A row per kind: how its body is packed, how its trace on the forge is found, how it is sent,
 * and what the database follows. No states in here: those are ledger.c's. */
#ifndef BOT_LEDGER_KIND_H
#define BOT_LEDGER_KIND_H
#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "store/action.h"

struct bot;
struct err;
struct ledger_item;

/* One action while it is applied. Owns its memory. */
struct ledger_task {
    int64_t seq, number, attempts;
    enum action_kind kind;
    char *key, *rule;
    json_t *body;
    char *if_head_sha, *if_label; /* "" asks nothing */
    int64_t if_label_event;       /* 0 asks nothing */

    /* The thread as it stands now, read before every try; number > 0 only. */
    bool is_locked, has_if_label, has_body_label;
};

enum ledger_trace {
    TRACE_NONE,  /* nothing of it on the forge */
    TRACE_DONE,  /* it is there just as it should be */
    TRACE_OTHER, /* something of ours is in its place, to be changed: object_id */
};

struct ledger_found {
    enum ledger_trace trace;
    int64_t object_id;
};

struct ledger_kind {
    /* A new object for the action table. -ERR_RANGE or -ERR_PARSE: the caller's bug. */
    int (*pack)(json_t **ret, const struct bot *bot, const struct ledger_item *item,
                struct err *err);
    /* Fresh reads only. */
    int (*find)(struct ledger_found *ret, struct bot *bot, const struct ledger_task *task,
                struct err *err);
    /* One write, or two where something must go first. */
    int (*send)(int64_t *ret_id, struct bot *bot, const struct ledger_task *task,
                const struct ledger_found *found, struct err *err);
    /* In the transaction that confirms. NULL: nothing to follow. */
    int (*follow)(struct bot *bot, const struct ledger_task *task, int64_t id, struct err *err);
    bool needs_unlocked;
};

const struct ledger_kind *ledger_kind(enum action_kind kind);

/* A string of the task's body; "" when it is not there. Borrowed. */
const char *ledger_text(const struct ledger_task *task, const char *name);

#endif
