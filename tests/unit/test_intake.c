/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/text.h"
#include "bot/retrain/source.h"
#include "tests/unit/folder.h"

static const char STATEMENT[] = "licence: CC-BY-4.0\nauthor: contributor-3\nconsent: true\n";

static void put(const char *dir, const char *name, const char *text)
{
    char *path = fs_path(dir, name, NULL), *parent = fs_path(dir, name, NULL);

    *strrchr(parent, '/') = '\0';
    assert_int_equal(fs_mkdirs(parent, 0755, NULL), 0);
    assert_int_equal(fs_write(path, text, strlen(text), 0644, NULL), 0);
    free(parent);
    free(path);
}

/* A row of 64 values, each v, and a label; out has room for it. */
static void add_row(struct buf *out, int n, int v, int label)
{
    for (int i = 0; i < n; i++)
        buf_printf(out, "%d,", v);
    buf_printf(out, "%d\n", label);
}

static void read_dir(struct intake *intake, const char *dir, size_t max_samples)
{
    static const char *const licences[] = { "CC0-1.0", "CC-BY-4.0" };
    const struct intake_policy policy = { .author = "contributor-3",
                                          .licences = licences,
                                          .n_licences = 2,
                                          .max_samples = max_samples,
                                          .max_file_size = 20000 };
    struct source *source = NULL;

    intake_init(intake);
    assert_int_equal(source_from_folder(&source, dir, "contrib", 100, NULL), 0);
    assert_int_equal(intake_read(intake, source, &policy, NULL), 0);
    source_free(source);
}

static void good_rows_are_taken_and_bad_ones_named(void **state)
{
    struct intake intake;
    struct buf rows;

    buf_init(&rows, 100000);
    add_row(&rows, 64, 3, 7);
    add_row(&rows, 63, 3, 7);
    add_row(&rows, 64, 17, 7);
    add_row(&rows, 64, 4, 10);
    add_row(&rows, 64, 5, 0);
    put(*state, "tablet/contribution.yml", STATEMENT);
    put(*state, "tablet/samples.csv", rows.data);
    read_dir(&intake, *state, 100);

    assert_null(intake.fault);
    assert_string_equal(intake.licence, "CC-BY-4.0");
    assert_int_equal(intake.n_samples, 5);
    assert_int_equal(intake_accepted(&intake), 2);
    assert_null(intake.samples[0].reason);
    assert_int_equal(intake.samples[0].label, 7);
    assert_string_equal(intake.samples[0].path, "contrib/tablet/samples.csv");
    assert_int_equal(intake.samples[1].row, 2);
    assert_non_null(strstr(intake.samples[1].reason, "expected 64 pixels and a label"));
    assert_non_null(strstr(intake.samples[2].reason, "17"));
    assert_non_null(intake.samples[3].reason);
    assert_null(intake.samples[4].reason);
    assert_string_not_equal(intake.samples[0].digest, intake.samples[4].digest);
    intake_finish(&intake);
    buf_finish(&rows);
}

/* The judge tells reasons in JSON, which takes no other bytes. */
static void reasons_are_utf8_whatever_the_row_holds(void **state)
{
    struct intake intake;

    put(*state, "tablet/contribution.yml", STATEMENT);
    put(*state, "tablet/samples.csv",
        "\xff\xfe"
        "0,1\n"
        "123456789012345678\xe2\x82\xac,1\n");
    read_dir(&intake, *state, 100);
    assert_int_equal(intake.n_samples, 2);
    for (size_t i = 0; i < intake.n_samples; i++) {
        const char *reason = intake.samples[i].reason;

        assert_non_null(strstr(reason, "is not an integer"));
        assert_true(text_is_utf8(reason, strlen(reason)));
    }
    intake_finish(&intake);
}

static void rows_of_a_spreadsheet_are_as_good_as_any(void **state)
{
    struct intake intake;
    struct buf rows;

    buf_init(&rows, 100000);
    buf_add_str(&rows, "\xef\xbb\xbf");
    for (int label = 7; label < 9; label++) {
        add_row(&rows, 64, 3, label);
        buf_truncate(&rows, rows.len - 1);
        buf_add_str(&rows, "\r\n");
    }
    put(*state, "tablet/contribution.yml", STATEMENT);
    put(*state, "tablet/samples.csv", rows.data);
    read_dir(&intake, *state, 100);
    assert_int_equal(intake.n_samples, 2);
    assert_int_equal(intake_accepted(&intake), 2);
    assert_int_equal(intake.samples[1].label, 8);
    assert_int_equal(intake.samples[1].row, 2);
    intake_finish(&intake);
    buf_finish(&rows);
}

