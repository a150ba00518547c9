/* SPDX-License-Identifier: Apache-2.0 */
#include "store/access_token.h"

#include <inttypes.h>

#include "base/err.h"
#include "store/nouns.h"

#define COLUMNS "id, person, label, scope, only_in, created_at, expires_at, revoked_at"

enum { ADD, FIND, EACH, EACH_OF, REVOKE };

static const char *const statements[] = {
    [ADD] = "INSERT INTO access_token (digest, person, label, scope, only_in, created_at, "
            "expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
    [FIND] = "SELECT " COLUMNS " FROM access_token WHERE digest = ?1",
    [EACH] = "SELECT " COLUMNS " FROM access_token ORDER BY id",
    [EACH_OF] = "SELECT " COLUMNS " FROM access_token INDEXED BY access_token_by_person "
                "WHERE person = ?1 ORDER BY id",
    [REVOKE] = "UPDATE access_token SET revoked_at = ?2 WHERE id = ?1 AND revoked_at = 0",
};
const struct stmt_table access_token_stmts = { "access_token", statements, 5 };

int access_token_add(struct db *db, const char *digest, const struct access_token *token,
                     int64_t *ret_id, struct err *err)
{
    struct query q;

    query_init(&q, db, &access_token_stmts, ADD);
    query_text(&q, digest);
    query_text(&q, token->person);
    query_text(&q, token->label);
    query_text(&q, member_role_name(token->scope));
    query_text(&q, token->only_in);
    query_i64(&q, token->created_at);
    query_i64(&q, token->expires_at);
    return query_one_i64(&q, ret_id, err);
}

struct visitor {
    access_token_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *ctx, struct err *err)
{
    const struct visitor *v = ctx;
    struct access_token token = {
        .id = column_i64(q, 0),
        .person = column_text(q, 1),
        .label = column_text(q, 2),
        .only_in = column_text(q, 4),
        .created_at = column_i64(q, 5),
        .expires_at = column_i64(q, 6),
        .revoked_at = column_i64(q, 7),
    };
    int rc = member_role_parse(&token.scope, column_text(q, 3), err);

    return rc < 0 ? rc : v->fn(v->ctx, &token, err);
}

int access_token_find(struct db *db, const char *digest, access_token_fn *fn, void *ctx,
                      struct err *err)
{
    struct query q;

    query_init(&q, db, &access_token_stmts, FIND);
    query_text(&q, digest);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int access_token_each(struct db *db, const char *person, access_token_fn *fn, void *ctx,
                      struct err *err)
{
    struct query q;

    query_init(&q, db, &access_token_stmts, person[0] ? EACH_OF : EACH);
    if (person[0])
        query_text(&q, person);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int access_token_revoke(struct db *db, int64_t id, int64_t at, struct err *err)
{
    struct query q;
    int64_t changed = 0;

    query_init(&q, db, &access_token_stmts, REVOKE);
    query_i64(&q, id);
    query_i64(&q, at);
    int rc = query_run(&q, &changed, err);
    if (rc == 0 && changed == 0)
        rc = err_set(err, ERR_NOTFOUND, "no token %" PRId64 " that could be revoked", id);
    return rc;
}
