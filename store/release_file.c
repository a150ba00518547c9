/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "store/nouns.h"
#include "store/release.h"

#define COLUMNS "repo_id, version, name, sha256, size, asset_id"
#define VALUES  "?1, ?2, ?3, ?4, ?5, ?6"
#define KEY     "repo_id = ?1 AND version = ?2 AND name = ?3"

enum { INSERT, UPDATE, SET_ASSET, EACH };

static const char *const statements[] = {
    [INSERT] = "INSERT INTO release_file (" COLUMNS ") VALUES (" VALUES ") "
               "ON CONFLICT DO NOTHING",
    [UPDATE] = "UPDATE release_file SET (" COLUMNS ") = (" VALUES ") WHERE " KEY
               " AND (" COLUMNS ") IS NOT (" VALUES ")",
    [SET_ASSET] = "UPDATE release_file SET asset_id = ?4 WHERE " KEY,
    [EACH] = "SELECT " COLUMNS " FROM release_file WHERE repo_id = ?1 AND version = ?2 "
             "ORDER BY name",
};
const struct stmt_table release_file_stmts = { "release_file", statements, 4 };

static void bind(struct query *q, const void *row)
{
    const struct release_file *f = row;

    query_i64(q, f->repo_id);
    query_text(q, f->version);
    query_text(q, f->name);
    query_text(q, f->sha256);
    query_i64(q, f->size);
    query_i64(q, f->asset_id);
}

int release_file_put(struct db *db, const struct release_file *f, enum put_result *ret,
                     struct err *err)
{
    static const struct query_put put = { &release_file_stmts, INSERT, UPDATE, bind };

    return query_put(db, &put, f, ret, err);
}

int release_file_set_asset(struct db *db, int64_t repo_id, const char *version,
                           const char *name, int64_t asset_id, struct err *err)
{
    struct query q;
    int64_t changed = 0;

    query_init(&q, db, &release_file_stmts, SET_ASSET);
    query_i64(&q, repo_id);
    query_text(&q, version);
    query_text(&q, name);
    query_i64(&q, asset_id);
    int rc = query_run(&q, &changed, err);
    if (rc == 0 && changed == 0)
        return err_set(err, ERR_NOTFOUND, "no file %s in release %s", name, version);
    return rc;
}

struct visitor {
    release_file_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct release_file f = {
        .repo_id = column_i64(q, 0),
        .version = column_text(q, 1),
        .name = column_text(q, 2),
        .sha256 = column_text(q, 3),
        .size = column_i64(q, 4),
        .asset_id = column_i64(q, 5),
    };

    return v->fn(v->ctx, &f, err);
}

int release_each_file(struct db *db, int64_t repo_id, const char *version, release_file_fn *fn,
                      void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &release_file_stmts, EACH);
    query_i64(&q, repo_id);
    query_text(&q, version);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}
