/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/own_facts.h
 * own_facts: what our own retrain comment in a thread says; private to retrain. */
#ifndef BOT_RETRAIN_OWN_FACTS_H
#define BOT_RETRAIN_OWN_FACTS_H
#include <stdbool.h>
#include <stdint.h>

struct bot;
struct err;
struct facts;

/* *ret_found false, and ret untouched: there is no comment, or none that can be read. */
int own_facts_find(struct facts *ret, bool *ret_found, struct bot *bot, int64_t number,
                   struct err *err);

#endif
