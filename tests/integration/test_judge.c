/* SPDX-License-Identifier: Apache-2.0
 * The judge as the product runs it: a child of this program, reading a real git repository. */
#include "bot/retrain/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/embedded.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/git.h"
#include "base/worker.h"
#include "config/config.h"
#include "data/bundled.h"
#include "model/dataset.h"
#include "model/split.h"

static const char STATEMENT[] = "licence: CC-BY-4.0\nauthor: contributor-3\nconsent: true\n";

enum { TEXT_MAX_BYTES = 64 << 20, N_PRACTICE = 137 };

/* A cache repository with one commit that everything branches from. */
struct fixture {
    char *dir;
    struct git_repo *repo;
    char base[GIT_HEX_SIZE];
    struct dataset practice, holdout;
    struct config config;
};

static void load_part(struct dataset *out, enum split_part part)
{
    const struct embedded *digits = bundled_digits(), *split = bundled_split();
    struct dataset all;

    dataset_init(&all, 8);
    dataset_init(out, 8);
    assert_int_equal(dataset_read_csv(&all, (const char *)digits->data, digits->len, "d", NULL),
                     0);
    assert_int_equal(split_select(out, &all, part, (const char *)split->data, split->len, NULL),
                     0);
    dataset_finish(&all);
}

static void commit(struct fixture *f, char ret[GIT_HEX_SIZE], const char *parent,
                   const struct git_new_file *files, size_t n)
{
    const struct git_new_commit new = { .files = files,
                                        .n_files = n,
                                        .parent = parent,
                                        .author_name = "contributor-3",
                                        .author_email = "contributor-3@example.invalid",
                                        .at = 1700000000,
                                        .message = "data\n" };

    assert_int_equal(git_commit_files(ret, f->repo, &new, NULL), 0);
}

static int set_up(void **state)
{
    static char licence[] = "CC-BY-4.0", arch[] = "mlp";
    static char *licences[] = { licence };
    static const struct git_new_file readme = { "README.md", "hello\n", 6 };
    struct fixture *f = xcalloc(1, sizeof(*f));

    assert_int_equal(git_setup(NULL), 0);
    assert_int_equal(fs_temp_dir(&f->dir, NULL, NULL), 0);
    assert_int_equal(git_init_bare(&f->repo, f->dir, NULL), 0);
    commit(f, f->base, NULL, &readme, 1);
    load_part(&f->practice, SPLIT_PRACTICE);
    load_part(&f->holdout, SPLIT_HOLDOUT);
    assert_int_equal(f->practice.n, N_PRACTICE);

    f->config.retrain.licences.items = licences;
    f->config.retrain.licences.n = 1;
    f->config.retrain.max_samples = 1000;
    f->config.retrain.max_file_size = 1 << 20;
    f->config.retrain.max_files = 1000;
    f->config.retrain.judge_timeout_s = 100;
    f->config.retrain.arch = arch;
    f->config.retrain.epochs = 10;
    f->config.retrain.threads = 1;
    f->config.gate.mcnemar_p = 0.05;
    f->config.gate.max_nll_ratio = 1.02;
    f->config.gate.max_unlike = 1.5;
    f->config.gate.min_label_p = 0.1;
    f->config.gate.alarm_p = 0.001;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    git_close(f->repo);
    dataset_finish(&f->practice);
    dataset_finish(&f->holdout);
    assert_int_equal(fs_remove(f->dir, NULL), 0);
    free(f->dir);
    free(f);
    return 0;
}

/* Rows from..to of a data set as CSV, labels turned by `turn`. */
static void add_rows(struct buf *csv, const struct dataset *ds, size_t from, size_t to,
                     int turn)
{
    for (size_t i = from; i < to; i++) {
        for (size_t p = 0; p < 64; p++)
            buf_printf(csv, "%d,", dataset_image(ds, i)[p]);
        buf_printf(csv, "%d\n", (ds->labels[i] + turn) % 10);
    }
}

static void contribute(struct fixture *f, char ret[GIT_HEX_SIZE], const struct buf *csv)
{
    const struct git_new_file files[] = {
        { "README.md", "hello\n", 6 },
        { "contrib/tablet/contribution.yml", STATEMENT, sizeof(STATEMENT) - 1 },
        { "contrib/tablet/samples.csv", csv->data, csv->len },
    };

    commit(f, ret, f->base, files, 3);
}

