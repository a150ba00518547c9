/* SPDX-License-Identifier: Apache-2.0 */
#include "store/event.h"

#include "store/nouns.h"

#define COLUMNS "repo_id, id, number, kind, actor_id, label, commit_sha, created_at"
#define VALUES  "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8"

enum { INSERT, UPDATE, OF_THREAD };

static const char *const statements[] = {
    [INSERT] = "INSERT INTO event (" COLUMNS ") VALUES (" VALUES ") ON CONFLICT DO NOTHING",
    [UPDATE] = "UPDATE event SET (" COLUMNS ") = (" VALUES ") WHERE repo_id = ?1 AND id = ?2 "
               "AND (" COLUMNS ") IS NOT (" VALUES ")",
    [OF_THREAD] = "SELECT " COLUMNS
                  " FROM event INDEXED BY event_thread WHERE repo_id = ?1 AND number = ?2 "
                  "ORDER BY id",
};
const struct stmt_table event_stmts = { "event", statements, 3 };

static void bind(struct query *q, const void *row)
{
    const struct event *e = row;

    query_i64(q, e->repo_id);
    query_i64(q, e->id);
    query_i64(q, e->number);
    query_text(q, e->kind);
    query_id(q, e->actor_id);
    query_text(q, e->label);
    query_text(q, e->commit_sha);
    query_i64(q, e->created_at);
}

int event_put(struct db *db, const struct event *e, enum put_result *ret, struct err *err)
{
    static const struct query_put put = { &event_stmts, INSERT, UPDATE, bind };

    return query_put(db, &put, e, ret, err);
}

struct visitor {
    event_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct event e = {
        .repo_id = column_i64(q, 0),
        .id = column_i64(q, 1),
        .number = column_i64(q, 2),
        .kind = column_text(q, 3),
        .actor_id = column_i64(q, 4),
        .label = column_text(q, 5),
        .commit_sha = column_text(q, 6),
        .created_at = column_i64(q, 7),
    };

    return v->fn(v->ctx, &e, err);
}

int event_each_of_thread(struct db *db, int64_t repo_id, int64_t number, event_fn *fn,
                         void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &event_stmts, OF_THREAD);
    query_i64(&q, repo_id);
    query_i64(&q, number);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}
