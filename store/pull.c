/* SPDX-License-Identifier: Apache-2.0 */
#include "store/nouns.h"
#include "store/thread.h"

enum { PUT, GET, EACH_UNSETTLED, N_STATEMENTS };

static const char *const statements[] = {
    [PUT] = "INSERT INTO pull (repo_id, number, head_sha, head_seen_at, base_ref, merge_sha) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET "
            "head_seen_at = iif(head_sha = excluded.head_sha, head_seen_at, "
            "excluded.head_seen_at), head_sha = excluded.head_sha, "
            "base_ref = excluded.base_ref, merge_sha = excluded.merge_sha "
            "WHERE (head_sha, base_ref, merge_sha) IS NOT "
            "(excluded.head_sha, excluded.base_ref, excluded.merge_sha)",
    [GET] = "SELECT repo_id, number, head_sha, head_seen_at, base_ref, merge_sha FROM pull "
            "WHERE repo_id = ?1 AND number = ?2",
    [EACH_UNSETTLED] = "SELECT p.number FROM pull p JOIN thread t "
                       "ON t.repo_id = p.repo_id AND t.number = p.number "
                       "WHERE p.repo_id = ?1 AND t.merged_at > 0 AND p.merge_sha = '' "
                       "ORDER BY p.number",
};
const struct stmt_table pull_stmts = { "pull", statements, N_STATEMENTS };

int pull_put(struct db *db, const struct pull *p, struct err *err)
{
    struct query q;

    query_init(&q, db, &pull_stmts, PUT);
    query_i64(&q, p->repo_id);
    query_i64(&q, p->number);
    query_text(&q, p->head_sha);
    query_i64(&q, p->head_seen_at);
    query_text(&q, p->base_ref);
    query_text(&q, p->merge_sha);
    return query_run(&q, NULL, err);
}

struct visitor {
    int (*fn)(void *ctx, const struct pull *p, struct err *err);
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct pull p = {
        .repo_id = column_i64(q, 0),
        .number = column_i64(q, 1),
        .head_sha = column_text(q, 2),
        .head_seen_at = column_i64(q, 3),
        .base_ref = column_text(q, 4),
        .merge_sha = column_text(q, 5),
    };

    return v->fn(v->ctx, &p, err);
}

int pull_get(struct db *db, int64_t repo_id, int64_t number,
             int (*fn)(void *ctx, const struct pull *p, struct err *err), void *ctx,
             struct err *err)
{
    struct query q;

    query_init(&q, db, &pull_stmts, GET);
    query_i64(&q, repo_id);
    query_i64(&q, number);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int pull_each_unsettled(struct db *db, int64_t repo_id,
                        int (*fn)(void *ctx, int64_t number, struct err *err), void *ctx,
                        struct err *err)
{
    struct query q;

    query_init(&q, db, &pull_stmts, EACH_UNSETTLED);
    query_i64(&q, repo_id);
    return query_each_i64(&q, fn, ctx, err);
}
