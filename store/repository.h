/* SPDX-License-Identifier: Apache-2.0
 * store/repository.h
 * repository: the forge's repository that this instance serves, and who we are there.
 * Structs borrow their strings: for puts from the caller, for gets from the row, alive until
 * the callback returns. */
#ifndef STORE_REPOSITORY_H
#define STORE_REPOSITORY_H
#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

struct repository {
    int64_t id; /* the forge's, stable over renames */
    const char *owner, *name, *default_branch;
    bool is_archived; /* nothing is written */
    int64_t self_id;  /* account id that our token belongs to */
    const char *self_login;
    int64_t first_seen_at;     /* our clock; put keeps the first */
    bool is_adopted;           /* own traces taken in; put keeps it, see the setter */
    int64_t writes_allowed_at; /* when the first plan was approved; put keeps it */
};

/* A new one starts with is_adopted and writes_allowed_at as given; later puts keep them. */
int repository_put(struct db *db, const struct repository *r, enum put_result *ret,
                   struct err *err);
typedef int repository_fn(void *ctx, const struct repository *r, struct err *err);
int repository_get(struct db *db, int64_t id, repository_fn *fn, void *ctx,
                   struct err *err); /* -ERR_NOTFOUND */
/* The one that forge.repo names, as the last cycle found it; before it told, the first seen.
 * -ERR_NOTFOUND before the first sync. */
int repository_get_first(struct db *db, repository_fn *fn, void *ctx, struct err *err);
/* By "owner/name", case ignored. -ERR_NOTFOUND */
int repository_find(struct db *db, const char *full_name, repository_fn *fn, void *ctx,
                    struct err *err);
int repository_set_home(struct db *db, int64_t id, struct err *err);
int repository_set_adopted(struct db *db, int64_t id, struct err *err);
/* For good; who: for the ledger's log (store/action_log.h). */
int repository_allow_writes(struct db *db, int64_t id, const char *who, int64_t at,
                            struct err *err);

#endif
