/* SPDX-License-Identifier: Apache-2.0
 * hub/web/downloads.h
 * downloads: counts who takes what, for hub.db.
 * One taker of one repository counts once however many files and requests it takes, until it
 * has been quiet for some minutes: a snapshot of a hundred files is one download. Counts gather
 * in memory and a thread of its own writes them down every few seconds, so that no reply waits
 * for the disk; a server that is killed loses those seconds. Takers are kept as hashes, in
 * memory only. Git and its LFS objects are not counted. */
#ifndef HUB_WEB_DOWNLOADS_H
#define HUB_WEB_DOWNLOADS_H
#include "store/download.h"

struct access;
struct downloads;
struct err;
struct httpd_done;

enum { DOWNLOADS_QUIET_S = 300, DOWNLOADS_RECENT_DAYS = 30, DOWNLOADS_WEEK_DAYS = 7 };

int downloads_start(struct downloads **ret, struct access *access, struct err *err);
void downloads_stop(struct downloads *downloads); /* writes down what is left; NULL is fine */

/* Any request that is over: those that brought a file are counted. Quick, on any thread. */
void downloads_count(struct downloads *downloads, const struct httpd_done *done);

/* Those of the last days and all, with what is not written down yet. */
void downloads_read(struct download_sums *ret, struct downloads *downloads,
                    const struct hosted_name *name);

/* The same of each of a kind that was ever taken. What is not written down yet comes apart: a
 * name may come twice. fn is called under the locks and does not fail. */
void downloads_each(struct downloads *downloads, enum hosted_kind kind, download_sums_fn *fn,
                    void *ctx);

#endif
