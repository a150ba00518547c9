/* SPDX-License-Identifier: Apache-2.0 */
#include "store/thread.h"

#include "base/buf.h"
#include "base/err.h"
#include "store/nouns.h"

#define COLUMNS                                                                                \
    "repo_id, number, kind, title, body, author_id, state, is_locked, is_draft, is_gone, "     \
    "state_reason, created_at, updated_at, closed_at, merged_at, n_comments"
#define VALUES                                                                                 \
    "?1, ?2, iif(?3, 'pull', 'issue'), ?4, ?5, ?6, iif(?7, 'open', 'closed'), ?8, ?9, ?10, "   \
    "?11, ?12, ?13, ?14, ?15, ?16"

enum {
    INSERT,
    UPDATE,
    GET,
    EACH,
    EACH_LABELLED,
    EACH_LABEL,
    LABEL_ADD,
    LABEL_REMOVE,
    LABEL_KEEP,
    LABEL_COUNT,
    COUNT_OPEN,
    SET_GONE,
    EACH_CHANGE,
};

static const char *const statements[] = {
    [INSERT] = "INSERT INTO thread (" COLUMNS ") VALUES (" VALUES ") ON CONFLICT DO NOTHING",
    [UPDATE] = "UPDATE thread SET (" COLUMNS ") = (" VALUES ") WHERE repo_id = ?1 "
               "AND number = ?2 AND (" COLUMNS ") IS NOT (" VALUES ")",
    [GET] = "SELECT " COLUMNS " FROM thread WHERE repo_id = ?1 AND number = ?2",
    [EACH] = "SELECT " COLUMNS " FROM thread WHERE repo_id = ?1 ORDER BY number",
    [EACH_LABELLED] = "SELECT " COLUMNS " FROM thread WHERE repo_id = ?1 AND number IN "
                      "(SELECT l.number FROM thread_label l WHERE l.repo_id = ?1 "
                      "AND l.name = ?2 COLLATE NOCASE) ORDER BY number",
    [EACH_LABEL] = "SELECT name FROM thread_label WHERE repo_id = ?1 AND number = ?2 "
                   "ORDER BY name",
    [LABEL_ADD] = "INSERT INTO thread_label (repo_id, number, name) VALUES (?1, ?2, ?3) "
                  "ON CONFLICT DO NOTHING",
    [LABEL_REMOVE] = "DELETE FROM thread_label WHERE repo_id = ?1 AND number = ?2 "
                     "AND name = ?3 COLLATE NOCASE",
    [LABEL_KEEP] = "DELETE FROM thread_label WHERE repo_id = ?1 AND number = ?2 "
                   "AND NOT instr(?3, char(10) || name || char(10))",
    [LABEL_COUNT] = "SELECT count(*) FROM thread_label WHERE repo_id = ?1 AND number = ?2 "
                    "AND name = ?3 COLLATE NOCASE",
    [COUNT_OPEN] = "SELECT count(*) FROM thread WHERE repo_id = ?1 AND state = 'open' "
                   "AND is_gone = 0",
    [SET_GONE] = "UPDATE thread SET is_gone = 1, title = '', body = '' WHERE repo_id = ?1 "
                 "AND number = ?2 AND is_gone = 0",
    [EACH_CHANGE] = "SELECT updated_at, number, kind FROM thread WHERE repo_id = ?1 "
                    "AND is_gone = 0 AND (updated_at > created_at OR state = 'closed' "
                    "OR EXISTS (SELECT 1 FROM thread_label l WHERE l.repo_id = ?1 "
                    "AND l.number = thread.number)) "
                    "AND (updated_at, number) > (?2, ?3) ORDER BY updated_at, number LIMIT ?4",
};
const struct stmt_table thread_stmts = { "thread", statements,
                                         sizeof(statements) / sizeof(*statements) };

static void bind(struct query *q, const void *row)
{
    const struct thread *t = row;

    query_i64(q, t->repo_id);
    query_i64(q, t->number);
    query_i64(q, t->kind == THREAD_PULL);
    query_text(q, t->title);
    query_text(q, t->body);
    query_id(q, t->author_id);
    query_i64(q, t->is_open);
    query_i64(q, t->is_locked);
    query_i64(q, t->is_draft);
    query_i64(q, t->is_gone);
    query_text(q, t->state_reason);
    query_i64(q, t->created_at);
    query_i64(q, t->updated_at);
    query_i64(q, t->closed_at);
    query_i64(q, t->merged_at);
    query_i64(q, t->n_comments);
}

static int run_label(struct db *db, size_t index, int64_t repo_id, int64_t number,
                     const char *label, int64_t *ret_changed, struct err *err)
{
    struct query q;

    query_init(&q, db, &thread_stmts, index);
    query_i64(&q, repo_id);
    query_i64(&q, number);
    query_text(&q, label);
    return query_run(&q, ret_changed, err);
}

/* Labels go and come one by one; what stays is not touched. */
static int put_labels(struct db *db, const struct thread *t, int64_t *ret_changed,
                      struct err *err)
{
    struct buf keep;
    int64_t changed = 0;
    int rc = 0;

    *ret_changed = 0;
    buf_init(&keep, 1 << 20);
    buf_add_char(&keep, '\n');
    for (size_t i = 0; i < t->n_labels && rc == 0; i++) {
        buf_printf(&keep, "%s\n", t->labels[i]);
        rc = run_label(db, LABEL_ADD, t->repo_id, t->number, t->labels[i], &changed, err);
        *ret_changed += changed;
    }
    if (rc == 0)
        rc = buf_check(&keep, "labels of one thread", err);
    if (rc == 0)
        rc = run_label(db, LABEL_KEEP, t->repo_id, t->number, keep.data, &changed, err);
    *ret_changed += changed;
    buf_finish(&keep);
    return rc;
}

