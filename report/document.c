/* SPDX-License-Identifier: Apache-2.0 */
#include "report/document.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "report/metrics.h"
#include "report/report.h"
#include "report/table.h"

enum { MAX_CELL_BYTES = 4096 };

const char document_exclusions[] = "Bots, our own account, deleted and private feedback are "
                                   "left out of every figure.";

void document_add_period(struct buf *out, const struct metrics *m)
{
    if (m->since_at > 0) {
        add_date(out, m->since_at);
        buf_add_str(out, " to ");
    } else {
        buf_add_str(out, m->repo[0] ? "everything up to " : "Everything up to ");
    }
    add_date(out, m->until_at);
    buf_add_str(out, " (UTC)");
}

static void add_markdown_table(struct buf *out, struct metrics *m, const struct report_table *t)
{
    size_t n_columns = report_table_columns(t), n_rows = t->n_rows(m);
    struct buf cell;

    buf_printf(out, "\n## %s\n\n", t->title);
    if (n_rows == 0) {
        buf_add_str(out, "None in this period.\n");
        return;
    }
    for (size_t i = 0; i < n_columns; i++)
        buf_printf(out, "| %s ", t->columns[i].title);
    buf_add_str(out, "|\n");
    for (size_t i = 0; i < n_columns; i++)
        buf_add_str(out, t->columns[i].is_number ? "|---:" : "|---");
    buf_add_str(out, "|\n");
    buf_init(&cell, MAX_CELL_BYTES);
    for (size_t row = 0; row < n_rows; row++) {
        for (size_t i = 0; i < n_columns; i++) {
            buf_clear(&cell);
            t->cell(&cell, m, row, i, CELL_PEOPLE);
            buf_add_str(out, "| ");
            text_add_markdown(out, cell.data, cell.len);
            buf_add_char(out, ' ');
        }
        buf_add_str(out, "|\n");
    }
    buf_finish(&cell);
    if (t->note)
        buf_printf(out, "\n%s\n", t->note);
}

void document_add_markdown(struct buf *out, struct metrics *m, const struct report_options *o)
{
    buf_add_str(out, "# ");
    text_add_markdown(out, o->title, strlen(o->title));
    buf_add_str(out, "\n\n");
    if (m->repo[0]) {
        text_add_markdown(out, m->repo, strlen(m->repo));
        buf_add_str(out, ", ");
    }
    document_add_period(out, m);
    buf_printf(out, ". %s\n", document_exclusions);
    for (size_t i = 0; i < m->n_gaps; i++) {
        buf_add_str(out, i == 0 ? "\nMissing from these figures:\n\n- " : "- ");
        text_add_markdown(out, m->gaps[i], 500);
        buf_add_char(out, '\n');
    }
    for (size_t i = 0; i < TABLE_N; i++)
        add_markdown_table(out, m, &report_tables[i]);
    buf_printf(out, "\nContributor absence factor: %zu of %zu people; over samples: %zu.\n",
               m->absence, m->n_persons, m->data_absence);
}

void document_add_csv(struct buf *out, struct metrics *m, const struct report_table *t)
{
    size_t n_columns = report_table_columns(t), n_rows = t->n_rows(m);
    struct buf cell;

    for (size_t i = 0; i < n_columns; i++)
        buf_printf(out, "%s%s", i > 0 ? "," : "", t->columns[i].key);
    buf_add_str(out, "\r\n");
    buf_init(&cell, MAX_CELL_BYTES);
    for (size_t row = 0; row < n_rows; row++) {
        for (size_t i = 0; i < n_columns; i++) {
            buf_clear(&cell);
            t->cell(&cell, m, row, i, CELL_PROGRAMS);
            if (i > 0)
                buf_add_char(out, ',');
            text_add_csv(out, cell.data);
        }
        buf_add_str(out, "\r\n");
    }
    buf_finish(&cell);
}

/* Numbers stay numbers; an empty one is null. */
static json_t *cell_to_json(const struct report_table *t, size_t column, const struct buf *cell)
{
    if (!t->columns[column].is_number)
        return json_string(cell->data);
    json_t *number =
        cell->len > 0 ? json_loadb(cell->data, cell->len, JSON_DECODE_ANY, NULL) : NULL;
    return number ? number : json_null();
}

static json_t *table_to_json(struct metrics *m, const struct report_table *t)
{
    json_t *rows = json_array();
    struct buf cell;

    buf_init(&cell, MAX_CELL_BYTES);
    for (size_t row = 0; row < t->n_rows(m); row++) {
        json_t *object = json_object();
        for (size_t i = 0; i < report_table_columns(t); i++) {
            buf_clear(&cell);
            t->cell(&cell, m, row, i, CELL_PROGRAMS);
            (void)json_object_set_new(object, t->columns[i].key, cell_to_json(t, i, &cell));
        }
        (void)json_array_append_new(rows, object);
    }
    buf_finish(&cell);
    return rows;
}

static json_t *period_to_json(const struct metrics *m)
{
    char since[RFC3339_SIZE], until[RFC3339_SIZE];

    rfc3339_format(since, m->since_at);
    rfc3339_format(until, m->until_at);
    return json_pack("{s:s?, s:s, s:s}", "since", m->since_at > 0 ? since : NULL, "until",
                     until, "time_zone", "UTC");
}

void document_add_json(struct buf *out, struct metrics *m, const struct report_options *o)
{
    json_t *gaps = json_array();

    for (size_t i = 0; i < m->n_gaps; i++)
        (void)json_array_append_new(gaps, json_string(m->gaps[i]));
    json_t *doc =
        json_pack("{s:s, s:s, s:o, s:s, s:o, s:I, s:I, s:I, s:I}", "title", o->title,
                  "repository", m->repo, "period", period_to_json(m), "excluded",
                  document_exclusions, "gaps", gaps, "absence_factor", (json_int_t)m->absence,
                  "data_absence_factor", (json_int_t)m->data_absence, "contributors_active",
                  (json_int_t)m->n_persons, "contributors_new", (json_int_t)m->n_new_persons);
    for (size_t i = 0; i < TABLE_N; i++)
        (void)json_object_set_new(doc, report_tables[i].name,
                                  table_to_json(m, &report_tables[i]));
    json_write(out, doc, 2);
    buf_add_char(out, '\n');
    json_decref(doc);
}
