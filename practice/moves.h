/* SPDX-License-Identifier: Apache-2.0
 * practice/moves.h
 * moves: what people do on a forge, with everything that follows from it. Each move changes the
 * rows, bumps `updated_at` where GitHub does (comments, labels, states and pushes do; reactions
 * and edits of comments do not), and leaves the event GitHub would leave. Rights are the
 * caller's business. `who` is a login the state knows. Rows returned are borrowed. */
#ifndef PRACTICE_MOVES_H
#define PRACTICE_MOVES_H
#include <stddef.h>
#include <stdint.h>

#include "practice/forge.h"

/* The next number in the space that issues and pull requests share. */
json_t *move_open_issue(struct forge *f, const char *who, const char *title, const char *body);
void move_retitle(struct forge *f, const char *who, json_t *thread, const char *title);
void move_rewrite(struct forge *f, json_t *thread, const char *body); /* body NULL: null */
void move_close(struct forge *f, const char *who, json_t *thread, const char *reason);
void move_reopen(struct forge *f, const char *who, json_t *thread);
void move_lock(struct forge *f, const char *who, json_t *thread, const char *reason);
void move_unlock(struct forge *f, const char *who, json_t *thread);
/* To "OWNER/NAME": gone from here, and asked for, it says where it is. */
void move_transfer(struct forge *f, const char *who, json_t *thread, const char *to);
/* To a discussion: stays readable, closed and locked. */
void move_convert(struct forge *f, const char *who, json_t *thread);
void move_delete_thread(struct forge *f, json_t *thread); /* answers 410 from now on */

json_t *move_comment(struct forge *f, const char *who, json_t *thread, const char *body);
void move_edit(struct forge *f, json_t *entry, const char *body); /* any row with a body */
void move_delete_comment(struct forge *f, json_t *comment);

/* A label that the repository does not have is made. No effect, no event, when it is there. */
void move_label(struct forge *f, const char *who, json_t *thread, const char *name);
/* -ERR_NOTFOUND when the thread does not carry it. */
int move_unlabel(struct forge *f, const char *who, json_t *thread, const char *name);
json_t *move_make_label(struct forge *f, const char *name, const char *color,
                        const char *description);
void move_rename_label(struct forge *f, json_t *label, const char *name); /* NULL: removes it */
json_t *find_label(const struct forge *f, const char *name); /* any case; or NULL */

bool is_reaction(const char *content); /* one of the eight that forges know; NULL is none */
/* on: "issue", "comment" or "review_comment". Returns the reaction; *ret_is_new tells whether
 * it was made. */
json_t *move_react(struct forge *f, const char *who, const char *on, int64_t to,
                   const char *content, bool *ret_is_new);
void move_unreact(struct forge *f, json_t *reaction);

json_t *move_review(struct forge *f, const char *who, json_t *pull, const char *verdict,
                    const char *body);
json_t *move_review_comment(struct forge *f, const char *who, json_t *review, const char *path,
                            int64_t line, const char *body);

/* Everything a status says; who set it. state is checked by the caller. */
struct status_words {
    const char *sha, *state, *context, *description, *target_url; /* the last two may be NULL */
};
json_t *move_status(struct forge *f, const char *who, const struct status_words *words);

/* The event of a push that is not forced. Gitea shows it; GitHub shows the commits instead. */
#define EVENT_PUSHED "pushed"

/* Leaves an event; takes details (more keys for it), which may be NULL. */
json_t *move_event(struct forge *f, const char *who, const json_t *thread, const char *event,
                   json_t *details);
void move_touch(struct forge *f, json_t *thread); /* updated_at = now */

#endif
