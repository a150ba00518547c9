/* SPDX-License-Identifier: Apache-2.0 */
#include "store/action.h"

#include "base/err.h"
#include "store/nouns.h"

#define COLUMNS                                                                                \
    "repo_id, key, seq, kind, number, rule, reason, body, precondition, state, object_id, "    \
    "error, attempts, planned_at, sent_at, confirmed_at, caused_by, edited_by"
#define KEY     "repo_id = ?1 AND key = ?2"
#define WORDING "kind, number, rule, reason, body, precondition, caused_by"
#define WORDS   "?3, ?4, ?5, ?6, ?7, ?8, ?9"
#define MOVED   "moved_by = '', moved_at = "

enum {
    PLAN,
    REPLAN,
    IS_PLANNED,
    GET,
    GET_NEXT,
    EACH,
    COUNT,
    EACH_RULE,
    EDIT,
    SET_SENT,
    SET_CONFIRMED,
    SET_FAILED,
    SET_DROPPED,
    SET_PLANNED,
};

static const char *const statements[] = {
    [PLAN] =
        "INSERT INTO action (repo_id, key, " WORDING ", planned_at, moved_at, seq, state, "
        "object_id, error, attempts, sent_at, confirmed_at) VALUES (?1, ?2, " WORDS ", ?10, "
        "?10, (SELECT coalesce(max(seq), 0) + 1 FROM action WHERE repo_id = ?1), "
        "'planned', 0, '', 0, 0, 0) ON CONFLICT (repo_id, key) DO NOTHING",
    [REPLAN] = "UPDATE action SET (" WORDING ", planned_at, moved_at) = (" WORDS
               ", ?10, ?10) WHERE " KEY " AND state = 'planned' AND edited_by = '' "
               "AND (" WORDING ") IS NOT (" WORDS ")",
    [IS_PLANNED] = "SELECT count(*) FROM action WHERE " KEY " AND state = 'planned'",
    [GET] = "SELECT " COLUMNS " FROM action WHERE " KEY,
    [GET_NEXT] = "SELECT " COLUMNS " FROM action INDEXED BY action_state WHERE repo_id = ?1 "
                 "AND state IN ('planned', 'sent') AND seq > ?2 ORDER BY seq LIMIT 1",
    [EACH] = "SELECT " COLUMNS " FROM action WHERE repo_id = ?1 "
             "AND instr(?2, ' ' || state || ' ') ORDER BY seq",
    [COUNT] = "SELECT count(*) FROM action WHERE repo_id = ?1 "
              "AND instr(?2, ' ' || state || ' ')",
    [EACH_RULE] = "SELECT rule, count(*) FROM action WHERE repo_id = ?1 "
                  "AND instr(?2, ' ' || state || ' ') GROUP BY rule ORDER BY rule",
    [EDIT] = "UPDATE action SET body = ?3, edited_by = ?4, moved_at = ?5 WHERE " KEY
             " AND state = 'planned'",
    [SET_SENT] =
        "UPDATE action SET state = 'sent', attempts = attempts + 1, sent_at = ?3, " MOVED
        "?3 WHERE " KEY " AND state IN ('planned', 'sent')",
    [SET_CONFIRMED] =
        "UPDATE action SET state = 'confirmed', object_id = ?3, "
        "confirmed_at = ?4, " MOVED "?4 WHERE " KEY " AND state IN ('planned', 'sent')",
    [SET_FAILED] = "UPDATE action SET state = 'failed', error = ?3, moved_by = ?4, "
                   "moved_at = ?5 WHERE " KEY " AND state IN ('planned', 'sent')",
    [SET_DROPPED] = "UPDATE action SET state = 'dropped', error = ?3, moved_by = ?4, "
                    "moved_at = ?5 WHERE " KEY " AND state IN ('planned', 'sent')",
    [SET_PLANNED] = "UPDATE action SET state = 'planned', error = '', planned_at = ?3, "
                    "attempts = iif(state = 'sent', max(attempts - 1, 0), 0), " MOVED
                    "?3 WHERE " KEY " AND state IN ('sent', 'failed', 'dropped')",
};
const struct stmt_table action_stmts = { "action", statements,
                                         sizeof(statements) / sizeof(*statements) };

