/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "store/approval.h"
#include "store/contribution.h"
#include "store/feedback.h"
#include "store/event.h"
#include "store/lineage.h"
#include "store/release.h"
#include "store/run.h"
#include "tests/support/database.h"

enum { TEXT_SIZE = 400 };

static void append(char *text, const char *part)
{
    size_t len = strlen(text);

    (void)snprintf(text + len, TEXT_SIZE - len, "%s", part);
}

static int take_contribution(void *ctx, const struct contribution *c, struct err *err)
{
    char part[40];

    (void)err;
    (void)snprintf(part, sizeof(part), "%d:%d ", (int)c->number, (int)c->n_accepted);
    append(ctx, part);
    return 0;
}

static int take_sample(void *ctx, const struct sample *s, struct err *err)
{
    char part[40];

    (void)err;
    assert_int_equal(s->n_pixels, s->is_accepted ? 64 : 0);
    assert_true(!s->is_accepted || ((const unsigned char *)s->pixels)[2] == 3);
    (void)snprintf(part, sizeof(part), "%d/%d%s ", (int)s->number, (int)s->row,
                   s->is_accepted ? "" : "!");
    append(ctx, part);
    return 0;
}

static void put_release(struct db *db, const char *version, const char *run, bool is_published)
{
    const struct release r = { .repo_id = TEST_REPO,
                               .version = version,
                               .run_id = run,
                               .model_sha256 = "m",
                               .target_sha = "t",
                               .dated_at = TEST_T0,
                               .is_published = is_published };

    assert_int_equal(release_put(db, &r, NULL, NULL), 0);
}

static void put_run_on(struct db *db, const char *id, int64_t first, int64_t second)
{
    const struct run_contribution from[] = { { first, test_sha(first) },
                                             { second, test_sha(second) } };
    const struct run r = { .repo_id = TEST_REPO,
                           .id = id,
                           .number = second,
                           .commit_sha = test_sha(second),
                           .cause = RUN_RELEASE,
                           .is_accepted = true,
                           .ended_at = TEST_T0 + 500 };

    assert_int_equal(run_put(db, &r, from, 2, NULL, NULL), 0);
}

static void approvals_are_used_once(void **state)
{
    struct db *db = *state;
    struct approval a = { .repo_id = TEST_REPO,
                          .number = 2,
                          .commit_sha = test_sha(2),
                          .event_id = 102,
                          .actor = "maintainer-1",
                          .role = "read",
                          .state = APPROVAL_REFUSED };
    enum put_result result;

    test_put_contribution(db, 2, 0, 3);
    assert_int_equal(approval_set_used(db, &a, NULL), 0);
    assert_int_equal(approval_set_used(db, &a, NULL), -ERR_CONFLICT);
    assert_int_equal(approval_put(db, &a, &result, NULL), 0);
    assert_int_equal(result, PUT_SAME);
    a.event_id = 103;
    assert_int_equal(approval_put(db, &a, &result, NULL), 0);
    assert_int_equal(result, PUT_NEW);
    assert_int_equal(approval_set_used(db, &a, NULL), -ERR_CONFLICT);
    a.state = APPROVAL_GRANTED;
    a.role = "write";
    assert_int_equal(approval_put(db, &a, &result, NULL), 0);
    assert_int_equal(result, PUT_CHANGED);
    assert_int_equal(approval_set_used(db, &a, NULL), 0);
}

static void samples_come_back_in_order_of_path_and_row(void **state)
{
    struct db *db = *state;
    char text[TEXT_SIZE] = "";

    test_put_contribution(db, 2, 0, 3);
    assert_int_equal(sample_each(db, TEST_REPO, 2, test_sha(2), take_sample, text, NULL), 0);
    assert_string_equal(text, "2/1! 2/2 2/3 2/4 ");
}

static void merged_contributions_come_in_order_of_their_merge(void **state)
{
    struct db *db = *state;
    char text[TEXT_SIZE] = "";

    test_put_contribution(db, 1, TEST_T0 + 900, 2);
    test_put_contribution(db, 2, 0, 3);
    test_put_contribution(db, 3, TEST_T0 + 800, 1);
    assert_int_equal(contribution_each_merged(db, TEST_REPO, take_contribution, text, NULL), 0);
    assert_string_equal(text, "3:1 1:2 ");
    put_run_on(db, "both", 2, 1);
    text[0] = '\0';
    assert_int_equal(
        contribution_each_of_run(db, TEST_REPO, "both", take_contribution, text, NULL), 0);
    assert_string_equal(text, "1:2 2:3 ");
}

