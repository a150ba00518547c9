/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/comment.h
 * comment: a verdict in words that its contributor can use.
 * One sticky comment a pull request, edited in place; the same judgement gives the same bytes.
 * Nothing a stranger wrote takes effect in it. */
#ifndef BOT_RETRAIN_COMMENT_H
#define BOT_RETRAIN_COMMENT_H

struct buf;
struct config;
struct facts;
struct judgement;

/* run_id: NULL when nothing was trained. failure: why the judge could not finish, NULL when it
 * could; judgement is then not looked at. */
void comment_verdict(struct buf *out, const struct facts *facts, const struct config *config,
                     const struct judgement *judgement, const char *run_id,
                     const char *failure);

/* The request was not granted: why, and what would mend it. */
void comment_refusal(struct buf *out, const struct facts *facts, const struct config *config,
                     const char *reason);

/* One line of at most 140 characters for the commit status. */
void comment_status(struct buf *out, const struct judgement *judgement, const char *failure);

#endif
