/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "report/report.h"
#include "report/stats.h"
#include "store/feedback.h"
#include "store/release.h"
#include "store/run.h"
#include "store/sync_list.h"
#include "tests/support/database.h"

enum { HOUR = 3600, DAY = 86400 };

static const struct report_options options = { .title = "Digits & <friends>",
                                               .now = TEST_T0 + 30 * DAY };

static char *write_with(struct db *db, const struct report_options *o,
                        enum report_format format)
{
    struct buf out;
    struct err err = { 0 };

    buf_init(&out, 1 << 20);
    if (report_write(&out, db, o, format, &err) < 0)
        fail_msg("%s", err.msg);
    return buf_take(&out);
}

static char *write_as(struct db *db, enum report_format format)
{
    return write_with(db, &options, format);
}

static json_t *as_json(struct db *db)
{
    char *text = write_as(db, REPORT_JSON);
    json_t *doc = NULL;

    assert_int_equal(json_parse(&doc, text, strlen(text), "report", NULL), 0);
    free(text);
    return doc;
}

/* The row of a table whose first column is that word. */
static json_t *row_of(json_t *doc, const char *table, const char *key, const char *word)
{
    json_t *row;
    size_t i;

    json_array_foreach(json_object_get(doc, table), i, row)
    {
        const char *found = json_string_value(json_object_get(row, key));
        if (found && strcmp(found, word) == 0)
            return row;
    }
    fail_msg("no %s '%s'", table, word);
    return NULL;
}

static int64_t number(const json_t *row, const char *key)
{
    return json_integer_value(json_object_get(row, key));
}

static void put_feedback(struct db *db, const char *id, enum feedback_kind kind,
                         const char *title)
{
    const struct feedback f = { .repo_id = TEST_REPO,
                                .id = id,
                                .kind = kind,
                                .author_id = NEWCOMER_1,
                                .title = title,
                                .body = title,
                                .created_at = TEST_T0 };

    assert_int_equal(feedback_put(db, &f, NULL, NULL), 0);
}

static void put_refused_run(struct db *db)
{
    const struct run r = {
        .repo_id = TEST_REPO,
        .id = "refused-run",
        .number = 4,
        .arch = "mlp",
        .reasons = "[{\"check\":\"accuracy\",\"passed\":false},"
                   "{\"check\":\"nll\",\"passed\":true}]",
        .metrics = "{\"holdout\":360,\"champion\":{\"accuracy\":0.972},"
                   "\"candidate\":{\"accuracy\":0.9}}",
        .ended_at = TEST_T0 + 9 * DAY,
    };

    assert_int_equal(run_put(db, &r, NULL, 0, NULL, NULL), 0);
}

/* Four issues: answered after 1, 2 and 9 hours, one not; one by a bot. */
static void populate(struct db *db)
{
    const struct release r = { .repo_id = TEST_REPO,
                               .version = "1.0.0",
                               .run_id = "run-1",
                               .model_sha256 = "abc",
                               .dated_at = TEST_T0 + DAY,
                               .is_published = true };
    static const int64_t hours[] = { 1, 2, 9 };

    for (int64_t i = 0; i < 4; i++)
        test_put_thread(db, 10 + i, "issue", NEWCOMER_1, TEST_T0, 0);
    for (int64_t i = 0; i < 3; i++)
        test_put_comment(db, i + 1, 10 + i, MAINTAINER_1, TEST_T0 + hours[i] * HOUR);
    test_put_thread(db, 20, "issue", LABELER_BOT, TEST_T0, 0);
    put_feedback(db, "thread-10", FEEDBACK_BUG, "public words");
    put_feedback(db, "thread-11", FEEDBACK_CONDUCT, "private words");
    test_put_contribution(db, 1, TEST_T0 + DAY, 2);
    put_refused_run(db);
    assert_int_equal(release_put(db, &r, NULL, NULL), 0);
}

static void absence_factor_is_that_of_chaoss(void **state)
{
    static const int64_t counts[] = { 1000, 202, 90, 33, 332, 343, 42, 433 };

    (void)state;
    assert_int_equal(absence_factor(counts, 8), 2);
    assert_int_equal(absence_factor(counts, 1), 1);
    assert_int_equal(absence_factor(counts, 0), 0);
    assert_int_equal(absence_factor((int64_t[]){ 0, 0 }, 2), 0);
    assert_int_equal(absence_factor((int64_t[]){ 5, 5 }, 2), 1);
}