static int take_approved_at(void *ctx, const struct lineage_row *row, struct err *err)
{
    (void)err;
    *(int64_t *)ctx = row->approved_at;
    return 0;
}

static void lineage_tells_when_the_label_was_set_not_when_we_looked(void **state)
{
    const struct event labeled = { .repo_id = TEST_REPO,
                                   .id = 101, /* which test_put_contribution approves */
                                   .number = 1,
                                   .kind = "labeled",
                                   .label = "retrain",
                                   .commit_sha = "",
                                   .created_at = TEST_T0 + 30 };
    struct db *db = *state;
    int64_t at = 0;

    test_put_contribution(db, 1, TEST_T0 + 900, 1);
    assert_int_equal(
        lineage_each(db, TEST_REPO, LINEAGE_BY_PULL, "1", take_approved_at, &at, NULL), 0);
    assert_int_equal(at, TEST_T0 + 60);
    assert_int_equal(event_put(db, &labeled, NULL, NULL), 0);
    assert_int_equal(
        lineage_each(db, TEST_REPO, LINEAGE_BY_PULL, "1", take_approved_at, &at, NULL), 0);
    assert_int_equal(at, TEST_T0 + 30);
}

static void what_a_release_carries_is_released_and_the_rest_is_not(void **state)
{
    struct db *db = *state;
    char text[TEXT_SIZE] = "";

    test_put_contribution(db, 1, TEST_T0 + 900, 2);
    test_put_contribution(db, 3, TEST_T0 + 800, 1);
    put_release(db, "1.0.0", "run-3", false);
    assert_int_equal(contribution_each_unreleased(db, TEST_REPO, take_contribution, text, NULL),
                     0);
    assert_string_equal(text, "1:2 ");
}

static void a_run_is_put_once(void **state)
{
    struct db *db = *state;
    const struct run r = { .repo_id = TEST_REPO, .id = "run-2", .arch = "other" };
    enum put_result result;

    test_put_contribution(db, 2, 0, 3);
    assert_int_equal(run_put(db, &r, NULL, 0, &result, NULL), 0);
    assert_int_equal(result, PUT_SAME);
}

/* Its contribution is not there: the run is not there either. */
static void a_run_without_its_contribution_leaves_nothing(void **state)
{
    struct db *db = *state;
    const struct run r = { .repo_id = TEST_REPO, .id = "lone" };
    const struct run_contribution from = { 9, test_sha(9) };
    struct err err = { 0 };

    assert_int_equal(run_put(db, &r, &from, 1, NULL, &err), -ERR_DB);
    assert_non_null(strstr(err.msg, "FOREIGN KEY"));
    assert_int_equal(run_put(db, &r, NULL, 0, NULL, NULL), 0);
}

static int take_release(void *ctx, const struct release *r, struct err *err)
{
    (void)err;
    append(ctx, r->version);
    append(ctx, r->is_published ? " " : "? ");
    return 0;
}

static void versions_are_ordered_by_their_numbers(void **state)
{
    struct db *db = *state;
    char text[TEXT_SIZE] = "";

    test_put_contribution(db, 1, TEST_T0 + 900, 2);
    put_release(db, "1.10.0", "run-1", true);
    put_release(db, "1.9.0", "run-1", true);
    put_release(db, "2.0.0", "run-1", false);
    put_release(db, "1.11.0", "run-1", false);
    assert_int_equal(release_each(db, TEST_REPO, take_release, text, NULL), 0);
    assert_string_equal(text, "1.9.0 1.10.0 1.11.0? 2.0.0? ");
    text[0] = '\0';
    assert_int_equal(release_get_latest(db, TEST_REPO, take_release, text, NULL), 0);
    assert_int_equal(release_get_planned(db, TEST_REPO, take_release, text, NULL), 0);
    assert_string_equal(text, "1.10.0 1.11.0? ");
}

