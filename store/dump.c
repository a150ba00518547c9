/* SPDX-License-Identifier: Apache-2.0
 * Checks, copies and prints a whole database. The only SQL of the project whose names are not
 * known beforehand: tables and columns come from the schema itself and are quoted by SQLite.
 * The dump is one heading per table and one line per row, in key order:
 *
 *     thread (repo_id, number, kind, ...)
 *     1|12|'issue'|...
 *
 * Values are SQL literals; line breaks and backslashes in them are escaped. In JSON a table is
 * a list of objects, one a line; what is no text for JSON is an SQL literal in a string.
 * Virtual tables and their shadows are left out: they can be rebuilt from the others. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "store/db.h"
#include "store/handle.h"

static const char list_tables[] = "SELECT name FROM pragma_table_list "
                                  "WHERE schema = 'main' AND type = 'table' "
                                  "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
static const char is_volatile_table[] =
    "SELECT 1 FROM schema_volatile WHERE table_name = ?1 AND column_name = '*'";
static const char list_columns[] =
    "SELECT name FROM pragma_table_info(?1) WHERE ?2 = 0 OR NOT EXISTS "
    "(SELECT 1 FROM schema_volatile v WHERE v.table_name = ?1 AND v.column_name = name) "
    "ORDER BY cid";
static const char list_keys[] = "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 "
                                "ORDER BY pk";

enum { MAX_LITERAL_BYTES = 256 << 20 };

struct dump {
    struct db *db;
    struct buf *out;
    bool is_canonical, is_json;
    struct err *err;
};

static int fail(const struct dump *d, int rc)
{
    return db_fail(d->db, rc, "dump", d->err);
}

/* Calls fn for the first column of each row; table is ?1, the kind of dump ?2. */
static int each_name(const struct dump *d, const char *sql, const char *table,
                     int (*fn)(const struct dump *d, const char *name, void *ctx), void *ctx)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(d->db->sqlite, sql, -1, &stmt, NULL);
    int n = rc == SQLITE_OK ? sqlite3_bind_parameter_count(stmt) : 0;

    if (rc == SQLITE_OK && n >= 1)
        rc = sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK && n >= 2)
        rc = sqlite3_bind_int(stmt, 2, d->is_canonical);
    int result = 0;
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(stmt);
        if (rc != SQLITE_ROW)
            break;
        result = fn(d, (const char *)sqlite3_column_text(stmt, 0), ctx);
        if (result != 0)
            break;
    }
    if (result == 0 && rc != SQLITE_DONE)
        result = fail(d, rc);
    sqlite3_finalize(stmt);
    return result;
}

static int add_name(const struct dump *d, const char *name, void *ctx)
{
    struct buf *list = ctx;
    char *quoted = sqlite3_mprintf("\"%w\"", name);

    (void)d;
    if (list->len > 0)
        buf_add_str(list, ", ");
    buf_add_str(list, quoted);
    sqlite3_free(quoted);
    return 0;
}

static void add_literal(struct buf *out, sqlite3_value *value)
{
    const unsigned char *text;

    switch (sqlite3_value_type(value)) {
    case SQLITE_NULL: buf_add_str(out, "NULL"); return;
    case SQLITE_INTEGER: buf_printf(out, "%lld", sqlite3_value_int64(value)); return;
    case SQLITE_FLOAT: buf_printf(out, "%.17g", sqlite3_value_double(value)); return;
    case SQLITE_BLOB:
        buf_add_str(out, "x'");
        text = sqlite3_value_blob(value);
        for (int i = 0; i < sqlite3_value_bytes(value); i++)
            buf_printf(out, "%02x", text[i]);
        buf_add_char(out, '\'');
        return;
    default: break;
    }
    buf_add_char(out, '\'');
    for (text = sqlite3_value_text(value); text && *text; text++) {
        if (*text == '\'' || *text == '\\')
            buf_add_char(out, (char)*text);
        if (*text < ' ' || *text == 0x7f)
            buf_printf(out, "\\x%02x", *text);
        else
            buf_add_char(out, (char)*text);
    }
    buf_add_char(out, '\'');
}

static void add_text_row(struct buf *out, sqlite3_stmt *stmt)
{
    for (int i = 0; i < sqlite3_column_count(stmt); i++) {
        if (i > 0)
            buf_add_char(out, '|');
        add_literal(out, sqlite3_column_value(stmt, i));
    }
    buf_add_char(out, '\n');
}

static json_t *literal_to_json(sqlite3_value *value)
{
    struct buf literal;

    buf_init(&literal, MAX_LITERAL_BYTES);
    add_literal(&literal, value);
    json_t *json = json_string(literal.data);
    buf_finish(&literal);
    return json ? json : json_null();
}

static json_t *value_to_json(sqlite3_value *value)
{
    json_t *text;

    switch (sqlite3_value_type(value)) {
    case SQLITE_NULL: return json_null();
    case SQLITE_INTEGER: return json_integer(sqlite3_value_int64(value));
    case SQLITE_FLOAT: return json_real(sqlite3_value_double(value));
    case SQLITE_BLOB: return literal_to_json(value);
    default: break;
    }
    text = json_string((const char *)sqlite3_value_text(value));
    return text ? text : literal_to_json(value);
}

