/* SPDX-License-Identifier: Apache-2.0
 * store/handle.h
 * handle: what is inside an open database, for db.c, stmt.c, migrate.c and dump.c. */
#ifndef STORE_HANDLE_H
#define STORE_HANDLE_H
#include <stddef.h>

#include "store/db.h"

struct embedded;
struct sqlite3;
struct sqlite3_stmt;
struct stmt_table;

struct stmt_group {
    const struct stmt_table *table;
    struct sqlite3_stmt **stmts; /* table->n of them */
};

struct db {
    struct sqlite3 *sqlite;
    char *path;
    enum db_kind kind;
    enum db_mode mode;
    int schema_version;
    struct stmt_group *groups;
    size_t n_groups;
};

/* The statements of each kind of database, and of both; NULL-terminated (store/nouns.c). */
const struct stmt_table *const *nouns_of(enum db_kind kind);

/* What SQLite said, in our words: -ERR_IO for a full or broken disk, else -ERR_DB. */
int db_fail(struct db *db, int sqlite_rc, const char *what, struct err *err);

/* Runs SQL without parameters and without rows. */
int db_exec(struct db *db, const char *sql, struct err *err);

#endif
