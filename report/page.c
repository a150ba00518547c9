/* SPDX-License-Identifier: Apache-2.0
 * The page: everything in one file, so that it can be mailed, archived and served as it is. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/embedded.h"
#include "base/text.h"
#include "report/chart.h"
#include "report/document.h"
#include "report/html.h"
#include "report/metrics.h"
#include "report/report.h"
#include "report/table.h"

enum { MAX_WEEKS_SHOWN = 26, MAX_POINTS = 20, MAX_BARS = 10, MAX_ROWS = 25, LABEL_SIZE = 24 };

extern const struct embedded report_style[];

static void add_gaps(struct buf *out, const struct metrics *m)
{
    if (m->n_gaps == 0)
        return;
    buf_add_str(out, "<div class=\"gaps\">Missing from these figures:\n<ul>\n");
    for (size_t i = 0; i < m->n_gaps; i++)
        html_printf(out, "<li>%s</li>\n", m->gaps[i]);
    buf_add_str(out, "</ul></div>\n");
}

static void add_head(struct buf *out, const struct metrics *m, const struct report_options *o)
{
    html_printf(out,
                "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<title>%s</title>\n<style>\n",
                o->title);
    buf_add(out, report_style[0].data, report_style[0].len);
    html_printf(out, "</style>\n</head>\n<body>\n<header>\n<h1>%s</h1>\n<p class=\"soft\">",
                o->title);
    if (m->repo[0])
        html_printf(out, "%s &middot; ", m->repo);
    document_add_period(out, m);
    html_printf(out, "</p>\n<p class=\"note\">%s</p>\n", document_exclusions);
    add_gaps(out, m);
    buf_add_str(out, "</header>\n<main>\n");
}

static void add_tile(struct buf *out, const char *value, const char *what, const char *more)
{
    html_printf(out, "<li><b>%s</b><span>%s</span><span class=\"soft\">%s</span></li>\n", value,
                what, more);
}

static void add_time_tile(struct buf *out, struct spread *s, const char *what)
{
    struct buf value, more;

    buf_init(&value, 100);
    buf_init(&more, 200);
    if (s->n > 0) {
        add_length_of_time(&value, spread_median(s));
        buf_printf(&more, "median of %zu; 90%% within ", s->n);
        add_length_of_time(&more, spread_p90(s));
    } else {
        buf_add_str(&value, "-");
        buf_add_str(&more, "none answered");
    }
    if (s->n_pending > 0)
        buf_printf(&more, "; %zu not yet", s->n_pending);
    add_tile(out, value.data, what, more.data);
    buf_finish(&value);
    buf_finish(&more);
}

static void add_tiles(struct buf *out, struct metrics *m)
{
    char value[LABEL_SIZE], more[80];

    buf_add_str(out, "<ul class=\"tiles\">\n");
    (void)snprintf(value, sizeof(value), "%lld", (long long)m->n_feedback);
    (void)snprintf(more, sizeof(more), "%lld of them about the model or its data",
                   (long long)(m->feedback[FEEDBACK_MODEL_ERROR] + m->feedback[FEEDBACK_DATA]));
    add_tile(out, value, "pieces of feedback", more);
    add_time_tile(out, &m->issue_response, "to a first response, issues");
    add_time_tile(out, &m->pull_response, "to a first response, pull requests");
    (void)snprintf(value, sizeof(value), "%zu", m->n_persons);
    (void)snprintf(more, sizeof(more), "%zu new; half of all is done by %zu", m->n_new_persons,
                   m->absence);
    add_tile(out, value, "people took part", more);
    (void)snprintf(value, sizeof(value), "%zu of %zu", m->n_accepted, m->n_runs);
    add_tile(out, value, "runs accepted", "by the gate, on the hold-out");
    add_tile(out, m->n_releases > 0 ? m->releases[m->n_releases - 1].version : "none",
             "latest release", "");
    buf_add_str(out, "</ul>\n");
}

static void add_cell(struct buf *out, struct metrics *m, const struct report_table *t,
                     size_t row, size_t column)
{
    struct buf cell;

    buf_init(&cell, 4096);
    t->cell(&cell, m, row, column, CELL_PEOPLE);
    html_printf(out, "<td class=\"%s\">%s</td>", t->columns[column].is_number ? "number" : "",
                cell.data);
    buf_finish(&cell);
}

static void add_table(struct buf *out, struct metrics *m, enum report_table_id id)
{
    const struct report_table *t = &report_tables[id];
    size_t n_columns = report_table_columns(t), n_rows = t->n_rows(m);
    size_t n_shown = n_rows < MAX_ROWS ? n_rows : MAX_ROWS;
    size_t first = t->is_in_time ? n_rows - n_shown : 0;

    if (n_rows == 0) {
        buf_add_str(out, "<p class=\"soft\">None in this period.</p>\n");
        return;
    }
    html_printf(out,
                "<div class=\"wide\" role=\"group\" aria-label=\"%s\" tabindex=\"0\">"
                "<table>\n<thead><tr>",
                t->title);
    for (size_t i = 0; i < n_columns; i++)
        html_printf(out, "<th scope=\"col\" class=\"%s\">%s</th>",
                    t->columns[i].is_number ? "number" : "", t->columns[i].title);
    buf_add_str(out, "</tr></thead>\n<tbody>\n");
    for (size_t row = first; row < first + n_shown; row++) {
        buf_add_str(out, "<tr>");
        for (size_t i = 0; i < n_columns; i++)
            add_cell(out, m, t, row, i);
        buf_add_str(out, "</tr>\n");
    }
    buf_add_str(out, "</tbody>\n</table></div>\n");
    if (n_shown < n_rows)
        html_printf(out, "<p class=\"note\">The %s %zu of %zu; all are in %s.csv.</p>\n",
                    t->is_in_time ? "last" : "first", n_shown, n_rows, t->name);
    if (t->note)
        html_printf(out, "<p class=\"note\">%s</p>\n", t->note);
}

static void add_details(struct buf *out, struct metrics *m, enum report_table_id id)
{
    buf_add_str(out, "<details><summary>As a table</summary>\n");
    add_table(out, m, id);
    buf_add_str(out, "</details>\n");
}

static void begin_section(struct buf *out, const char *class, const char *title)
{
    html_printf(out, "<section class=\"%s\">\n<h2>%s</h2>\n", class, title);
}

static void end_section(struct buf *out)
{
    buf_add_str(out, "</section>\n");
}

static const char *kind_title(size_t kind)
{
    return kind == FEEDBACK_MODEL_ERROR ? "model error"
                                        : feedback_kind_name((enum feedback_kind)kind);
}

static void add_kinds(struct buf *out, struct metrics *m)
{
    struct chart_bar bars[FEEDBACK_N_KINDS];
    size_t n = 0;

    for (size_t kind = 0; kind < FEEDBACK_N_KINDS; kind++)
        if (kind != FEEDBACK_CONDUCT)
            bars[n++] = (struct chart_bar){ .label = kind_title(kind),
                                            .values = { m->feedback[kind], 0 },
                                            .colour = (int)kind };
    begin_section(out, "", report_tables[TABLE_FEEDBACK].title);
    chart_add_bars(out, "Feedback by kind", bars, n);
    add_details(out, m, TABLE_FEEDBACK);
    end_section(out);
}

static void add_legend_item(struct buf *out, int colour, const char *text)
{
    html_printf(out,
                "<li><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"c%d\" "
                "width=\"12\" height=\"12\" rx=\"2\"/></svg>%s</li>\n",
                colour, text);
}

static void add_kind_legend(struct buf *out, const struct metrics *m)
{
    buf_add_str(out, "<ul class=\"legend\">\n");
    for (size_t kind = 0; kind < FEEDBACK_N_KINDS; kind++)
        if (kind != FEEDBACK_CONDUCT && m->feedback[kind] > 0)
            add_legend_item(out, (int)kind, kind_title(kind));
    buf_add_str(out, "</ul>\n");
}

/* Month and day below every so many weeks, so that labels have room. */
static void add_weeks(struct buf *out, struct metrics *m)
{
    size_t first = m->n_weeks > MAX_WEEKS_SHOWN ? m->n_weeks - MAX_WEEKS_SHOWN : 0;
    size_t n = m->n_weeks - first;
    struct chart_column columns[MAX_WEEKS_SHOWN] = { 0 };
    struct buf labels[MAX_WEEKS_SHOWN];

    for (size_t i = 0; i < n; i++) {
        buf_init(&labels[i], LABEL_SIZE);
        if (i % (n / 5 + 1) == 0)
            add_date(&labels[i], m->weeks[first + i].week_at);
        columns[i].label = labels[i].len > 5 ? labels[i].data + 5 : "";
        for (size_t kind = 0; kind < FEEDBACK_N_KINDS; kind++)
            if (kind != FEEDBACK_CONDUCT)
                columns[i].values[kind] = m->weeks[first + i].n[kind];
    }
    begin_section(out, "", report_tables[TABLE_WEEKS].title);
    if (n == 0)
        buf_add_str(out, "<p class=\"soft\">None in this period.</p>\n");
    else
        chart_add_columns(out, "Feedback by week and kind", columns, n);
    add_kind_legend(out, m);
    html_printf(out, "<p class=\"note\">Weeks begin on Monday, UTC%s.</p>\n",
                first > 0 ? "; the last 26 are shown" : "");
    if (n > 0)
        add_details(out, m, TABLE_WEEKS);
    end_section(out);
    for (size_t i = 0; i < n; i++)
        buf_finish(&labels[i]);
}

