/* SPDX-License-Identifier: Apache-2.0 */
#include "report/table.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/rfc3339.h"
#include "report/metrics.h"

void add_length_of_time(struct buf *out, double seconds)
{
    if (seconds < 60)
        buf_printf(out, "%.0f s", seconds);
    else if (seconds < 3600)
        buf_printf(out, "%.0f min", seconds / 60);
    else if (seconds < 2 * 86400)
        buf_printf(out, "%.1f h", seconds / 3600);
    else
        buf_printf(out, "%.1f d", seconds / 86400);
}

void add_date(struct buf *out, int64_t at)
{
    char text[RFC3339_SIZE];

    buf_printf(out, "%.10s", rfc3339_format(text, at));
}

static void add_time(struct buf *out, int64_t at, enum cell_style style)
{
    char text[RFC3339_SIZE];

    if (style == CELL_PEOPLE)
        add_date(out, at);
    else
        buf_add_str(out, rfc3339_format(text, at));
}

static void add_seconds(struct buf *out, const struct spread *s, double value,
                        enum cell_style style)
{
    if (s->n == 0)
        buf_add_str(out, style == CELL_PEOPLE ? "-" : "");
    else if (style == CELL_PEOPLE)
        add_length_of_time(out, value);
    else
        buf_printf(out, "%.0f", value);
}

/* Negative: not known. */
static void add_share(struct buf *out, double share, enum cell_style style)
{
    if (share < 0)
        buf_add_str(out, style == CELL_PEOPLE ? "-" : "");
    else if (style == CELL_PEOPLE)
        buf_printf(out, "%.1f%%", share * 100);
    else
        buf_printf(out, "%.6f", share);
}

static void add_count(struct buf *out, int64_t n)
{
    buf_printf(out, "%" PRId64, n);
}

static double ratio(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : -1;
}

/* Conduct is the last but one kind and private: its row is passed over. */
static enum feedback_kind kind_of_row(size_t row)
{
    return row < FEEDBACK_CONDUCT ? (enum feedback_kind)row : FEEDBACK_OTHER;
}

static size_t feedback_rows(const struct metrics *m)
{
    (void)m;
    return FEEDBACK_N_KINDS - 1;
}

static void feedback_cell(struct buf *out, struct metrics *m, size_t row, size_t column,
                          enum cell_style style)
{
    enum feedback_kind kind = kind_of_row(row);

    if (column == 0 && style == CELL_PEOPLE && kind == FEEDBACK_MODEL_ERROR)
        buf_add_str(out, "model error");
    else if (column == 0)
        buf_add_str(out, feedback_kind_name(kind));
    else if (column == 1)
        add_count(out, m->feedback[kind]);
    else
        add_share(out, ratio(m->feedback[kind], m->n_feedback), style);
}

static size_t weeks_rows(const struct metrics *m)
{
    return m->n_weeks;
}

static void weeks_cell(struct buf *out, struct metrics *m, size_t row, size_t column,
                       enum cell_style style)
{
    const struct metrics_week *week = &m->weeks[row];

    if (column == 0)
        add_time(out, week->week_at, style);
    else
        add_count(out, week->n[kind_of_row(column - 1)]);
}

static const struct {
    const char *title, *key;
    size_t offset; /* of the struct spread */
} times[] = {
    { "First response, issues", "issue_first_response",
      offsetof(struct metrics, issue_response) },
    { "First response, pull requests", "pull_first_response",
      offsetof(struct metrics, pull_response) },
    { "Time to close, issues", "issue_close", offsetof(struct metrics, issue_close) },
    { "Open to merge, pull requests", "pull_merge", offsetof(struct metrics, pull_merge) },
    { "Age of what is open", "open_age", offsetof(struct metrics, open_age) },
};

static size_t times_rows(const struct metrics *m)
{
    (void)m;
    return sizeof(times) / sizeof(*times);
}

