/* SPDX-License-Identifier: Apache-2.0
 * bot/ledger_check.h
 * ledger_check: does what an action takes for granted still hold, now, on the forge?
 * Private to the ledger; reads only. */
#ifndef BOT_LEDGER_CHECK_H
#define BOT_LEDGER_CHECK_H

struct bot;
struct err;
struct ledger_task;

enum ledger_check_result {
    CHECK_HOLDS,
    CHECK_PASSED_BY, /* things moved on: the action is dropped */
    CHECK_LOCKED,    /* the thread takes no comments: it failed */
    CHECK_GONE,      /* the thread is deleted or moved away: it failed */
};

struct ledger_check {
    enum ledger_check_result result;
    char why[128]; /* "" when it holds */
};

/* Reads thread and head afresh; leaves what it saw of the thread in task. */
int ledger_check(struct ledger_check *ret, struct bot *bot, struct ledger_task *task,
                 struct err *err);

#endif