static void a_contribution_states_licence_author_and_consent(void **state)
{
    static const struct {
        const char *statement, *fault;
    } rows[] = {
        { "author: contributor-3\nconsent: true\n", "licence: missing" },
        { "licence: CC-BY-NC-4.0\nauthor: contributor-3\nconsent: true\n",
          "CC-BY-NC-4.0 is not among" },
        { "licence: CC-BY-4\nauthor: contributor-3\nconsent: true\n",
          "did you mean CC-BY-4.0?" },
        { "licence: CC-BY-4.0\nconsent: true\n", "author: missing" },
        { "licence: CC-BY-4.0\nauthor: somebody\nconsent: true\n", "'somebody'" },
        { "licence: CC-BY-4.0\nauthor: contributor-3\n", "consent" },
        { "licence: CC-BY-4.0\nauthor: contributor-3\nconsent: no\n", "consent" },
        { "author: somebody\n",
          "licence: missing, state an SPDX id; author: 'somebody' did not "
          "open this pull request; consent: must be true" },
        { "licence: [\n", "contribution.yml" },
        { "", "licence: missing" },
    };
    struct buf csv;

    buf_init(&csv, 100000);
    add_row(&csv, 64, 3, 7);
    put(*state, "tablet/samples.csv", csv.data);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct intake intake;

        put(*state, "tablet/contribution.yml", rows[i].statement);
        read_dir(&intake, *state, 100);
        assert_non_null(intake.fault);
        assert_non_null(strstr(intake.fault, rows[i].fault));
        assert_int_equal(intake_accepted(&intake), 0);
        intake_finish(&intake);
    }
    buf_finish(&csv);
}

static void a_licence_is_taken_in_any_case_and_kept_in_the_usual_one(void **state)
{
    static const struct {
        const char *stated, *kept;
    } rows[] = {
        { "cc-by-4.0", "CC-BY-4.0" },
        { "CC0-1.0", "CC0-1.0" },
        { "MIT OR cc0-1.0", "MIT OR cc0-1.0" },
    };
    struct buf text;

    buf_init(&text, 100000);
    add_row(&text, 64, 3, 7);
    put(*state, "tablet/samples.csv", text.data);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct intake intake;

        buf_clear(&text);
        buf_printf(&text, "licence: %s\nauthor: contributor-3\nconsent: true\n",
                   rows[i].stated);
        put(*state, "tablet/contribution.yml", text.data);
        read_dir(&intake, *state, 100);
        assert_null(intake.fault);
        assert_string_equal(intake.licence, rows[i].kept);
        intake_finish(&intake);
    }
    buf_finish(&text);
}

static void faults_of_the_whole_folder_are_told(void **state)
{
    struct intake intake;

    read_dir(&intake, *state, 100);
    assert_non_null(strstr(intake.fault, "no file under contrib/"));
    intake_finish(&intake);

    put(*state, "tablet/contribution.yml", STATEMENT);
    read_dir(&intake, *state, 100);
    assert_non_null(strstr(intake.fault, "holds no samples"));
    intake_finish(&intake);

    put(*state, "phone/contribution.yml", STATEMENT);
    read_dir(&intake, *state, 100);
    assert_non_null(strstr(intake.fault, "more than one contribution"));
    intake_finish(&intake);

    put(*state, "stray.csv", "");
    read_dir(&intake, *state, 100);
    assert_string_equal(intake.fault, "contrib/stray.csv: belongs into a folder of its own, "
                                      "contrib/NAME/");
    intake_finish(&intake);
}

static void two_folders_of_names_as_long_are_two_contributions(void **state)
{
    struct intake intake;

    put(*state, "phone/contribution.yml", STATEMENT);
    put(*state, "tapes/contribution.yml", STATEMENT);
    read_dir(&intake, *state, 100);
    assert_string_equal(intake.fault,
                        "more than one contribution: contrib/phone/ and contrib/tapes/");
    intake_finish(&intake);
}

