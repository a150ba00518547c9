/* SPDX-License-Identifier: Apache-2.0 */
#include "store/repository.h"

#include <stdio.h>

#include "base/err.h"
#include "store/instance.h"
#include "store/action_log.h"
#include "store/nouns.h"

#define COLUMNS                                                                                \
    "id, owner, name, default_branch, is_archived, self_id, self_login, first_seen_at, "       \
    "is_adopted, writes_allowed_at"
#define VALUES "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10"
#define NEWS   "owner, name, default_branch, is_archived, self_id, self_login"

enum { INSERT, UPDATE, GET, GET_FIRST, FIND, SET_ADOPTED, ALLOW_WRITES };

static const char *const statements[] = {
    [INSERT] = "INSERT INTO repository (" COLUMNS ") VALUES (" VALUES ") "
               "ON CONFLICT DO NOTHING",
    [UPDATE] = "UPDATE repository SET (" NEWS ") = (?2, ?3, ?4, ?5, ?6, ?7) WHERE id = ?1 "
               "AND (" NEWS ") IS NOT (?2, ?3, ?4, ?5, ?6, ?7) "
               /* ?8, ?9 and ?10 count in a new row only; named, so that they can be bound. */
               "AND ?8 + ?9 + ?10 IS NOT NULL",
    [GET] = "SELECT " COLUMNS " FROM repository WHERE id = ?1",
    [GET_FIRST] = "SELECT " COLUMNS " FROM repository ORDER BY id = (SELECT CAST(value AS "
                  "INTEGER) FROM instance WHERE key = 'home_repository') DESC, "
                  "first_seen_at, id LIMIT 1",
    [FIND] = "SELECT " COLUMNS " FROM repository WHERE owner || '/' || name = ?1 "
             "COLLATE NOCASE",
    [SET_ADOPTED] = "UPDATE repository SET is_adopted = 1 WHERE id = ?1",
    [ALLOW_WRITES] = "UPDATE repository SET writes_allowed_at = ?2 WHERE id = ?1",
};
const struct stmt_table repository_stmts = { "repository", statements, 7 };

static void bind(struct query *q, const void *row)
{
    const struct repository *r = row;

    query_i64(q, r->id);
    query_text(q, r->owner);
    query_text(q, r->name);
    query_text(q, r->default_branch);
    query_i64(q, r->is_archived);
    query_i64(q, r->self_id);
    query_text(q, r->self_login);
    query_i64(q, r->first_seen_at);
    query_i64(q, r->is_adopted);
    query_i64(q, r->writes_allowed_at);
}

int repository_put(struct db *db, const struct repository *r, enum put_result *ret,
                   struct err *err)
{
    static const struct query_put put = { &repository_stmts, INSERT, UPDATE, bind };

    return query_put(db, &put, r, ret, err);
}

struct visitor {
    repository_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct repository r = {
        .id = column_i64(q, 0),
        .owner = column_text(q, 1),
        .name = column_text(q, 2),
        .default_branch = column_text(q, 3),
        .is_archived = column_bool(q, 4),
        .self_id = column_i64(q, 5),
        .self_login = column_text(q, 6),
        .first_seen_at = column_i64(q, 7),
        .is_adopted = column_bool(q, 8),
        .writes_allowed_at = column_i64(q, 9),
    };

    return v->fn(v->ctx, &r, err);
}

int repository_get(struct db *db, int64_t id, repository_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &repository_stmts, GET);
    query_i64(&q, id);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int repository_get_first(struct db *db, repository_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &repository_stmts, GET_FIRST);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int repository_find(struct db *db, const char *full_name, repository_fn *fn, void *ctx,
                    struct err *err)
{
    struct query q;

    query_init(&q, db, &repository_stmts, FIND);
    query_text(&q, full_name);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int repository_set_home(struct db *db, int64_t id, struct err *err)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%lld", (long long)id);
    return instance_set(db, "home_repository", text, err);
}

static int run_found(struct query *q, int64_t id, struct err *err)
{
    int64_t changed = 0;
    int rc = query_run(q, &changed, err);

    if (rc == 0 && changed == 0)
        return err_set(err, ERR_NOTFOUND, "no repository %lld", (long long)id);
    return rc;
}

int repository_set_adopted(struct db *db, int64_t id, struct err *err)
{
    struct query q;

    query_init(&q, db, &repository_stmts, SET_ADOPTED);
    query_i64(&q, id);
    return run_found(&q, id, err);
}

int repository_allow_writes(struct db *db, int64_t id, const char *who, int64_t at,
                            struct err *err)
{
    struct query q;
    int rc = save_begin(db, err);

    if (rc < 0)
        return rc;
    query_init(&q, db, &repository_stmts, ALLOW_WRITES);
    query_i64(&q, id);
    query_i64(&q, at);
    rc = run_found(&q, id, err);
    if (rc == 0)
        rc = action_log_approved(db, id, who, at, err);
    return save_end(db, rc, err);
}
