/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/answer.h
 * answer: what a judged or refused request says on the forge, as planned actions.
 * Comment and status first, the trigger label away last: while it stands, the answer may be
 * incomplete; once it is gone, all of it was given. In the caller's transaction. */
#ifndef BOT_RETRAIN_ANSWER_H
#define BOT_RETRAIN_ANSWER_H

struct basis;
struct bot;
struct err;
struct judgement;
struct request;

struct answer {
    const struct request *request;
    const struct basis *basis;
    const struct judgement *judgement;
    const char *run_id;  /* NULL: nothing was trained */
    const char *failure; /* why the judge could not finish; NULL: it could */
};

int answer_plan_verdict(struct bot *bot, const struct answer *answer, struct err *err);

/* request->reason says why. */
int answer_plan_refusal(struct bot *bot, const struct request *request, struct err *err);

#endif
