/* SPDX-License-Identifier: Apache-2.0 */
#include "store/namespace.h"

#include <stdio.h>

#include "base/err.h"
#include "store/nouns.h"

enum { ADD, GET, EACH, SET_QUOTA, JOIN, LEAVE, ROLE, EACH_ORG, EACH_MEMBER, ADD_KEY, GET_KEY };

static const char *const statements[] = {
    [ADD] = "INSERT INTO namespace (name, kind, quota_bytes, created_at) "
            "VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
    [GET] = "SELECT name, kind, quota_bytes, created_at FROM namespace WHERE name = ?1",
    [EACH] = "SELECT name, kind, quota_bytes, created_at FROM namespace ORDER BY name",
    [SET_QUOTA] = "UPDATE namespace SET quota_bytes = ?2 WHERE name = ?1",
    [JOIN] = "INSERT INTO member (org, person, role) VALUES (?1, ?2, ?3) "
             "ON CONFLICT DO UPDATE SET role = excluded.role",
    [LEAVE] = "DELETE FROM member WHERE org = ?1 AND person = ?2",
    [ROLE] = "SELECT role FROM member WHERE org = ?1 AND person = ?2",
    [EACH_ORG] = "SELECT org, role FROM member INDEXED BY member_by_person WHERE person = ?1 "
                 "ORDER BY org",
    [EACH_MEMBER] = "SELECT person, role FROM member WHERE org = ?1 ORDER BY person",
    [ADD_KEY] = "INSERT INTO hub_key (purpose, hex) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    [GET_KEY] = "SELECT hex FROM hub_key WHERE purpose = ?1",
};
const struct stmt_table namespace_stmts = { "namespace", statements, 11 };

static const char *const kind_words[] = { "user", "org" };
static const struct names kinds = { kind_words, 2 };
static const char *const role_words[] = { "read", "write", "admin" };
static const struct names roles = { role_words, 3 };

int namespace_add(struct db *db, const struct namespace_row *row, enum put_result *ret,
                  struct err *err)
{
    struct query q;
    int64_t changed = 0;

    query_init(&q, db, &namespace_stmts, ADD);
    query_text(&q, row->name);
    query_text(&q, kind_words[row->kind]);
    query_i64(&q, row->quota_bytes);
    query_i64(&q, row->created_at);
    int rc = query_run(&q, &changed, err);
    if (rc == 0)
        *ret = changed ? PUT_NEW : PUT_SAME;
    return rc;
}

struct namespace_visitor {
    namespace_fn *fn;
    void *ctx;
};

static int visit_namespace(const struct query *q, void *ctx, struct err *err)
{
    const struct namespace_visitor *v = ctx;
    const struct namespace_row row = {
        .name = column_text(q, 0),
        .kind = (enum namespace_kind)names_index(&kinds, column_text(q, 1)),
        .quota_bytes = column_i64(q, 2),
        .created_at = column_i64(q, 3),
    };

    return v->fn(v->ctx, &row, err);
}

int namespace_get(struct db *db, const char *name, namespace_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &namespace_stmts, GET);
    query_text(&q, name);
    return query_one(&q, visit_namespace, &(struct namespace_visitor){ fn, ctx }, err);
}

int namespace_each(struct db *db, namespace_fn *fn, void *ctx, struct err *err)
{
    struct query q;

    query_init(&q, db, &namespace_stmts, EACH);
    return query_each(&q, visit_namespace, &(struct namespace_visitor){ fn, ctx }, err);
}

int namespace_set_quota(struct db *db, const char *name, int64_t bytes, struct err *err)
{
    struct query q;
    int64_t changed = 0;

    query_init(&q, db, &namespace_stmts, SET_QUOTA);
    query_text(&q, name);
    query_i64(&q, bytes);
    int rc = query_run(&q, &changed, err);
    if (rc == 0 && changed == 0)
        rc = err_set(err, ERR_NOTFOUND, "no namespace '%.96s'", name);
    return rc;
}

int member_put(struct db *db, const char *org, const char *person, enum member_role role,
               struct err *err)
{
    struct query q;

    query_init(&q, db, &namespace_stmts, JOIN);
    query_text(&q, org);
    query_text(&q, person);
    query_text(&q, role_words[role]);
    return query_run(&q, NULL, err);
}

int member_remove(struct db *db, const char *org, const char *person, struct err *err)
{
    struct query q;
    int64_t changed = 0;

    query_init(&q, db, &namespace_stmts, LEAVE);
    query_text(&q, org);
    query_text(&q, person);
    int rc = query_run(&q, &changed, err);
    if (rc == 0 && changed == 0)
        rc = err_set(err, ERR_NOTFOUND, "'%.96s' is no member of '%.96s'", person, org);
    return rc;
}

static int take_role(const struct query *q, void *ctx, struct err *err)
{
    (void)err;
    *(enum member_role *)ctx = (enum member_role)names_index(&roles, column_text(q, 0));
    return 0;
}

int member_get(struct db *db, const char *org, const char *person, enum member_role *ret,
               struct err *err)
{
    struct query q;

    query_init(&q, db, &namespace_stmts, ROLE);
    query_text(&q, org);
    query_text(&q, person);
    return query_one(&q, take_role, ret, err);
}

struct member_visitor {
    member_fn *fn;
    void *ctx;
};

static int visit_member(const struct query *q, void *ctx, struct err *err)
{
    const struct member_visitor *v = ctx;

    return v->fn(v->ctx, column_text(q, 0),
                 (enum member_role)names_index(&roles, column_text(q, 1)), err);
}

static int each_member(struct db *db, size_t statement, const char *name,
                       struct member_visitor *visitor, struct err *err)
{
    struct query q;

    query_init(&q, db, &namespace_stmts, statement);
    query_text(&q, name);
    return query_each(&q, visit_member, visitor, err);
}

int member_each_org(struct db *db, const char *person, member_fn *fn, void *ctx,
                    struct err *err)
{
    return each_member(db, EACH_ORG, person, &(struct member_visitor){ fn, ctx }, err);
}

int member_each(struct db *db, const char *org, member_fn *fn, void *ctx, struct err *err)
{
    return each_member(db, EACH_MEMBER, org, &(struct member_visitor){ fn, ctx }, err);
}

const char *member_role_name(enum member_role role)
{
    return role_words[role];
}

int member_role_parse(enum member_role *ret, const char *word, struct err *err)
{
    int found = names_find(&roles, word);

    if (found < 0)
        return err_set(err, ERR_USAGE, "'%.64s' is none of read, write, admin", word);
    *ret = (enum member_role)found;
    return 0;
}

static int take_key(const struct query *q, void *ctx, struct err *err)
{
    (void)err;
    (void)snprintf(ctx, 65, "%s", column_text(q, 0));
    return 0;
}

int hub_key_get(struct db *db, const char *purpose, const char *fresh_hex, char ret_hex[65],
                struct err *err)
{
    struct query q;

    query_init(&q, db, &namespace_stmts, ADD_KEY);
    query_text(&q, purpose);
    query_text(&q, fresh_hex);
    int rc = query_run(&q, NULL, err);
    if (rc < 0)
        return rc;
    query_init(&q, db, &namespace_stmts, GET_KEY);
    query_text(&q, purpose);
    return query_one(&q, take_key, ret_hex, err);
}
