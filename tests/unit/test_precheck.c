/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/precheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/embedded.h"
#include "base/err.h"
#include "base/fs.h"
#include "bot/retrain/intake.h"
#include "config/config.h"
#include "data/bundled.h"
#include "model/dataset.h"
#include "model/split.h"

static const char STATEMENT[] = "licence: CC-BY-4.0\nauthor: contributor-3\nconsent: true\n";

struct fixture {
    char *dir;
    struct config *config;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    struct buf faults;

    buf_init(&faults, 1000);
    assert_int_equal(config_load_text(&f->config, "defaults", "", 0, &faults, NULL), 0);
    assert_int_equal(fs_temp_dir(&f->dir, NULL, NULL), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    config_free(f->config);
    assert_int_equal(fs_remove(f->dir, NULL), 0);
    free(f->dir);
    free(f);
    return 0;
}

static void put(const struct fixture *f, const char *name, const char *text, size_t len)
{
    char *path = fs_path(f->dir, name, NULL);

    assert_int_equal(fs_write(path, text, len, 0644, NULL), 0);
    free(path);
}

/* The first n rows of a part, as a contributor would write them. */
static void put_rows(const struct fixture *f, enum split_part part, size_t n)
{
    const struct embedded *digits = bundled_digits(), *split = bundled_split();
    struct dataset all, rows;
    struct buf csv;

    dataset_init(&all, 8);
    dataset_init(&rows, 8);
    buf_init(&csv, 1 << 20);
    assert_int_equal(dataset_read_csv(&all, (const char *)digits->data, digits->len, "d", NULL),
                     0);
    assert_int_equal(
        split_select(&rows, &all, part, (const char *)split->data, split->len, NULL), 0);
    for (size_t i = 0; i < n; i++) {
        for (size_t p = 0; p < 64; p++)
            buf_printf(&csv, "%d,", dataset_image(&rows, i)[p]);
        buf_printf(&csv, "%d\n", rows.labels[i]);
    }
    put(f, "samples.csv", csv.data, csv.len);
    buf_finish(&csv);
    dataset_finish(&all);
    dataset_finish(&rows);
}

static void good_samples_would_be_accepted(void **state)
{
    struct fixture *f = *state;
    struct intake intake;

    put(f, "contribution.yml", STATEMENT, sizeof(STATEMENT) - 1);
    put_rows(f, SPLIT_PRACTICE, 20);
    intake_init(&intake);
    assert_int_equal(precheck_folder(&intake, f->dir, f->config, NULL), 0);
    assert_null(intake.fault);
    assert_int_equal(intake.n_samples, 20);
    assert_in_range(intake_accepted(&intake), 17, 20);
    intake_finish(&intake);
}

static void what_models_are_tested_on_is_refused_here_too(void **state)
{
    struct fixture *f = *state;
    struct intake intake;

    put(f, "contribution.yml", STATEMENT, sizeof(STATEMENT) - 1);
    put_rows(f, SPLIT_HOLDOUT, 5);
    intake_init(&intake);
    assert_int_equal(precheck_folder(&intake, f->dir, f->config, NULL), 0);
    assert_int_equal(intake_accepted(&intake), 0);
    assert_non_null(strstr(intake.samples[0].reason, "tested on"));
    intake_finish(&intake);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    struct fixture *f = *state;
    char *path = fs_path(f->dir, "nothing", NULL);
    struct err err = { 0 };
    struct intake intake;

    intake_init(&intake);
    assert_int_equal(precheck_folder(&intake, path, f->config, &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "nothing"));
    intake_finish(&intake);
    free(path);
}

int main(void)
{
#define in_dir(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        in_dir(good_samples_would_be_accepted),
        in_dir(what_models_are_tested_on_is_refused_here_too),
        in_dir(a_folder_that_is_not_there_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
