/* SPDX-License-Identifier: Apache-2.0 */
#include "store/contribution.h"

#include "store/nouns.h"

#define COLUMNS                                                                                \
    "c.repo_id, c.number, c.commit_sha, c.author, c.licence, c.digest, c.n_accepted, "         \
    "c.n_refused, c.fault"
#define VALUES "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9"
#define KEY    "repo_id = ?1 AND number = ?2 AND commit_sha = ?3"

/* What every later training starts from: merged at this very commit after an accepted run. */
#define MERGED                                                                                 \
    "contribution c JOIN thread t ON t.repo_id = c.repo_id AND t.number = c.number "           \
    "JOIN pull p ON p.repo_id = c.repo_id AND p.number = c.number "                            \
    "WHERE c.repo_id = ?1 AND c.fault = '' AND c.n_accepted > 0 AND t.merged_at > 0 "          \
    "AND p.head_sha = c.commit_sha AND EXISTS (SELECT 1 FROM run r INDEXED BY run_pull "       \
    "WHERE r.repo_id = c.repo_id AND r.number = c.number AND r.commit_sha = c.commit_sha "     \
    "AND r.verdict = 'accepted') "
#define OF_A_RUN                                                                               \
    "run_contribution rc CROSS JOIN contribution c ON c.repo_id = rc.repo_id "                 \
    "AND c.number = rc.number AND c.commit_sha = rc.commit_sha "                               \
    "JOIN thread t ON t.repo_id = c.repo_id AND t.number = c.number "
#define MERGE_ORDER "iif(t.merged_at > 0, t.merged_at, 9223372036854775807), c.number"

#define SAMPLE_COLUMNS                                                                         \
    "s.repo_id, s.number, s.commit_sha, s.path, s.row, s.digest, s.label, s.state, s.reason, " \
    "s.pixels"

enum {
    INSERT,
    UPDATE,
    GET,
    EACH_MERGED,
    EACH_UNRELEASED,
    EACH_OF_RUN,
    SAMPLE_CLEAR,
    SAMPLE_INSERT,
    SAMPLE_EACH,
};

static const char *const statements[] = {
    [INSERT] = "INSERT INTO contribution (repo_id, number, commit_sha, author, licence, "
               "digest, n_accepted, n_refused, fault) VALUES (" VALUES ") "
               "ON CONFLICT DO NOTHING",
    [UPDATE] = "UPDATE contribution SET (author, licence, digest, n_accepted, n_refused, "
               "fault) = (?4, ?5, ?6, ?7, ?8, ?9) WHERE " KEY " AND (author, licence, digest, "
               "n_accepted, n_refused, fault) IS NOT (?4, ?5, ?6, ?7, ?8, ?9)",
    [GET] = "SELECT " COLUMNS " FROM contribution c WHERE " KEY,
    [EACH_MERGED] = "SELECT " COLUMNS " FROM " MERGED "ORDER BY " MERGE_ORDER,
    [EACH_UNRELEASED] = "SELECT " COLUMNS " FROM " MERGED
                        "AND NOT EXISTS (SELECT 1 FROM run_contribution rc JOIN release l "
                        "ON l.repo_id = rc.repo_id AND l.run_id = rc.run_id "
                        "WHERE rc.repo_id = c.repo_id AND rc.number = c.number "
                        "AND rc.commit_sha = c.commit_sha) ORDER BY " MERGE_ORDER,
    [EACH_OF_RUN] = "SELECT " COLUMNS " FROM " OF_A_RUN
                    "WHERE rc.repo_id = ?1 AND rc.run_id = ?2 ORDER BY " MERGE_ORDER,
    [SAMPLE_CLEAR] = "DELETE FROM sample WHERE " KEY,
    [SAMPLE_INSERT] = "INSERT INTO sample (repo_id, number, commit_sha, path, row, digest, "
                      "label, state, reason, pixels) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
                      "iif(?8, 'accepted', 'refused'), ?9, ?10)",
    [SAMPLE_EACH] = "SELECT " SAMPLE_COLUMNS " FROM sample s WHERE " KEY " ORDER BY path, row",
};
const struct stmt_table contribution_stmts = { "contribution", statements,
                                               sizeof(statements) / sizeof(*statements) };

static void bind_key(struct query *q, const struct contribution *c)
{
    query_i64(q, c->repo_id);
    query_i64(q, c->number);
    query_text(q, c->commit_sha);
}

