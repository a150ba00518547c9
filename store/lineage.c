/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lineage.h"

#include <string.h>

#include "base/err.h"
#include "store/nouns.h"

/* From a sample to all that is known of it. It was approved when the label was set, which is
 * what a release tells, too; where that event is not known, when we looked. The run is the one
 * that judged its PR at its commit; the release the lowest version whose run trained on it. */
#define CHAIN                                                                                  \
    "SELECT s.digest, s.path, s.row, s.label, s.state, s.reason, s.number, s.commit_sha, "     \
    "c.author, c.licence, coalesce(a.actor, ''), coalesce(a.role, ''), "                       \
    "coalesce(v.created_at, a.checked_at, 0), coalesce(r.id, ''), "                            \
    "coalesce(r.candidate_sha256, ''), "                                                       \
    "coalesce(r.verdict, ''), coalesce(l.version, ''), coalesce(l.dated_at, 0) "               \
    "FROM sample s "                                                                           \
    "JOIN contribution c ON c.repo_id = s.repo_id AND c.number = s.number "                    \
    "AND c.commit_sha = s.commit_sha "                                                         \
    "LEFT JOIN approval a ON a.repo_id = s.repo_id AND a.number = s.number "                   \
    "AND a.commit_sha = s.commit_sha AND a.event_id = (SELECT max(b.event_id) "                \
    "FROM approval b WHERE b.repo_id = s.repo_id AND b.number = s.number "                     \
    "AND b.commit_sha = s.commit_sha AND b.state <> 'refused') "                               \
    "LEFT JOIN event v ON v.repo_id = a.repo_id AND v.id = a.event_id "                        \
    "LEFT JOIN run r INDEXED BY run_pull ON r.repo_id = s.repo_id AND r.number = s.number "    \
    "AND r.commit_sha = s.commit_sha AND r.cause <> 'release' "                                \
    "LEFT JOIN release l ON s.state = 'accepted' AND l.repo_id = s.repo_id "                   \
    "AND l.version = (SELECT m.version FROM run_contribution rc JOIN release m "               \
    "ON m.repo_id = rc.repo_id AND m.run_id = rc.run_id WHERE rc.repo_id = s.repo_id "         \
    "AND rc.number = s.number AND rc.commit_sha = s.commit_sha "                               \
    "ORDER BY m.version COLLATE version_order LIMIT 1) "                                       \
    "WHERE s.repo_id = ?1 AND "
#define ORDER      " ORDER BY s.number, s.commit_sha, s.path, s.row, r.ended_at, r.id"
#define ROWS(cond) CHAIN cond ORDER

/* The contribution of s is among those that these runs (one column, run ids) trained on. */
#define IN_RUNS(runs)                                                                          \
    "s.state = 'accepted' AND (s.number, s.commit_sha) IN (SELECT rc.number, rc.commit_sha "   \
    "FROM run_contribution rc WHERE rc.repo_id = ?1 AND rc.run_id IN (" runs "))"
#define LINKED(kinds)                                                                          \
    "SELECT k.target FROM feedback_link k WHERE k.repo_id = ?1 AND k.feedback_id = ?2 "        \
    "AND k.kind IN (" kinds ")"
#define LINKED_SAMPLES LINKED("'sample'")
#define LINKED_THREADS LINKED("'thread', 'fixes'")
#define LINKED_RUNS                                                                            \
    LINKED("'run'")                                                                            \
    " UNION SELECT l.run_id FROM release l WHERE l.repo_id = ?1 AND l.version IN (" LINKED(    \
        "'release'") ")"

enum { GUESS = LINEAGE_BY_RELEASE + 1 };

