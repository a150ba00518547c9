/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/sync/sync.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/sync_scene.h"

/* At every request of a first sync: the network goes, and a later sync completes it. */
static void killed_sync_resumes_into_the_same_state(void **state)
{
    struct scene *s = *state;

    scene_open_issues(s, 250);
    scene_sync_well(s, SYNC_NEWS);
    char *whole = scene_dump(s);
    int64_t n = (int64_t)json_array_size(s->client->log);
    assert_true(n > 5);
    for (int64_t cut = 0; cut < n; cut++) {
        scene_empty_database(s);
        s->client->n_allowed = cut;
        assert_int_equal(scene_sync(s, SYNC_NEWS), -ERR_IO);
        s->client->n_allowed = -1;
        scene_reconnect(s);
        scene_sync_well(s, SYNC_NEWS);
        char *resumed = scene_dump(s);
        assert_string_equal(resumed, whole);
        free(resumed);
    }
    free(whole);
}

static void resumed_sync_reads_no_page_twice(void **state)
{
    struct scene *s = *state;

    scene_open_issues(s, 450);
    s->client->n_allowed = 10;
    assert_int_equal(scene_sync(s, SYNC_NEWS), -ERR_IO);
    int first = practice_client_count(s->client, "/issues?", "200");
    s->client->n_allowed = -1;
    scene_sync_well(s, SYNC_NEWS);
    int second = practice_client_count(s->client, "/issues?", "200");
    assert_true(first > 0);
    assert_in_range(first + second, 5, 5 + 1);
}

static const char *const storms[] = {
    "500=0.2",
    "502-html=0.2",
    "403-retry-after=0.2",
    "429=0.1",
    "429-retry-after=0.2",
    "truncate=0.2",
    "drop=0.2",
    "301=0.2",
    "null-lists=0.5",
    "slow=0.5",
};

static void faults_end_in_the_undisturbed_state(void **state)
{
    struct scene *s = *state;

    scene_open_issues(s, 120);
    scene_sync_well(s, SYNC_NEWS);
    char *calm = scene_dump(s);
    for (size_t i = 0; i < sizeof(storms) / sizeof(storms[0]); i++) {
        int rc = -1;

        scene_empty_database(s);
        practice_client_fault(s->client, storms[i]);
        for (int tries = 0; rc < 0 && tries < 20; tries++) {
            scene_reconnect(s);
            rc = scene_sync(s, SYNC_NEWS);
            s->client->now_ms += 3600000;
        }
        if (rc < 0)
            fail_msg("%s: %s", storms[i], s->err.msg);
        practice_client_fault(s->client, "none");
        char *stormy = scene_dump(s);
        assert_string_equal(stormy, calm);
        free(stormy);
    }
    free(calm);
}

static void plain_403_names_the_right_and_is_not_repeated(void **state)
{
    struct scene *s = *state;

    practice_client_fault(s->client, "403");
    assert_int_equal(scene_sync(s, SYNC_NEWS), -ERR_DENIED);
    assert_int_equal(json_array_size(s->client->log), 1);
    assert_non_null(strstr(s->err.msg, "403"));
}

static void html_is_told_after_a_bounded_number_of_tries(void **state)
{
    struct scene *s = *state;

    practice_client_fault(s->client, "502-html");
    assert_int_equal(scene_sync(s, SYNC_NEWS), -ERR_FORGE);
    assert_in_range(json_array_size(s->client->log), 2, 10);
    assert_non_null(strstr(s->err.msg, "HTML"));
}

static void wrong_token_is_told_without_showing_it(void **state)
{
    struct scene *s = *state;

    s->client->token[0] ^= 1;
    scene_reconnect(s);
    assert_int_equal(scene_sync(s, SYNC_NEWS), -ERR_AUTH);
    assert_non_null(strstr(s->err.msg, "token"));
    assert_null(strstr(s->err.msg, s->client->token));
}

static void renamed_repository_is_told_with_its_new_name(void **state)
{
    struct scene *s = *state;

    scene_do(s, "maintainer-1", "\"do\":\"rename\",\"to\":\"figures\"");
    assert_int_equal(scene_sync(s, SYNC_NEWS), -ERR_MOVED);
    assert_non_null(strstr(s->err.msg, "open-digits/figures"));
}