static const char *const kind_words[] = {
    [ACTION_COMMENT] = "comment",           [ACTION_LABEL_ADD] = "label_add",
    [ACTION_LABEL_REMOVE] = "label_remove", [ACTION_STATUS] = "status",
    [ACTION_RELEASE] = "release",           [ACTION_ASSET] = "asset",
};
static const struct names kinds = { kind_words, 6 };

static const char *const state_words[] = {
    [ACTION_PLANNED] = "planned", [ACTION_SENT] = "sent",     [ACTION_CONFIRMED] = "confirmed",
    [ACTION_DROPPED] = "dropped", [ACTION_FAILED] = "failed",
};
static const struct names states = { state_words, ACTION_N_STATES };

const char *action_kind_name(enum action_kind kind)
{
    return kind_words[kind];
}

const char *action_state_name(enum action_state state)
{
    return state_words[state];
}

static void init_keyed(struct query *q, struct db *db, size_t index, int64_t repo_id,
                       const char *key)
{
    query_init(q, db, &action_stmts, index);
    query_i64(q, repo_id);
    query_text(q, key);
}

static int run_plan(struct db *db, size_t index, const struct action *a, int64_t *ret_changed,
                    struct err *err)
{
    struct query q;

    init_keyed(&q, db, index, a->repo_id, a->key);
    query_text(&q, kind_words[a->kind]);
    query_i64(&q, a->number);
    query_text(&q, a->rule);
    query_text(&q, a->reason);
    query_text(&q, a->body);
    query_text(&q, a->precondition);
    query_text(&q, a->caused_by);
    query_i64(&q, a->planned_at);
    return query_run(&q, ret_changed, err);
}

static int is_planned(struct db *db, const struct action *a, int64_t *ret, struct err *err)
{
    struct query q;

    init_keyed(&q, db, IS_PLANNED, a->repo_id, a->key);
    return query_one_i64(&q, ret, err);
}

int action_plan(struct db *db, const struct action *a, enum action_plan_result *ret,
                struct err *err)
{
    enum action_plan_result result = ACTION_PLAN_NEW;
    int64_t n = 0;
    int rc = run_plan(db, PLAN, a, &n, err);

    if (rc == 0 && n == 0) {
        result = ACTION_PLAN_CHANGED;
        rc = run_plan(db, REPLAN, a, &n, err);
    }
    if (rc == 0 && n == 0) {
        rc = is_planned(db, a, &n, err);
        result = n > 0 ? ACTION_PLAN_SAME : ACTION_PLAN_PAST;
    }
    if (rc == 0 && ret)
        *ret = result;
    return rc;
}

struct visitor {
    action_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;
    const struct action a = {
        .repo_id = column_i64(q, 0),
        .key = column_text(q, 1),
        .seq = column_i64(q, 2),
        .kind = (enum action_kind)names_index(&kinds, column_text(q, 3)),
        .number = column_i64(q, 4),
        .rule = column_text(q, 5),
        .reason = column_text(q, 6),
        .body = column_text(q, 7),
        .precondition = column_text(q, 8),
        .state = (enum action_state)names_index(&states, column_text(q, 9)),
        .object_id = column_i64(q, 10),
        .error = column_text(q, 11),
        .attempts = column_i64(q, 12),
        .planned_at = column_i64(q, 13),
        .sent_at = column_i64(q, 14),
        .confirmed_at = column_i64(q, 15),
        .caused_by = column_text(q, 16),
        .edited_by = column_text(q, 17),
    };

    return v->fn(v->ctx, &a, err);
}

int action_get(struct db *db, int64_t repo_id, const char *key, action_fn *fn, void *ctx,
               struct err *err)
{
    struct query q;

    init_keyed(&q, db, GET, repo_id, key);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int action_get_next(struct db *db, int64_t repo_id, int64_t after_seq, action_fn *fn, void *ctx,
                    struct err *err)
{
    struct query q;

    query_init(&q, db, &action_stmts, GET_NEXT);
    query_i64(&q, repo_id);
    query_i64(&q, after_seq);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int action_each(struct db *db, int64_t repo_id, unsigned wanted, action_fn *fn, void *ctx,
                struct err *err)
{
    char set[NAMES_MASK_SIZE];
    struct query q;

