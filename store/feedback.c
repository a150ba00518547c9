/* SPDX-License-Identifier: Apache-2.0 */
#include "store/feedback.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "store/nouns.h"

#define COLUMNS                                                                                \
    "repo_id, id, number, kind, topic, state, rule, author_id, title, body, created_at, "      \
    "resolved_at"
#define VALUES "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12"

enum { INSERT, UPDATE, GET, EACH, SET_RESOLVED, SET_DELETED, LAST_MANUAL };

static const char *const statements[] = {
    [INSERT] = "INSERT INTO feedback (" COLUMNS ") VALUES (" VALUES ") ON CONFLICT DO NOTHING",
    [UPDATE] = "UPDATE feedback SET (" COLUMNS ") = (" VALUES ") WHERE repo_id = ?1 "
               "AND id = ?2 AND (" COLUMNS ") IS NOT (" VALUES ")",
    [GET] = "SELECT " COLUMNS " FROM feedback WHERE repo_id = ?1 AND id = ?2",
    [EACH] = "SELECT " COLUMNS " FROM feedback WHERE repo_id = ?1 "
             "AND instr(?2, ' ' || kind || ' ') AND instr(?3, ' ' || state || ' ') "
             "AND created_at >= ?4 AND (?5 = 0 OR number = ?5) "
             "ORDER BY created_at DESC, id",
    [SET_RESOLVED] = "UPDATE feedback SET state = 'resolved', resolved_at = ?3 "
                     "WHERE repo_id = ?1 AND id = ?2 AND state <> 'deleted' RETURNING 1",
    [SET_DELETED] = "UPDATE feedback SET state = 'deleted', title = '', body = '' "
                    "WHERE repo_id = ?1 AND id = ?2 AND state <> 'deleted'",
    [LAST_MANUAL] = "SELECT coalesce(max(CAST(substr(id, 8) AS INTEGER)), 0) FROM feedback "
                    "WHERE repo_id = ?1 AND id GLOB 'manual-[0-9]*'",
};
const struct stmt_table feedback_stmts = { "feedback", statements, 7 };

static const char *const kind_words[] = {
    [FEEDBACK_BUG] = "bug",           [FEEDBACK_REQUEST] = "request",
    [FEEDBACK_QUESTION] = "question", [FEEDBACK_DOCS] = "docs",
    [FEEDBACK_DATA] = "data",         [FEEDBACK_MODEL_ERROR] = "model_error",
    [FEEDBACK_PRAISE] = "praise",     [FEEDBACK_CONDUCT] = "conduct",
    [FEEDBACK_OTHER] = "other",
};
static const struct names kinds = { kind_words, FEEDBACK_N_KINDS };

static const char *const state_words[] = {
    [FEEDBACK_OPEN] = "open",
    [FEEDBACK_RESOLVED] = "resolved",
    [FEEDBACK_DELETED] = "deleted",
};
static const struct names states = { state_words, 3 };

const char *feedback_kind_name(enum feedback_kind kind)
{
    return kind_words[kind];
}

const char *feedback_state_name(enum feedback_state state)
{
    return state_words[state];
}

int feedback_kind_parse(enum feedback_kind *ret, const char *name, struct err *err)
{
    int i = names_find(&kinds, name);

    if (i < 0)
        return err_set(err, ERR_PARSE,
                       "'%s' is no kind of feedback: bug, request, question, docs, data, "
                       "model_error, praise, conduct or other",
                       name);
    *ret = (enum feedback_kind)i;
    return 0;
}

int feedback_state_parse(enum feedback_state *ret, const char *name, struct err *err)
{
    int i = names_find(&states, name);

    if (i < 0)
        return err_set(err, ERR_PARSE, "'%s' is no state: open, resolved or deleted", name);
    *ret = (enum feedback_state)i;
    return 0;
}

char *feedback_id_of_thread(char out[FEEDBACK_ID_SIZE], int64_t number)
{
    (void)snprintf(out, FEEDBACK_ID_SIZE, "thread-%lld", (long long)number);
    return out;
}

char *feedback_id_of_entry(char out[FEEDBACK_ID_SIZE], enum entry_kind kind, int64_t id)
{
    (void)snprintf(out, FEEDBACK_ID_SIZE, "%s-%lld", entry_kind_name(kind), (long long)id);
    return out;
}

int feedback_id_manual(char out[FEEDBACK_ID_SIZE], struct db *db, int64_t repo_id,
                       struct err *err)
{
    struct query q;
    int64_t last = 0;

    query_init(&q, db, &feedback_stmts, LAST_MANUAL);
    query_i64(&q, repo_id);
    int rc = query_one_i64(&q, &last, err);
    if (rc == 0)
        (void)snprintf(out, FEEDBACK_ID_SIZE, "manual-%lld", (long long)last + 1);
    return rc;
}