static const char *const statements[] = {
    [LINEAGE_BY_SAMPLE] = ROWS("length(?2) >= 8 AND s.digest >= ?2 AND s.digest < ?2 || 'g'"),
    [LINEAGE_BY_FEEDBACK] =
        ROWS("(s.digest IN (" LINKED_SAMPLES ") OR CAST(s.number AS TEXT) IN (" LINKED_THREADS
             ") OR s.number = (SELECT f.number FROM feedback f WHERE f.repo_id = ?1 "
             "AND f.id = ?2 AND f.number > 0) OR (" IN_RUNS(LINKED_RUNS) "))"),
    [LINEAGE_BY_PULL] = ROWS("s.number = CAST(ltrim(?2, '#') AS INTEGER)"),
    [LINEAGE_BY_RELEASE] = ROWS(IN_RUNS("SELECT l.run_id FROM release l WHERE l.repo_id = ?1 "
                                        "AND l.version = ltrim(?2, 'v')")),
    [GUESS] =
        "SELECT CASE "
        "WHEN EXISTS (SELECT 1 FROM release l WHERE l.repo_id = ?1 "
        "AND l.version = ltrim(?2, 'v')) THEN 3 "
        "WHEN EXISTS (SELECT 1 FROM feedback f WHERE f.repo_id = ?1 AND f.id = ?2) THEN 1 "
        "WHEN ltrim(?2, '#') NOT GLOB '*[^0-9]*' AND EXISTS (SELECT 1 FROM thread t "
        "WHERE t.repo_id = ?1 AND t.number = CAST(ltrim(?2, '#') AS INTEGER)) THEN 2 "
        "WHEN length(?2) >= 8 AND EXISTS (SELECT 1 FROM sample s "
        "INDEXED BY sample_digest WHERE s.repo_id = ?1 "
        "AND s.digest >= ?2 AND s.digest < ?2 || 'g') THEN 0 ELSE -1 END",
};
const struct stmt_table lineage_stmts = { "lineage", statements,
                                          sizeof(statements) / sizeof(*statements) };

struct visitor {
    lineage_fn *fn;
    void *ctx;
    int64_t n;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    struct visitor *v = visitor;
    const struct lineage_row r = {
        .sample = column_text(q, 0),
        .path = column_text(q, 1),
        .row = column_i64(q, 2),
        .label = column_i64(q, 3),
        .is_accepted = column_text(q, 4)[0] == 'a',
        .reason = column_text(q, 5),
        .number = column_i64(q, 6),
        .commit_sha = column_text(q, 7),
        .author = column_text(q, 8),
        .licence = column_text(q, 9),
        .approved_by = column_text(q, 10),
        .approved_role = column_text(q, 11),
        .approved_at = column_i64(q, 12),
        .run_id = column_text(q, 13),
        .candidate_sha256 = column_text(q, 14),
        .verdict = column_text(q, 15),
        .release = column_text(q, 16),
        .released_at = column_i64(q, 17),
    };

    v->n++;
    return v->fn(v->ctx, &r, err);
}

int lineage_each(struct db *db, int64_t repo_id, enum lineage_by by, const char *key,
                 lineage_fn *fn, void *ctx, struct err *err)
{
    static const char *const words[] = { "sample", "feedback", "PR", "release" };
    struct visitor v = { .fn = fn, .ctx = ctx };
    struct query q;

    query_init(&q, db, &lineage_stmts, by);
    query_i64(&q, repo_id);
    query_text(&q, key);
    int rc = query_each(&q, visit, &v, err);
    if (rc == 0 && v.n == 0)
        return err_set(err, ERR_NOTFOUND, "no contributed sample belongs to %s '%s'", words[by],
                       key);
    return rc;
}

int lineage_guess(struct db *db, int64_t repo_id, const char *word, enum lineage_by *ret,
                  struct err *err)
{
    struct query q;
    int64_t found = -1;

    query_init(&q, db, &lineage_stmts, GUESS);
    query_i64(&q, repo_id);
    query_text(&q, word);
    int rc = query_one_i64(&q, &found, err);
    if (rc == 0 && found < 0)
        return err_set(err, ERR_NOTFOUND,
                       "'%s' is no release, feedback id, thread number or sample digest (its "
                       "first 8 digits or more) that this database knows",
                       word);
    if (rc == 0)
        *ret = (enum lineage_by)found;
    return rc;
}