static void a_published_release_never_changes(void **state)
{
    struct db *db = *state;
    struct release r = { .repo_id = TEST_REPO,
                         .version = "1.0.0",
                         .run_id = "run-1",
                         .model_sha256 = "m",
                         .target_sha = "t",
                         .dated_at = TEST_T0 };
    enum put_result result;

    test_put_contribution(db, 1, TEST_T0 + 900, 2);
    assert_int_equal(release_put(db, &r, NULL, NULL), 0);
    r.target_sha = "u";
    assert_int_equal(release_put(db, &r, &result, NULL), 0);
    assert_int_equal(result, PUT_CHANGED);
    assert_int_equal(release_set_published(db, TEST_REPO, "1.0.0", NULL), 0);
    assert_int_equal(release_set_published(db, TEST_REPO, "3.0.0", NULL), -ERR_NOTFOUND);
    r.is_published = true;
    assert_int_equal(release_put(db, &r, &result, NULL), 0);
    assert_int_equal(result, PUT_SAME);
    r.target_sha = "v";
    assert_int_equal(release_put(db, &r, NULL, NULL), -ERR_CONFLICT);
}

static int take_row(void *ctx, const struct lineage_row *r, struct err *err)
{
    char part[120];

    (void)err;
    (void)snprintf(part, sizeof(part), "%d/%d %s %s %s %s %s %s\n", (int)r->number, (int)r->row,
                   r->author, r->licence, r->approved_by, r->run_id, r->verdict, r->release);
    append(ctx, part);
    return 0;
}

static char *lineage(struct db *db, char text[TEXT_SIZE], const char *word)
{
    enum lineage_by by = LINEAGE_BY_SAMPLE;
    struct err err = { 0 };

    text[0] = '\0';
    if (lineage_guess(db, TEST_REPO, word, &by, &err) < 0 ||
        lineage_each(db, TEST_REPO, by, word, take_row, text, &err) < 0)
        (void)snprintf(text, TEXT_SIZE, "%s", err_name(err.code));
    return text;
}

static void lineage_answers_from_every_end(void **state)
{
    static const char *const rows =
        "1/2 contributor-1 CC-BY-4.0 maintainer-1 run-1 accepted 1.0.0\n"
        "1/3 contributor-1 CC-BY-4.0 maintainer-1 run-1 accepted 1.0.0\n";
    struct db *db = *state;
    char text[TEXT_SIZE];
    const struct feedback f = { .repo_id = TEST_REPO, .id = "thread-5", .number = 5 };
    const struct feedback_link link = { TEST_REPO, "thread-5", FEEDBACK_LINK_RELEASE, "1.0.0" };

    test_put_contribution(db, 1, TEST_T0 + 900, 2);
    test_put_contribution(db, 2, 0, 1);
    put_run_on(db, "both", 2, 1);
    put_release(db, "1.0.0", "run-1", true);
    test_put_thread(db, 5, "issue", NEWCOMER_1, TEST_T0, 0);
    assert_string_equal(lineage(db, text, "v1.0.0"), rows);
    assert_string_equal(lineage(db, text,
                                "00000000000000000000000000000001000000000000"
                                "00000000000000000000"),
                        "1/3 contributor-1 CC-BY-4.0 maintainer-1 run-1 accepted 1.0.0\n");
    assert_string_equal(lineage(db, text, "#2"),
                        "2/1 contributor-1 CC-BY-4.0 maintainer-1 run-2 accepted \n"
                        "2/2 contributor-1 CC-BY-4.0 maintainer-1 run-2 accepted \n");
    assert_string_equal(lineage(db, text, "thread-5"), "notfound");
    assert_int_equal(feedback_put(db, &f, NULL, NULL), 0);
    assert_string_equal(lineage(db, text, "thread-5"), "notfound");
    assert_int_equal(feedback_link_put(db, &link, NULL, NULL), 0);
    assert_string_equal(lineage(db, text, "thread-5"), rows);
    assert_string_equal(lineage(db, text, "nonsense"), "notfound");
    assert_string_equal(lineage(db, text, "5"), "notfound");
}

int main(void)
{
#define WITH_DB(test) cmocka_unit_test_setup_teardown(test, test_db_open, test_db_close)
    const struct CMUnitTest tests[] = {
        WITH_DB(approvals_are_used_once),
        WITH_DB(samples_come_back_in_order_of_path_and_row),
        WITH_DB(merged_contributions_come_in_order_of_their_merge),
        WITH_DB(lineage_tells_when_the_label_was_set_not_when_we_looked),
        WITH_DB(what_a_release_carries_is_released_and_the_rest_is_not),
        WITH_DB(a_run_is_put_once),
        WITH_DB(a_run_without_its_contribution_leaves_nothing),
        WITH_DB(versions_are_ordered_by_their_numbers),
        WITH_DB(a_published_release_never_changes),
        WITH_DB(lineage_answers_from_every_end),
    };
#undef WITH_DB
    return cmocka_run_group_tests(tests, NULL, NULL);
}