static void a_statement_is_short(void **state)
{
    struct intake intake;
    struct buf text;

    buf_init(&text, 1 << 20);
    while (text.len < 100000)
        buf_add_str(&text, "# a remark\n");
    buf_add_str(&text, STATEMENT);
    put(*state, "tablet/contribution.yml", text.data);
    read_dir(&intake, *state, 100);
    assert_non_null(intake.fault);
    assert_non_null(strstr(intake.fault, "contribution.yml: larger than"));
    intake_finish(&intake);
    buf_finish(&text);
}

static void samples_past_the_limit_fault_the_contribution(void **state)
{
    struct intake intake;
    struct buf csv;

    buf_init(&csv, 100000);
    for (int i = 0; i < 4; i++)
        add_row(&csv, 64, i, i);
    put(*state, "tablet/contribution.yml", STATEMENT);
    put(*state, "tablet/samples.csv", csv.data);
    read_dir(&intake, *state, 4);
    assert_null(intake.fault);
    intake_finish(&intake);
    read_dir(&intake, *state, 3);
    assert_non_null(strstr(intake.fault, "more than 3 samples"));
    intake_finish(&intake);
    buf_finish(&csv);
}

static void files_that_are_no_samples_are_refused_one_by_one(void **state)
{
    char *big = calloc(1, 30000);
    struct intake intake;

    memset(big, '1', 29999);
    put(*state, "tablet/contribution.yml", STATEMENT);
    put(*state, "tablet/README.md", "hello");
    put(*state, "tablet/run.sh", "echo");
    put(*state, "tablet/10/a.png", "x");
    put(*state, "tablet/3/a.png", "not a picture");
    put(*state, "tablet/big.csv", big);
    read_dir(&intake, *state, 100);
    assert_int_equal(intake.n_samples, 4);
    assert_non_null(strstr(intake.samples[0].reason, "neither"));
    assert_non_null(intake.samples[1].reason);
    assert_non_null(strstr(intake.samples[2].reason, "larger than the limit of 20000 bytes"));
    assert_non_null(strstr(intake.samples[3].reason, "neither"));
    intake_finish(&intake);
    free(big);
}

static void the_digest_follows_labels_and_pixels(void **state)
{
    char first[SHA256_HEX_SIZE], second[SHA256_HEX_SIZE];
    struct intake intake;
    struct buf csv;

    buf_init(&csv, 100000);
    add_row(&csv, 64, 3, 7);
    put(*state, "tablet/contribution.yml", STATEMENT);
    put(*state, "tablet/samples.csv", csv.data);
    read_dir(&intake, *state, 100);
    intake_digest(&intake, first);
    intake.samples[0].label = 8;
    intake_digest(&intake, second);
    assert_string_not_equal(first, second);
    intake.samples[0].label = 7;
    intake_digest(&intake, second);
    assert_string_equal(first, second);
    intake.samples[0].pixels[63]++;
    intake_digest(&intake, second);
    assert_string_not_equal(first, second);
    intake_refuse(&intake.samples[0], "the first reason"); /* and it is of none any more */
    intake_refuse(&intake.samples[0], "a second one");
    assert_string_equal(intake.samples[0].reason, "the first reason");
    intake_digest(&intake, first);
    assert_string_equal(first,
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    intake_fault(&intake, "the first fault");
    intake_fault(&intake, "a second one");
    assert_string_equal(intake.fault, "the first fault");
    intake_finish(&intake);
    buf_finish(&csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(reasons_are_utf8_whatever_the_row_holds),
        WITH_FOLDER(rows_of_a_spreadsheet_are_as_good_as_any),
        WITH_FOLDER(good_rows_are_taken_and_bad_ones_named),
        WITH_FOLDER(a_contribution_states_licence_author_and_consent),
        WITH_FOLDER(a_licence_is_taken_in_any_case_and_kept_in_the_usual_one),
        WITH_FOLDER(faults_of_the_whole_folder_are_told),
        WITH_FOLDER(two_folders_of_names_as_long_are_two_contributions),
        WITH_FOLDER(a_statement_is_short),
        WITH_FOLDER(samples_past_the_limit_fault_the_contribution),
        WITH_FOLDER(files_that_are_no_samples_are_refused_one_by_one),
        WITH_FOLDER(the_digest_follows_labels_and_pixels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
