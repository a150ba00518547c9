/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/settle.h
 * settle: what became of pull requests that were judged while open.
 * A contribution counts as merged only when its very commit was: the head is read once more
 * after the merge. Reads the forge once per such pull request. */
#ifndef BOT_RETRAIN_SETTLE_H
#define BOT_RETRAIN_SETTLE_H

struct bot;
struct err;

int settle_merged(struct bot *bot, struct err *err);

#endif
