/* SPDX-License-Identifier: Apache-2.0 */
#include "store/stmt.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "store/handle.h"

static int prepare(struct db *db, sqlite3_stmt **ret, const struct stmt_table *table,
                   size_t index, unsigned flags)
{
    return sqlite3_prepare_v3(db->sqlite, table->sql[index], -1, flags, ret, NULL);
}

static int prepare_group(struct db *db, struct stmt_group *group, struct err *err)
{
    group->stmts = xcalloc(group->table->n, sizeof(*group->stmts));
    for (size_t i = 0; i < group->table->n; i++) {
        int rc = prepare(db, &group->stmts[i], group->table, i, SQLITE_PREPARE_PERSISTENT);
        if (rc != SQLITE_OK)
            return err_set(err, ERR_DB, "%s: %s: statement %zu does not fit the schema: %s",
                           db->path, group->table->noun, i, sqlite3_errmsg(db->sqlite));
    }
    return 0;
}

int stmt_prepare_all(struct db *db, struct err *err)
{
    const struct stmt_table *const *tables = nouns_of(db->kind);
    size_t n = 0;

    while (tables[n])
        n++;
    db->groups = xcalloc(n, sizeof(*db->groups));
    db->n_groups = n;
    for (size_t i = 0; i < n; i++)
        db->groups[i].table = tables[i];
    for (size_t i = 0; i < n; i++) {
        int rc = prepare_group(db, &db->groups[i], err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

void stmt_finalize_all(struct db *db)
{
    for (size_t i = 0; i < db->n_groups; i++) {
        struct stmt_group *group = &db->groups[i];

        for (size_t j = 0; group->stmts && j < group->table->n; j++)
            sqlite3_finalize(group->stmts[j]);
        free(group->stmts);
    }
    free(db->groups);
    db->groups = NULL;
    db->n_groups = 0;
}

static sqlite3_stmt *find(const struct db *db, const struct stmt_table *table, size_t index)
{
    for (size_t i = 0; i < db->n_groups; i++)
        if (db->groups[i].table == table)
            return db->groups[i].stmts[index];
    return NULL;
}

void query_init(struct query *q, struct db *db, const struct stmt_table *table, size_t index)
{
    *q = (struct query){ .db = db, .table = table, .stmt = find(db, table, index) };
    if (!q->stmt)
        q->rc = SQLITE_MISUSE;
    else if (sqlite3_stmt_busy(q->stmt)) {
        q->stmt = NULL;
        q->is_copy = true;
        q->rc = prepare(db, &q->stmt, table, index, 0);
    }
}

/* Gives the statement back; keeps what went wrong. */
static void finish(struct query *q)
{
    if (q->is_copy) {
        sqlite3_finalize(q->stmt);
    } else if (q->stmt) {
        sqlite3_reset(q->stmt);
        sqlite3_clear_bindings(q->stmt);
    }
    q->stmt = NULL;
}

static void note(struct query *q, int rc)
{
    if (q->rc == SQLITE_OK)
        q->rc = rc;
}

void query_i64(struct query *q, int64_t value)
{
    if (q->rc == SQLITE_OK)
        note(q, sqlite3_bind_int64(q->stmt, ++q->n_bound, value));
}

void query_id(struct query *q, int64_t id)
{
    if (id != 0)
        query_i64(q, id);
    else if (q->rc == SQLITE_OK)
        note(q, sqlite3_bind_null(q->stmt, ++q->n_bound));
}

void query_text(struct query *q, const char *text)
{
    if (q->rc == SQLITE_OK)
        note(q, sqlite3_bind_text(q->stmt, ++q->n_bound, text ? text : "", -1, SQLITE_STATIC));
}

void query_blob(struct query *q, const void *data, size_t len)
{
    if (q->rc == SQLITE_OK)
        note(q,
             sqlite3_bind_blob64(q->stmt, ++q->n_bound, len ? data : "", len, SQLITE_STATIC));
}

/* SQLITE_ROW, SQLITE_DONE, or a negative error that is set already. */
static int step(struct query *q, struct err *err)
{
    int rc = q->rc == SQLITE_OK ? sqlite3_step(q->stmt) : q->rc;

    if (rc == SQLITE_ROW || rc == SQLITE_DONE)
        return rc;
    return db_fail(q->db, rc, q->table->noun, err);
}

int query_run(struct query *q, int64_t *ret_changed, struct err *err)
{
    int rc;

    do
        rc = step(q, err);
    while (rc == SQLITE_ROW);
    if (rc == SQLITE_DONE && ret_changed)
        *ret_changed = sqlite3_changes64(q->db->sqlite);
    finish(q);
    return rc == SQLITE_DONE ? 0 : rc;
}

int query_each(struct query *q, query_fn *fn, void *ctx, struct err *err)
{
    int rc;

    while ((rc = step(q, err)) == SQLITE_ROW) {
        rc = fn(q, ctx, err);
        if (rc < 0)
            break;
    }
    finish(q);
    return rc == SQLITE_DONE ? 0 : rc;
}

struct i64_visitor {
    query_i64_fn *fn;
    void *ctx;
};

static int visit_i64(const struct query *q, void *visitor, struct err *err)
{
    const struct i64_visitor *v = visitor;

    return v->fn(v->ctx, column_i64(q, 0), err);
}

int query_each_i64(struct query *q, query_i64_fn *fn, void *ctx, struct err *err)
{
    return query_each(q, visit_i64, &(struct i64_visitor){ fn, ctx }, err);
}

int query_one(struct query *q, query_fn *fn, void *ctx, struct err *err)
{
    int rc = step(q, err);

    if (rc == SQLITE_ROW)
        rc = fn(q, ctx, err);
    else if (rc == SQLITE_DONE)
        rc = err_set(err, ERR_NOTFOUND, "%s: no such row in %s", q->table->noun, q->db->path);
    finish(q);
    return rc;
}

static int read_i64(const struct query *q, void *ctx, struct err *err)
{
    int64_t *ret = ctx;

    (void)err;
    *ret = column_i64(q, 0);
    return 0;
}

int query_one_i64(struct query *q, int64_t *ret, struct err *err)
{
    return query_one(q, read_i64, ret, err);
}

int64_t column_i64(const struct query *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

bool column_bool(const struct query *q, int column)
{
    return sqlite3_column_int(q->stmt, column) != 0;
}

const char *column_text(const struct query *q, int column)
{
    const unsigned char *text = sqlite3_column_text(q->stmt, column);

    return text ? (const char *)text : "";
}

const void *column_blob(const struct query *q, int column, size_t *ret_len)
{
    const void *data = sqlite3_column_blob(q->stmt, column);

    *ret_len = (size_t)sqlite3_column_bytes(q->stmt, column);
    return data;
}

static int run_bound(struct db *db, const struct query_put *put, size_t index, const void *row,
                     int64_t *ret_changed, struct err *err)
{
    struct query q;

    query_init(&q, db, put->table, index);
    put->bind(&q, row);
    return query_run(&q, ret_changed, err);
}

int query_put(struct db *db, const struct query_put *put, const void *row, enum put_result *ret,
              struct err *err)
{
    enum put_result result = PUT_NEW;
    int64_t changed = 0;
    int rc = run_bound(db, put, put->insert, row, &changed, err);

    if (rc == 0 && changed == 0) {
        rc = run_bound(db, put, put->update, row, &changed, err);
        result = changed > 0 ? PUT_CHANGED : PUT_SAME;
    }
    if (rc == 0 && ret)
        *ret = result;
    return rc;
}

/* A savepoint is a transaction of its own when none is open. */
int save_begin(struct db *db, struct err *err)
{
    return db_exec(db, "SAVEPOINT save", err);
}

int save_end(struct db *db, int rc, struct err *err)
{
    if (rc >= 0) {
        int release_rc = db_exec(db, "RELEASE save", err);
        if (release_rc == 0)
            return rc;
        rc = release_rc;
    }
    (void)db_exec(db, "ROLLBACK TO save", NULL);
    (void)db_exec(db, "RELEASE save", NULL);
    return rc;
}

int names_find(const struct names *names, const char *word)
{
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->word[i], word) == 0)
            return (int)i;
    return -1;
}

size_t names_index(const struct names *names, const char *word)
{
    int i = names_find(names, word);

    return i < 0 ? 0 : (size_t)i;
}

char *names_mask(char out[NAMES_MASK_SIZE], const struct names *names, unsigned mask)
{
    size_t len = 0;

    out[len++] = ' ';
    for (size_t i = 0; i < names->n; i++) {
        size_t n = strlen(names->word[i]);

        if (!(mask & 1u << i) || len + n + 2 > NAMES_MASK_SIZE)
            continue;
        memcpy(out + len, names->word[i], n);
        len += n;
        out[len++] = ' ';
    }
    out[len] = '\0';
    return out;
}