static void times_cell(struct buf *out, struct metrics *m, size_t row, size_t column,
                       enum cell_style style)
{
    struct spread *s = (struct spread *)((char *)m + times[row].offset);

    switch (column) {
    case 0: buf_add_str(out, style == CELL_PEOPLE ? times[row].title : times[row].key); return;
    case 1: add_count(out, (int64_t)s->n); return;
    case 2: add_seconds(out, s, spread_median(s), style); return;
    case 3: add_seconds(out, s, spread_p90(s), style); return;
    default: add_count(out, (int64_t)s->n_pending); return;
    }
}

static const struct {
    const char *title, *key;
    size_t offset;
} counts[] = {
    { "Issues opened", "issues_opened", offsetof(struct metrics, n_issues) },
    { "Issues open now", "issues_open", offsetof(struct metrics, n_open_issues) },
    { "Pull requests opened", "pulls_opened", offsetof(struct metrics, n_pulls) },
    { "Pull requests open now", "pulls_open", offsetof(struct metrics, n_open_pulls) },
    { "Pull requests merged", "pulls_merged", offsetof(struct metrics, n_merged) },
    { "Pull requests closed unmerged", "pulls_rejected", offsetof(struct metrics, n_rejected) },
};
enum { N_COUNTS = sizeof(counts) / sizeof(*counts) };

static size_t threads_rows(const struct metrics *m)
{
    (void)m;
    return N_COUNTS + 1;
}

static void threads_cell(struct buf *out, struct metrics *m, size_t row, size_t column,
                         enum cell_style style)
{
    if (row == N_COUNTS && column == 0)
        buf_add_str(out, style == CELL_PEOPLE ? "Acceptance of pull requests" : "acceptance");
    else if (row == N_COUNTS)
        add_share(out, ratio(m->n_merged, m->n_merged + m->n_rejected), style);
    else if (column == 0)
        buf_add_str(out, style == CELL_PEOPLE ? counts[row].title : counts[row].key);
    else
        add_count(out, *(const int64_t *)((const char *)m + counts[row].offset));
}

static size_t contributors_rows(const struct metrics *m)
{
    return m->n_persons;
}

static void contributors_cell(struct buf *out, struct metrics *m, size_t row, size_t column,
                              enum cell_style style)
{
    const struct metrics_person *p = &m->persons[row];
    const int64_t numbers[] = { p->n_threads, p->n_entries, p->n_merged, p->n_samples,
                                p->n_released };

    if (column == 0)
        buf_add_str(out, p->login);
    else if (column <= 5)
        add_count(out, numbers[column - 1]);
    else
        add_time(out, p->first_at, style);
}

static size_t runs_rows(const struct metrics *m)
{
    return m->n_runs;
}

/* A run that no pull request asked for was made for a release. */
static void add_asker(struct buf *out, int64_t number, enum cell_style style)
{
    if (number == 0)
        buf_add_str(out, "release");
    else
        buf_printf(out, "%s%" PRId64, style == CELL_PEOPLE ? "#" : "", number);
}

/* The checks that did not pass; for people, what one that is no check of the model means. */
static void add_why(struct buf *out, const char *why, enum cell_style style)
{
    bool is_unusable = style == CELL_PEOPLE && strcmp(why, "contribution") == 0;

    buf_add_str(out, is_unusable ? "nothing usable in it" : why);
}

static void runs_cell(struct buf *out, struct metrics *m, size_t row, size_t column,
                      enum cell_style style)
{
    const struct metrics_run *r = &m->runs[m->n_runs - 1 - row]; /* newest first */

    switch (column) {
    case 0: buf_printf(out, "%.*s", style == CELL_PEOPLE ? 8 : 64, r->id); return;
    case 1: add_time(out, r->ended_at, style); return;
    case 2: add_asker(out, r->number, style); return;
    case 3: add_count(out, r->n_train); return;
    case 4: add_share(out, r->champion, style); return;
    case 5: add_share(out, r->candidate, style); return;
    case 6: buf_add_str(out, r->is_accepted ? "accepted" : "refused"); return;
    default: add_why(out, r->why, style); return;
    }
}

