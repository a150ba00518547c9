/* SPDX-License-Identifier: Apache-2.0 */
#include "store/download.h"

#include "store/nouns.h"

enum { ADD, SUM, FOLD, DROP_FOLDED };

static const char *const statements[] = {
    [ADD] = "INSERT INTO download_day (kind, namespace, name, day, count) "
            "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE "
            "SET count = count + excluded.count",
    [SUM] = "SELECT coalesce(sum(count) FILTER (WHERE day >= ?4), 0), "
            "coalesce(sum(count) FILTER (WHERE day >= ?5), 0), coalesce(sum(count), 0) "
            "FROM download_day WHERE kind = ?1 AND namespace = ?2 AND name = ?3",
    [FOLD] = "INSERT INTO download_day (kind, namespace, name, day, count) "
             "SELECT kind, namespace, name, 0, sum(count) FROM download_day "
             "WHERE day > 0 AND day < ?1 GROUP BY kind, namespace, name "
             "ON CONFLICT DO UPDATE SET count = count + excluded.count",
    [DROP_FOLDED] = "DELETE FROM download_day WHERE day > 0 AND day < ?1",
};
const struct stmt_table download_stmts = { "download", statements, 4 };

static const char *const kinds[] = { [HOSTED_MODEL] = "model", [HOSTED_DATASET] = "dataset" };

static void init_named(struct query *q, struct db *db, size_t statement,
                       const struct hosted_name *name)
{
    query_init(q, db, &download_stmts, statement);
    query_text(q, kinds[name->kind]);
    query_text(q, name->ns);
    query_text(q, name->name);
}

int download_add(struct db *db, const struct hosted_name *name, int64_t day, int64_t count,
                 struct err *err)
{
    struct query q;

    init_named(&q, db, ADD, name);
    query_i64(&q, day);
    query_i64(&q, count);
    return query_run(&q, NULL, err);
}

static int take_sums(const struct query *q, void *ctx, struct err *err)
{
    (void)err;
    *(struct download_sums *)ctx =
        (struct download_sums){ column_i64(q, 0), column_i64(q, 1), column_i64(q, 2) };
    return 0;
}

int download_sum(struct download_sums *ret, struct db *db, const struct hosted_name *name,
                 const struct download_since *since, struct err *err)
{
    struct query q;

    init_named(&q, db, SUM, name);
    query_i64(&q, since->week);
    query_i64(&q, since->recent);
    return query_one(&q, take_sums, ret, err);
}

static int run_before(struct db *db, size_t statement, int64_t day, struct err *err)
{
    struct query q;

    query_init(&q, db, &download_stmts, statement);
    query_i64(&q, day);
    return query_run(&q, NULL, err);
}

int download_fold(struct db *db, int64_t before_day, struct err *err)
{
    int rc = save_begin(db, err);

    if (rc < 0)
        return rc;
    rc = run_before(db, FOLD, before_day, err);
    if (rc == 0)
        rc = run_before(db, DROP_FOLDED, before_day, err);
    return save_end(db, rc, err);
}
