/* SPDX-License-Identifier: Apache-2.0
 * store/hosted_repo.h
 * hosted_repo: what hub.db knows of a repository beside its content: who may see it.
 * A repository on disk without a row is a public one. */
#ifndef STORE_HOSTED_REPO_H
#define STORE_HOSTED_REPO_H
#include <stdint.h>

#include "store/db.h"

enum hosted_kind { HOSTED_MODEL, HOSTED_DATASET };
enum hosted_gate { GATE_NONE, GATE_AUTO, GATE_MANUAL };
enum gate_state { ENTRY_PENDING, ENTRY_ACCEPTED, ENTRY_REFUSED };

struct hosted_repo {
    int64_t id;
    enum hosted_kind kind;
    const char *ns, *name;
    bool is_private;
    enum hosted_gate gate;
    int64_t blob_bytes; /* of its large files */
    int64_t created_at;
};
typedef int hosted_repo_fn(void *ctx, const struct hosted_repo *repo, struct err *err);

/* -ERR_EXISTS when there is one of that kind and name. id is not looked at. */
int hosted_repo_add(struct db *db, const struct hosted_repo *repo, int64_t *ret_id,
                    struct err *err);
struct hosted_name {
    enum hosted_kind kind;
    const char *ns, *name;
};
int hosted_repo_find(struct db *db, const struct hosted_name *name, hosted_repo_fn *fn,
                     void *ctx, struct err *err); /* -ERR_NOTFOUND */
/* Where a repository is now that had that name before. */
int hosted_repo_find_moved(struct db *db, const struct hosted_name *name, hosted_repo_fn *fn,
                           void *ctx, struct err *err);
/* is_private, gate and blob_bytes of the row with that id. */
int hosted_repo_update(struct db *db, const struct hosted_repo *repo, struct err *err);
/* The old name is remembered. */
int hosted_repo_rename(struct db *db, int64_t id, const struct hosted_name *to,
                       struct err *err);
int hosted_repo_remove(struct db *db, int64_t id, struct err *err);
int hosted_repo_add_bytes(struct db *db, int64_t id, int64_t bytes, struct err *err);
/* Of all large files under a namespace. */
int hosted_repo_sum_bytes(struct db *db, const char *ns, int64_t *ret, struct err *err);

int gate_entry_put(struct db *db, int64_t repo_id, const char *person, enum gate_state state,
                   int64_t asked_at, struct err *err);
int gate_entry_get(struct db *db, int64_t repo_id, const char *person, enum gate_state *ret,
                   struct err *err); /* -ERR_NOTFOUND */
struct gate_entry {
    const char *person;
    enum gate_state state;
    int64_t asked_at;
};
struct gate_page {
    const char *after;
    int64_t max;
};
typedef int gate_entry_fn(void *ctx, const struct gate_entry *entry, struct err *err);
/* Those in that state, by name, the first max behind `after` (""). */
int gate_entry_each(struct db *db, int64_t repo_id, enum gate_state state,
                    const struct gate_page *page, gate_entry_fn *fn, void *ctx,
                    struct err *err);

#endif
