/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/err.h"
#include "store/feedback.h"
#include "store/nouns.h"

#define COLUMNS "repo_id, feedback_id, kind, target"

enum { PUT, KEEP, OF_FEEDBACK };

static const char *const statements[] = {
    [PUT] = "INSERT INTO feedback_link (" COLUMNS ") VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT DO NOTHING",
    [KEEP] = "DELETE FROM feedback_link WHERE repo_id = ?1 AND feedback_id = ?2 "
             "AND NOT instr(?3, char(10) || kind || ' ' || target || char(10))",
    [OF_FEEDBACK] = "SELECT " COLUMNS " FROM feedback_link WHERE repo_id = ?1 "
                    "AND feedback_id = ?2 ORDER BY kind, target",
};
const struct stmt_table feedback_link_stmts = { "feedback_link", statements, 3 };

static const char *const kind_words[] = {
    [FEEDBACK_LINK_THREAD] = "thread", [FEEDBACK_LINK_FIXES] = "fixes",
    [FEEDBACK_LINK_COMMIT] = "commit", [FEEDBACK_LINK_SAMPLE] = "sample",
    [FEEDBACK_LINK_RUN] = "run",       [FEEDBACK_LINK_RELEASE] = "release",
};
static const struct names kinds = { kind_words, 6 };

const char *feedback_link_kind_name(enum feedback_link_kind kind)
{
    return kind_words[kind];
}

static int put(struct db *db, int64_t repo_id, const char *feedback_id,
               const struct feedback_link *l, int64_t *ret_changed, struct err *err)
{
    struct query q;

    query_init(&q, db, &feedback_link_stmts, PUT);
    query_i64(&q, repo_id);
    query_text(&q, feedback_id);
    query_text(&q, kind_words[l->kind]);
    query_text(&q, l->target);
    return query_run(&q, ret_changed, err);
}

int feedback_link_put(struct db *db, const struct feedback_link *l, enum put_result *ret,
                      struct err *err)
{
    int64_t changed = 0;
    int rc = put(db, l->repo_id, l->feedback_id, l, &changed, err);

    if (rc == 0 && ret)
        *ret = changed > 0 ? PUT_NEW : PUT_SAME;
    return rc;
}

static int remove_others(struct db *db, int64_t repo_id, const char *feedback_id,
                         const struct buf *keep, struct err *err)
{
    struct query q;
    int rc = buf_check(keep, "links of one feedback", err);

    if (rc < 0)
        return rc;
    query_init(&q, db, &feedback_link_stmts, KEEP);
    query_i64(&q, repo_id);
    query_text(&q, feedback_id);
    query_text(&q, keep->data);
    return query_run(&q, NULL, err);
}

int feedback_link_set(struct db *db, int64_t repo_id, const char *feedback_id,
                      const struct feedback_link *links, size_t n, struct err *err)
{
    struct buf keep;
    int rc = save_begin(db, err);

    if (rc < 0)
        return rc;
    buf_init(&keep, 1 << 20);
    buf_add_char(&keep, '\n');
    for (size_t i = 0; i < n && rc == 0; i++) {
        buf_printf(&keep, "%s %s\n", kind_words[links[i].kind], links[i].target);
        rc = put(db, repo_id, feedback_id, &links[i], NULL, err);
    }
    if (rc == 0)
        rc = remove_others(db, repo_id, feedback_id, &keep, err);
    buf_finish(&keep);
    return save_end(db, rc, err);
}

struct visitor {
    feedback_link_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct feedback_link l = {
        .repo_id = column_i64(q, 0),
        .feedback_id = column_text(q, 1),
        .kind = (enum feedback_link_kind)names_index(&kinds, column_text(q, 2)),
        .target = column_text(q, 3),
    };

    return v->fn(v->ctx, &l, err);
}

int feedback_each_link(struct db *db, int64_t repo_id, const char *feedback_id,
                       feedback_link_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &feedback_link_stmts, OF_FEEDBACK);
    query_i64(&q, repo_id);
    query_text(&q, feedback_id);
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}
