/* SPDX-License-Identifier: Apache-2.0
 * 1. Holds are in memory: a server that dies has none left, and what its uploads had not
 *    finished is not there.
 * 2. They are looked at and changed under the lock of hub.db, so each sees all others. */
#include "hub/web/quota.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/err.h"
#include "hub/web/access.h"
#include "store/namespace.h"

/* One that grows does so in larger steps, where there is room: each asks hub.db. */
enum { STEP_BYTES = 8 << 20 };

struct quota_hold {
    struct quota *quota;
    struct quota_hold *next;
    char *ns;
    int64_t bytes;
};

struct quota {
    struct access *access;
    int64_t default_bytes;
    struct quota_hold *holds; /* under the access's lock */
};

struct quota *quota_new(struct access *access, int64_t default_bytes)
{
    struct quota *quota = xcalloc(1, sizeof(*quota));

    *quota = (struct quota){ .access = access, .default_bytes = default_bytes };
    return quota;
}

void quota_free(struct quota *quota)
{
    free(quota);
}

static int take_quota(void *ctx, const struct namespace_row *row, struct err *err)
{
    (void)err;
    *(int64_t *)ctx = row->quota_bytes;
    return 0;
}

static int64_t limit_of(const struct quota *quota, struct db *db, const char *ns)
{
    int64_t own = 0;

    (void)namespace_get(db, ns, take_quota, &own, NULL);
    return own ? own : quota->default_bytes;
}

static int64_t left_of(const struct quota *quota, struct db *db, const char *ns)
{
    int64_t limit = limit_of(quota, db, ns), used = 0;

    if (limit == 0)
        return -1;
    if (hosted_repo_sum_bytes(db, ns, &used, NULL) < 0)
        return 0;
    for (const struct quota_hold *hold = quota->holds; hold; hold = hold->next)
        if (strcasecmp(hold->ns, ns) == 0)
            used += hold->bytes;
    return used < limit ? limit - used : 0;
}

int64_t quota_of(struct quota *quota, const char *ns)
{
    int64_t limit = limit_of(quota, access_lock(quota->access), ns);

    access_unlock(quota->access);
    return limit;
}

int64_t quota_left(struct quota *quota, const char *ns)
{
    int64_t left = left_of(quota, access_lock(quota->access), ns);

    access_unlock(quota->access);
    return left;
}

int quota_take(struct quota_hold **ret, struct quota *quota, const char *ns, int64_t bytes,
               struct err *err)
{
    struct quota_hold *hold = xcalloc(1, sizeof(*hold));

    *hold = (struct quota_hold){ .quota = quota, .ns = xstrdup(ns) };
    (void)access_lock(quota->access);
    hold->next = quota->holds;
    quota->holds = hold;
    access_unlock(quota->access);
    int rc = bytes > 0 ? quota_grow(hold, bytes, err) : 0;
    if (rc < 0)
        quota_release(hold);
    else
        *ret = hold;
    return rc;
}

int quota_grow(struct quota_hold *hold, int64_t bytes, struct err *err)
{
    int64_t more = bytes - hold->bytes; /* nobody else changes a hold */
    int rc = 0;

    if (more <= 0)
        return 0;
    int64_t left = left_of(hold->quota, access_lock(hold->quota->access), hold->ns);
    if (left >= 0 && more > left)
        rc = err_set(err, ERR_LIMIT, "the namespace's storage quota would be exceeded");
    else if (hold->bytes > 0 && more < STEP_BYTES && (left < 0 || left >= STEP_BYTES))
        hold->bytes += STEP_BYTES;
    else
        hold->bytes = bytes;
    access_unlock(hold->quota->access);
    return rc;
}

int64_t quota_room(const struct quota_hold *hold)
{
    int64_t left = quota_left(hold->quota, hold->ns);

    return left < 0 ? left : left + hold->bytes;
}

static int take_id(void *ctx, const struct hosted_repo *repo, struct err *err)
{
    (void)err;
    *(int64_t *)ctx = repo->id;
    return 0;
}

static void add_bytes(struct db *db, const struct hosted_name *name, int64_t bytes)
{
    int64_t id = 0;

    if (hosted_repo_find(db, name, take_id, &id, NULL) == 0)
        (void)hosted_repo_add_bytes(db, id, bytes, NULL);
}

void quota_uncount(struct quota *quota, const struct hosted_name *name, int64_t bytes)
{
    add_bytes(access_lock(quota->access), name, -bytes);
    access_unlock(quota->access);
}

void quota_count(struct quota_hold *hold, const struct hosted_name *name, int64_t bytes)
{
    add_bytes(access_lock(hold->quota->access), name, bytes);
    hold->bytes -= bytes < hold->bytes ? bytes : hold->bytes;
    access_unlock(hold->quota->access);
}

void quota_release(struct quota_hold *hold)
{
    struct quota_hold **at;

    if (!hold)
        return;
    (void)access_lock(hold->quota->access);
    for (at = &hold->quota->holds; *at != hold;)
        at = &(*at)->next;
    *at = hold->next;
    access_unlock(hold->quota->access);
    free(hold->ns);
    free(hold);
}
