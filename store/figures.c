/* SPDX-License-Identifier: Apache-2.0 */
#include "store/figures.h"

#include "store/nouns.h"

/* Persons that figures count: no bots, not our own account. A gone account has no row and is
 * taken for a person where it opened something. */
#define IS_EXCLUDED(id)                                                                        \
    "(EXISTS (SELECT 1 FROM person x WHERE x.id = " id " AND x.is_bot = 1) OR " id             \
    " IS (SELECT o.self_id FROM repository o WHERE o.id = ?1))"

/* 1970-01-01 was a Thursday: Monday is three days before it. */
#define MONDAY_OF(at) at " - (" at " + 259200) % 604800"

#define PUBLIC_FEEDBACK "f.kind <> 'conduct' AND f.state <> 'deleted'"

/* Accepted samples that were merged at the commit that was judged, by who gave them. */
#define GIVEN                                                                                  \
    "given AS (SELECT m.author_id AS who, sum(c.n_accepted) AS n, sum(c.n_accepted * EXISTS (" \
    "SELECT 1 FROM run_contribution rc JOIN release l ON l.repo_id = rc.repo_id "              \
    "AND l.run_id = rc.run_id AND l.state = 'published' WHERE rc.repo_id = c.repo_id "         \
    "AND rc.number = c.number AND rc.commit_sha = c.commit_sha)) AS released "                 \
    "FROM contribution c JOIN thread m ON m.repo_id = c.repo_id AND m.number = c.number "      \
    "JOIN pull u ON u.repo_id = c.repo_id AND u.number = c.number "                            \
    "AND u.head_sha = c.commit_sha WHERE c.repo_id = ?1 AND m.merged_at > 0 "                  \
    "AND m.merged_at >= ?2 GROUP BY m.author_id)"
#define DOINGS                                                                                 \
    "doing AS (SELECT author_id AS who, created_at AS at, 't' AS kind FROM thread "            \
    "WHERE repo_id = ?1 AND is_gone = 0 UNION ALL "                                            \
    "SELECT author_id, merged_at, 'm' FROM thread WHERE repo_id = ?1 AND is_gone = 0 "         \
    "AND merged_at > 0 UNION ALL "                                                             \
    "SELECT author_id, created_at, 'e' FROM entry WHERE repo_id = ?1)"

enum { WEEKS, THREADS, PERSONS };

static const char *const statements[] = {
    [WEEKS] = "SELECT " MONDAY_OF(
        "f.created_at") " AS week_at, f.kind, count(*) "
                        "FROM feedback f WHERE f.repo_id = ?1 AND f.created_at >= ?2 "
                        "AND " PUBLIC_FEEDBACK " AND NOT " IS_EXCLUDED(
                            "f.author_id") " GROUP BY week_at, f.kind ORDER BY week_at, f.kind",
    [THREADS] =
        "SELECT t.number, t.kind, coalesce((SELECT f.kind FROM feedback f "
        "WHERE f.repo_id = t.repo_id AND f.id = 'thread-' || t.number AND " PUBLIC_FEEDBACK
        "), ''), t.created_at, "
        "coalesce((SELECT min(a.at) FROM ("
        "SELECT e.created_at AS at, e.author_id AS who FROM entry e INDEXED BY entry_thread "
        "WHERE e.repo_id = t.repo_id AND e.number = t.number UNION ALL "
        "SELECT v.created_at, v.actor_id FROM event v INDEXED BY event_thread "
        "WHERE v.repo_id = t.repo_id "
        "AND v.number = t.number AND v.kind IN ('labeled', 'assigned')) a "
        "WHERE a.who IS NOT t.author_id AND NOT " IS_EXCLUDED(
            "a.who") "), 0), t.closed_at, t.merged_at, t.state FROM thread t "
                     "WHERE t.repo_id = ?1 AND t.is_gone = 0 AND t.created_at >= ?2 "
                     "AND NOT " IS_EXCLUDED("t.author_id") " ORDER BY t.number",
    [PERSONS] = "WITH " GIVEN ", " DOINGS
                " SELECT p.login, min(d.at), max(d.at), sum(d.kind = 't' AND d.at >= ?2), "
                "sum(d.kind = 'e' AND d.at >= ?2), sum(d.kind = 'm' AND d.at >= ?2), "
                "coalesce(g.n, 0), coalesce(g.released, 0) "
                "FROM doing d JOIN person p ON p.id = d.who LEFT JOIN given g ON g.who = p.id "
                "WHERE NOT " IS_EXCLUDED("p.id") " GROUP BY p.id ORDER BY p.login, p.id",
};
const struct stmt_table figures_stmts = { "figures", statements, 3 };

