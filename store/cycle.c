/* SPDX-License-Identifier: Apache-2.0 */
#include "store/cycle.h"

#include "base/err.h"
#include "store/nouns.h"

enum { ADD, NEWEST, EXPIRE };

static const char *const statements[] = {
    [ADD] = "INSERT INTO cycle (started_at, ended_at, exit_code, summary) "
            "VALUES (?1, ?2, ?3, ?4)",
    [NEWEST] = "SELECT id, started_at, ended_at, exit_code, summary FROM cycle "
               "ORDER BY id DESC LIMIT ?1",
    [EXPIRE] = "DELETE FROM cycle WHERE started_at < ?1 AND id < (SELECT max(id) FROM cycle)",
};
const struct stmt_table cycle_stmts = { "cycle", statements, 3 };

int cycle_add(struct db *db, const struct cycle *c, struct err *err)
{
    struct query q;

    query_init(&q, db, &cycle_stmts, ADD);
    query_i64(&q, c->started_at);
    query_i64(&q, c->ended_at);
    query_i64(&q, c->exit_code);
    query_text(&q, c->summary);
    return query_run(&q, NULL, err);
}

struct visitor {
    cycle_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct cycle c = {
        .id = column_i64(q, 0),
        .started_at = column_i64(q, 1),
        .ended_at = column_i64(q, 2),
        .exit_code = column_i64(q, 3),
        .summary = column_text(q, 4),
    };

    return v->fn(v->ctx, &c, err);
}

int cycle_each_newest(struct db *db, int64_t limit, cycle_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &cycle_stmts, NEWEST);
    query_i64(&q, limit);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int cycle_expire(struct db *db, int64_t started_before_at, struct err *err)
{
    struct query q;

    query_init(&q, db, &cycle_stmts, EXPIRE);
    query_i64(&q, started_before_at);
    return query_run(&q, NULL, err);
}
