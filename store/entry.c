/* SPDX-License-Identifier: Apache-2.0 */
#include "store/entry.h"

#include "store/feedback.h"
#include "store/nouns.h"

#define COLUMNS                                                                                \
    "repo_id, kind, id, number, author_id, body, review_state, path, created_at, updated_at, " \
    "is_deleted"
#define VALUES "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11"

enum { INSERT, UPDATE, OF_THREAD, EACH, COUNT_COMMENTS, SET_DELETED };

static const char *const statements[] = {
    [INSERT] = "INSERT INTO entry (" COLUMNS ") VALUES (" VALUES ") ON CONFLICT DO NOTHING",
    [UPDATE] = "UPDATE entry SET (" COLUMNS ") = (" VALUES ") WHERE repo_id = ?1 "
               "AND kind = ?2 AND id = ?3 AND (" COLUMNS ") IS NOT (" VALUES ")",
    [OF_THREAD] = "SELECT " COLUMNS " FROM entry WHERE repo_id = ?1 AND number = ?2 "
                  "ORDER BY created_at, kind, id",
    [EACH] = "SELECT " COLUMNS " FROM entry WHERE repo_id = ?1 ORDER BY kind, id",
    [COUNT_COMMENTS] = "SELECT (SELECT count(*) FROM entry WHERE repo_id = ?1 "
                       "AND kind = 'comment' AND is_deleted = 0) + (SELECT count(*) "
                       "FROM own_comment WHERE repo_id = ?1 AND is_deleted = 0)",
    [SET_DELETED] = "UPDATE entry SET body = '', is_deleted = 1 WHERE repo_id = ?1 "
                    "AND kind = ?2 AND id = ?3 AND is_deleted = 0",
};
const struct stmt_table entry_stmts = { "entry", statements,
                                        sizeof(statements) / sizeof(*statements) };

static const char *const kind_words[] = {
    [ENTRY_COMMENT] = "comment",
    [ENTRY_REVIEW] = "review",
    [ENTRY_REVIEW_COMMENT] = "review_comment",
};
static const struct names kinds = { kind_words, 3 };

const char *entry_kind_name(enum entry_kind kind)
{
    return kind_words[kind];
}

static void bind(struct query *q, const void *row)
{
    const struct entry *e = row;

    query_i64(q, e->repo_id);
    query_text(q, kind_words[e->kind]);
    query_i64(q, e->id);
    query_i64(q, e->number);
    query_id(q, e->author_id);
    query_text(q, e->is_deleted ? "" : e->body);
    query_text(q, e->review_state);
    query_text(q, e->path);
    query_i64(q, e->created_at);
    query_i64(q, e->updated_at);
    query_i64(q, e->is_deleted);
}

int entry_put(struct db *db, const struct entry *e, enum put_result *ret, struct err *err)
{
    static const struct query_put put = { &entry_stmts, INSERT, UPDATE, bind };

    return query_put(db, &put, e, ret, err);
}

struct visitor {
    entry_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct entry e = {
        .repo_id = column_i64(q, 0),
        .kind = (enum entry_kind)names_index(&kinds, column_text(q, 1)),
        .id = column_i64(q, 2),
        .number = column_i64(q, 3),
        .author_id = column_i64(q, 4),
        .body = column_text(q, 5),
        .review_state = column_text(q, 6),
        .path = column_text(q, 7),
        .created_at = column_i64(q, 8),
        .updated_at = column_i64(q, 9),
        .is_deleted = column_bool(q, 10),
    };

    return v->fn(v->ctx, &e, err);
}

static void init_keyed(struct query *q, struct db *db, size_t index, int64_t repo_id,
                       enum entry_kind kind, int64_t id)
{
    query_init(q, db, &entry_stmts, index);
    query_i64(q, repo_id);
    query_text(q, kind_words[kind]);
    query_i64(q, id);
}

int entry_each_of_thread(struct db *db, int64_t repo_id, int64_t number, entry_fn *fn,
                         void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &entry_stmts, OF_THREAD);
    query_i64(&q, repo_id);
    query_i64(&q, number);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int entry_each(struct db *db, int64_t repo_id, entry_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &entry_stmts, EACH);
    query_i64(&q, repo_id);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int entry_count_comments(struct db *db, int64_t repo_id, int64_t *ret, struct err *err)
{
    struct query q;

    query_init(&q, db, &entry_stmts, COUNT_COMMENTS);
    query_i64(&q, repo_id);
    return query_one_i64(&q, ret, err);
}

int entry_set_deleted(struct db *db, int64_t repo_id, enum entry_kind kind, int64_t id,
                      struct err *err)
{
    char feedback_id[FEEDBACK_ID_SIZE];
    struct query q;
    int rc = save_begin(db, err);

    if (rc < 0)
        return rc;
    init_keyed(&q, db, SET_DELETED, repo_id, kind, id);
    rc = query_run(&q, NULL, err);
    if (rc == 0)
        rc =
            feedback_set_deleted(db, repo_id, feedback_id_of_entry(feedback_id, kind, id), err);
    return save_end(db, rc, err);
}
