/* SPDX-License-Identifier: Apache-2.0
 * bot/ledger_release.h
 * ledger_release: the ledger's two kinds that publish: a release and its files.
 * The functions are rows of the table in ledger_kind.c and keep its contracts. */
#ifndef BOT_LEDGER_RELEASE_H
#define BOT_LEDGER_RELEASE_H
#include "bot/ledger_kind.h"

int ledger_pack_release(json_t **ret, const struct bot *bot, const struct ledger_item *item,
                        struct err *err);
int ledger_find_release(struct ledger_found *ret, struct bot *bot,
                        const struct ledger_task *task, struct err *err);
int ledger_send_release(int64_t *ret_id, struct bot *bot, const struct ledger_task *task,
                        const struct ledger_found *found, struct err *err);
int ledger_follow_release(struct bot *bot, const struct ledger_task *task, int64_t id,
                          struct err *err);

int ledger_pack_asset(json_t **ret, const struct bot *bot, const struct ledger_item *item,
                      struct err *err);
int ledger_find_asset(struct ledger_found *ret, struct bot *bot, const struct ledger_task *task,
                      struct err *err);
int ledger_send_asset(int64_t *ret_id, struct bot *bot, const struct ledger_task *task,
                      const struct ledger_found *found, struct err *err);
int ledger_follow_asset(struct bot *bot, const struct ledger_task *task, int64_t id,
                        struct err *err);

#endif
