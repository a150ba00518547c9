/* SPDX-License-Identifier: Apache-2.0 */
#include "store/person.h"

#include "store/nouns.h"

enum { INSERT, UPDATE, GET };

static const char *const statements[] = {
    [INSERT] = "INSERT INTO person (id, login, is_bot) VALUES (?1, ?2, ?3) "
               "ON CONFLICT DO NOTHING",
    [UPDATE] = "UPDATE person SET login = ?2, is_bot = ?3 "
               "WHERE id = ?1 AND (login, is_bot) IS NOT (?2, ?3)",
    [GET] = "SELECT id, login, is_bot FROM person WHERE id = ?1",
};
const struct stmt_table person_stmts = { "person", statements, 3 };

static void bind(struct query *q, const void *row)
{
    const struct person *p = row;

    query_i64(q, p->id);
    query_text(q, p->login);
    query_i64(q, p->is_bot);
}

int person_put(struct db *db, const struct person *p, enum put_result *ret, struct err *err)
{
    static const struct query_put put = { &person_stmts, INSERT, UPDATE, bind };

    return query_put(db, &put, p, ret, err);
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
