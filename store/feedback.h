/* SPDX-License-Identifier: Apache-2.0
 * store/feedback.h
 * feedback: what a person told us, with kind, topic, state and links to what came of it.
 * Conduct is private: nothing but an explicit question for it ever returns it. Structs borrow
 * their strings: for puts from the caller, for gets from the row, alive until the callback
 * returns. Callbacks return 0 to go on, a negative error to stop with it. */
#ifndef STORE_FEEDBACK_H
#define STORE_FEEDBACK_H
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"
#include "store/entry.h"

enum feedback_kind {
    FEEDBACK_BUG,
    FEEDBACK_REQUEST,
    FEEDBACK_QUESTION,
    FEEDBACK_DOCS,
    FEEDBACK_DATA,
    FEEDBACK_MODEL_ERROR,
    FEEDBACK_PRAISE,
    FEEDBACK_CONDUCT,
    FEEDBACK_OTHER,
    FEEDBACK_N_KINDS
};
const char *feedback_kind_name(enum feedback_kind kind); /* "model_error" */
int feedback_kind_parse(enum feedback_kind *ret, const char *name, struct err *err);

enum feedback_state { FEEDBACK_OPEN, FEEDBACK_RESOLVED, FEEDBACK_DELETED };
const char *feedback_state_name(enum feedback_state state);
int feedback_state_parse(enum feedback_state *ret, const char *name, struct err *err);

struct feedback {
    int64_t repo_id;
    const char *id; /* feedback_id_of_thread(), feedback_id_of_entry(), "manual-1" */
    int64_t number; /* thread, 0 for none */
    enum feedback_kind kind;
    const char *topic; /* "" or a short word: a digit, a component */
    enum feedback_state state;
    const char *rule;  /* which explicit rule or person decided the kind */
    int64_t author_id; /* 0: unknown or gone */
    const char *title, *body;
    int64_t created_at, resolved_at;
};

enum { FEEDBACK_ID_SIZE = 40 };
char *feedback_id_of_thread(char out[FEEDBACK_ID_SIZE], int64_t number); /* "thread-12" */
char *feedback_id_of_entry(char out[FEEDBACK_ID_SIZE], enum entry_kind kind,
                           int64_t id); /* "comment-345", "review-6", "review_comment-7" */
/* "manual-N", one above the highest there is. */
int feedback_id_manual(char out[FEEDBACK_ID_SIZE], struct db *db, int64_t repo_id,
                       struct err *err);

int feedback_put(struct db *db, const struct feedback *f, enum put_result *ret,
                 struct err *err);
typedef int feedback_fn(void *ctx, const struct feedback *f, struct err *err);
int feedback_get(struct db *db, int64_t repo_id, const char *id, feedback_fn *fn, void *ctx,
                 struct err *err); /* -ERR_NOTFOUND */

/* What a list is narrowed to; a zeroed filter but for repo_id lists all but conduct. */
struct feedback_filter {
    int64_t repo_id;
    unsigned kinds;   /* 1u << FEEDBACK_BUG | ...; 0: all but conduct */
    unsigned states;  /* 1u << FEEDBACK_OPEN | ...; 0: open and resolved */
    int64_t since_at; /* created at or after */
    int64_t number;   /* > 0: of that thread only */
    const char *text; /* words that must all stand in title or body; NULL or "" for any */
    int64_t limit;    /* rows; 0: no limit */
};
int feedback_each(struct db *db, const struct feedback_filter *filter, feedback_fn *fn,
                  void *ctx, struct err *err); /* newest first */

int feedback_set_resolved(struct db *db, int64_t repo_id, const char *id, int64_t at,
                          struct err *err); /* -ERR_NOTFOUND; a deleted one stays deleted */
/* Erases the text, keeps the row. One that is not there is fine. */
int feedback_set_deleted(struct db *db, int64_t repo_id, const char *id, struct err *err);

enum feedback_link_kind {
    FEEDBACK_LINK_THREAD, /* speaks of a thread: its number */
    FEEDBACK_LINK_FIXES,  /* a PR that mends it: its number */
    FEEDBACK_LINK_COMMIT,
    FEEDBACK_LINK_SAMPLE, /* a sample's digest */
    FEEDBACK_LINK_RUN,
    FEEDBACK_LINK_RELEASE /* a version */
};
const char *feedback_link_kind_name(enum feedback_link_kind kind);

struct feedback_link {
    int64_t repo_id;
    const char *feedback_id;
    enum feedback_link_kind kind;
    const char *target;
};
typedef int feedback_link_fn(void *ctx, const struct feedback_link *l, struct err *err);
int feedback_link_put(struct db *db, const struct feedback_link *l, enum put_result *ret,
                      struct err *err);
/* The whole set of one feedback: links that are not in it go. */
int feedback_link_set(struct db *db, int64_t repo_id, const char *feedback_id,
                      const struct feedback_link *links, size_t n, struct err *err);
int feedback_each_link(struct db *db, int64_t repo_id, const char *feedback_id,
                       feedback_link_fn *fn, void *ctx, struct err *err);

#endif
