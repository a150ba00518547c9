/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/github_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bot/forge/map.h"
#include "tests/support/fixture.h"

enum { T0 = 1767323045 }; /* 2026-01-02T03:04:05Z */

static void issue_has_its_labels_and_nulls_are_empty(void **state)
{
    struct json_reader r = fixture_reader();
    json_t *doc = fixture_load("forge", "issue.json");
    struct forge_thread t;

    (void)state;
    github_map_thread(&r, doc, &t);
    fixture_check(&r);
    assert_int_equal(t.number, 7);
    assert_false(t.is_pull);
    assert_true(t.is_open);
    assert_string_equal(t.body, "");
    assert_string_equal(t.state_reason, "");
    assert_int_equal(t.author.id, 11);
    assert_int_equal(t.n_labels, 2);
    assert_string_equal(t.labels[0], "bug");
    assert_string_equal(t.labels[1], "old style");
    assert_int_equal(t.n_comments, 2);
    assert_int_equal(t.created_at, T0);
    assert_int_equal(t.closed_at, 0);
    free(t.labels);
    json_decref(doc);
}

static void pull_among_issues_is_one_and_a_ghost_has_no_id(void **state)
{
    struct json_reader r = fixture_reader();
    json_t *doc = fixture_load("forge", "pull_in_issues.json");
    struct forge_thread t;

    (void)state;
    github_map_thread(&r, doc, &t);
    fixture_check(&r);
    assert_true(t.is_pull);
    assert_true(t.is_draft);
    assert_true(t.is_locked);
    assert_false(t.is_open);
    assert_string_equal(t.state_reason, "completed");
    assert_int_equal(t.author.id, 0);
    assert_int_equal(t.merged_at, 1767477600); /* 2026-01-03T22:00:00Z */
    assert_null(t.labels);
    json_decref(doc);
}

static void entries_know_their_thread_from_a_url(void **state)
{
    struct json_reader r = fixture_reader();
    json_t *comment = fixture_load("forge", "comment.json"),
           *line = fixture_load("forge", "review_comment.json");
    json_t *review = fixture_load("forge", "review.json");
    struct forge_entry e;

    (void)state;
    github_map_entry(&r, comment, FORGE_COMMENT, &e);
    assert_int_equal(e.number, 7);
    assert_int_equal(e.created_at, T0);
    assert_true(e.author.is_bot);
    github_map_entry(&r, line, FORGE_REVIEW_COMMENT, &e);
    assert_int_equal(e.number, 8);
    assert_int_equal(e.author.id, 0);
    assert_string_equal(e.path, "a/b.csv");
    github_map_entry(&r, review, FORGE_REVIEW, &e);
    assert_string_equal(e.review_state, "changes_requested");
    assert_int_equal(e.updated_at, T0);
    assert_true(e.author.is_bot);
    fixture_check(&r);
    json_decref(comment);
    json_decref(line);
    json_decref(review);
}

static void events_and_moments_cope_with_what_is_not_told(void **state)
{
    struct json_reader r = fixture_reader();
    json_t *labeled = fixture_load("forge", "event.json"),
           *lost = fixture_load("forge", "event_without_issue.json");
    json_t *commit = fixture_load("forge", "moment_committed.json"),
           *review = fixture_load("forge", "moment_reviewed.json");
    struct forge_event e;
    struct forge_moment m;

    (void)state;
    github_map_event(&r, labeled, &e);
    assert_int_equal(e.actor.id, 0);
    assert_string_equal(e.label, "retrain");
    assert_string_equal(e.commit_sha, "");
    assert_int_equal(e.number, 8);
    github_map_event(&r, lost, &e);
    assert_int_equal(e.number, 0);
    github_map_moment(&r, commit, &m);
    assert_string_equal(m.sha, "4fd1c0");
    assert_int_equal(m.created_at, 0); /* the date of a commit can be forged */
    assert_int_equal(m.actor.id, 0);
    github_map_moment(&r, review, &m);
    assert_int_equal(m.actor.id, 3);
    assert_int_equal(m.created_at, T0);
    fixture_check(&r);
    json_decref(labeled);
    json_decref(lost);
    json_decref(commit);
    json_decref(review);
}

