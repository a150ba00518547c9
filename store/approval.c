/* SPDX-License-Identifier: Apache-2.0 */
#include "store/approval.h"

#include "base/err.h"
#include "store/nouns.h"

#define COLUMNS "repo_id, number, commit_sha, event_id, actor, role, state, reason, checked_at"
#define VALUES  "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9"
#define KEY     "repo_id = ?1 AND number = ?2 AND commit_sha = ?3 AND event_id = ?4"

enum { INSERT, UPDATE, OF_PULL, SET_USED };

static const char *const statements[] = {
    [INSERT] = "INSERT INTO approval (" COLUMNS ") VALUES (" VALUES ") ON CONFLICT DO NOTHING",
    /* When it was checked alone is no change: the same answer again writes nothing. */
    [UPDATE] = "UPDATE approval SET (" COLUMNS ") = (" VALUES ") WHERE " KEY
               " AND state <> 'used' AND (actor, role, state, reason) IS NOT (?5, ?6, ?7, ?8)",
    [OF_PULL] = "SELECT " COLUMNS " FROM approval WHERE repo_id = ?1 AND number = ?2 "
                "ORDER BY event_id, commit_sha",
    [SET_USED] = "UPDATE approval SET state = 'used' WHERE " KEY " AND state = 'granted'",
};
const struct stmt_table approval_stmts = { "approval", statements, 4 };

static const char *const state_words[] = {
    [APPROVAL_GRANTED] = "granted",
    [APPROVAL_USED] = "used",
    [APPROVAL_REFUSED] = "refused",
};
static const struct names states = { state_words, 3 };

static void bind_key(struct query *q, const struct approval *a)
{
    query_i64(q, a->repo_id);
    query_i64(q, a->number);
    query_text(q, a->commit_sha);
    query_i64(q, a->event_id);
}

static void bind(struct query *q, const void *row)
{
    const struct approval *a = row;

    bind_key(q, a);
    query_text(q, a->actor);
    query_text(q, a->role);
    query_text(q, state_words[a->state]);
    query_text(q, a->reason);
    query_i64(q, a->checked_at);
}

int approval_put(struct db *db, const struct approval *a, enum put_result *ret, struct err *err)
{
    static const struct query_put put = { &approval_stmts, INSERT, UPDATE, bind };

    return query_put(db, &put, a, ret, err);
}

struct visitor {
    approval_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct approval a = {
        .repo_id = column_i64(q, 0),
        .number = column_i64(q, 1),
        .commit_sha = column_text(q, 2),
        .event_id = column_i64(q, 3),
        .actor = column_text(q, 4),
        .role = column_text(q, 5),
        .state = (enum approval_state)names_index(&states, column_text(q, 6)),
        .reason = column_text(q, 7),
        .checked_at = column_i64(q, 8),
    };

    return v->fn(v->ctx, &a, err);
}

int approval_each_of_pull(struct db *db, int64_t repo_id, int64_t number, approval_fn *fn,
                          void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &approval_stmts, OF_PULL);
    query_i64(&q, repo_id);
    query_i64(&q, number);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int approval_set_used(struct db *db, const struct approval *key, struct err *err)
{
    struct query q;
    int64_t changed = 0;

    query_init(&q, db, &approval_stmts, SET_USED);
    bind_key(&q, key);
    int rc = query_run(&q, &changed, err);
    if (rc == 0 && changed == 0)
        return err_set(err, ERR_CONFLICT, "approval of #%lld at %s is not granted (any more)",
                       (long long)key->number, key->commit_sha);
    return rc;
}
