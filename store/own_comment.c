/* SPDX-License-Identifier: Apache-2.0 */
#include "store/entry.h"
#include "store/nouns.h"

#define COLUMNS "repo_id, id, number, rule, body, is_deleted"
#define VALUES  "?1, ?2, ?3, ?4, ?5, ?6"

enum { INSERT, UPDATE, FIND, OF_THREAD, EACH, SET_DELETED };

static const char *const statements[] = {
    [INSERT] = "INSERT INTO own_comment (" COLUMNS ") VALUES (" VALUES ") "
               "ON CONFLICT DO NOTHING",
    [UPDATE] = "UPDATE own_comment SET (" COLUMNS ") = (" VALUES ") WHERE repo_id = ?1 "
               "AND id = ?2 AND (" COLUMNS ") IS NOT (" VALUES ")",
    [FIND] =
        "SELECT " COLUMNS
        " FROM own_comment INDEXED BY own_comment_thread WHERE repo_id = ?1 AND number = ?2 "
        "AND rule = ?3 AND is_deleted = 0 ORDER BY id LIMIT 1",
    [OF_THREAD] =
        "SELECT " COLUMNS
        " FROM own_comment INDEXED BY own_comment_thread WHERE repo_id = ?1 AND number = ?2 "
        "ORDER BY id",
    [EACH] = "SELECT " COLUMNS " FROM own_comment WHERE repo_id = ?1 ORDER BY id",
    [SET_DELETED] = "UPDATE own_comment SET is_deleted = 1 WHERE repo_id = ?1 AND id = ?2 "
                    "AND is_deleted = 0",
};
const struct stmt_table own_comment_stmts = { "own_comment", statements,
                                              sizeof(statements) / sizeof(*statements) };

static void bind(struct query *q, const void *row)
{
    const struct own_comment *c = row;

    query_i64(q, c->repo_id);
    query_i64(q, c->id);
    query_i64(q, c->number);
    query_text(q, c->rule);
    query_text(q, c->body);
    query_i64(q, c->is_deleted);
}

int own_comment_put(struct db *db, const struct own_comment *c, enum put_result *ret,
                    struct err *err)
{
    static const struct query_put put = { &own_comment_stmts, INSERT, UPDATE, bind };

    return query_put(db, &put, c, ret, err);
}

struct visitor {
    own_comment_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct own_comment c = {
        .repo_id = column_i64(q, 0),
        .id = column_i64(q, 1),
        .number = column_i64(q, 2),
        .rule = column_text(q, 3),
        .body = column_text(q, 4),
        .is_deleted = column_bool(q, 5),
    };

    return v->fn(v->ctx, &c, err);
}

int own_comment_find(struct db *db, int64_t repo_id, int64_t number, const char *rule,
                     own_comment_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &own_comment_stmts, FIND);
    query_i64(&q, repo_id);
    query_i64(&q, number);
    query_text(&q, rule);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int own_comment_each_of_thread(struct db *db, int64_t repo_id, int64_t number,
                               own_comment_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &own_comment_stmts, OF_THREAD);
    query_i64(&q, repo_id);
    query_i64(&q, number);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int own_comment_each(struct db *db, int64_t repo_id, own_comment_fn *fn, void *ctx,
                     struct err *err)
{
    struct query q;

    query_init(&q, db, &own_comment_stmts, EACH);
    query_i64(&q, repo_id);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int own_comment_set_deleted(struct db *db, int64_t repo_id, int64_t id, struct err *err)
{
    struct query q;

    query_init(&q, db, &own_comment_stmts, SET_DELETED);
    query_i64(&q, repo_id);
    query_i64(&q, id);
    return query_run(&q, NULL, err);
}
