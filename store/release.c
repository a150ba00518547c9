/* SPDX-License-Identifier: Apache-2.0 */
#include "store/release.h"

#include "base/err.h"
#include "store/nouns.h"

#define COLUMNS                                                                                \
    "repo_id, version, run_id, model_sha256, target_sha, dated_at, state, forge_id, hub_commit"
#define VALUES "?1, ?2, ?3, ?4, ?5, ?6, iif(?7, 'published', 'planned'), ?8, ?9"
#define KEY    "repo_id = ?1 AND version = ?2"

enum {
    INSERT,
    UPDATE,
    IS_SETTLED,
    GET,
    GET_LATEST,
    GET_PLANNED,
    EACH,
    SET_FORGE_ID,
    SET_HUB_COMMIT,
    SET_PUBLISHED,
};

static const char *const statements[] = {
    [INSERT] = "INSERT INTO release (" COLUMNS ") VALUES (" VALUES ") ON CONFLICT DO NOTHING",
    [UPDATE] = "UPDATE release SET (" COLUMNS ") = (" VALUES ") WHERE " KEY
               " AND state = 'planned' AND (" COLUMNS ") IS NOT (" VALUES ")",
    [IS_SETTLED] =
        "SELECT count(*) FROM release WHERE " KEY " AND (" COLUMNS ") IS (" VALUES ")",
    [GET] = "SELECT " COLUMNS " FROM release WHERE " KEY,
    [GET_LATEST] = "SELECT " COLUMNS " FROM release WHERE repo_id = ?1 AND state = 'published' "
                   "ORDER BY version COLLATE version_order DESC LIMIT 1",
    [GET_PLANNED] = "SELECT " COLUMNS " FROM release WHERE repo_id = ?1 AND state = 'planned' "
                    "ORDER BY version COLLATE version_order LIMIT 1",
    [EACH] = "SELECT " COLUMNS " FROM release WHERE repo_id = ?1 "
             "ORDER BY version COLLATE version_order",
    [SET_FORGE_ID] = "UPDATE release SET forge_id = ?3 WHERE " KEY,
    [SET_HUB_COMMIT] = "UPDATE release SET hub_commit = ?3 WHERE " KEY,
    [SET_PUBLISHED] = "UPDATE release SET state = 'published' WHERE " KEY,
};
const struct stmt_table release_stmts = { "release", statements,
                                          sizeof(statements) / sizeof(*statements) };

static void bind(struct query *q, const void *row)
{
    const struct release *r = row;

    query_i64(q, r->repo_id);
    query_text(q, r->version);
    query_text(q, r->run_id);
    query_text(q, r->model_sha256);
    query_text(q, r->target_sha);
    query_i64(q, r->dated_at);
    query_i64(q, r->is_published);
    query_i64(q, r->forge_id);
    query_text(q, r->hub_commit);
}

/* The update touched nothing: fine only when the row is as asked for. */
static int check_settled(struct db *db, const struct release *r, struct err *err)
{
    struct query q;
    int64_t n = 0;

    query_init(&q, db, &release_stmts, IS_SETTLED);
    bind(&q, r);
    int rc = query_one_i64(&q, &n, err);
    if (rc == 0 && n == 0)
        return err_set(err, ERR_CONFLICT, "release %s is published and never changes",
                       r->version);
    return rc;
}

int release_put(struct db *db, const struct release *r, enum put_result *ret, struct err *err)
{
    static const struct query_put put = { &release_stmts, INSERT, UPDATE, bind };
    enum put_result result = PUT_SAME;
    int rc = query_put(db, &put, r, &result, err);

    if (rc == 0 && result == PUT_SAME)
        rc = check_settled(db, r, err);
    if (rc == 0 && ret)
        *ret = result;
    return rc;
}

struct visitor {
    release_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct release r = {
        .repo_id = column_i64(q, 0),
        .version = column_text(q, 1),
        .run_id = column_text(q, 2),
        .model_sha256 = column_text(q, 3),
        .target_sha = column_text(q, 4),
        .dated_at = column_i64(q, 5),
        .is_published = column_text(q, 6)[1] == 'u',
        .forge_id = column_i64(q, 7),
        .hub_commit = column_text(q, 8),
    };

    return v->fn(v->ctx, &r, err);
}

static void init_keyed(struct query *q, struct db *db, size_t index, int64_t repo_id,
                       const char *version)
{
    query_init(q, db, &release_stmts, index);
    query_i64(q, repo_id);
    query_text(q, version);
}

int release_get(struct db *db, int64_t repo_id, const char *version, release_fn *fn, void *ctx,
                struct err *err)
{
    struct query q;

    init_keyed(&q, db, GET, repo_id, version);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int release_get_latest(struct db *db, int64_t repo_id, release_fn *fn, void *ctx,
                       struct err *err)
{
    struct query q;

    query_init(&q, db, &release_stmts, GET_LATEST);
    query_i64(&q, repo_id);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int release_get_planned(struct db *db, int64_t repo_id, release_fn *fn, void *ctx,
                        struct err *err)
{
    struct query q;

    query_init(&q, db, &release_stmts, GET_PLANNED);
    query_i64(&q, repo_id);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int release_each(struct db *db, int64_t repo_id, release_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &release_stmts, EACH);
    query_i64(&q, repo_id);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

/* Runs an update that must find its release. */
static int run_found(struct query *q, const char *version, struct err *err)
{
    int64_t changed = 0;
    int rc = query_run(q, &changed, err);

    if (rc == 0 && changed == 0)
        return err_set(err, ERR_NOTFOUND, "no release %s", version);
    return rc;
}

int release_set_forge_id(struct db *db, int64_t repo_id, const char *version, int64_t forge_id,
                         struct err *err)
{
    struct query q;

    init_keyed(&q, db, SET_FORGE_ID, repo_id, version);
    query_i64(&q, forge_id);
    return run_found(&q, version, err);
}

int release_set_hub_commit(struct db *db, int64_t repo_id, const char *version,
                           const char *hub_commit, struct err *err)
{
    struct query q;

    init_keyed(&q, db, SET_HUB_COMMIT, repo_id, version);
    query_text(&q, hub_commit);
    return run_found(&q, version, err);
}

int release_set_published(struct db *db, int64_t repo_id, const char *version, struct err *err)
{
    struct query q;

    init_keyed(&q, db, SET_PUBLISHED, repo_id, version);
    return run_found(&q, version, err);
}
