/* SPDX-License-Identifier: Apache-2.0
 * Invariants:
 *  1. Outside transactions `synchronous` is FULL; only db_begin(DB_FAST) lowers it, before its
 *     BEGIN, and the end of that transaction raises it again.
 *  2. A database says what it is (application_id), so hub.db is never taken for hearth.db.
 *  3. -wal and -shm stay after the last close: readers of another user cannot make them. */
#include "store/db.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/fs.h"
#include "store/embedded.h"
#include "store/handle.h"
#include "store/migrate.h"
#include "store/stmt.h"

enum { BUSY_TIMEOUT_MS = 10000 };

struct kind {
    const struct embedded *migrations;
    const char *name;
    int application_id;
    const char *claim;
    mode_t mode;
};

/* "HRTH" and "HRHB". Nobody but owner and group reads either: conduct alerts stand in one,
 * digests of tokens in the other. hub.db is written by the commands and by the server, which
 * may be two users of the group. */
static const struct kind kinds[] = {
    [DB_HEARTH] = { hearth_migrations, "hearth", 0x48525448,
                    "PRAGMA application_id = 0x48525448", 0640 },
    [DB_HUB] = { hub_migrations, "hub", 0x48524842, "PRAGMA application_id = 0x48524842",
                 0660 },
};

int db_fail(struct db *db, int sqlite_rc, const char *what, struct err *err)
{
    const char *text = sqlite3_errmsg(db->sqlite);

    switch (sqlite_rc & 0xff) {
    case SQLITE_FULL: return err_set(err, ERR_IO, "%s: %s: the disk is full", db->path, what);
    case SQLITE_IOERR: return err_set(err, ERR_IO, "%s: %s: %s", db->path, what, text);
    case SQLITE_BUSY:
        return err_set(err, ERR_DB, "%s: %s: another process is writing", db->path, what);
    case SQLITE_READONLY:
        return err_set(err, ERR_DB, "%s: %s: this user may not write it, or not its folder",
                       db->path, what);
    case SQLITE_NOTADB:
        return err_set(err, ERR_DB, "%s: %s: not an SQLite database", db->path, what);
    case SQLITE_MISUSE:
        return err_set(err, ERR_DB, "%s: %s: not a statement of this database", db->path, what);
    default: return err_set(err, ERR_DB, "%s: %s: %s", db->path, what, text);
    }
}

int db_exec(struct db *db, const char *sql, struct err *err)
{
    int rc = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? 0 : db_fail(db, rc, sql, err);
}

static int read_int(struct db *db, const char *sql, int *ret, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db->sqlite, sql, -1, &stmt, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return rc == SQLITE_ROW ? 0 : db_fail(db, rc, "open", err);
}

/* Refuses other programs' databases; claims an empty one. */
static int identify(struct db *db, struct err *err)
{
    const struct kind *kind = &kinds[db->kind];
    int id = 0, n_tables = 0;
    int rc = read_int(db, "PRAGMA application_id", &id, err);

    if (rc == 0)
        rc = read_int(db, "SELECT count(*) FROM sqlite_schema", &n_tables, err);
    if (rc < 0 || id == kind->application_id)
        return rc;
    if (id != 0 || n_tables > 0 || db->mode == DB_READ)
        return err_set(err, ERR_DB, "%s: not a %s database of this program", db->path,
                       kind->name);
    return db_exec(db, kind->claim, err);
}

/* Orders versions by their numbers: 1.10.0 after 1.9.0, 1.0.0-rc1 before 1.0.0-rc2. */
static int compare_versions(void *ctx, int a_len, const void *a, int b_len, const void *b)
{
    const unsigned char *p = a, *p_end = p + a_len, *q = b, *q_end = q + b_len;

    (void)ctx;
    while (p < p_end && q < q_end) {
        const unsigned char *p0 = p, *q0 = q;
        uint64_t m = 0, n = 0;

        while (p < p_end && *p >= '0' && *p <= '9' && p - p0 < 18)
            m = m * 10 + (uint64_t)(*p++ - '0');
        while (q < q_end && *q >= '0' && *q <= '9' && q - q0 < 18)
            n = n * 10 + (uint64_t)(*q++ - '0');
        if (m != n)
            return m < n ? -1 : 1;
        if (p < p_end && q < q_end && *p != *q)
            return *p < *q ? -1 : 1;
        p += p < p_end;
        q += q < q_end;
    }
    return (p < p_end) - (q < q_end);
}