static void trial_merge_of_an_open_pull_is_no_merge(void **state)
{
    struct json_reader r = fixture_reader();
    json_t *doc = fixture_load("forge", "pull.json");
    struct forge_pull p;

    (void)state;
    map_pull(&r, doc, &p);
    fixture_check(&r);
    assert_string_equal(p.head_sha, "aaa");
    assert_string_equal(p.base_sha, "bbb");
    assert_string_equal(p.merge_sha, "");
    json_decref(doc);
}

static void repository_release_status_and_role_are_read(void **state)
{
    struct json_reader r = fixture_reader();
    json_t *repo = fixture_load("forge", "repo.json"),
           *release = fixture_load("forge", "release.json");
    json_t *status = fixture_load("forge", "status.json"),
           *permission = fixture_load("forge", "permission.json");
    struct forge_release rel;
    struct forge_status st;
    struct forge_repo rp;

    (void)state;
    map_repo(&r, repo, &rp);
    assert_string_equal(rp.owner, "o");
    assert_true(rp.may_triage);
    assert_false(rp.may_push);
    assert_int_equal(rp.n_open, 3);
    map_release(&r, release, &rel);
    assert_int_equal(rel.n_assets, 1);
    assert_string_equal(rel.assets[0].state, "starter");
    map_status(&r, status, "state", &st);
    assert_int_equal(st.creator_id, 9);
    assert_int_equal(github_map_role(&r, permission), FORGE_ROLE_MAINTAIN);
    fixture_check(&r);
    free((void *)(uintptr_t)rel.assets);
    json_decref(repo);
    json_decref(release);
    json_decref(status);
    json_decref(permission);
}

static const struct {
    const char *json, *says;
} hostile[] = {
    { "null", "it.number" },
    { "[]", "it.number" },
    { "{\"number\":-9007199254740991,\"state\":\"open\"}", "it.number" },
    { "{\"number\":\"7\",\"state\":\"open\"}", "it.number: expected an integer" },
    { "{\"number\":7,\"state\":\"ajar\"}", "it.state" },
    { "{\"number\":7,\"state\":\"open\",\"labels\":{}}", "it.labels: expected an array" },
    { "{\"number\":7,\"state\":\"open\",\"created_at\":\"yesterday\"}", "it.created_at" },
    { "{\"number\":7,\"state\":\"open\",\"user\":[]}", "it.user" },
    { "{\"number\":7,\"state\":\"open\",\"user\":{\"id\":\"1\"}}", "it.user.id" },
    { "{\"number\":7,\"state\":\"open\",\"comments\":-1}", "it.comments" },
};

static void wrong_types_are_errors_that_name_the_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        struct json_reader r = fixture_reader();
        struct forge_thread t;
        json_t *doc = NULL;
        char text[1200];

        assert_int_equal(json_parse(&doc, hostile[i].json, strlen(hostile[i].json), "it", NULL),
                         0);
        /* What the row is not about is well. */
        if (json_is_object(doc) && !json_object_get(doc, "created_at"))
            (void)json_object_set_new(doc, "created_at", json_string("2026-01-02T03:04:05Z"));
        if (json_is_object(doc))
            (void)json_object_set_new(doc, "updated_at", json_string("2026-01-02T03:04:05Z"));
        github_map_thread(&r, doc, &t);
        (void)snprintf(text, sizeof(text), "%s", r.first.msg);
        if (r.first.code == 0 || !strstr(text, hostile[i].says))
            fail_msg("%s: '%s'", hostile[i].json, text);
        free(t.labels);
        json_decref(doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(issue_has_its_labels_and_nulls_are_empty),
        cmocka_unit_test(pull_among_issues_is_one_and_a_ghost_has_no_id),
        cmocka_unit_test(entries_know_their_thread_from_a_url),
        cmocka_unit_test(events_and_moments_cope_with_what_is_not_told),
        cmocka_unit_test(trial_merge_of_an_open_pull_is_no_merge),
        cmocka_unit_test(repository_release_status_and_role_are_read),
        cmocka_unit_test(wrong_types_are_errors_that_name_the_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
