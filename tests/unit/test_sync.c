/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/sync/sync.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/sync_scene.h"

static void first_sync_reads_the_community_and_who_we_are(void **state)
{
    struct scene *s = *state;

    scene_sync_well(s, SYNC_NEWS);
    assert_true(s->result.repo_id > 0);
    assert_string_equal(s->result.owner, "open-digits");
    assert_string_equal(s->result.self_login, "hearth-bot");
    assert_string_equal(s->result.default_branch, "main");
    assert_int_equal(strlen(s->result.head_sha), 40);
    assert_true(s->result.n_new > 10);
    assert_true(scene_held(s, 1).title[0] != '\0');
}

static void quiet_cycle_asks_conditionally_and_changes_nothing(void **state)
{
    struct scene *s = *state;

    scene_sync_well(s, SYNC_NEWS);
    scene_sync_well(s, SYNC_NEWS);
    char *before = scene_dump(s);
    scene_reconnect(s);
    scene_sync_well(s, SYNC_NEWS);
    struct forge_counts counts = forge_counts(s->forge);
    char *after = scene_dump(s);

    assert_string_equal(before, after);
    assert_true(counts.requests <= 12);
    assert_true(counts.requests - counts.conditional <= 2);
    assert_int_equal(counts.unchanged, counts.conditional);
    assert_int_equal(s->result.n_new + s->result.n_changed, 0);
    free(before);
    free(after);
}

static void first_sync_takes_one_request_a_page_and_a_constant(void **state)
{
    struct scene *s = *state;

    scene_open_issues(s, 450);
    scene_sync_well(s, SYNC_NEWS);
    assert_in_range(practice_client_count(s->client, "/issues?", "200"), 5, 5 + 1);
    assert_in_range(json_array_size(s->client->log), 5, 5 + 12);
}

/* Each page of issues but the first, and nothing that is not asked for next. */
static void next_page_of_a_walk_is_under_way_while_one_is_stored(void **state)
{
    struct scene *s = *state;

    scene_open_issues(s, 450);
    scene_sync_well(s, SYNC_NEWS);
    assert_true(s->client->n_announced >= 4);
    assert_int_equal(s->client->n_announced_in_vain, 0);
    practice_client_clear(s->client);
    scene_sync_well(s, SYNC_NEWS);
    scene_sync_well(s, SYNC_NEWS);
    assert_int_equal(s->client->n_announced, 0);
}

static void edits_closings_and_new_comments_are_followed(void **state)
{
    struct scene *s = *state;
    int64_t number = scene_open_issue(s);

    scene_sync_well(s, SYNC_NEWS);
    scene_do(s, "newcomer-1", "\"do\":\"retitle\",\"number\":%" PRId64 ",\"title\":\"new\"",
             number);
    int64_t comment =
        scene_do(s, "maintainer-1",
                 "\"do\":\"comment\",\"number\":%" PRId64 ",\"body\":\"yes\"", number);
    scene_sync_well(s, SYNC_NEWS);
    assert_string_equal(scene_held(s, number).title, "new");
    assert_string_equal(scene_held(s, number).last_body, "yes");

    scene_do(s, "maintainer-1", "\"do\":\"edit\",\"comment\":%" PRId64 ",\"body\":\"no\"",
             comment);
    scene_do(s, "maintainer-1", "\"do\":\"close\",\"number\":%" PRId64, number);
    scene_sync_well(s, SYNC_NEWS);
    assert_string_equal(scene_held(s, number).last_body, "no");
    assert_false(scene_held(s, number).is_open);
}

static void many_changes_in_one_second_are_all_read(void **state)
{
    struct scene *s = *state;

    scene_sync_well(s, SYNC_NEWS);
    scene_open_issues(s, 1);
    int64_t now_ms = s->client->now_ms;
    int64_t last = 0;
    for (int i = 0; i < 250; i++) {
        s->client->now_ms = now_ms;
        last = scene_open_issue(s);
    }
    scene_sync_well(s, SYNC_NEWS);
    assert_int_equal(s->result.n_new, 251);
    assert_string_equal(scene_held(s, last).title, "a title");
    scene_sync_well(s, SYNC_NEWS);
    assert_int_equal(practice_client_count(s->client, "/issues?", "200"), 0);
}

static void deleted_comment_keeps_its_row_without_its_text(void **state)
{
    struct scene *s = *state;
    int64_t number = scene_open_issue(s);

    int64_t comment = scene_do(
        s, "newcomer-1", "\"do\":\"comment\",\"number\":%" PRId64 ",\"body\":\"oops\"", number);
    scene_sync_well(s, SYNC_NEWS);
    assert_string_equal(scene_held(s, number).last_body, "oops");

    scene_do(s, "newcomer-1", "\"do\":\"delete\",\"comment\":%" PRId64, comment);
    scene_do(s, "maintainer-1", "\"do\":\"label\",\"number\":%" PRId64 ",\"label\":\"x\"",
             number);
    scene_sync_well(s, SYNC_NEWS);
    struct held held = scene_held(s, number);
    assert_int_equal(s->result.n_deleted, 1);
    assert_int_equal(held.n_entries, 1);
    assert_int_equal(held.n_deleted, 1);
    assert_string_equal(held.last_body, "");
}