static int configure(struct db *db, struct err *err)
{
    int on = 1;
    int rc;

    (void)sqlite3_extended_result_codes(db->sqlite, 1);
    (void)sqlite3_busy_timeout(db->sqlite, BUSY_TIMEOUT_MS);
    (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_file_control(db->sqlite, NULL, SQLITE_FCNTL_PERSIST_WAL, &on);
    rc = sqlite3_create_collation(db->sqlite, "version_order", SQLITE_UTF8, NULL,
                                  compare_versions);
    if (rc != SQLITE_OK)
        return db_fail(db, rc, "open", err);
    return db_exec(db, "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY", err);
}

static int prepare_schema(struct db *db, struct err *err)
{
    const struct embedded *files = kinds[db->kind].migrations;
    int rc;

    if (db->mode == DB_READ) {
        rc = migrate_check(db->sqlite, files, err);
        return rc == 0 ? 0 : err_wrap(err, rc, "%s", db->path);
    }
    rc = db_exec(db,
                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                 "PRAGMA journal_size_limit = 4194304",
                 err);
    if (rc == 0) {
        rc = migrate_up(db->sqlite, files, err);
        if (rc < 0)
            (void)err_wrap(err, rc, "%s", db->path);
    }
    return rc;
}

/* What the group may write it may write whatever the umask says. -wal and -shm follow. */
static int make_file(const struct db *db, struct err *err)
{
    const mode_t mode = kinds[db->kind].mode;
    int fd = open(db->path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);

    if (fd < 0)
        return err_errno(err, "cannot make '%s'", db->path);
    if (mode & S_IWGRP)
        (void)fchmod(fd, mode);
    (void)close(fd);
    return 0;
}

static int open_file(struct db *db, struct err *err)
{
    static const int flags[] = {
        [DB_READ] = SQLITE_OPEN_READONLY,
        [DB_WRITE] = SQLITE_OPEN_READWRITE,
        [DB_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
    };
    bool is_memory = db->path[0] == ':';

    if (!is_memory && db->mode != DB_CREATE && !fs_exists(db->path))
        return err_set(err, ERR_NOTFOUND, "no database '%s': run `hearth init`", db->path);
    if (!is_memory && db->mode == DB_CREATE && !fs_exists(db->path) && make_file(db, err) < 0)
        return -ERR_IO;
    int rc =
        sqlite3_open_v2(db->path, &db->sqlite, flags[db->mode] | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK && !is_memory && access(db->path, R_OK) != 0)
        return err_errno(err, "cannot read '%s'", db->path);
    return rc == SQLITE_OK ? 0 : db_fail(db, rc, "cannot open", err);
}

int db_open(struct db **ret, const char *path, enum db_kind kind, enum db_mode mode,
            struct err *err)
{
    struct db *db = xcalloc(1, sizeof(*db));
    int rc;

    db->path = xstrdup(path);
    db->kind = kind;
    db->mode = mode;
    rc = open_file(db, err);
    if (rc == 0)
        rc = configure(db, err);
    if (rc == 0)
        rc = identify(db, err);
    if (rc == 0)
        rc = prepare_schema(db, err);
    if (rc == 0)
        rc = stmt_prepare_all(db, err);
    if (rc < 0) {
        db_close(db);
        return rc;
    }
    db->schema_version = migrate_version(db->sqlite);
    *ret = db;
    return 0;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    stmt_finalize_all(db);
    (void)sqlite3_close_v2(db->sqlite);
    free(db->path);
    free(db);
}

int db_begin(struct db *db, enum db_sync sync, struct err *err)
{
    if (!sqlite3_get_autocommit(db->sqlite))
        return err_set(err, ERR_DB, "%s: a transaction is open already", db->path);
    if (db->mode == DB_READ)
        return db_exec(db, "BEGIN", err);
    if (sync == DB_FAST && db_exec(db, "PRAGMA synchronous = NORMAL", err) < 0)
        return -ERR_DB;
    int rc = db_exec(db, "BEGIN IMMEDIATE", err);
    if (rc < 0)
        (void)db_exec(db, "PRAGMA synchronous = FULL", NULL);
    return rc;
}

int db_commit(struct db *db, struct err *err)
{
    int rc = db_exec(db, "COMMIT", err);

    if (rc < 0)
        db_rollback(db);
    else
        (void)db_exec(db, "PRAGMA synchronous = FULL", NULL);
    return rc;
}

void db_rollback(struct db *db)
{
    if (!sqlite3_get_autocommit(db->sqlite))
        (void)db_exec(db, "ROLLBACK", NULL);
    (void)db_exec(db, "PRAGMA synchronous = FULL", NULL);
}

int db_schema_version(const struct db *db)
{
    return db->schema_version;
}
