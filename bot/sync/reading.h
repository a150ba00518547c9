/* SPDX-License-Identifier: Apache-2.0
 * bot/sync/reading.h
 * reading: one sync under way; the inside of bot/sync/.
 * rows_*  store one row each in the caller's transaction; list_* read one list each; follow_*
 * find out what a list does not tell: deletions; visit_* read thread by thread what a forge has
 * no list of. */
#ifndef BOT_SYNC_READING_H
#define BOT_SYNC_READING_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/forge/forge.h"
#include "bot/sync/sync.h"
#include "store/entry.h"
#include "store/sync_list.h"

/* Of one list in one sync; a million items. Past it the forge leads us in circles. */
enum { READING_MAX_PAGES = 10000 };

struct reading {
    const struct sync_options *options;
    struct db *db;
    struct forge *forge;
    int64_t repo_id, self_id;
    int64_t n_open;    /* threads, as the repository counts them */
    bool hides_issues; /* switched off: what is not shown is not gone */
    struct sync_result *result;
};

int reading_check_pages(int64_t n_pages, struct err *err); /* -ERR_LIMIT */

/* Ids seen in a list, to find what is missing from it. */
struct id_set {
    int64_t *ids;
    size_t n, cap;
};
void id_set_add(struct id_set *set, int64_t id);
void id_set_sort(struct id_set *set); /* before asking */
bool id_set_has(const struct id_set *set, int64_t id);
void id_set_finish(struct id_set *set);

/* A sync_list row that owns its text. */
struct cursor {
    struct sync_list row;
    char *next_url, *gap;
};
int cursor_load(struct cursor *c, const struct reading *rd, enum sync_list_name name,
                struct err *err);
void cursor_init(struct cursor *c, const struct reading *rd, enum sync_list_name name);
void cursor_set_next(struct cursor *c, const char *next_url);
void cursor_set_gap(struct cursor *c, const char *gap);
int cursor_store(const struct cursor *c, const struct reading *rd, struct err *err);
void cursor_finish(struct cursor *c);

int rows_put_thread(struct reading *rd, const struct forge_thread *t, struct err *err);
int rows_put_entry(struct reading *rd, const struct forge_entry *e, struct err *err);
int rows_put_event(struct reading *rd, const struct forge_event *e, struct err *err);
/* All rows of a page; *ret_newest_at is the newest updated_at among them, 0 for none. */
int rows_put_page(struct reading *rd, const struct forge_page *page, int64_t *ret_newest_at,
                  struct err *err);

/* Brings one of the lists ordered by time up to date: walks it once, then polls. With seen it
 * is walked again from its beginning, and the ids (of threads: numbers) are added to seen. */
int list_follow(struct reading *rd, enum sync_list_name name, struct id_set *seen,
                struct err *err);
/* Brings the events up to date: newest first, back to what is known. */
int list_follow_events(struct reading *rd, struct err *err);

/* Where a forge has no list of events and of review comments: reads them of each thread that
 * changed since it was visited last. */
int visit_changed(struct reading *rd, struct err *err);

/* Threads of the page that have fewer comments than we hold: reads those comments again and
 * marks what is missing as deleted. Not inside a transaction. */
int follow_deletions(struct reading *rd, const struct forge_page *page, struct err *err);
/* Every list from its beginning; what we hold and the forge no longer shows is marked. */
int follow_everything(struct reading *rd, struct err *err);
/* Threads and comments that the repository counts no more: no list tells of them. */
int follow_vanished(struct reading *rd, struct err *err);
/* Marks what is deleted, or a thread that was transferred away. */
int follow_gone(struct reading *rd, int64_t number, struct err *err);
int follow_deleted(struct reading *rd, enum entry_kind kind, int64_t id, struct err *err);
int follow_own_deleted(struct reading *rd, int64_t id, struct err *err);

#endif
