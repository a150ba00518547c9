/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/request.h
 * request: someone asks for a run of one commit of one pull request; may they, now?
 *
 * The label alone says nothing: the forge is asked who set it last, what that account may do
 * now, and whether commits came after it. The answer is bound to the head commit. Unknown means
 * no. Owns its strings. */
#ifndef BOT_RETRAIN_REQUEST_H
#define BOT_RETRAIN_REQUEST_H
#include <stdbool.h>
#include <stdint.h>

struct bot;
struct err;

enum request_answer {
    REQUEST_NONE,    /* nothing stands: the label was used, or is gone */
    REQUEST_GRANTED, /* run it */
    REQUEST_REFUSED, /* say why: `reason` */
};

struct request {
    int64_t number;
    char *sha;      /* the head commit it is bound to */
    char *base_ref; /* the branch the pull request goes to */
    char *base_sha; /* where that stood */
    char *author;   /* login of the pull request's author, "ghost" when gone */
    bool is_merged;
    int64_t merged_at;
    bool is_standing; /* the trigger label stands: the answer has not been given in full */
    int64_t event_id; /* the labeled event */
    char *actor;      /* login of who set the label */
    char *role;       /* that account's role now */
    char *reason;     /* refused: why, for the contributor to read */
};

void request_finish(struct request *request); /* NULL and half-built are fine */

/* Reads the pull request's state from the forge. Leaves event, actor and role empty. */
int request_read_pull(struct request *request, struct bot *bot, int64_t number,
                      struct err *err);

/* The whole question for a thread that carries the trigger label. Writes nothing. */
int request_read(struct request *request, enum request_answer *ret, struct bot *bot,
                 int64_t number, struct err *err);

#endif
