/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/record.h
 * record: a judgement as rows of the database. In the caller's transaction. */
#ifndef BOT_RETRAIN_RECORD_H
#define BOT_RETRAIN_RECORD_H

struct basis;
struct bot;
struct err;
struct judgement;
struct request;

enum { RUN_ID_SIZE = 17 }; /* 16 hex digits and a NUL */

/* failure: why the judge could not finish, NULL when it could. */
int record_contribution(struct bot *bot, const struct request *request,
                        const struct judgement *judgement, const char *failure,
                        struct err *err);

/* The run's id comes from everything that went in: the same inputs are the same run. request
 * NULL: a run for a release, on the basis alone. */
int record_run(char ret_id[RUN_ID_SIZE], struct bot *bot, const struct request *request,
               const struct basis *basis, const struct judgement *judgement,
               const char *failure, struct err *err);

#endif
