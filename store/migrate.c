/* SPDX-License-Identifier: Apache-2.0
 * Invariants:
 *  1. user_version is the number of files applied; it moves in the file's own transaction.
 *  2. The version is read again under the write lock: two writers that open an old database at
 *     the same time do not apply a file twice.
 *  3. A file that fails leaves the database as it was before that file. */
#include "store/migrate.h"

#include <sqlite3.h>
#include <stdio.h>

#include "base/embedded.h"
#include "base/err.h"

static int count(const struct embedded *files)
{
    int n = 0;

    while (files[n].name)
        n++;
    return n;
}

int migrate_version(struct sqlite3 *sqlite)
{
    sqlite3_stmt *stmt = NULL;
    int version = -1;

    if (sqlite3_prepare_v2(sqlite, "PRAGMA user_version", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        version = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return version;
}

static int exec(struct sqlite3 *sqlite, const char *sql)
{
    return sqlite3_exec(sqlite, sql, NULL, NULL, NULL);
}

/* A pragma takes no parameters, so this one number is printed into it. */
static int set_version(struct sqlite3 *sqlite, int version)
{
    char sql[48];

    (void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", version);
    return exec(sqlite, sql);
}

static int read_failed(struct sqlite3 *sqlite, struct err *err)
{
    return err_set(err, ERR_DB, "cannot read the schema's version: %s", sqlite3_errmsg(sqlite));
}

static int too_new(int version, int known, struct err *err)
{
    return err_set(err, ERR_SCHEMA,
                   "schema %d comes from a newer version; this one knows schemas up to %d: "
                   "upgrade hearth, or restore a backup",
                   version, known);
}

/* Applies the file after the version found under the lock; *ret tells whether there was one. */
static int apply_next(struct sqlite3 *sqlite, const struct embedded *files, int *ret,
                      struct err *err)
{
    if (exec(sqlite, "BEGIN IMMEDIATE") != SQLITE_OK)
        return err_set(err, ERR_DB, "cannot lock for migration: %s", sqlite3_errmsg(sqlite));

    int version = migrate_version(sqlite);
    int known = count(files);
    int rc = 0;

    *ret = version >= 0 && version < known;
    if (version < 0)
        rc = read_failed(sqlite, err);
    else if (version > known)
        rc = too_new(version, known, err);
    else if (*ret && (exec(sqlite, (const char *)files[version].data) != SQLITE_OK ||
                      set_version(sqlite, version + 1) != SQLITE_OK))
        rc = err_set(err, ERR_DB, "%s: %s", files[version].name, sqlite3_errmsg(sqlite));
    if (rc == 0 && exec(sqlite, "COMMIT") != SQLITE_OK)
        rc = err_set(err, ERR_DB, "cannot commit migration %d: %s", version + 1,
                     sqlite3_errmsg(sqlite));
    if (rc < 0)
        (void)exec(sqlite, "ROLLBACK");
    return rc;
}

int migrate_up(struct sqlite3 *sqlite, const struct embedded *files, struct err *err)
{
    int rc = 0, more = 1;

    if (migrate_version(sqlite) == count(files))
        return 0;
    while (rc == 0 && more)
        rc = apply_next(sqlite, files, &more, err);
    return rc;
}

int migrate_check(struct sqlite3 *sqlite, const struct embedded *files, struct err *err)
{
    int version = migrate_version(sqlite);
    int known = count(files);

    if (version < 0)
        return read_failed(sqlite, err);
    if (version > known)
        return too_new(version, known, err);
    if (version < known)
        return err_set(err, ERR_SCHEMA,
                       "schema %d is older than this version's %d: run `hearth db migrate`",
                       version, known);
    return 0;
}