static void bind(struct query *q, const void *row)
{
    const struct feedback *f = row;
    bool is_deleted = f->state == FEEDBACK_DELETED;

    query_i64(q, f->repo_id);
    query_text(q, f->id);
    query_i64(q, f->number);
    query_text(q, kind_words[f->kind]);
    query_text(q, f->topic);
    query_text(q, state_words[f->state]);
    query_text(q, f->rule);
    query_id(q, f->author_id);
    query_text(q, is_deleted ? "" : f->title);
    query_text(q, is_deleted ? "" : f->body);
    query_i64(q, f->created_at);
    query_i64(q, f->resolved_at);
}

int feedback_put(struct db *db, const struct feedback *f, enum put_result *ret, struct err *err)
{
    static const struct query_put put = { &feedback_stmts, INSERT, UPDATE, bind };

    return query_put(db, &put, f, ret, err);
}

struct visitor {
    feedback_fn *fn;
    void *ctx;
    const char *text; /* words to look for, "" for none */
    int64_t left;     /* rows still wanted, -1: no limit */
};

/* ASCII letters match in either case. */
static bool contains(const char *haystack, const char *word, size_t len)
{
    for (; *haystack; haystack++) {
        size_t i = 0;
        while (i < len &&
               tolower((unsigned char)haystack[i]) == tolower((unsigned char)word[i]))
            i++;
        if (i == len)
            return true;
    }
    return false;
}

static bool has_all_words(const char *text, const char *title, const char *body)
{
    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        size_t len = strcspn(text, " ");

        if (!contains(title, text, len) && !contains(body, text, len))
            return false;
        text += len;
    }
    return true;
}

static int visit(const struct query *q, void *visitor, struct err *err)
{
    struct visitor *v = visitor;
    const struct feedback f = {
        .repo_id = column_i64(q, 0),
        .id = column_text(q, 1),
        .number = column_i64(q, 2),
        .kind = (enum feedback_kind)names_index(&kinds, column_text(q, 3)),
        .topic = column_text(q, 4),
        .state = (enum feedback_state)names_index(&states, column_text(q, 5)),
        .rule = column_text(q, 6),
        .author_id = column_i64(q, 7),
        .title = column_text(q, 8),
        .body = column_text(q, 9),
        .created_at = column_i64(q, 10),
        .resolved_at = column_i64(q, 11),
    };

    if (v->left == 0 || !has_all_words(v->text, f.title, f.body))
        return 0;
    if (v->left > 0)
        v->left--;
    return v->fn(v->ctx, &f, err);
}

int feedback_get(struct db *db, int64_t repo_id, const char *id, feedback_fn *fn, void *ctx,
                 struct err *err)
{
    struct visitor v = { .fn = fn, .ctx = ctx, .text = "", .left = -1 };
    struct query q;

    query_init(&q, db, &feedback_stmts, GET);
    query_i64(&q, repo_id);
    query_text(&q, id);
    return query_one(&q, visit, &v, err);
}

int feedback_each(struct db *db, const struct feedback_filter *filter, feedback_fn *fn,
                  void *ctx, struct err *err)
{
    char kind_set[NAMES_MASK_SIZE], state_set[NAMES_MASK_SIZE];
    struct visitor v = {
        .fn = fn,
        .ctx = ctx,
        .text = filter->text ? filter->text : "",
        .left = filter->limit > 0 ? filter->limit : -1,
    };
    unsigned wanted_kinds = filter->kinds ? filter->kinds : ~(1u << FEEDBACK_CONDUCT);
    unsigned wanted_states = filter->states ? filter->states : ~(1u << FEEDBACK_DELETED);
    struct query q;

    query_init(&q, db, &feedback_stmts, EACH);
    query_i64(&q, filter->repo_id);
    query_text(&q, names_mask(kind_set, &kinds, wanted_kinds));
    query_text(&q, names_mask(state_set, &states, wanted_states));
    query_i64(&q, filter->since_at);
    query_i64(&q, filter->number);
    return query_each(&q, visit, &v, err);
}

int feedback_set_resolved(struct db *db, int64_t repo_id, const char *id, int64_t at,
                          struct err *err)
{
    struct query q;
    int64_t found = 0;

    query_init(&q, db, &feedback_stmts, SET_RESOLVED);
    query_i64(&q, repo_id);
    query_text(&q, id);
    query_i64(&q, at);
    int rc = query_one_i64(&q, &found, err);
    return rc == -ERR_NOTFOUND ? err_set(err, ERR_NOTFOUND, "no feedback '%s'", id) : rc;
}

int feedback_set_deleted(struct db *db, int64_t repo_id, const char *id, struct err *err)
{
    struct query q;

    query_init(&q, db, &feedback_stmts, SET_DELETED);
    query_i64(&q, repo_id);
    query_text(&q, id);
    return query_run(&q, NULL, err);
}