static void median_and_p90_are_those_of_their_definition(void **state)
{
    struct spread s = { 0 };

    (void)state;
    assert_true(spread_median(&s) == 0 && spread_p90(&s) == 0);
    for (int64_t i = 10; i >= 1; i--)
        spread_add(&s, i);
    assert_true(spread_median(&s) == 5.5);
    assert_true(spread_p90(&s) == 9);
    spread_add(&s, 11);
    assert_true(spread_median(&s) == 6);
    assert_true(spread_p90(&s) == 10);
    spread_finish(&s);
}

static void unanswered_is_counted_and_never_a_zero(void **state)
{
    populate(*state);
    json_t *doc = as_json(*state);
    json_t *row = row_of(doc, "times", "figure", "issue_first_response");

    assert_int_equal(number(row, "n"), 3);
    assert_int_equal(number(row, "median_s"), 2 * HOUR);
    assert_int_equal(number(row, "p90_s"), 9 * HOUR);
    assert_int_equal(number(row, "pending"), 1);
    row = row_of(doc, "threads", "figure", "issues_opened");
    assert_int_equal(number(row, "n"), 4);
    json_decref(doc);
}

static void conduct_is_in_no_format(void **state)
{
    static const enum report_format formats[] = { REPORT_HTML, REPORT_MARKDOWN, REPORT_JSON,
                                                  REPORT_CSV };

    populate(*state);
    for (size_t i = 0; i < 4; i++) {
        char *text = write_as(*state, formats[i]);
        assert_null(strstr(text, "conduct"));
        assert_null(strstr(text, "private words"));
        assert_non_null(strstr(text, "bug"));
        free(text);
    }
    json_t *doc = as_json(*state);
    assert_int_equal(number(row_of(doc, "feedback", "kind", "bug"), "n"), 1);
    assert_int_equal(json_array_size(json_object_get(doc, "feedback")), FEEDBACK_N_KINDS - 1);
    json_decref(doc);
}

/* One week with feedback, four quiet ones up to now. */
static void quiet_weeks_are_shown_too(void **state)
{
    populate(*state);
    json_t *doc = as_json(*state);
    const json_t *weeks = json_object_get(doc, "feedback_by_week");

    assert_int_equal(json_array_size(weeks), 5);
    assert_int_equal(number(json_array_get(weeks, 0), "bug"), 1);
    assert_int_equal(number(json_array_get(weeks, 4), "bug"), 0);
    assert_null(json_object_get(json_array_get(weeks, 0), "conduct"));
    json_decref(doc);
    char *text = write_as(*state, REPORT_MARKDOWN);
    assert_non_null(strstr(text, "\n## Feedback by week\n"));
    assert_non_null(strstr(text, "| 1 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |\n"));
    free(text);
}

/* A page has room for 25 rows: of what goes by time, those that are over last. */
static void of_many_weeks_the_last_are_shown(void **state)
{
    struct report_options later = options;

    put_feedback(*state, "a", FEEDBACK_BUG, "It ends");
    later.now = TEST_T0 + (int64_t)29 * 7 * DAY;
    char *text = write_with(*state, &later, REPORT_JSON);
    json_t *doc = NULL;
    assert_int_equal(json_parse(&doc, text, strlen(text), "report", NULL), 0);
    free(text);

    char *page = write_with(*state, &later, REPORT_HTML);
    const json_t *weeks = json_object_get(doc, "feedback_by_week");
    assert_int_equal(json_array_size(weeks), 30);
    for (size_t i = 0; i < 30; i++) {
        const char *date = json_string_value(json_object_get(json_array_get(weeks, i), "week"));
        char *cell = xasprintf("\">%.10s</td>", date);

        assert_int_equal(strstr(page, cell) != NULL, i >= 5);
        free(cell);
    }
    assert_non_null(strstr(page, "The last 25 of 30; all are in feedback_by_week.csv."));
    free(page);
    json_decref(doc);
}

