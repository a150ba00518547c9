/* SPDX-License-Identifier: Apache-2.0 */
#include "store/delivery.h"

#include "store/nouns.h"

enum { PUT, EXPIRE };

static const char *const statements[] = {
    [PUT] = "INSERT INTO delivery (id, received_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    [EXPIRE] = "DELETE FROM delivery INDEXED BY delivery_by_age WHERE received_at < ?1",
};
const struct stmt_table delivery_stmts = { "delivery", statements, 2 };

int delivery_put(struct db *db, const char *id, int64_t received_at, enum put_result *ret,
                 struct err *err)
{
    int64_t n = 0;
    struct query q;

    query_init(&q, db, &delivery_stmts, PUT);
    query_text(&q, id);
    query_i64(&q, received_at);
    int rc = query_run(&q, &n, err);
    if (rc == 0)
        *ret = n > 0 ? PUT_NEW : PUT_SAME;
    return rc;
}

int delivery_expire(struct db *db, int64_t received_before_at, struct err *err)
{
    struct query q;

    query_init(&q, db, &delivery_stmts, EXPIRE);
    query_i64(&q, received_before_at);
    return query_run(&q, NULL, err);
}