static void add_responses(struct buf *out, struct metrics *m)
{
    static const char *const labels[] = { "1 h", "4 h", "1 d", "3 d", "7 d", "longer" };
    struct chart_column columns[METRICS_N_BUCKETS + 1] = { 0 };

    for (size_t i = 0; i < METRICS_N_BUCKETS; i++) {
        columns[i].label = labels[i];
        columns[i].values[1] = m->buckets[i];
    }
    columns[METRICS_N_BUCKETS].label = "not yet";
    columns[METRICS_N_BUCKETS].values[0] =
        (int64_t)(m->issue_response.n_pending + m->pull_response.n_pending);
    begin_section(out, "", "First response within");
    chart_add_columns(out, "Threads by time to the first response", columns,
                      METRICS_N_BUCKETS + 1);
    add_table(out, m, TABLE_TIMES);
    end_section(out);
}

static void add_contributors(struct buf *out, struct metrics *m)
{
    struct chart_bar bars[MAX_BARS];
    size_t n = m->n_persons < MAX_BARS ? m->n_persons : MAX_BARS;
    char labels[MAX_BARS][LABEL_SIZE];

    for (size_t i = 0; i < n; i++) {
        const struct metrics_person *p = &m->persons[i];
        size_t len = text_cut(p->login, 15);
        (void)snprintf(labels[i], LABEL_SIZE, "%.*s%s", (int)len, p->login,
                       p->login[len] ? "..." : "");
        bars[i] = (struct chart_bar){
            .label = labels[i],
            .values = { p->n_threads + p->n_entries + p->n_merged, p->n_samples },
            .colour = 1,
        };
    }
    begin_section(out, "", report_tables[TABLE_CONTRIBUTORS].title);
    if (n > 0)
        chart_add_bars(out, "Contributions by person", bars, n);
    buf_add_str(out, "<ul class=\"legend\">\n");
    add_legend_item(out, 1, "threads, comments, merges");
    add_legend_item(out, 2, "samples");
    buf_add_str(out, "</ul>\n");
    html_printf(out,
                "<p class=\"note\">Half of all that was done is the work of %zu of %zu people, "
                "half of all samples of %zu.</p>\n",
                m->absence, m->n_persons, m->data_absence);
    add_details(out, m, TABLE_CONTRIBUTORS);
    end_section(out);
}