static void add_json_row(struct buf *out, sqlite3_stmt *stmt)
{
    json_t *row = json_object();

    for (int i = 0; i < sqlite3_column_count(stmt); i++)
        (void)json_object_set_new(row, sqlite3_column_name(stmt, i),
                                  value_to_json(sqlite3_column_value(stmt, i)));
    json_write(out, row, 0);
    json_decref(row);
}

static int add_rows(const struct dump *d, const char *sql)
{
    const char *between = "\n";
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(d->db->sqlite, sql, -1, &stmt, NULL);

    if (rc != SQLITE_OK)
        return fail(d, rc);
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && !d->out->overflow) {
        if (!d->is_json) {
            add_text_row(d->out, stmt);
            continue;
        }
        buf_add_str(d->out, between);
        add_json_row(d->out, stmt);
        between = ",\n";
    }
    sqlite3_finalize(stmt);
    return rc == SQLITE_DONE ? 0 : rc == SQLITE_ROW ? 0 : fail(d, rc);
}

static int stop(const struct dump *d, const char *name, void *ctx)
{
    (void)d;
    (void)name;
    (void)ctx;
    return 1;
}

static int dump_table(const struct dump *d, const char *table, void *ctx)
{
    struct buf columns, keys;
    char *sql = NULL;
    int rc = 0;

    (void)ctx;
    if (d->is_canonical)
        rc = each_name(d, is_volatile_table, table, stop, NULL);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    buf_init(&columns, 64 << 10);
    buf_init(&keys, 64 << 10);
    rc = each_name(d, list_columns, table, add_name, &columns);
    if (rc == 0)
        rc = each_name(d, list_keys, table, add_name, &keys);
    if (rc == 0) {
        if (d->is_json)
            buf_printf(d->out, "%s\"%s\": [", d->out->len > 1 ? ",\n" : "", table);
        else
            buf_printf(d->out, "%s (%s)\n", table, columns.data);
        sql = sqlite3_mprintf("SELECT %s FROM \"%w\" ORDER BY %s", columns.data, table,
                              keys.len > 0 ? keys.data : "rowid");
        rc = add_rows(d, sql);
        if (d->is_json)
            buf_add_char(d->out, ']');
        sqlite3_free(sql);
    }
    buf_finish(&columns);
    buf_finish(&keys);
    return rc;
}

int db_dump(struct db *db, enum db_dump what, struct buf *out, struct err *err)
{
    const struct dump d = {
        .db = db, .out = out, .is_canonical = what == DB_DUMP_CANONICAL, .err = err
    };
    int rc = each_name(&d, list_tables, NULL, dump_table, NULL);

    return rc < 0 ? rc : buf_check(out, "dump", err);
}

int db_dump_json(struct db *db, enum db_dump what, struct buf *out, struct err *err)
{
    const struct dump d = { .db = db,
                            .out = out,
                            .is_canonical = what == DB_DUMP_CANONICAL,
                            .is_json = true,
                            .err = err };

    buf_add_char(out, '{');
    int rc = each_name(&d, list_tables, NULL, dump_table, NULL);
    buf_add_str(out, "}\n");
    return rc < 0 ? rc : buf_check(out, "dump", err);
}

struct findings {
    struct buf *out;
    int n;
};

static int add_finding(void *ctx, int n_columns, char **values, char **names)
{
    struct findings *f = ctx;

    (void)names;
    if (n_columns == 1 && values[0] && strcmp(values[0], "ok") == 0)
        return 0;
    for (int i = 0; i < n_columns; i++)
        buf_printf(f->out, "%s%s", i > 0 ? " " : "", values[i] ? values[i] : "-");
    buf_add_char(f->out, '\n');
    f->n++;
    return 0;
}

int db_check(struct db *db, struct buf *out, struct err *err)
{
    static const char *const checks[] = { "PRAGMA integrity_check",
                                          "PRAGMA foreign_key_check" };
    struct findings f = { .out = out };

    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        int rc = sqlite3_exec(db->sqlite, checks[i], add_finding, &f, NULL);
        if (rc != SQLITE_OK)
            return db_fail(db, rc, checks[i], err);
    }
    if (f.n > 0)
        return err_set(err, ERR_DB, "%s: %d faults found", db->path, f.n);
    return 0;
}

/* Written aside and renamed: a backup is whole or not there. */
int db_backup(struct db *db, const char *to_path, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    char *aside = sqlite3_mprintf("%s.part", to_path);
    int rc;

    if (fs_exists(to_path)) {
        rc = err_set(err, ERR_EXISTS, "'%s' is there already", to_path);
        goto out;
    }
    rc = fs_remove(aside, err);
    if (rc < 0)
        goto out;
    rc = sqlite3_prepare_v2(db->sqlite, "VACUUM INTO ?1", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(stmt, 1, aside, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    rc = rc == SQLITE_DONE ? 0 : db_fail(db, rc, "backup", err);
    sqlite3_finalize(stmt);
    if (rc == 0 && rename(aside, to_path) != 0)
        rc = err_errno(err, "cannot name the backup '%s'", to_path);
    if (rc < 0)
        (void)fs_remove(aside, NULL);
out:
    sqlite3_free(aside);
    return rc;
}
