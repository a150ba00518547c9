/* SPDX-License-Identifier: Apache-2.0
 * hub/web/metrics.h
 * metrics: what the server did, as counters in Prometheus' text format.
 * Counts by route, never by address, person or repository: nothing private is in it. Any
 * thread may count. */
#ifndef HUB_WEB_METRICS_H
#define HUB_WEB_METRICS_H
struct buf;
struct httpd_done;
struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics); /* NULL is fine */

void metrics_count(struct metrics *metrics, const struct httpd_done *done);
/* Appends everything; connections are those open now. */
void metrics_add_text(struct buf *out, struct metrics *metrics, unsigned connections);

#endif
