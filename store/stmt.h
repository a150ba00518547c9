/* SPDX-License-Identifier: Apache-2.0
 * store/stmt.h
 * stmt: each noun's table of statements, prepared when a database opens, and one use of them.
 * Statements name the index they need (INDEXED BY): without statistics SQLite prefers a primary
 * key whose first column, repo_id, is the same in every row.
 * For the files of store/ only. A query borrows a prepared statement, or a copy of its own when
 * a callback uses one that is still running. The functions that end one give it back.
 *
 *     struct query q;
 *     query_init(&q, db, &person_stmts, GET);
 *     query_i64(&q, id);
 *     return query_one(&q, visit, &visitor, err); */
#ifndef STORE_STMT_H
#define STORE_STMT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

struct sqlite3_stmt;

struct stmt_table {
    const char *noun; /* for messages */
    const char *const *sql;
    size_t n;
};

/* Prepares every statement of the database's kind; the message names noun and fault. */
int stmt_prepare_all(struct db *db, struct err *err);
void stmt_finalize_all(struct db *db);

struct query {
    struct db *db;
    const struct stmt_table *table;
    struct sqlite3_stmt *stmt;
    bool is_copy;
    int n_bound;
    int rc; /* the first thing that went wrong, as SQLite says it */
};

void query_init(struct query *q, struct db *db, const struct stmt_table *table, size_t index);

/* Each binds the next parameter: ?1, ?2, ... The data lives until the query ends. */
void query_i64(struct query *q, int64_t value);
void query_id(struct query *q, int64_t id);         /* NULL for 0 */
void query_text(struct query *q, const char *text); /* NULL is "" */
void query_blob(struct query *q, const void *data, size_t len);

/* Runs to the end. *ret_changed (may be NULL): rows inserted, updated or deleted. */
int query_run(struct query *q, int64_t *ret_changed, struct err *err);

/* Calls fn for each row, for at most one row. A negative result of fn stops and is returned. */
typedef int query_fn(const struct query *q, void *ctx, struct err *err);
int query_each(struct query *q, query_fn *fn, void *ctx, struct err *err);
/* The first column of each row. */
typedef int query_i64_fn(void *ctx, int64_t value, struct err *err);
int query_each_i64(struct query *q, query_i64_fn *fn, void *ctx, struct err *err);
int query_one(struct query *q, query_fn *fn, void *ctx, struct err *err); /* -ERR_NOTFOUND */
int query_one_i64(struct query *q, int64_t *ret, struct err *err);        /* first column */

/* Columns of the current row, from 0. Text is never NULL. */
int64_t column_i64(const struct query *q, int column);
bool column_bool(const struct query *q, int column);
const char *column_text(const struct query *q, int column);
const void *column_blob(const struct query *q, int column, size_t *ret_len);

/* Inserts (statement `insert`, ON CONFLICT DO NOTHING), or updates (statement `update`, which
 * touches only a row that differs). bind gives the same parameters to both. */
typedef void query_bind_fn(struct query *q, const void *row);
struct query_put {
    const struct stmt_table *table;
    size_t insert, update;
    query_bind_fn *bind;
};
int query_put(struct db *db, const struct query_put *put, const void *row, enum put_result *ret,
              struct err *err);

/* Several statements that hold together, inside a transaction or without one. save_end keeps
 * all for rc >= 0, undoes all otherwise, and returns the first error. */
int save_begin(struct db *db, struct err *err);
int save_end(struct db *db, int rc, struct err *err);

/* A column's words by enum value. Parsing a word that the schema's CHECK lets in cannot fail;
 * names_index returns 0 for others, names_find -1. */
struct names {
    const char *const *word;
    size_t n;
};
size_t names_index(const struct names *names, const char *word);
int names_find(const struct names *names, const char *word);
/* The words of a bit mask as " bug docs ", for instr(?, ' ' || kind || ' '). */
enum { NAMES_MASK_SIZE = 160 };
char *names_mask(char out[NAMES_MASK_SIZE], const struct names *names, unsigned mask);

#endif
