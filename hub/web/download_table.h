/* SPDX-License-Identifier: Apache-2.0
 * hub/web/download_table.h
 * download_table: the downloads of all repositories of a kind at one moment, read once for a
 * list that is sorted by them. Private to hub/web. */
#ifndef HUB_WEB_DOWNLOAD_TABLE_H
#define HUB_WEB_DOWNLOAD_TABLE_H
#include "store/download.h"

struct download_table;
struct downloads;

struct download_table *download_table_new(struct downloads *downloads, enum hosted_kind kind);
void download_table_free(struct download_table *table); /* NULL is fine */

/* Nothing but zeros for one that nobody took. */
void download_table_get(struct download_sums *ret, const struct download_table *table,
                        const struct hosted_name *name);

#endif
