/* SPDX-License-Identifier: Apache-2.0
 * bot/rules/feedback.h
 * feedback: follows threads and entries into feedback rows, with kind, topic, state and links.
 * Level-triggered: it reads what stands in the database, so a missed step heals itself. Every
 * thread that a person opened is feedback; an entry only if a rule recognises it. Kinds that a
 * person decided (rule "person:LOGIN") are kept. */
#ifndef BOT_RULES_FEEDBACK_H
#define BOT_RULES_FEEDBACK_H
#include <stdint.h>

struct bot;
struct err;

struct feedback_counts {
    int64_t added, changed;
};

/* Its own transaction. */
int feedback_follow(struct bot *bot, struct feedback_counts *ret, struct err *err);

#endif
