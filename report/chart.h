/* SPDX-License-Identifier: Apache-2.0
 * report/chart.h
 * chart: four kinds of charts as inline SVG that scales with its column.
 * Colours are classes (c0 .. c8) of the page's style sheet, for light and dark. Texts are
 * escaped; every chart has a title that a screen reader says, and values beside its shapes. */
#ifndef REPORT_CHART_H
#define REPORT_CHART_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum { CHART_N_COLOURS = 9 };

struct chart_bar {
    const char *label;
    int64_t values[2]; /* two pieces, one after the other */
    int colour;        /* of the first piece; the second has the next one */
};
/* One bar a row, its label on the left and its sum on the right. */
void chart_add_bars(struct buf *out, const char *title, const struct chart_bar *bars, size_t n);

struct chart_column {
    const char *label; /* "" for none */
    int64_t values[CHART_N_COLOURS];
};
/* Stacked columns; piece i has colour i. */
void chart_add_columns(struct buf *out, const char *title, const struct chart_column *columns,
                       size_t n);

struct chart_point {
    const char *label;    /* below it, "" for none */
    double before, after; /* 0..1, negative: not known */
    bool is_good;
};
/* Shares: `before` as a line, `after` as dots, hollow when they are not good. */
void chart_add_points(struct buf *out, const char *title, const struct chart_point *points,
                      size_t n);

#endif