static const struct {
    int status, rc;
} losses[] = { { 404, -ERR_NOTFOUND }, { 410, -ERR_MOVED }, { 451, -ERR_DENIED } };

static void lost_repository_is_told_and_changes_nothing(void **state)
{
    struct scene *s = *state;

    scene_sync_well(s, SYNC_NEWS);
    char *before = scene_dump(s);
    for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
        scene_do(s, "maintainer-1", "\"do\":\"gone\",\"status\":%d", losses[i].status);
        assert_int_equal(scene_sync(s, SYNC_NEWS), losses[i].rc);
        assert_non_null(strstr(s->err.msg, "open-digits/digits"));
        char *after = scene_dump(s);
        assert_string_equal(after, before);
        free(after);
    }
    free(before);
}

/* In the settings, for a week of quiet: nothing is lost by that. */
static void hidden_issues_are_not_gone(void **state)
{
    struct scene *s = *state;

    scene_sync_well(s, SYNC_NEWS);
    char *before = scene_dump(s);
    scene_do(s, "maintainer-1", "\"do\":\"issues\",\"on\":false");
    scene_sync_well(s, SYNC_NEWS);
    scene_sync_well(s, SYNC_FULL);
    char *meanwhile = scene_dump(s);
    assert_string_equal(meanwhile, before);
    free(meanwhile);
    scene_do(s, "maintainer-1", "\"do\":\"issues\",\"on\":true");
    scene_sync_well(s, SYNC_FULL);
    char *after = scene_dump(s);
    assert_string_equal(after, before);
    free(after);
    free(before);
}

static void deadline_ends_a_wait_that_would_pass_it(void **state)
{
    struct scene *s = *state;

    scene_sync_well(s, SYNC_NEWS);
    practice_client_fault(s->client, "403-retry-after");
    struct forge_options options = scene_options(s);
    options.deadline_ms = s->client->now_ms + 5000;
    scene_connect(s, &options);
    assert_int_equal(scene_sync(s, SYNC_NEWS), -ERR_BUDGET);
    assert_non_null(strstr(s->err.msg, "deadline"));
    assert_int_equal(json_array_size(s->client->log), 1);
}

static void what_a_deadline_cuts_is_left_and_the_next_sync_goes_on(void **state)
{
    struct scene *s = *state;

    scene_open_issues(s, 250);
    scene_sync_well(s, SYNC_NEWS);
    char *whole = scene_dump(s);
    scene_empty_database(s);
    practice_client_fault(s->client, "slow"); /* three seconds a request */
    struct forge_options options = scene_options(s);
    options.deadline_ms = s->client->now_ms + 20000;
    scene_connect(s, &options);
    assert_int_equal(scene_sync(s, SYNC_NEWS), 0);
    assert_true(s->result.is_left);
    assert_non_null(strstr(s->result.why_left, "deadline"));
    practice_client_fault(s->client, "none");
    scene_reconnect(s);
    scene_sync_well(s, SYNC_NEWS);
    char *completed = scene_dump(s);
    assert_string_equal(completed, whole);
    free(completed);
    free(whole);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
#define TEST_GITEA(name)                                                                       \
    {                                                                                          \
#name "_on_gitea", name, scene_set_up_gitea, scene_tear_down, NULL                     \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(killed_sync_resumes_into_the_same_state),
        TEST(resumed_sync_reads_no_page_twice),
        TEST(faults_end_in_the_undisturbed_state),
        TEST(plain_403_names_the_right_and_is_not_repeated),
        TEST(html_is_told_after_a_bounded_number_of_tries),
        TEST(wrong_token_is_told_without_showing_it),
        TEST(renamed_repository_is_told_with_its_new_name),
        TEST(lost_repository_is_told_and_changes_nothing),
        TEST(hidden_issues_are_not_gone),
        TEST(deadline_ends_a_wait_that_would_pass_it),
        TEST(what_a_deadline_cuts_is_left_and_the_next_sync_goes_on),
        TEST_GITEA(killed_sync_resumes_into_the_same_state),
        TEST_GITEA(faults_end_in_the_undisturbed_state),
        TEST_GITEA(renamed_repository_is_told_with_its_new_name),
        TEST_GITEA(hidden_issues_are_not_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
