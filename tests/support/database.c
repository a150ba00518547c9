/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/database.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "store/approval.h"
#include "store/contribution.h"
#include "store/entry.h"
#include "store/person.h"
#include "store/repository.h"
#include "store/run.h"
#include "store/thread.h"

static const struct person accounts[] = {
    { MAINTAINER_1, "maintainer-1", false }, { CONTRIBUTOR_1, "contributor-1", false },
    { NEWCOMER_1, "newcomer-1", false },     { LABELER_BOT, "labeler-bot", true },
    { SELF_BOT, "hearth-bot", true },
};

struct db *test_db_at(const char *path)
{
    const struct repository r = {
        .id = TEST_REPO,
        .owner = "digits",
        .name = "model",
        .default_branch = "main",
        .self_id = SELF_BOT,
        .self_login = "hearth-bot",
        .first_seen_at = TEST_T0,
    };
    struct db *db = NULL;
    struct err err = { 0 };

    if (db_open(&db, path, DB_HEARTH, DB_CREATE, &err) < 0)
        fail_msg("%s", err.msg);
    assert_int_equal(repository_put(db, &r, NULL, &err), 0);
    for (size_t i = 0; i < sizeof(accounts) / sizeof(*accounts); i++)
        assert_int_equal(person_put(db, &accounts[i], &err), 0);
    return db;
}

int test_db_open(void **state)
{
    *state = test_db_at(":memory:");
    return 0;
}

int test_db_close(void **state)
{
    db_close(*state);
    return 0;
}

static void check(int rc, const struct err *err)
{
    if (rc < 0)
        print_error("%s\n", err->msg);
    assert_int_equal(rc, 0);
}

void test_put_thread(struct db *db, int64_t number, const char *kind, int64_t author_id,
                     int64_t created_at, int64_t merged_at)
{
    const struct thread t = {
        .repo_id = TEST_REPO,
        .number = number,
        .kind = kind[0] == 'p' ? THREAD_PULL : THREAD_ISSUE,
        .title = "a title",
        .body = "a body",
        .author_id = author_id,
        .is_open = merged_at == 0,
        .state_reason = "",
        .created_at = created_at,
        .updated_at = created_at,
        .closed_at = merged_at,
        .merged_at = merged_at,
    };
    struct err err = { 0 };

    check(thread_put(db, &t, NULL, &err), &err);
}

void test_put_comment(struct db *db, int64_t id, int64_t number, int64_t author_id,
                      int64_t created_at)
{
    const struct entry e = {
        .repo_id = TEST_REPO,
        .kind = ENTRY_COMMENT,
        .id = id,
        .number = number,
        .author_id = author_id,
        .body = "a comment",
        .created_at = created_at,
        .updated_at = created_at,
    };
    struct err err = { 0 };

    check(entry_put(db, &e, NULL, &err), &err);
}

const char *test_sha(int64_t number)
{
    static const char *const shas[] = {
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa3",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa4", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa5",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa6", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa7",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa8", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa9",
    };

    return shas[number];
}

static void put_samples(struct db *db, int64_t number, int n)
{
    static const unsigned char pixels[64] = { 1, 2, 3 };
    struct sample samples[9] = { 0 };
    char digests[9][65];
    struct contribution c = {
        .repo_id = TEST_REPO,
        .number = number,
        .commit_sha = test_sha(number),
        .author = "contributor-1",
        .licence = "CC-BY-4.0",
        .digest = "d",
        .n_accepted = n,
        .n_refused = 1,
        .fault = "",
    };
    struct err err = { 0 };

    assert_in_range(n, 1, 8);
    for (int i = 0; i <= n; i++) {
        (void)snprintf(digests[i], 65, "%032d%032d", (int)number, i);
        samples[i] = (struct sample){ .path = "contrib/x/digits.csv",
                                      .row = n + 1 - i, /* not in order */
                                      .digest = digests[i],
                                      .label = i,
                                      .is_accepted = i < n,
                                      .reason = i < n ? "" : "a duplicate",
                                      .pixels = pixels,
                                      .n_pixels = sizeof(pixels) };
    }
    check(contribution_put(db, &c, samples, (size_t)n + 1, NULL, &err), &err);
}

void test_put_contribution(struct db *db, int64_t number, int64_t merged_at, int n)
{
    const struct pull p = { .repo_id = TEST_REPO,
                            .number = number,
                            .head_sha = test_sha(number),
                            .base_ref = "main",
                            .head_seen_at = TEST_T0 };
    const struct approval a = { .repo_id = TEST_REPO,
                                .number = number,
                                .commit_sha = test_sha(number),
                                .event_id = 100 + number,
                                .actor = "maintainer-1",
                                .role = "maintain",
                                .state = APPROVAL_GRANTED,
                                .checked_at = TEST_T0 + 60 };
    const struct run_contribution from = { number, test_sha(number) };
    char id[24];
    struct run r = { .repo_id = TEST_REPO,
                     .id = id,
                     .number = number,
                     .commit_sha = test_sha(number),
                     .cause = RUN_LABEL,
                     .arch = "mlp",
                     .data_digest = "d",
                     .n_train = 1300 + n,
                     .champion_sha256 = "c0",
                     .candidate_sha256 = "c1",
                     .is_accepted = true,
                     .reasons = "[]",
                     .metrics = "{}",
                     .ended_at = TEST_T0 + number };
    struct err err = { 0 };

    (void)snprintf(id, sizeof(id), "run-%d", (int)number);
    test_put_thread(db, number, "pull", CONTRIBUTOR_1, TEST_T0, merged_at);
    check(pull_put(db, &p, &err), &err);
    put_samples(db, number, n);
    check(approval_put(db, &a, NULL, &err), &err);
    check(run_put(db, &r, &from, 1, NULL, &err), &err);
}
