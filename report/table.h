/* SPDX-License-Identifier: Apache-2.0
 * report/table.h
 * table: the figures as tables, one row of `report_tables` each, for Markdown, CSV and HTML.
 * A cell is plain text: each format escapes it in its own way. */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct metrics;

/* For people ("2.5 h", "97.2%", "2026-01-31"), or for programs (seconds, 0.972, RFC 3339). */
enum cell_style { CELL_PEOPLE, CELL_PROGRAMS };

enum { TABLE_MAX_COLUMNS = 9 };

struct report_table {
    const char *name;  /* of the CSV file */
    const char *title; /* heading */
    const char *note;  /* how it was counted; NULL for none */
    struct {
        const char *title, *key; /* for people, for programs */
        bool is_number;
    } columns[TABLE_MAX_COLUMNS]; /* title NULL ends them */
    size_t (*n_rows)(const struct metrics *m);
    void (*cell)(struct buf *out, struct metrics *m, size_t row, size_t column,
                 enum cell_style style);
    bool is_in_time; /* rows are oldest first: where not all have room, the last are shown */
};

enum report_table_id {
    TABLE_FEEDBACK,
    TABLE_WEEKS,
    TABLE_TIMES,
    TABLE_THREADS,
    TABLE_CONTRIBUTORS,
    TABLE_RUNS,
    TABLE_RELEASES,
    TABLE_N
};
extern const struct report_table report_tables[TABLE_N];
size_t report_table_columns(const struct report_table *table);

/* "45 s", "12 min", "2.5 h", "3.1 d": two digits that matter. */
void add_length_of_time(struct buf *out, double seconds);
void add_date(struct buf *out, int64_t at); /* 2026-01-31 */

#endif
