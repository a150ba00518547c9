/* SPDX-License-Identifier: Apache-2.0
 * report/document.h
 * document: one function per format, from the metrics to its bytes. For report/ only. */
#ifndef REPORT_DOCUMENT_H
#define REPORT_DOCUMENT_H

struct buf;
struct metrics;
struct report_options;
struct report_table;

void document_add_markdown(struct buf *out, struct metrics *m, const struct report_options *o);
void document_add_json(struct buf *out, struct metrics *m, const struct report_options *o);
void document_add_csv(struct buf *out, struct metrics *m, const struct report_table *table);
void document_add_page(struct buf *out, struct metrics *m, const struct report_options *o);

/* "2026-01-01 to 2026-01-31 (UTC)" */
void document_add_period(struct buf *out, const struct metrics *m);

extern const char document_exclusions[]; /* what every figure leaves out, one sentence */

#endif