static void comment_deleted_while_another_came_is_seen_too(void **state)
{
    struct scene *s = *state;
    int64_t number = scene_open_issue(s);

    int64_t comment = scene_do(
        s, "newcomer-1", "\"do\":\"comment\",\"number\":%" PRId64 ",\"body\":\"oops\"", number);
    scene_sync_well(s, SYNC_NEWS);
    scene_do(s, "newcomer-1", "\"do\":\"delete\",\"comment\":%" PRId64, comment);
    scene_do(s, "newcomer-1", "\"do\":\"comment\",\"number\":%" PRId64 ",\"body\":\"better\"",
             number);
    scene_sync_well(s, SYNC_NEWS);
    assert_int_equal(scene_held(s, number).n_entries, 2);
    assert_int_equal(scene_held(s, number).n_deleted, 1);
    assert_string_equal(scene_held(s, number).last_body, "better");
}

static void open_thread_that_vanished_is_marked_with_its_comments(void **state)
{
    struct scene *s = *state;
    int64_t number = scene_open_issue(s);

    scene_do(s, "newcomer-1", "\"do\":\"comment\",\"number\":%" PRId64 ",\"body\":\"oops\"",
             number);
    scene_sync_well(s, SYNC_NEWS);
    scene_do(s, "maintainer-1", "\"do\":\"delete\",\"number\":%" PRId64, number);
    scene_sync_well(s, SYNC_NEWS);
    struct held held = scene_held(s, number);
    assert_int_equal(s->result.n_gone, 1);
    assert_true(held.is_gone);
    assert_string_equal(held.title, "");
    assert_int_equal(held.n_deleted, 1);
    scene_sync_well(s, SYNC_NEWS);
    assert_int_equal(practice_client_count(s->client, "state=open", "200"), 0);
}

static void closed_thread_that_vanished_is_found_by_a_full_sync(void **state)
{
    struct scene *s = *state;
    int64_t number = scene_open_issue(s);

    scene_do(s, "newcomer-1", "\"do\":\"close\",\"number\":%" PRId64, number);
    scene_sync_well(s, SYNC_NEWS);
    scene_do(s, "maintainer-1", "\"do\":\"delete\",\"number\":%" PRId64, number);
    scene_sync_well(s, SYNC_NEWS);
    assert_int_equal(s->result.n_gone, 0);
    scene_sync_well(s, SYNC_FULL);
    assert_int_equal(s->result.n_gone, 1);
}

static void full_sync_marks_threads_that_vanished(void **state)
{
    struct scene *s = *state;
    int64_t number = scene_open_issue(s);

    scene_sync_well(s, SYNC_NEWS);
    scene_do(s, "maintainer-1", "\"do\":\"delete\",\"number\":%" PRId64, number);
    scene_sync_well(s, SYNC_FULL);
    assert_int_equal(s->result.n_gone, 1);
    assert_true(scene_held(s, number).is_gone);
    scene_sync_well(s, SYNC_FULL);
    assert_int_equal(s->result.n_gone + s->result.n_new + s->result.n_changed, 0);
}

static void full_sync_marks_comments_that_nothing_else_tells(void **state)
{
    struct scene *s = *state;
    int64_t number = scene_open_issue(s);

    int64_t comment = scene_do(
        s, "newcomer-1", "\"do\":\"comment\",\"number\":%" PRId64 ",\"body\":\"oops\"", number);
    scene_sync_well(s, SYNC_NEWS);
    scene_do(s, "newcomer-1", "\"do\":\"delete\",\"comment\":%" PRId64, comment);
    scene_sync_well(s, SYNC_FULL);
    assert_int_equal(s->result.n_deleted, 1);
    assert_int_equal(scene_held(s, number).n_deleted, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
#define TEST_GITEA(name)                                                                       \
    {                                                                                          \
#name "_on_gitea", name, scene_set_up_gitea, scene_tear_down, NULL                     \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(first_sync_reads_the_community_and_who_we_are),
        TEST(quiet_cycle_asks_conditionally_and_changes_nothing),
        TEST(first_sync_takes_one_request_a_page_and_a_constant),
        TEST(next_page_of_a_walk_is_under_way_while_one_is_stored),
        TEST(edits_closings_and_new_comments_are_followed),
        TEST(many_changes_in_one_second_are_all_read),
        TEST(deleted_comment_keeps_its_row_without_its_text),
        TEST(comment_deleted_while_another_came_is_seen_too),
        TEST(open_thread_that_vanished_is_marked_with_its_comments),
        TEST(closed_thread_that_vanished_is_found_by_a_full_sync),
        TEST(full_sync_marks_threads_that_vanished),
        TEST(full_sync_marks_comments_that_nothing_else_tells),
        TEST_GITEA(first_sync_reads_the_community_and_who_we_are),
        TEST_GITEA(edits_closings_and_new_comments_are_followed),
        TEST_GITEA(deleted_comment_keeps_its_row_without_its_text),
        TEST_GITEA(comment_deleted_while_another_came_is_seen_too),
        TEST_GITEA(open_thread_that_vanished_is_marked_with_its_comments),
        TEST_GITEA(full_sync_marks_threads_that_vanished),
        TEST_GITEA(full_sync_marks_comments_that_nothing_else_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