static int run_judge(struct fixture *f, const char *sha, struct judgement *j, struct err *err)
{
    const struct judge_task task = { .config = &f->config,
                                     .cache = f->dir,
                                     .commit = sha,
                                     .base_commit = f->base,
                                     .author = "contributor-3" };

    judgement_init(j);
    return judge_run(&task, j, err);
}

static void good_data_is_trained_on_and_accepted_the_same_way_twice(void **state)
{
    struct fixture *f = *state;
    struct judgement first, second;
    char sha[GIT_HEX_SIZE];
    struct buf csv;

    buf_init(&csv, TEXT_MAX_BYTES);
    add_rows(&csv, &f->practice, 0, 40, 0);
    contribute(f, sha, &csv);
    assert_int_equal(run_judge(f, sha, &first, NULL), 0);
    assert_int_equal(run_judge(f, sha, &second, NULL), 0);

    assert_null(first.intake.fault);
    assert_int_equal(first.intake.n_samples, 40);
    assert_true(intake_accepted(&first.intake) >= 36);
    assert_true(first.has_run);
    assert_true(first.is_reproducible);
    assert_true(first.verdict.is_accepted);
    assert_int_equal(first.champion.n, 360);
    assert_int_equal(first.n_train, 1300 + (int64_t)intake_accepted(&first.intake));
    assert_true(first.candidate.correct > 330);
    assert_int_equal(first.model.len, second.model.len);
    assert_memory_equal(first.model.data, second.model.data, first.model.len);
    judgement_finish(&first);
    judgement_finish(&second);
    buf_finish(&csv);
}

static void wrong_labels_fault_the_contribution(void **state)
{
    struct fixture *f = *state;
    struct judgement j;
    char sha[GIT_HEX_SIZE];
    struct buf csv;

    buf_init(&csv, TEXT_MAX_BYTES);
    add_rows(&csv, &f->practice, 0, 20, 0);
    add_rows(&csv, &f->practice, 20, 30, 1);
    contribute(f, sha, &csv);
    assert_int_equal(run_judge(f, sha, &j, NULL), 0);
    assert_non_null(strstr(j.intake.fault, "of 30 labels contradict"));
    assert_int_equal(intake_accepted(&j.intake), 0);
    assert_false(j.has_run);
    judgement_finish(&j);
    buf_finish(&csv);
}

static void leaks_and_duplicates_are_refused_one_by_one(void **state)
{
    struct fixture *f = *state;
    struct judgement j;
    char sha[GIT_HEX_SIZE];
    struct buf csv;

    buf_init(&csv, TEXT_MAX_BYTES);
    add_rows(&csv, &f->practice, 0, 10, 0);
    add_rows(&csv, &f->practice, 4, 5, 0);
    add_rows(&csv, &f->holdout, 7, 9, 0);
    contribute(f, sha, &csv);
    assert_int_equal(run_judge(f, sha, &j, NULL), 0);
    assert_null(j.intake.fault);
    assert_non_null(strstr(j.intake.samples[10].reason, "already in this contribution"));
    assert_non_null(strstr(j.intake.samples[11].reason, "tested on"));
    assert_non_null(strstr(j.intake.samples[12].reason, "tested on"));
    judgement_finish(&j);
    buf_finish(&csv);
}

/* How many are refused for showing no digit. */
static size_t count_unlike(const struct intake *intake)
{
    size_t n = 0;

    for (size_t i = 0; i < intake->n_samples; i++) {
        const char *reason = intake->samples[i].reason;

        n += reason && strstr(reason, "unlike any digit");
    }
    return n;
}

static void pictures_of_no_digit_are_refused_with_the_distance(void **state)
{
    struct fixture *f = *state;
    struct judgement good, bad;
    char sha[GIT_HEX_SIZE];
    struct buf csv;

    buf_init(&csv, TEXT_MAX_BYTES);
    add_rows(&csv, &f->practice, 0, f->practice.n, 0);
    contribute(f, sha, &csv);
    assert_int_equal(run_judge(f, sha, &good, NULL), 0);
    assert_true(count_unlike(&good.intake) == 0);

    buf_clear(&csv);
    for (size_t i = 0; i < 40; i++) { /* lying on their side */
        for (size_t p = 0; p < 64; p++)
            buf_printf(&csv, "%d,", dataset_image(&f->practice, i)[p % 8 * 8 + 7 - p / 8]);
        buf_printf(&csv, "%d\n", f->practice.labels[i]);
    }
    contribute(f, sha, &csv);
    assert_int_equal(run_judge(f, sha, &bad, NULL), 0);
    assert_true(count_unlike(&bad.intake) >= 39);
    assert_non_null(strstr(bad.intake.samples[0].reason, "(at most 1.5)"));
    judgement_finish(&good);
    judgement_finish(&bad);
    buf_finish(&csv);
}

