/* SPDX-License-Identifier: Apache-2.0 */
#include "store/budget.h"

#include "store/nouns.h"

enum { PUT, EACH };

static const char *const statements[] = {
    [PUT] = "INSERT INTO budget (name, window_at, used, remaining) VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT DO UPDATE SET window_at = excluded.window_at, used = excluded.used, "
            "remaining = excluded.remaining WHERE (window_at, used, remaining) IS NOT "
            "(excluded.window_at, excluded.used, excluded.remaining)",
    [EACH] = "SELECT name, window_at, used, remaining FROM budget ORDER BY name",
};
const struct stmt_table budget_stmts = { "budget", statements, 2 };

int budget_put(struct db *db, const struct budget *b, struct err *err)
{
    struct query q;

    query_init(&q, db, &budget_stmts, PUT);
    query_text(&q, b->name);
    query_i64(&q, b->window_at);
    query_i64(&q, b->used);
    query_i64(&q, b->remaining);
    return query_run(&q, NULL, err);
}

struct visitor {
    budget_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct budget b = {
        .name = column_text(q, 0),
        .window_at = column_i64(q, 1),
        .used = column_i64(q, 2),
        .remaining = column_i64(q, 3),
    };

    return v->fn(v->ctx, &b, err);
}

int budget_each(struct db *db, budget_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &budget_stmts, EACH);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}