static void runs_show_their_accuracy_and_what_failed(void **state)
{
    populate(*state);
    json_t *doc = as_json(*state);
    json_t *row = row_of(doc, "runs", "run", "refused-run");

    assert_string_equal(json_string_value(json_object_get(row, "why")), "accuracy");
    assert_true(json_real_value(json_object_get(row, "candidate")) == 0.9);
    row = row_of(doc, "runs", "run", "run-1");
    assert_string_equal(json_string_value(json_object_get(row, "verdict")), "accepted");
    assert_true(json_is_null(json_object_get(row, "candidate")));
    row = row_of(doc, "releases", "version", "1.0.0");
    assert_string_equal(json_string_value(json_object_get(row, "run")), "run-1");
    json_decref(doc);
}

static void a_gap_is_stated(void **state)
{
    const struct sync_list s = { .repo_id = TEST_REPO,
                                 .name = SYNC_EVENTS,
                                 .phase = SYNC_POLL,
                                 .gap = "the oldest events are gone" };

    assert_int_equal(sync_list_put(*state, &s, NULL, NULL), 0);
    char *page = write_as(*state, REPORT_HTML), *text = write_as(*state, REPORT_MARKDOWN);
    assert_non_null(strstr(page, "the oldest events are gone"));
    assert_non_null(strstr(text, "the oldest events are gone"));
    assert_non_null(strstr(text, "(UTC)"));
    free(page);
    free(text);
}

static void the_page_is_one_file_that_escapes_and_loads_nothing(void **state)
{
    populate(*state);
    char *page = write_as(*state, REPORT_HTML);

    assert_non_null(strstr(page, "<h1>Digits &amp; &lt;friends&gt;</h1>"));
    assert_non_null(strstr(page, "<svg"));
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "http://"));
    assert_null(strstr(page, "https://"));
    assert_null(strstr(page, " src="));
    assert_null(strstr(page, "nan"));
    free(page);
}

/* Before the first sync there is nothing to count, and that is said. */
static void an_empty_database_makes_a_report(void **state)
{
    struct db *db = NULL;

    (void)state;
    assert_int_equal(db_open(&db, ":memory:", DB_HEARTH, DB_CREATE, NULL), 0);
    char *text = write_as(db, REPORT_MARKDOWN), *page = write_as(db, REPORT_HTML);
    assert_non_null(strstr(text, "nothing was read from a forge yet"));
    assert_null(strstr(page, "nan"));
    free(text);
    free(page);
    db_close(db);
}

static void all_files_are_written_and_left_alone_when_right(void **state)
{
    static const char *const names[] = { "index.html",          "report.md", "report.json",
                                         "contributors.csv",    "runs.csv",  "releases.csv",
                                         "feedback_by_week.csv" };
    char *dir = NULL;
    struct stat before, after;

    populate(*state);
    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    char *reports = fs_path(dir, "reports", NULL);
    assert_int_equal(report_write_all(*state, reports, &options, NULL), 0);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char *path = fs_path(reports, names[i], NULL);
        assert_true(fs_size(path) > 0);
        assert_int_equal(stat(path, &before), 0);
        assert_int_equal(report_write_all(*state, reports, &options, NULL), 0);
        assert_int_equal(stat(path, &after), 0);
        assert_int_equal(before.st_ino, after.st_ino);
        free(path);
    }
    assert_int_equal(fs_remove(dir, NULL), 0);
    free(reports);
    free(dir);
}

int main(void)
{
#define WITH_DB(test) cmocka_unit_test_setup_teardown(test, test_db_open, test_db_close)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absence_factor_is_that_of_chaoss),
        cmocka_unit_test(median_and_p90_are_those_of_their_definition),
        WITH_DB(unanswered_is_counted_and_never_a_zero),
        WITH_DB(conduct_is_in_no_format),
        WITH_DB(quiet_weeks_are_shown_too),
        WITH_DB(of_many_weeks_the_last_are_shown),
        WITH_DB(runs_show_their_accuracy_and_what_failed),
        WITH_DB(a_gap_is_stated),
        WITH_DB(the_page_is_one_file_that_escapes_and_loads_nothing),
        cmocka_unit_test(an_empty_database_makes_a_report),
        WITH_DB(all_files_are_written_and_left_alone_when_right),
    };
#undef WITH_DB
    return cmocka_run_group_tests(tests, NULL, NULL);
}