int thread_put(struct db *db, const struct thread *t, enum put_result *ret, struct err *err)
{
    static const struct query_put put = { &thread_stmts, INSERT, UPDATE, bind };
    enum put_result result = PUT_SAME;
    int64_t n_labels_changed = 0;
    int rc = save_begin(db, err);

    if (rc < 0)
        return rc;
    rc = query_put(db, &put, t, &result, err);
    if (rc == 0)
        rc = put_labels(db, t, &n_labels_changed, err);
    rc = save_end(db, rc, err);
    if (result == PUT_SAME && n_labels_changed > 0)
        result = PUT_CHANGED;
    if (rc == 0 && ret)
        *ret = result;
    return rc;
}

struct visitor {
    thread_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct thread t = {
        .repo_id = column_i64(q, 0),
        .number = column_i64(q, 1),
        .kind = column_text(q, 2)[0] == 'p' ? THREAD_PULL : THREAD_ISSUE,
        .title = column_text(q, 3),
        .body = column_text(q, 4),
        .author_id = column_i64(q, 5),
        .is_open = column_text(q, 6)[0] == 'o',
        .is_locked = column_bool(q, 7),
        .is_draft = column_bool(q, 8),
        .is_gone = column_bool(q, 9),
        .state_reason = column_text(q, 10),
        .created_at = column_i64(q, 11),
        .updated_at = column_i64(q, 12),
        .closed_at = column_i64(q, 13),
        .merged_at = column_i64(q, 14),
        .n_comments = column_i64(q, 15),
    };

    return v->fn(v->ctx, &t, err);
}

int thread_get(struct db *db, int64_t repo_id, int64_t number, thread_fn *fn, void *ctx,
               struct err *err)
{
    struct query q;

    query_init(&q, db, &thread_stmts, GET);
    query_i64(&q, repo_id);
    query_i64(&q, number);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int thread_each(struct db *db, int64_t repo_id, thread_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &thread_stmts, EACH);
    query_i64(&q, repo_id);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int thread_each_labelled(struct db *db, int64_t repo_id, const char *label, thread_fn *fn,
                         void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &thread_stmts, EACH_LABELLED);
    query_i64(&q, repo_id);
    query_text(&q, label);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

struct change_visitor {
    int (*fn)(void *ctx, const struct thread_change *t, struct err *err);
    void *ctx;
};

static int visit_change(const struct query *q, void *visitor, struct err *err)
{
    const struct change_visitor *v = visitor;
    const struct thread_change change = {
        .updated_at = column_i64(q, 0),
        .number = column_i64(q, 1),
        .kind = column_text(q, 2)[0] == 'p' ? THREAD_PULL : THREAD_ISSUE,
    };

    return v->fn(v->ctx, &change, err);
}

int thread_each_change(struct db *db, int64_t repo_id, const struct thread_change *after,
                       int64_t most,
                       int (*fn)(void *ctx, const struct thread_change *t, struct err *err),
                       void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &thread_stmts, EACH_CHANGE);
    query_i64(&q, repo_id);
    query_i64(&q, after->updated_at);
    query_i64(&q, after->number);
    query_i64(&q, most);
    return query_each(&q, visit_change, &(struct change_visitor){ fn, ctx }, err);
}

struct label_visitor {
    int (*fn)(void *ctx, const char *label, struct err *err);
    void *ctx;
};

static int visit_label(const struct query *q, void *visitor, struct err *err)
{
    const struct label_visitor *v = visitor;

    return v->fn(v->ctx, column_text(q, 0), err);
}

int thread_each_label(struct db *db, int64_t repo_id, int64_t number,
                      int (*fn)(void *ctx, const char *label, struct err *err), void *ctx,
                      struct err *err)
{
    struct query q;

    query_init(&q, db, &thread_stmts, EACH_LABEL);
    query_i64(&q, repo_id);
    query_i64(&q, number);
    return query_each(&q, visit_label, &(struct label_visitor){ fn, ctx }, err);
}

int thread_label_add(struct db *db, int64_t repo_id, int64_t number, const char *label,
                     struct err *err)
{
    return run_label(db, LABEL_ADD, repo_id, number, label, NULL, err);
}

int thread_label_remove(struct db *db, int64_t repo_id, int64_t number, const char *label,
                        struct err *err)
{
    return run_label(db, LABEL_REMOVE, repo_id, number, label, NULL, err);
}

int thread_has_label(struct db *db, int64_t repo_id, int64_t number, const char *label,
                     bool *ret, struct err *err)
{
    struct query q;
    int64_t n = 0;

    query_init(&q, db, &thread_stmts, LABEL_COUNT);
    query_i64(&q, repo_id);
    query_i64(&q, number);
    query_text(&q, label);
    int rc = query_one_i64(&q, &n, err);
    if (rc == 0)
        *ret = n > 0;
    return rc;
}

int thread_count_open(struct db *db, int64_t repo_id, int64_t *ret, struct err *err)
{
    struct query q;

    query_init(&q, db, &thread_stmts, COUNT_OPEN);
    query_i64(&q, repo_id);
    return query_one_i64(&q, ret, err);
}

int thread_set_gone(struct db *db, int64_t repo_id, int64_t number, struct err *err)
{
    struct query q;

    query_init(&q, db, &thread_stmts, SET_GONE);
    query_i64(&q, repo_id);
    query_i64(&q, number);
    return query_run(&q, NULL, err);
}
