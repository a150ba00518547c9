/* SPDX-License-Identifier: Apache-2.0 */
#include "store/hosted_repo.h"

#include "base/err.h"
#include "store/nouns.h"

#define COLUMNS                                                                                \
    "r.id, r.kind, r.namespace, r.name, r.visibility, r.gated, r.blob_bytes, "                 \
    "r.created_at"
#define KEY "kind = ?1 AND namespace = ?2 AND name = ?3"

enum {
    ADD,
    FIND,
    FIND_MOVED,
    UPDATE,
    REMEMBER,
    FORGET,
    RENAME,
    REMOVE,
    ADD_BYTES,
    SUM_BYTES,
    GATE_PUT,
    GATE_GET,
    GATE_EACH,
};

static const char *const statements[] = {
    [ADD] = "INSERT INTO hosted_repo (kind, namespace, name, visibility, gated, blob_bytes, "
            "created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING "
            "RETURNING id",
    [FIND] = "SELECT " COLUMNS " FROM hosted_repo r WHERE " KEY,
    [FIND_MOVED] =
        "SELECT " COLUMNS " FROM moved_repo m JOIN hosted_repo r ON r.id = m.repo_id "
        "WHERE m.kind = ?1 AND m.namespace = ?2 AND m.name = ?3",
    [UPDATE] = "UPDATE hosted_repo SET visibility = ?2, gated = ?3, blob_bytes = ?4 "
               "WHERE id = ?1",
    [REMEMBER] = "INSERT INTO moved_repo (kind, namespace, name, repo_id) "
                 "SELECT kind, namespace, name, id FROM hosted_repo WHERE id = ?1 "
                 "ON CONFLICT DO UPDATE SET repo_id = excluded.repo_id",
    [FORGET] = "DELETE FROM moved_repo WHERE " KEY,
    [RENAME] = "UPDATE hosted_repo SET namespace = ?2, name = ?3 WHERE id = ?1",
    [REMOVE] = "DELETE FROM hosted_repo WHERE id = ?1",
    [ADD_BYTES] = "UPDATE hosted_repo SET blob_bytes = max(0, blob_bytes + ?2) WHERE id = ?1",
    [SUM_BYTES] = "SELECT coalesce(sum(blob_bytes), 0) FROM hosted_repo "
                  "WHERE kind IN ('model', 'dataset') AND namespace = ?1",
    [GATE_PUT] = "INSERT INTO gate_entry (repo_id, person, state, asked_at) "
                 "VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET state = excluded.state",
    [GATE_GET] = "SELECT state FROM gate_entry WHERE repo_id = ?1 AND person = ?2",
    [GATE_EACH] = "SELECT person, state, asked_at FROM gate_entry "
                  "WHERE repo_id = ?1 AND state = ?2 AND person > ?3 ORDER BY person LIMIT ?4",
};
const struct stmt_table hosted_repo_stmts = { "hosted_repo", statements, 13 };

static const char *const kind_words[] = { "model", "dataset" };
static const struct names kinds = { kind_words, 2 };
static const char *const gate_words[] = { "", "auto", "manual" };
static const struct names gates = { gate_words, 3 };
static const char *const state_words[] = { "pending", "accepted", "refused" };
static const struct names states = { state_words, 3 };

static const char *visibility(const struct hosted_repo *repo)
{
    return repo->is_private ? "private" : "public";
}

int hosted_repo_add(struct db *db, const struct hosted_repo *repo, int64_t *ret_id,
                    struct err *err)
{
    struct query q;

    query_init(&q, db, &hosted_repo_stmts, ADD);
    query_text(&q, kind_words[repo->kind]);
    query_text(&q, repo->ns);
    query_text(&q, repo->name);
    query_text(&q, visibility(repo));
    query_text(&q, gate_words[repo->gate]);
    query_i64(&q, repo->blob_bytes);
    query_i64(&q, repo->created_at);
    int rc = query_one_i64(&q, ret_id, err);
    if (rc == -ERR_NOTFOUND)
        rc = err_set(err, ERR_EXISTS, "there is a repository '%.96s/%.96s' already", repo->ns,
                     repo->name);
    return rc;
}

struct visitor {
    hosted_repo_fn *fn;
    void *ctx;
};

static int visit(const struct query *q, void *ctx, struct err *err)
{
    const struct visitor *v = ctx;
    const struct hosted_repo repo = {
        .id = column_i64(q, 0),
        .kind = (enum hosted_kind)names_index(&kinds, column_text(q, 1)),
        .ns = column_text(q, 2),
        .name = column_text(q, 3),
        .is_private = column_text(q, 4)[1] == 'r', /* private, public */
        .gate = (enum hosted_gate)names_index(&gates, column_text(q, 5)),
        .blob_bytes = column_i64(q, 6),
        .created_at = column_i64(q, 7),
    };

    return v->fn(v->ctx, &repo, err);
}