static void every_network_that_may_be_chosen_is_trained(void **state)
{
    static char names[][4] = { "mlp", "cnn", "rnn" };
    struct fixture *f = *state;
    char sha[GIT_HEX_SIZE];
    struct buf csv;

    buf_init(&csv, TEXT_MAX_BYTES);
    add_rows(&csv, &f->practice, 0, 20, 0);
    contribute(f, sha, &csv);
    f->config.retrain.epochs = 1;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct judgement j;

        f->config.retrain.arch = names[i];
        assert_int_equal(run_judge(f, sha, &j, NULL), 0);
        assert_true(j.has_run && j.is_reproducible);
        judgement_finish(&j);
    }
    buf_finish(&csv);
}

static void what_stands_at_the_branch_point_is_not_contributed_again(void **state)
{
    struct fixture *f = *state;
    char first[GIT_HEX_SIZE], second[GIT_HEX_SIZE];
    struct judgement j;
    struct buf csv, more;

    buf_init(&csv, TEXT_MAX_BYTES);
    buf_init(&more, TEXT_MAX_BYTES);
    add_rows(&csv, &f->practice, 0, 10, 0);
    add_rows(&more, &f->practice, 10, 15, 0);
    contribute(f, first, &csv);
    const struct git_new_file files[] = {
        { "contrib/phone/contribution.yml", STATEMENT, sizeof(STATEMENT) - 1 },
        { "contrib/phone/samples.csv", more.data, more.len },
        { "contrib/tablet/contribution.yml", STATEMENT, sizeof(STATEMENT) - 1 },
        { "contrib/tablet/samples.csv", csv.data, csv.len },
    };
    commit(f, second, first, files, 4);
    (void)snprintf(f->base, sizeof(f->base), "%s", first);
    assert_int_equal(run_judge(f, second, &j, NULL), 0);
    assert_null(j.intake.fault);
    assert_int_equal(j.intake.n_samples, 5);
    judgement_finish(&j);
    buf_finish(&csv);
    buf_finish(&more);
}

static void a_huge_blob_is_refused_by_its_header(void **state)
{
    struct fixture *f = *state;
    struct judgement j;
    char sha[GIT_HEX_SIZE];
    struct buf csv;

    buf_init(&csv, TEXT_MAX_BYTES);
    while (csv.len < (32 << 20))
        buf_add(&csv, "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,", 32);
    contribute(f, sha, &csv);
    assert_int_equal(run_judge(f, sha, &j, NULL), 0);
    assert_int_equal(j.intake.n_samples, 1);
    assert_non_null(strstr(j.intake.samples[0].reason, "larger than the limit"));
    assert_false(j.has_run);
    judgement_finish(&j);
    buf_finish(&csv);
}

static void a_commit_that_is_not_there_is_told_apart(void **state)
{
    struct fixture *f = *state;
    struct judgement j;

    assert_int_equal(run_judge(f, "0123456789012345678901234567890123456789", &j, NULL),
                     -ERR_NOTFOUND);
    judgement_finish(&j);
}

int main(int argc, char **argv)
{
#define with_repository(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    static const struct worker_kind *const kinds[] = { &judge_worker, NULL };
    const struct CMUnitTest tests[] = {
        with_repository(good_data_is_trained_on_and_accepted_the_same_way_twice),
        with_repository(wrong_labels_fault_the_contribution),
        with_repository(leaks_and_duplicates_are_refused_one_by_one),
        with_repository(pictures_of_no_digit_are_refused_with_the_distance),
        with_repository(every_network_that_may_be_chosen_is_trained),
        with_repository(what_stands_at_the_branch_point_is_not_contributed_again),
        with_repository(a_huge_blob_is_refused_by_its_header),
        with_repository(a_commit_that_is_not_there_is_told_apart),
    };
    int code = 0;

    if (worker_main(&code, argc, argv, kinds))
        return code;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
