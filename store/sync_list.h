/* SPDX-License-Identifier: Apache-2.0
 * store/sync_list.h
 * sync_list: where each repository-wide list of the forge stands.
 * Put in the transaction of the page it stands behind, so that a killed reading resumes. */
#ifndef STORE_SYNC_LIST_H
#define STORE_SYNC_LIST_H
#include <stdint.h>

#include "store/db.h"

enum sync_list_name { SYNC_ISSUES, SYNC_COMMENTS, SYNC_REVIEW_COMMENTS, SYNC_EVENTS };
const char *sync_list_label(enum sync_list_name name); /* "issues", "comments", ... */

enum sync_phase { SYNC_WALK, SYNC_POLL }; /* first reading, following */

struct sync_list {
    int64_t repo_id;
    enum sync_list_name name;
    enum sync_phase phase;
    int64_t since_at;     /* poll: the newest updated_at seen */
    int64_t newest_id;    /* events: the newest id of the last finished reading */
    int64_t target_id;    /* events: the newest id when this reading began */
    const char *next_url; /* path and query of the page to read next, "" at rest */
    const char *gap;      /* what could not be read, "" when nothing is missing */
};

int sync_list_put(struct db *db, const struct sync_list *s, enum put_result *ret,
                  struct err *err);
typedef int sync_list_fn(void *ctx, const struct sync_list *s, struct err *err);
int sync_list_get(struct db *db, int64_t repo_id, enum sync_list_name name, sync_list_fn *fn,
                  void *ctx, struct err *err); /* -ERR_NOTFOUND before the first reading */
int sync_list_each(struct db *db, int64_t repo_id, sync_list_fn *fn, void *ctx,
                   struct err *err);

#endif