static void init_named(struct query *q, struct db *db, size_t statement,
                       const struct hosted_name *name)
{
    query_init(q, db, &hosted_repo_stmts, statement);
    query_text(q, kind_words[name->kind]);
    query_text(q, name->ns);
    query_text(q, name->name);
}

int hosted_repo_find(struct db *db, const struct hosted_name *name, hosted_repo_fn *fn,
                     void *ctx, struct err *err)
{
    struct query q;

    init_named(&q, db, FIND, name);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int hosted_repo_find_moved(struct db *db, const struct hosted_name *name, hosted_repo_fn *fn,
                           void *ctx, struct err *err)
{
    struct query q;

    init_named(&q, db, FIND_MOVED, name);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

int hosted_repo_update(struct db *db, const struct hosted_repo *repo, struct err *err)
{
    struct query q;

    query_init(&q, db, &hosted_repo_stmts, UPDATE);
    query_i64(&q, repo->id);
    query_text(&q, visibility(repo));
    query_text(&q, gate_words[repo->gate]);
    query_i64(&q, repo->blob_bytes);
    return query_run(&q, NULL, err);
}

int hosted_repo_rename(struct db *db, int64_t id, const struct hosted_name *to, struct err *err)
{
    struct query q;

    int rc = save_begin(db, err);
    if (rc < 0)
        return rc;
    query_init(&q, db, &hosted_repo_stmts, REMEMBER);
    query_i64(&q, id);
    rc = query_run(&q, NULL, err);
    if (rc == 0) {
        query_init(&q, db, &hosted_repo_stmts, RENAME);
        query_i64(&q, id);
        query_text(&q, to->ns);
        query_text(&q, to->name);
        rc = query_run(&q, NULL, err);
    }
    if (rc == 0) {
        init_named(&q, db, FORGET, to);
        rc = query_run(&q, NULL, err);
    }
    return save_end(db, rc, err);
}

int hosted_repo_remove(struct db *db, int64_t id, struct err *err)
{
    struct query q;

    query_init(&q, db, &hosted_repo_stmts, REMOVE);
    query_i64(&q, id);
    return query_run(&q, NULL, err);
}

int hosted_repo_add_bytes(struct db *db, int64_t id, int64_t bytes, struct err *err)
{
    struct query q;

    query_init(&q, db, &hosted_repo_stmts, ADD_BYTES);
    query_i64(&q, id);
    query_i64(&q, bytes);
    return query_run(&q, NULL, err);
}

int hosted_repo_sum_bytes(struct db *db, const char *ns, int64_t *ret, struct err *err)
{
    struct query q;

    query_init(&q, db, &hosted_repo_stmts, SUM_BYTES);
    query_text(&q, ns);
    return query_one_i64(&q, ret, err);
}

int gate_entry_put(struct db *db, int64_t repo_id, const char *person, enum gate_state state,
                   int64_t asked_at, struct err *err)
{
    struct query q;

    query_init(&q, db, &hosted_repo_stmts, GATE_PUT);
    query_i64(&q, repo_id);
    query_text(&q, person);
    query_text(&q, state_words[state]);
    query_i64(&q, asked_at);
    return query_run(&q, NULL, err);
}

static int take_state(const struct query *q, void *ctx, struct err *err)
{
    (void)err;
    *(enum gate_state *)ctx = (enum gate_state)names_index(&states, column_text(q, 0));
    return 0;
}

int gate_entry_get(struct db *db, int64_t repo_id, const char *person, enum gate_state *ret,
                   struct err *err)
{
    struct query q;

    query_init(&q, db, &hosted_repo_stmts, GATE_GET);
    query_i64(&q, repo_id);
    query_text(&q, person);
    return query_one(&q, take_state, ret, err);
}

struct gate_visitor {
    gate_entry_fn *fn;
    void *ctx;
};

static int visit_entry(const struct query *q, void *ctx, struct err *err)
{
    const struct gate_visitor *v = ctx;
    const struct gate_entry entry = {
        .person = column_text(q, 0),
        .state = (enum gate_state)names_index(&states, column_text(q, 1)),
        .asked_at = column_i64(q, 2),
    };

    return v->fn(v->ctx, &entry, err);
}

int gate_entry_each(struct db *db, int64_t repo_id, enum gate_state state,
                    const struct gate_page *page, gate_entry_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &hosted_repo_stmts, GATE_EACH);
    query_i64(&q, repo_id);
    query_text(&q, state_words[state]);
    query_text(&q, page->after);
    query_i64(&q, page->max);
    return query_each(&q, visit_entry, &(struct gate_visitor){ fn, ctx }, err);
}
