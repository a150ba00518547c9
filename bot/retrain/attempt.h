/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/attempt.h
 * attempt: one granted request, from the fetch to the rows and planned actions that tell of it.
 *
 *     granted -> fetch -> judge -> one durable transaction: contribution, samples, run,
 *                                  approval used, comment, status and labels planned
 *
 * Killed before the transaction, nothing happened; after it, everything will. */
#ifndef BOT_RETRAIN_ATTEMPT_H
#define BOT_RETRAIN_ATTEMPT_H

struct basis;
struct bot;
struct err;
struct request;

/* -ERR_CONFLICT when the commit is not there (any more): the next cycle will see what is. */
int attempt_run(struct bot *bot, const struct request *request, const struct basis *basis,
                struct err *err);

/* The request was refused: stores that, and plans the comment that says why. */
int attempt_refuse(struct bot *bot, const struct request *request, struct err *err);

#endif
