/* SPDX-License-Identifier: Apache-2.0
 * report/report.h
 * report: the community's figures as Markdown, JSON, CSV and one self-contained page.
 * Says for every figure its period, time zone (UTC), what was left out and what is missing.
 * Conduct never appears. The same database and time give the same bytes. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H
#include <stdint.h>

struct buf;
struct db;
struct err;
struct metrics;

enum report_format { REPORT_HTML, REPORT_MARKDOWN, REPORT_JSON, REPORT_CSV };
int report_format_parse(enum report_format *ret, const char *name,
                        struct err *err); /* "html", "md", "json", "csv" */

struct report_options {
    const char *title;
    int64_t repo_id;  /* 0: the first repository */
    int64_t since_at; /* 0: everything */
    int64_t now;
};

/* CSV: every table after a line with its name, an empty line between them. */
int report_write(struct buf *out, struct db *db, const struct report_options *options,
                 enum report_format format, struct err *err);

/* Writes index.html, report.md, report.json and one CSV file per table into dir, which it
 * makes; each file is replaced as a whole, and only when its bytes differ. */
int report_write_all(struct db *db, const char *dir, const struct report_options *options,
                     struct err *err);

#endif
