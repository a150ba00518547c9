/* SPDX-License-Identifier: Apache-2.0 */
#include "store/http_cache.h"

#include "store/nouns.h"

#define KEY "token_id = ?1 AND url = ?2 AND accept = ?3"

enum { PUT, GET, EXPIRE };

static const char *const statements[] = {
    [PUT] = "INSERT INTO http_cache (token_id, url, accept, etag, last_modified, used_at) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET etag = excluded.etag, "
            "last_modified = excluded.last_modified, used_at = excluded.used_at",
    [GET] = "SELECT token_id, url, accept, etag, last_modified, used_at FROM http_cache "
            "WHERE " KEY,
    [EXPIRE] = "DELETE FROM http_cache WHERE used_at < ?1",
};
const struct stmt_table http_cache_stmts = { "http_cache", statements, 3 };

static void init_keyed(struct query *q, struct db *db, size_t index,
                       const struct http_validator *key)
{
    query_init(q, db, &http_cache_stmts, index);
    query_text(q, key->token_id);
    query_text(q, key->url);
    query_text(q, key->accept);
}

int http_cache_put(struct db *db, const struct http_validator *v, struct err *err)
{
    struct query q;

    init_keyed(&q, db, PUT, v);
    query_text(&q, v->etag);
    query_text(&q, v->last_modified);
    query_i64(&q, v->used_at);
    return query_run(&q, NULL, err);
}

struct visitor {
    int (*fn)(void *ctx, const struct http_validator *v, struct err *err);
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct http_validator validator = {
        .token_id = column_text(q, 0),
        .url = column_text(q, 1),
        .accept = column_text(q, 2),
        .etag = column_text(q, 3),
        .last_modified = column_text(q, 4),
        .used_at = column_i64(q, 5),
    };

    return v->fn(v->ctx, &validator, err);
}

int http_cache_get(struct db *db, const struct http_validator *key,
                   int (*fn)(void *ctx, const struct http_validator *v, struct err *err),
                   void *ctx, struct err *err)
{
    struct query q;

    init_keyed(&q, db, GET, key);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int http_cache_expire(struct db *db, int64_t used_before_at, struct err *err)
{
    struct query q;

    query_init(&q, db, &http_cache_stmts, EXPIRE);
    query_i64(&q, used_before_at);
    return query_run(&q, NULL, err);
}