static void init(struct query *q, struct db *db, size_t index, int64_t repo_id,
                 int64_t since_at)
{
    query_init(q, db, &figures_stmts, index);
    query_i64(q, repo_id);
    query_i64(q, since_at);
}

/* The words in the database are those of the schema; an unknown one cannot come. */
static enum feedback_kind kind_of(const char *word)
{
    enum feedback_kind kind = FEEDBACK_N_KINDS;

    (void)feedback_kind_parse(&kind, word, NULL);
    return kind;
}

struct week_visitor {
    int (*fn)(void *ctx, const struct figures_week *w, struct err *err);
    void *ctx;
};

static int visit_week(const struct query *q, void *visitor, struct err *err)
{
    const struct week_visitor *v = visitor;
    const struct figures_week w = {
        .week_at = column_i64(q, 0),
        .kind = kind_of(column_text(q, 1)),
        .n = column_i64(q, 2),
    };

    return v->fn(v->ctx, &w, err);
}

int figures_each_feedback_week(struct db *db, int64_t repo_id, int64_t since_at,
                               int (*fn)(void *ctx, const struct figures_week *w,
                                         struct err *err),
                               void *ctx, struct err *err)
{
    struct query q;

    init(&q, db, WEEKS, repo_id, since_at);
    return query_each(&q, visit_week, &(struct week_visitor){ fn, ctx }, err);
}

struct thread_visitor {
    int (*fn)(void *ctx, const struct figures_thread *t, struct err *err);
    void *ctx;
};

static int visit_thread(const struct query *q, void *visitor, struct err *err)
{
    const struct thread_visitor *v = visitor;
    const struct figures_thread t = {
        .number = column_i64(q, 0),
        .kind = column_text(q, 1)[0] == 'p' ? THREAD_PULL : THREAD_ISSUE,
        .feedback = kind_of(column_text(q, 2)),
        .created_at = column_i64(q, 3),
        .responded_at = column_i64(q, 4),
        .closed_at = column_i64(q, 5),
        .merged_at = column_i64(q, 6),
        .is_open = column_text(q, 7)[0] == 'o',
    };

    return v->fn(v->ctx, &t, err);
}

int figures_each_thread(struct db *db, int64_t repo_id, int64_t since_at,
                        int (*fn)(void *ctx, const struct figures_thread *t, struct err *err),
                        void *ctx, struct err *err)
{
    struct query q;

    init(&q, db, THREADS, repo_id, since_at);
    return query_each(&q, visit_thread, &(struct thread_visitor){ fn, ctx }, err);
}

struct person_visitor {
    int (*fn)(void *ctx, const struct figures_person *p, struct err *err);
    void *ctx;
};

static int visit_person(const struct query *q, void *visitor, struct err *err)
{
    const struct person_visitor *v = visitor;
    const struct figures_person p = {
        .login = column_text(q, 0),
        .first_at = column_i64(q, 1),
        .last_at = column_i64(q, 2),
        .n_threads = column_i64(q, 3),
        .n_entries = column_i64(q, 4),
        .n_pulls_merged = column_i64(q, 5),
        .n_samples = column_i64(q, 6),
        .n_released = column_i64(q, 7),
    };

    return v->fn(v->ctx, &p, err);
}

int figures_each_person(struct db *db, int64_t repo_id, int64_t since_at,
                        int (*fn)(void *ctx, const struct figures_person *p, struct err *err),
                        void *ctx, struct err *err)
{
    struct query q;

    init(&q, db, PERSONS, repo_id, since_at);
    return query_each(&q, visit_person, &(struct person_visitor){ fn, ctx }, err);
}
