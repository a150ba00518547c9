/* SPDX-License-Identifier: Apache-2.0
 * store/namespace.h
 * namespace: the people and organisations that hosted repositories belong to, in hub.db.
 * Names are compared without regard to case. */
#ifndef STORE_NAMESPACE_H
#define STORE_NAMESPACE_H
#include <stdint.h>

#include "store/db.h"

enum namespace_kind { NAMESPACE_USER, NAMESPACE_ORG };
enum member_role { MEMBER_READ, MEMBER_WRITE, MEMBER_ADMIN };

struct namespace_row {
    const char *name;
    enum namespace_kind kind;
    int64_t quota_bytes; /* 0: the instance's default */
    int64_t created_at;
};
typedef int namespace_fn(void *ctx, const struct namespace_row *row, struct err *err);

/* PUT_SAME when the name is taken already, by either kind. */
int namespace_add(struct db *db, const struct namespace_row *row, enum put_result *ret,
                  struct err *err);
int namespace_get(struct db *db, const char *name, namespace_fn *fn, void *ctx,
                  struct err *err); /* -ERR_NOTFOUND */
int namespace_each(struct db *db, namespace_fn *fn, void *ctx, struct err *err);
int namespace_set_quota(struct db *db, const char *name, int64_t bytes, struct err *err);

/* Makes somebody a member, or changes the role. */
int member_put(struct db *db, const char *org, const char *person, enum member_role role,
               struct err *err);
int member_remove(struct db *db, const char *org, const char *person, struct err *err);
/* -ERR_NOTFOUND for who is none. */
int member_get(struct db *db, const char *org, const char *person, enum member_role *ret,
               struct err *err);
/* The organisations of a person, or the members of an organisation, with their roles. */
typedef int member_fn(void *ctx, const char *name, enum member_role role, struct err *err);
int member_each_org(struct db *db, const char *person, member_fn *fn, void *ctx,
                    struct err *err);
int member_each(struct db *db, const char *org, member_fn *fn, void *ctx, struct err *err);
const char *member_role_name(enum member_role role);
int member_role_parse(enum member_role *ret, const char *word, struct err *err);

/* A key of this instance, made at its first use. */
int hub_key_get(struct db *db, const char *purpose, const char *fresh_hex, char ret_hex[65],
                struct err *err);

#endif
