/* SPDX-License-Identifier: Apache-2.0
 * store/release.h
 * release: a version with all its files, on the forge and in the hub repository.
 *
 *     release_put --> planned --release_set_forge_id, release_set_hub_commit,
 *                              release_file_set_asset, release_set_published--> published
 *
 * A published release never changes. Versions are ordered by their numbers (1.10.0 is above
 * 1.9.0). Structs borrow their strings: for puts from the caller, for gets from the row, alive
 * until the callback returns. */
#ifndef STORE_RELEASE_H
#define STORE_RELEASE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

struct release {
    int64_t repo_id;
    const char *version; /* "1.1.0" */
    const char *run_id;  /* the run whose candidate it carries */
    const char *model_sha256;
    const char *target_sha; /* commit of the default branch that the tag names */
    int64_t dated_at;       /* merge time of its newest contribution */
    bool is_published;
    int64_t forge_id;       /* the forge's release id, 0 until it exists */
    const char *hub_commit; /* commit in the hub repository, "" until it exists */
};

/* Plans one, or updates a planned one; -ERR_CONFLICT for a published one that differs. */
int release_put(struct db *db, const struct release *r, enum put_result *ret, struct err *err);

typedef int release_fn(void *ctx, const struct release *r, struct err *err);
int release_get(struct db *db, int64_t repo_id, const char *version, release_fn *fn, void *ctx,
                struct err *err); /* -ERR_NOTFOUND */
int release_get_latest(struct db *db, int64_t repo_id, release_fn *fn, void *ctx,
                       struct err *err); /* published, highest version; -ERR_NOTFOUND */
int release_get_planned(struct db *db, int64_t repo_id, release_fn *fn, void *ctx,
                        struct err *err); /* lowest version not published; -ERR_NOTFOUND */
int release_each(struct db *db, int64_t repo_id, release_fn *fn, void *ctx,
                 struct err *err); /* by version, ascending */

/* All three: -ERR_NOTFOUND without such a release. */
int release_set_forge_id(struct db *db, int64_t repo_id, const char *version, int64_t forge_id,
                         struct err *err);
int release_set_hub_commit(struct db *db, int64_t repo_id, const char *version,
                           const char *hub_commit, struct err *err);
int release_set_published(struct db *db, int64_t repo_id, const char *version, struct err *err);

struct release_file {
    int64_t repo_id;
    const char *version;
    const char *name; /* path inside the release */
    const char *sha256;
    int64_t size;     /* bytes */
    int64_t asset_id; /* the forge's asset id, 0 until uploaded */
};

int release_file_put(struct db *db, const struct release_file *f, enum put_result *ret,
                     struct err *err);
int release_file_set_asset(struct db *db, int64_t repo_id, const char *version,
                           const char *name, int64_t asset_id, struct err *err);
typedef int release_file_fn(void *ctx, const struct release_file *f, struct err *err);
int release_each_file(struct db *db, int64_t repo_id, const char *version, release_file_fn *fn,
                      void *ctx, struct err *err); /* by name */

#endif
