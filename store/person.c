/* SPDX-License-Identifier: Apache-2.0 */
#include "store/person.h"

#include "store/nouns.h"

enum { PUT, GET };

static const char *const statements[] = {
    [PUT] = "INSERT INTO person (id, login, is_bot) VALUES (?1, ?2, ?3) "
            "ON CONFLICT (id) DO UPDATE SET login = ?2, is_bot = ?3 "
            "WHERE (login, is_bot) IS NOT (?2, ?3)",
    [GET] = "SELECT id, login, is_bot FROM person WHERE id = ?1",
};
const struct stmt_table person_stmts = { "person", statements, 2 };

/* With every thread, entry and event comes its author, who is mostly known: one statement. */
int person_put(struct db *db, const struct person *p, struct err *err)
{
    struct query q;

    query_init(&q, db, &person_stmts, PUT);
    query_i64(&q, p->id);
    query_text(&q, p->login);
    query_i64(&q, p->is_bot);
    return query_run(&q, NULL, err);
}

struct visitor {
    person_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct person p = {
        .id = column_i64(q, 0),
        .login = column_text(q, 1),
        .is_bot = column_bool(q, 2),
    };

    return v->fn(v->ctx, &p, err);
}

int person_get(struct db *db, int64_t id, person_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &person_stmts, GET);
    query_i64(&q, id);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}