static void add_runs(struct buf *out, struct metrics *m)
{
    size_t first = m->n_runs > MAX_POINTS ? m->n_runs - MAX_POINTS : 0;
    size_t n = m->n_runs - first;
    struct chart_point points[MAX_POINTS];
    char labels[MAX_POINTS][LABEL_SIZE];

    for (size_t i = 0; i < n; i++) {
        const struct metrics_run *r = &m->runs[first + i];
        bool has_label = i % (n / 8 + 1) == 0; /* room for eight */
        if (r->number > 0)
            (void)snprintf(labels[i], LABEL_SIZE, "#%lld", (long long)r->number);
        else
            (void)snprintf(labels[i], LABEL_SIZE, "release");
        points[i] = (struct chart_point){ has_label ? labels[i] : "", r->champion, r->candidate,
                                          r->is_accepted };
    }
    begin_section(out, "full", report_tables[TABLE_RUNS].title);
    if (n > 0) {
        chart_add_points(out, "Accuracy of each run's champion and candidate", points, n);
        buf_add_str(out, "<p class=\"note\">Line: the champion in service. Dots: candidates, "
                         "full when accepted, hollow when refused.</p>\n");
    }
    add_table(out, m, TABLE_RUNS);
    end_section(out);
}

static void add_threads(struct buf *out, struct metrics *m)
{
    begin_section(out, "", report_tables[TABLE_THREADS].title);
    add_table(out, m, TABLE_THREADS);
    end_section(out);
}

static void add_releases(struct buf *out, struct metrics *m)
{
    size_t first = m->n_releases > MAX_POINTS ? m->n_releases - MAX_POINTS : 0;
    size_t n = m->n_releases - first;
    struct chart_point points[MAX_POINTS];

    for (size_t i = 0; i < n; i++)
        points[i] = (struct chart_point){ m->releases[first + i].version, -1,
                                          m->releases[first + i].accuracy, true };
    begin_section(out, "", report_tables[TABLE_RELEASES].title);
    if (n > 0)
        chart_add_points(out, "Accuracy of each release", points, n);
    add_table(out, m, TABLE_RELEASES);
    end_section(out);
}

void document_add_page(struct buf *out, struct metrics *m, const struct report_options *o)
{
    add_head(out, m, o);
    add_tiles(out, m);
    buf_add_str(out, "<div class=\"charts\">\n");
    add_kinds(out, m);
    add_weeks(out, m);
    add_responses(out, m);
    add_contributors(out, m);
    add_threads(out, m);
    add_releases(out, m);
    add_runs(out, m);
    buf_add_str(out,
                "</div>\n</main>\n<footer>The same figures: <a href=\"report.json\">JSON</a>, "
                "<a href=\"report.md\">Markdown</a>, CSV of");
    for (size_t i = 0; i < TABLE_N; i++)
        html_printf(out, "%s <a href=\"%s.csv\">%s</a>", i > 0 ? "," : "",
                    report_tables[i].name, report_tables[i].name);
    buf_add_str(out, ".</footer>\n</body>\n</html>\n");
}
