/* SPDX-License-Identifier: Apache-2.0 */
#include "store/run.h"

#include "store/nouns.h"

#define COLUMNS                                                                                \
    "repo_id, id, number, commit_sha, cause, arch, seed, data_digest, n_train, "               \
    "champion_sha256, candidate_sha256, verdict, reasons, metrics, ended_at"
#define VALUES                                                                                 \
    "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, iif(?12, 'accepted', 'refused'), ?13, "     \
    "?14, ?15"

enum { INSERT, ADD_FROM, GET, EACH, EACH_FROM };

static const char *const statements[] = {
    [INSERT] = "INSERT INTO run (" COLUMNS ") VALUES (" VALUES ") ON CONFLICT DO NOTHING",
    [ADD_FROM] = "INSERT INTO run_contribution (repo_id, run_id, number, commit_sha) "
                 "VALUES (?1, ?2, ?3, ?4)",
    [GET] = "SELECT " COLUMNS " FROM run WHERE repo_id = ?1 AND id = ?2",
    [EACH] = "SELECT " COLUMNS " FROM run WHERE repo_id = ?1 ORDER BY ended_at, id",
    [EACH_FROM] = "SELECT number, commit_sha FROM run_contribution WHERE repo_id = ?1 "
                  "AND run_id = ?2 ORDER BY number, commit_sha",
};
const struct stmt_table run_stmts = { "run", statements, 5 };

static const char *const cause_words[] = {
    [RUN_LABEL] = "label",
    [RUN_COMMAND] = "command",
    [RUN_RELEASE] = "release",
};
static const struct names causes = { cause_words, 3 };

const char *run_cause_name(enum run_cause cause)
{
    return cause_words[cause];
}

static int insert(struct db *db, const struct run *r, int64_t *ret_changed, struct err *err)
{
    struct query q;

    query_init(&q, db, &run_stmts, INSERT);
    query_i64(&q, r->repo_id);
    query_text(&q, r->id);
    query_i64(&q, r->number);
    query_text(&q, r->commit_sha);
    query_text(&q, cause_words[r->cause]);
    query_text(&q, r->arch);
    query_i64(&q, r->seed);
    query_text(&q, r->data_digest);
    query_i64(&q, r->n_train);
    query_text(&q, r->champion_sha256);
    query_text(&q, r->candidate_sha256);
    query_i64(&q, r->is_accepted);
    query_text(&q, r->reasons);
    query_text(&q, r->metrics);
    query_i64(&q, r->ended_at);
    return query_run(&q, ret_changed, err);
}

static int add_from(struct db *db, const struct run *r, const struct run_contribution *c,
                    struct err *err)
{
    struct query q;

    query_init(&q, db, &run_stmts, ADD_FROM);
    query_i64(&q, r->repo_id);
    query_text(&q, r->id);
    query_i64(&q, c->number);
    query_text(&q, c->commit_sha);
    return query_run(&q, NULL, err);
}

int run_put(struct db *db, const struct run *r, const struct run_contribution *from, size_t n,
            enum put_result *ret, struct err *err)
{
    int64_t changed = 0;
    int rc = save_begin(db, err);

    if (rc < 0)
        return rc;
    rc = insert(db, r, &changed, err);
    for (size_t i = 0; i < n && rc == 0 && changed > 0; i++)
        rc = add_from(db, r, &from[i], err);
    rc = save_end(db, rc, err);
    if (rc == 0 && ret)
        *ret = changed > 0 ? PUT_NEW : PUT_SAME;
    return rc;
}

struct visitor {
    run_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct run r = {
        .repo_id = column_i64(q, 0),
        .id = column_text(q, 1),
        .number = column_i64(q, 2),
        .commit_sha = column_text(q, 3),
        .cause = (enum run_cause)names_index(&causes, column_text(q, 4)),
        .arch = column_text(q, 5),
        .seed = column_i64(q, 6),
        .data_digest = column_text(q, 7),
        .n_train = column_i64(q, 8),
        .champion_sha256 = column_text(q, 9),
        .candidate_sha256 = column_text(q, 10),
        .is_accepted = column_text(q, 11)[0] == 'a',
        .reasons = column_text(q, 12),
        .metrics = column_text(q, 13),
        .ended_at = column_i64(q, 14),
    };

    return v->fn(v->ctx, &r, err);
}

int run_get(struct db *db, int64_t repo_id, const char *id, run_fn *fn, void *ctx,
            struct err *err)
{
    struct query q;

    query_init(&q, db, &run_stmts, GET);
    query_i64(&q, repo_id);
    query_text(&q, id);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int run_each(struct db *db, int64_t repo_id, run_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &run_stmts, EACH);
    query_i64(&q, repo_id);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

struct from_visitor {
    run_contribution_fn *fn;
    void *ctx;
};

static int visit_from(const struct query *q, void *visitor, struct err *err)
{
    const struct from_visitor *v = visitor;
    const struct run_contribution c = { .number = column_i64(q, 0),
                                        .commit_sha = column_text(q, 1) };

    return v->fn(v->ctx, &c, err);
}

int run_each_contribution(struct db *db, int64_t repo_id, const char *run_id,
                          run_contribution_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &run_stmts, EACH_FROM);
    query_i64(&q, repo_id);
    query_text(&q, run_id);
    return query_each(&q, visit_from, &(struct from_visitor){ fn, ctx }, err);
}