static size_t releases_rows(const struct metrics *m)
{
    return m->n_releases;
}

static void releases_cell(struct buf *out, struct metrics *m, size_t row, size_t column,
                          enum cell_style style)
{
    const struct metrics_release *r = &m->releases[m->n_releases - 1 - row];

    switch (column) {
    case 0: buf_add_str(out, r->version); return;
    case 1: add_time(out, r->dated_at, style); return;
    case 2: add_share(out, r->accuracy, style); return;
    case 3: buf_printf(out, "%.*s", style == CELL_PEOPLE ? 8 : 64, r->run_id); return;
    default: buf_printf(out, "%.*s", style == CELL_PEOPLE ? 12 : 64, r->model_sha256); return;
    }
}

const struct report_table report_tables[TABLE_N] = {
    [TABLE_FEEDBACK] = { "feedback",
                         "Feedback by kind",
                         NULL,
                         { { "Kind", "kind", false },
                           { "n", "n", true },
                           { "Share", "share", true } },
                         feedback_rows,
                         feedback_cell,
                         false },
    [TABLE_WEEKS] = { "feedback_by_week",
                      "Feedback by week",
                      NULL,
                      { { "Week from Monday", "week", false },
                        { "Bug", "bug", true },
                        { "Request", "request", true },
                        { "Question", "question", true },
                        { "Docs", "docs", true },
                        { "Data", "data", true },
                        { "Model error", "model_error", true },
                        { "Praise", "praise", true },
                        { "Other", "other", true } },
                      weeks_rows,
                      weeks_cell,
                      true },
    [TABLE_TIMES] = { "times",
                      "How long it took",
                      "Median, and the time within which 90% were done (nearest rank). What is "
                      "not answered or still open is counted apart, never as zero. A review "
                      "without comments on lines is not read yet, and so no response.",
                      { { "Figure", "figure", false },
                        { "n", "n", true },
                        { "Median", "median_s", true },
                        { "90%", "p90_s", true },
                        { "Not yet", "pending", true } },
                      times_rows,
                      times_cell,
                      false },
    [TABLE_THREADS] = { "threads",
                        "Issues and pull requests",
                        "Acceptance: merged, of those merged or closed unmerged.",
                        { { "Figure", "figure", false }, { "n", "n", true } },
                        threads_rows,
                        threads_cell,
                        false },
    [TABLE_CONTRIBUTORS] = { "contributors",
                             "Contributors",
                             NULL,
                             { { "Who", "login", false },
                               { "Threads", "threads", true },
                               { "Comments", "comments", true },
                               { "Merged", "merged", true },
                               { "Samples", "samples", true },
                               { "Released", "released", true },
                               { "Since", "first_at", false } },
                             contributors_rows,
                             contributors_cell,
                             false },
    [TABLE_RUNS] = { "runs",
                     "Runs and verdicts",
                     "Accuracy on the frozen hold-out: the champion then in service, and the "
                     "candidate trained with the contribution.",
                     { { "Run", "run", false },
                       { "Ended", "ended_at", false },
                       { "For", "pull", true },
                       { "Samples", "n_train", true },
                       { "Champion", "champion", true },
                       { "Candidate", "candidate", true },
                       { "Verdict", "verdict", false },
                       { "Why", "why", false } },
                     runs_rows,
                     runs_cell,
                     true },
    [TABLE_RELEASES] = { "releases",
                         "Releases",
                         NULL,
                         { { "Version", "version", false },
                           { "Dated", "dated_at", false },
                           { "Accuracy", "accuracy", true },
                           { "Run", "run", false },
                           { "Model", "model_sha256", false } },
                         releases_rows,
                         releases_cell,
                         true },
};

size_t report_table_columns(const struct report_table *table)
{
    size_t n = 0;

    while (n < TABLE_MAX_COLUMNS && table->columns[n].title)
        n++;
    return n;
}
