/* SPDX-License-Identifier: Apache-2.0
 * hub/web/catalogue.h
 * catalogue: what lists show of each repository, kept in memory so that a list opens none that
 * did not change. Private to hub/web.
 * It is no source of truth and can be dropped at any time: each look compares the repository's
 * stamp (hub/repo/stamp.h), so whatever any process wrote before a request is in its answer.
 * What git holds is kept, for all repositories alike; who may see one, and whatever else stands
 * in hub.db, is asked there each time. Memory is bounded: what is large, or too much in all, is
 * read each time. For any number of threads. */
#ifndef HUB_WEB_CATALOGUE_H
#define HUB_WEB_CATALOGUE_H
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/json.h"
#include "store/hosted_repo.h"

struct catalogue;

enum { CATALOGUE_MAX_ENTRY_BYTES = 256 << 10, CATALOGUE_MAX_BYTES = 256 << 20 };

struct catalogue *catalogue_new(const struct clock *clock);
void catalogue_free(struct catalogue *catalogue); /* NULL is fine */

/* model_content() of the branch main; NULL when there is none, or it cannot be read. Shared:
 * the caller does not change it, and ends with json_decref(). */
json_t *catalogue_get(struct catalogue *catalogue, enum hosted_kind kind, const char *root,
                      const char *id);

/* These are all of a kind that there are, sorted by byte value: others are dropped. */
void catalogue_keep(struct catalogue *catalogue, enum hosted_kind kind, char **ids, size_t n);

struct catalogue_state {
    size_t n, bytes; /* kept now */
    int64_t n_read;  /* how often a repository was opened */
};
void catalogue_look(struct catalogue_state *ret, struct catalogue *catalogue);

#endif
