/* SPDX-License-Identifier: Apache-2.0
 * store/migrate.h
 * migrate: brings a database's schema up, one file and one transaction at a time.
 * The schema's number is PRAGMA user_version: how many of the files it has seen. Released files
 * never change; a newer schema is refused, never guessed at. For the files of store/ only. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

struct embedded;
struct err;
struct sqlite3;

/* files ends with a row whose name is NULL. Errors name the file; -ERR_SCHEMA when the schema
 * is newer. */
int migrate_up(struct sqlite3 *sqlite, const struct embedded *files, struct err *err);

/* 0 when the schema is exactly what files make, otherwise -ERR_SCHEMA and what to do. */
int migrate_check(struct sqlite3 *sqlite, const struct embedded *files, struct err *err);

int migrate_version(struct sqlite3 *sqlite); /* -1 when it cannot be read */

#endif