    query_init(&q, db, &action_stmts, EACH);
    query_i64(&q, repo_id);
    query_text(&q, names_mask(set, &states, wanted ? wanted : ~0u));
    return query_each(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int action_count(struct db *db, int64_t repo_id, unsigned wanted, int64_t *ret, struct err *err)
{
    char set[NAMES_MASK_SIZE];
    struct query q;

    query_init(&q, db, &action_stmts, COUNT);
    query_i64(&q, repo_id);
    query_text(&q, names_mask(set, &states, wanted ? wanted : ~0u));
    return query_one_i64(&q, ret, err);
}

struct rule_visitor {
    action_rule_fn *fn;
    void *ctx;
};

static int visit_rule(const struct query *q, void *visitor, struct err *err)
{
    const struct rule_visitor *v = visitor;

    return v->fn(v->ctx, column_text(q, 0), column_i64(q, 1), err);
}

int action_each_rule(struct db *db, int64_t repo_id, unsigned wanted, action_rule_fn *fn,
                     void *ctx, struct err *err)
{
    char set[NAMES_MASK_SIZE];
    struct query q;

    query_init(&q, db, &action_stmts, EACH_RULE);
    query_i64(&q, repo_id);
    query_text(&q, names_mask(set, &states, wanted ? wanted : ~0u));
    return query_each(&q, visit_rule, &(struct rule_visitor){ fn, ctx }, err);
}

/* Runs a move; it must find the action in a state that it may leave. */
static int move(struct query *q, const char *key, const char *to, struct err *err)
{
    int64_t changed = 0;
    int rc = query_run(q, &changed, err);

    if (rc == 0 && changed == 0)
        return err_set(err, ERR_CONFLICT, "action '%s' cannot become %s from where it is", key,
                       to);
    return rc;
}

int action_set_sent(struct db *db, int64_t repo_id, const char *key, int64_t at,
                    struct err *err)
{
    struct query q;

    init_keyed(&q, db, SET_SENT, repo_id, key);
    query_i64(&q, at);
    return move(&q, key, "sent", err);
}

int action_set_confirmed(struct db *db, int64_t repo_id, const char *key, int64_t object_id,
                         int64_t at, struct err *err)
{
    struct query q;

    init_keyed(&q, db, SET_CONFIRMED, repo_id, key);
    query_i64(&q, object_id);
    query_i64(&q, at);
    return move(&q, key, "confirmed", err);
}

static int end(struct db *db, size_t index, int64_t repo_id, const char *key,
               const struct action_end *how, struct err *err)
{
    struct query q;

    init_keyed(&q, db, index, repo_id, key);
    query_text(&q, how->why);
    query_text(&q, how->who);
    query_i64(&q, how->at);
    return move(&q, key, index == SET_FAILED ? "failed" : "dropped", err);
}

int action_set_failed(struct db *db, int64_t repo_id, const char *key,
                      const struct action_end *how, struct err *err)
{
    return end(db, SET_FAILED, repo_id, key, how, err);
}

int action_set_dropped(struct db *db, int64_t repo_id, const char *key,
                       const struct action_end *how, struct err *err)
{
    return end(db, SET_DROPPED, repo_id, key, how, err);
}

int action_edit(struct db *db, const struct action_edit *edit, struct err *err)
{
    int64_t changed = 0;
    struct query q;

    init_keyed(&q, db, EDIT, edit->repo_id, edit->key);
    query_text(&q, edit->body);
    query_text(&q, edit->who);
    query_i64(&q, edit->at);
    int rc = query_run(&q, &changed, err);
    if (rc == 0 && changed == 0)
        return err_set(err, ERR_CONFLICT, "action '%s' is not planned any more", edit->key);
    return rc;
}

int action_set_planned(struct db *db, int64_t repo_id, const char *key, int64_t at,
                       struct err *err)
{
    struct query q;

    init_keyed(&q, db, SET_PLANNED, repo_id, key);
    query_i64(&q, at);
    return move(&q, key, "planned", err);
}
