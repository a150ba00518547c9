/* SPDX-License-Identifier: Apache-2.0 */
#include "store/download.h"

#include "store/nouns.h"

enum { ADD, SUM, SUM_EACH, FOLD, DROP_FOLDED };

#define SUMS(week, recent)                                                                     \
    "coalesce(sum(count) FILTER (WHERE day >= " week "), 0), "                                 \
    "coalesce(sum(count) FILTER (WHERE day >= " recent "), 0), coalesce(sum(count), 0) "

static const char *const statements[] = {
    [ADD] = "INSERT INTO download_day (kind, namespace, name, day, count) "
            "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE "
            "SET count = count + excluded.count",
    [SUM] = "SELECT " SUMS(
        "?4", "?5") "FROM download_day WHERE kind = ?1 AND namespace = ?2 AND name = ?3",
    [SUM_EACH] = "SELECT " SUMS("?2", "?3") ", namespace, name FROM download_day "
                                            "WHERE kind = ?1 GROUP BY namespace, name",
    [FOLD] = "INSERT INTO download_day (kind, namespace, name, day, count) "
             "SELECT kind, namespace, name, 0, sum(count) FROM download_day "
             "WHERE day > 0 AND day < ?1 GROUP BY kind, namespace, name "
             "ON CONFLICT DO UPDATE SET count = count + excluded.count",
    [DROP_FOLDED] = "DELETE FROM download_day WHERE day > 0 AND day < ?1",
};
const struct stmt_table download_stmts = { "download", statements, 5 };

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

struct visitor {
    enum hosted_kind kind;
    download_sums_fn *fn;
    void *ctx;
};

static int visit_sums(const struct query *q, void *ctx, struct err *err)
{
    const struct visitor *v = ctx;
    const struct hosted_name name = { v->kind, column_text(q, 3), column_text(q, 4) };
    struct download_sums sums;

    (void)take_sums(q, &sums, err);
    return v->fn(v->ctx, &name, &sums, err);
}

int download_sum_each(struct db *db, enum hosted_kind kind, const struct download_since *since,
                      download_sums_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &download_stmts, SUM_EACH);
    query_text(&q, kinds[kind]);
    query_i64(&q, since->week);
    query_i64(&q, since->recent);
    return query_each(&q, visit_sums, &(struct visitor){ kind, fn, ctx }, err);
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
