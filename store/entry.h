/* SPDX-License-Identifier: Apache-2.0
 * store/entry.h
 * entry: what people wrote in threads: comments, reviews and review comments.
 * A deleted entry keeps its row, ids and times; its text is erased, and the feedback that came
 * from it with it. Our own comments are own_comment, below. Structs borrow their strings: for
 * puts from the caller, for gets from the row, alive until the callback returns. */
#ifndef STORE_ENTRY_H
#define STORE_ENTRY_H
#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

enum entry_kind { ENTRY_COMMENT, ENTRY_REVIEW, ENTRY_REVIEW_COMMENT };
const char *entry_kind_name(enum entry_kind kind); /* "comment", "review", "review_comment" */

struct entry {
    int64_t repo_id;
    enum entry_kind kind;
    int64_t id;        /* the forge's, unique within its kind */
    int64_t number;    /* thread; may be known before the thread is */
    int64_t author_id; /* 0: the account is gone */
    const char *body;
    const char *review_state; /* reviews: approved, changes_requested, ...; else "" */
    const char *path;         /* review comments: the file; else "" */
    int64_t created_at, updated_at;
    bool is_deleted;
};

/* What the forge shows again is no longer deleted. */
int entry_put(struct db *db, const struct entry *e, enum put_result *ret, struct err *err);

typedef int entry_fn(void *ctx, const struct entry *e, struct err *err);
/* In order of creation, deleted ones too. */
int entry_each_of_thread(struct db *db, int64_t repo_id, int64_t number, entry_fn *fn,
                         void *ctx, struct err *err);
/* All of a repository, in key order, deleted ones too. */
int entry_each(struct db *db, int64_t repo_id, entry_fn *fn, void *ctx, struct err *err);

/* Comments of a repository that are not deleted, our own with them. */
int entry_count_comments(struct db *db, int64_t repo_id, int64_t *ret, struct err *err);

/* Erases the text, keeps the row; its feedback becomes deleted too. */
int entry_set_deleted(struct db *db, int64_t repo_id, enum entry_kind kind, int64_t id,
                      struct err *err);

struct own_comment {
    int64_t repo_id, id, number;
    const char *rule; /* from the marker, "" when there is none */
    const char *body; /* as the forge holds it, marker included */
    bool is_deleted;
};

int own_comment_put(struct db *db, const struct own_comment *c, enum put_result *ret,
                    struct err *err);
typedef int own_comment_fn(void *ctx, const struct own_comment *c, struct err *err);
/* The rule's sticky comment in a thread: the oldest that is not deleted. -ERR_NOTFOUND */
int own_comment_find(struct db *db, int64_t repo_id, int64_t number, const char *rule,
                     own_comment_fn *fn, void *ctx, struct err *err);
int own_comment_each_of_thread(struct db *db, int64_t repo_id, int64_t number,
                               own_comment_fn *fn, void *ctx, struct err *err); /* by id */
/* All of a repository, in key order, deleted ones too. */
int own_comment_each(struct db *db, int64_t repo_id, own_comment_fn *fn, void *ctx,
                     struct err *err);
int own_comment_set_deleted(struct db *db, int64_t repo_id, int64_t id, struct err *err);

#endif