static void bind(struct query *q, const void *row)
{
    const struct contribution *c = row;

    bind_key(q, c);
    query_text(q, c->author);
    query_text(q, c->licence);
    query_text(q, c->digest);
    query_i64(q, c->n_accepted);
    query_i64(q, c->n_refused);
    query_text(q, c->fault);
}

static int put_sample(struct db *db, const struct contribution *c, const struct sample *s,
                      struct err *err)
{
    struct query q;

    query_init(&q, db, &contribution_stmts, SAMPLE_INSERT);
    bind_key(&q, c);
    query_text(&q, s->path);
    query_i64(&q, s->row);
    query_text(&q, s->digest);
    query_i64(&q, s->label);
    query_i64(&q, s->is_accepted);
    query_text(&q, s->reason);
    query_blob(&q, s->pixels, s->is_accepted ? s->n_pixels : 0);
    return query_run(&q, NULL, err);
}

static int replace_samples(struct db *db, const struct contribution *c,
                           const struct sample *samples, size_t n, struct err *err)
{
    struct query q;

    query_init(&q, db, &contribution_stmts, SAMPLE_CLEAR);
    bind_key(&q, c);
    int rc = query_run(&q, NULL, err);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = put_sample(db, c, &samples[i], err);
    return rc;
}

int contribution_put(struct db *db, const struct contribution *c, const struct sample *samples,
                     size_t n, enum put_result *ret, struct err *err)
{
    static const struct query_put put = { &contribution_stmts, INSERT, UPDATE, bind };
    enum put_result result = PUT_SAME;
    int rc = save_begin(db, err);

    if (rc < 0)
        return rc;
    rc = query_put(db, &put, c, &result, err);
    if (rc == 0 && result != PUT_SAME)
        rc = replace_samples(db, c, samples, n, err);
    rc = save_end(db, rc, err);
    if (rc == 0 && ret)
        *ret = result;
    return rc;
}

struct visitor {
    contribution_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct contribution c = {
        .repo_id = column_i64(q, 0),
        .number = column_i64(q, 1),
        .commit_sha = column_text(q, 2),
        .author = column_text(q, 3),
        .licence = column_text(q, 4),
        .digest = column_text(q, 5),
        .n_accepted = column_i64(q, 6),
        .n_refused = column_i64(q, 7),
        .fault = column_text(q, 8),
    };

    return v->fn(v->ctx, &c, err);
}

int contribution_get(struct db *db, int64_t repo_id, int64_t number, const char *commit_sha,
                     contribution_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &contribution_stmts, GET);
    query_i64(&q, repo_id);
    query_i64(&q, number);
    query_text(&q, commit_sha);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int contribution_each_merged(struct db *db, int64_t repo_id, contribution_fn *fn, void *ctx,
                             struct err *err)
{
    struct query q;

    query_init(&q, db, &contribution_stmts, EACH_MERGED);
    query_i64(&q, repo_id);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int contribution_each_unreleased(struct db *db, int64_t repo_id, contribution_fn *fn, void *ctx,
                                 struct err *err)
{
    struct query q;

    query_init(&q, db, &contribution_stmts, EACH_UNRELEASED);
    query_i64(&q, repo_id);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int contribution_each_of_run(struct db *db, int64_t repo_id, const char *run_id,
                             contribution_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &contribution_stmts, EACH_OF_RUN);
    query_i64(&q, repo_id);
    query_text(&q, run_id);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

struct sample_visitor {
    sample_fn *fn;
    void *ctx;
};

static int visit_sample(const struct query *q, void *visitor, struct err *err)
{
    const struct sample_visitor *v = visitor;
    struct sample s = {
        .repo_id = column_i64(q, 0),
        .number = column_i64(q, 1),
        .commit_sha = column_text(q, 2),
        .path = column_text(q, 3),
        .row = column_i64(q, 4),
        .digest = column_text(q, 5),
        .label = column_i64(q, 6),
        .is_accepted = column_text(q, 7)[0] == 'a',
        .reason = column_text(q, 8),
    };

    s.pixels = column_blob(q, 9, &s.n_pixels);
    return v->fn(v->ctx, &s, err);
}

int sample_each(struct db *db, int64_t repo_id, int64_t number, const char *commit_sha,
                sample_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &contribution_stmts, SAMPLE_EACH);
    query_i64(&q, repo_id);
    query_i64(&q, number);
    query_text(&q, commit_sha);
    return query_each(&q, visit_sample, &(struct sample_visitor){ fn, ctx }, err);
}
