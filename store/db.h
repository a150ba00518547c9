/* SPDX-License-Identifier: Apache-2.0
 * store/db.h
 * db: one open SQLite database, its transactions, and its prepared statements.
 * The door to SQLite together with the nouns' files beside it. Opening migrates (writers) or
 * checks (readers) the schema, sets the pragmas, and prepares every statement of every noun, so
 * that a typo fails at start. One thread at a time per handle. */
#ifndef STORE_DB_H
#define STORE_DB_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct db;

enum db_kind { DB_HEARTH, DB_HUB };
enum db_mode { DB_READ, DB_WRITE, DB_CREATE }; /* create: makes and migrates a new file */

enum put_result { PUT_SAME, PUT_NEW, PUT_CHANGED }; /* what a noun's put did */

/* -ERR_SCHEMA when the file comes from a newer version; -ERR_NOTFOUND when there is none. */
int db_open(struct db **ret, const char *path, enum db_kind kind, enum db_mode mode,
            struct err *err);
void db_close(struct db *db); /* NULL is fine; rolls back what is open */

/* Transactions do not nest. DB_DURABLE syncs at commit (ledger and release moves), DB_FAST
 * leaves it to the next checkpoint: what it holds can be read again from the forge. */
enum db_sync { DB_FAST, DB_DURABLE };
int db_begin(struct db *db, enum db_sync sync, struct err *err);
int db_commit(struct db *db, struct err *err);
void db_rollback(struct db *db); /* fine when nothing is open */

int db_schema_version(const struct db *db);
int db_check(struct db *db, struct buf *out, struct err *err); /* integrity and foreign keys */
int db_backup(struct db *db, const char *to_path, struct err *err);

/* Every table in key order, as text or as one JSON object of them. Canonical leaves out what
 * schema_volatile names. */
enum db_dump { DB_DUMP_ALL, DB_DUMP_CANONICAL };
int db_dump(struct db *db, enum db_dump what, struct buf *out, struct err *err);
int db_dump_json(struct db *db, enum db_dump what, struct buf *out, struct err *err);

#endif
