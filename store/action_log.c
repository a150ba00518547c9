/* SPDX-License-Identifier: Apache-2.0 */
#include "store/action_log.h"

#include "store/nouns.h"

enum { NEWEST, OF_THREAD, OF_KEY, APPROVED };

#define COLUMNS "SELECT key, number, what, who, why, at FROM action_log WHERE id IN "

static const char *const statements[] = {
    [NEWEST] = COLUMNS "(SELECT id FROM action_log WHERE repo_id = ?1 "
                       "ORDER BY id DESC LIMIT ?2) ORDER BY id",
    [OF_THREAD] = COLUMNS "(SELECT id FROM action_log INDEXED BY action_log_thread "
                          "WHERE repo_id = ?1 AND number = ?2 "
                          "ORDER BY id DESC LIMIT ?3) ORDER BY id",
    [OF_KEY] = COLUMNS "(SELECT id FROM action_log WHERE repo_id = ?1 AND key = ?2 "
                       "ORDER BY id DESC LIMIT ?3) ORDER BY id",
    [APPROVED] = "INSERT INTO action_log (repo_id, key, number, what, who, why, at) "
                 "VALUES (?1, '', 0, 'approved', ?2, 'Hearth may write here', ?3)",
};
const struct stmt_table action_log_stmts = { "action_log", statements, 4 };

struct visitor {
    action_log_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct action_log row = {
        .key = column_text(q, 0),
        .number = column_i64(q, 1),
        .what = column_text(q, 2),
        .who = column_text(q, 3),
        .why = column_text(q, 4),
        .at = column_i64(q, 5),
    };

    return v->fn(v->ctx, &row, err);
}

int action_log_each(struct db *db, int64_t repo_id, const struct action_log_filter *filter,
                    action_log_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    bool has_key = filter->key && filter->key[0];
    query_init(&q, db, &action_log_stmts,
               has_key              ? OF_KEY
               : filter->number > 0 ? OF_THREAD
                                    : NEWEST);
    query_i64(&q, repo_id);
    if (has_key)
        query_text(&q, filter->key);
    else if (filter->number > 0)
        query_i64(&q, filter->number);
    query_i64(&q, filter->limit);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int action_log_approved(struct db *db, int64_t repo_id, const char *who, int64_t at,
                        struct err *err)
{
    struct query q;

    query_init(&q, db, &action_log_stmts, APPROVED);
    query_i64(&q, repo_id);
    query_text(&q, who);
    query_i64(&q, at);
    return query_run(&q, NULL, err);
}
