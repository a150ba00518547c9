/* SPDX-License-Identifier: Apache-2.0 */
#include "store/instance.h"

#include <stdio.h>

#include "base/err.h"
#include "store/nouns.h"

enum { GET, SET, SET_ONCE };

static const char *const statements[] = {
    [GET] = "SELECT value FROM instance WHERE key = ?1",
    [SET] = "INSERT INTO instance (key, value) VALUES (?1, ?2) "
            "ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
    [SET_ONCE] = "INSERT INTO instance (key, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
};
const struct stmt_table instance_stmts = { "instance", statements, 3 };

struct visitor {
    int (*fn)(void *ctx, const char *value, struct err *err);
    void *ctx;
};

static int visit(const struct query *q, void *visitor, struct err *err)
{
    const struct visitor *v = visitor;

    return v->fn(v->ctx, column_text(q, 0), err);
}

int instance_get(struct db *db, const char *key,
                 int (*fn)(void *ctx, const char *value, struct err *err), void *ctx,
                 struct err *err)
{
    struct query q;

    query_init(&q, db, &instance_stmts, GET);
    query_text(&q, key);
    return query_one(&q, visit, &(struct visitor){ fn, ctx }, err);
}

static int set(struct db *db, size_t index, const char *key, const char *value, struct err *err)
{
    struct query q;

    query_init(&q, db, &instance_stmts, index);
    query_text(&q, key);
    query_text(&q, value);
    return query_run(&q, NULL, err);
}

int instance_set(struct db *db, const char *key, const char *value, struct err *err)
{
    return set(db, SET, key, value, err);
}

int instance_set_init_at(struct db *db, int64_t at, struct err *err)
{
    char value[24];

    (void)snprintf(value, sizeof(value), "%lld", (long long)at);
    return set(db, SET_ONCE, "init_at", value, err);
}
