/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sync_list.h"

#include "store/nouns.h"

#define COLUMNS "repo_id, list, phase, since_at, newest_id, target_id, next_url, gap"
#define VALUES  "?1, ?2, iif(?3, 'poll', 'walk'), ?4, ?5, ?6, ?7, ?8"

enum { INSERT, UPDATE, GET, EACH };

static const char *const statements[] = {
    [INSERT] = "INSERT INTO sync_list (" COLUMNS ") VALUES (" VALUES ") "
               "ON CONFLICT DO NOTHING",
    [UPDATE] = "UPDATE sync_list SET (" COLUMNS ") = (" VALUES ") WHERE repo_id = ?1 "
               "AND list = ?2 AND (" COLUMNS ") IS NOT (" VALUES ")",
    [GET] = "SELECT " COLUMNS " FROM sync_list WHERE repo_id = ?1 AND list = ?2",
    [EACH] = "SELECT " COLUMNS " FROM sync_list WHERE repo_id = ?1 ORDER BY list",
};
const struct stmt_table sync_list_stmts = { "sync_list", statements, 4 };

static const char *const name_words[] = {
    [SYNC_ISSUES] = "issues",
    [SYNC_COMMENTS] = "comments",
    [SYNC_REVIEW_COMMENTS] = "review_comments",
    [SYNC_EVENTS] = "events",
};
static const struct names list_names = { name_words, 4 };

const char *sync_list_label(enum sync_list_name name)
{
    return name_words[name];
}

static void bind(struct query *q, const void *row)
{
    const struct sync_list *s = row;

    query_i64(q, s->repo_id);
    query_text(q, name_words[s->name]);
    query_i64(q, s->phase == SYNC_POLL);
    query_i64(q, s->since_at);
    query_i64(q, s->newest_id);
    query_i64(q, s->target_id);
    query_text(q, s->next_url);
    query_text(q, s->gap);
}

int sync_list_put(struct db *db, const struct sync_list *s, enum put_result *ret,
                  struct err *err)
{
    static const struct query_put put = { &sync_list_stmts, INSERT, UPDATE, bind };

    return query_put(db, &put, s, ret, err);
}

struct visitor {
    sync_list_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct sync_list s = {
        .repo_id = column_i64(q, 0),
        .name = (enum sync_list_name)names_index(&list_names, column_text(q, 1)),
        .phase = column_text(q, 2)[0] == 'p' ? SYNC_POLL : SYNC_WALK,
        .since_at = column_i64(q, 3),
        .newest_id = column_i64(q, 4),
        .target_id = column_i64(q, 5),
        .next_url = column_text(q, 6),
        .gap = column_text(q, 7),
    };

    return v->fn(v->ctx, &s, err);
}

int sync_list_get(struct db *db, int64_t repo_id, enum sync_list_name name, sync_list_fn *fn,
                  void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &sync_list_stmts, GET);
    query_i64(&q, repo_id);
    query_text(&q, name_words[name]);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int sync_list_each(struct db *db, int64_t repo_id, sync_list_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &sync_list_stmts, EACH);
    query_i64(&q, repo_id);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}
