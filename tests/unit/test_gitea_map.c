/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/gitea_map.h"

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

static void issue_with_a_null_pull_request_is_none(void **state)
{
    struct json_reader r = fixture_reader();
    json_t *doc = fixture_load("gitea", "issue.json");
    struct forge_thread t;

    (void)state;
    gitea_map_thread(&r, doc, &t);
    fixture_check(&r);
    assert_int_equal(t.number, 7);
    assert_false(t.is_pull);
    assert_true(t.is_open);
    assert_true(t.is_locked);
    assert_int_equal(t.author.id, 11);
    assert_int_equal(t.n_labels, 2);
    assert_string_equal(t.labels[1], "kind/model");
    assert_int_equal(t.created_at, T0); /* both with an offset of their own */
    assert_int_equal(t.updated_at, T0);
    assert_int_equal(t.closed_at, 0);
    free(t.labels);
    json_decref(doc);
}

static void merged_pull_of_a_ghost_has_no_author_and_no_labels(void **state)
{
    struct json_reader r = fixture_reader();
    json_t *doc = fixture_load("gitea", "pull_in_issues.json");
    struct forge_thread t;

    (void)state;
    gitea_map_thread(&r, doc, &t);
    fixture_check(&r);
    assert_true(t.is_pull);
    assert_true(t.is_draft);
    assert_int_equal(t.author.id, 0);
    assert_int_equal(t.merged_at, 1767477600); /* 2026-01-03T22:00:00Z */
    assert_null(t.labels);
    json_decref(doc);
}

/* The account that did the import has said none of it: were it ours, we would take strangers'
 * comments for our own. */
static void imported_thread_does_not_belong_to_the_importer(void **state)
{
    struct json_reader r = fixture_reader();
    json_t *doc = fixture_load("gitea", "migrated_issue.json");
    struct forge_thread t;

    (void)state;
    gitea_map_thread(&r, doc, &t);
    fixture_check(&r);
    assert_int_equal(t.author.id, 0);
    assert_string_equal(t.author.login, "someone-else");
    assert_int_equal(t.closed_at, 0);
    json_decref(doc);
}

static const struct {
    const char *file;
    enum forge_entry_kind kind;
    int64_t number, author_id, n_lines;
    const char *path, *review_state;
} entries[] = {
    { "comment.json", FORGE_COMMENT, 7, 0, 0, "", "" },
    { "pull_comment.json", FORGE_COMMENT, 8, 11, 0, "", "" },
    { "review_comment.json", FORGE_REVIEW_COMMENT, 8, 12, 0, "a/b.csv", "" },
    { "review.json", FORGE_REVIEW, 8, 12, 2, "", "changes_requested" },
    { "review_dismissed.json", FORGE_REVIEW, 8, 0, 0, "", "dismissed" },
};

static void entries_know_their_thread_from_whichever_url_is_set(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        struct json_reader r = fixture_reader();
        json_t *doc = fixture_load("gitea", entries[i].file);
        struct forge_entry e;

        gitea_map_entry(&r, doc, entries[i].kind, &e);
        fixture_check(&r);
        assert_int_equal(e.number, entries[i].number);
        assert_int_equal(e.author.id, entries[i].author_id);
        assert_int_equal(e.n_lines, entries[i].n_lines);
        assert_int_equal(e.created_at, T0);
        assert_string_equal(e.path, entries[i].path);
        assert_string_equal(e.review_state, entries[i].review_state);
        json_decref(doc);
    }
}

static const char *const moment_kinds[] = {
    "labeled",    "unlabeled", "committed",  "head_ref_force_pushed", "demilestoned",
    "unassigned", "merged",    "referenced", "something_new",         "closed",
};

static void moments_get_the_words_that_rules_know(void **state)
{
    json_t *doc = fixture_load("gitea", "timeline.json");

    (void)state;
    assert_int_equal(json_array_size(doc), sizeof(moment_kinds) / sizeof(moment_kinds[0]));
    for (size_t i = 0; i < json_array_size(doc); i++) {
        struct json_reader r = fixture_reader();
        struct forge_moment m;

        gitea_map_moment(&r, json_array_get(doc, i), &m);
        fixture_check(&r);
        assert_string_equal(m.kind, moment_kinds[i]);
        assert_int_equal(m.event_id, 400 + i);
        assert_int_equal(m.created_at, T0 + i);
        assert_string_equal(m.label, i < 2 ? "retrain" : "");
        assert_int_equal(m.actor.id == 0, i == 6);
    }
    json_decref(doc);
}

static void repository_counts_pulls_beside_issues(void **state)
{
    struct json_reader r = fixture_reader();
    json_t *doc = fixture_load("gitea", "repo.json");
    struct forge_repo repo;

    (void)state;
    map_repo(&r, doc, &repo);
    fixture_check(&r);
    assert_int_equal(repo.n_open, 7);
    assert_true(repo.may_push);
    assert_true(repo.may_triage); /* who may push may label */
    json_decref(doc);
}

static void pull_release_status_and_role_are_read(void **state)
{
    struct json_reader r = fixture_reader();
    json_t *pull = fixture_load("gitea", "pull.json"),
           *release = fixture_load("gitea", "release.json");
    json_t *status = fixture_load("gitea", "status.json"),
           *permission = fixture_load("gitea", "permission.json");
    struct forge_release rel;
    struct forge_status st;
    struct forge_pull p;

    (void)state;
    map_pull(&r, pull, &p);
    assert_string_equal(p.head_sha, "aaa");
    assert_string_equal(p.base_sha, "bbb"); /* where it parted, not where the branch is now */
    assert_string_equal(p.merge_sha, "");
    map_release(&r, release, &rel);
    assert_int_equal(rel.n_assets, 1);
    assert_string_equal(rel.assets[0].state, "uploaded");
    map_status(&r, status, "status", &st);
    assert_string_equal(st.state, "warning");
    assert_int_equal(st.creator_id, 9);
    assert_int_equal(gitea_map_role(&r, permission), FORGE_ROLE_ADMIN);
    fixture_check(&r);
    free((void *)(uintptr_t)rel.assets);
    json_decref(pull);
    json_decref(release);
    json_decref(status);
    json_decref(permission);
}

static void a_push_tells_where_the_branch_stood_after_it(void **state)
{
#define OLD "1111111111111111111111111111111111111111"
#define NEW "2222222222222222222222222222222222222222"
    static const struct {
        const char *body, *head;
    } rows[] = {
        { "{\"is_force_push\":false,\"commit_ids\":[\"" NEW "\"]}", NEW },
        { "{\"is_force_push\":true,\"commit_ids\":[\"" OLD "\",\"" NEW "\"]}", NEW },
        { "{\"is_force_push\":false,\"commit_ids\":[]}", "" },
        { "{\"is_force_push\":false,\"commit_ids\":null}", "" },
        { "{\"is_force_push\":false,\"commit_ids\":[\"222\"]}", "" },
        { "{\"is_force_push\":false,\"commit_ids\":[\"" OLD NEW "\"]}", "" },
        { "\"]}", "" },
        { "", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct json_reader r = fixture_reader();
        json_t *doc =
            json_pack("{s:s, s:n, s:s}", "type", "pull_push", "user", "body", rows[i].body);
        struct forge_moment m;

        gitea_map_moment(&r, doc, &m);
        fixture_check(&r);
        assert_string_equal(m.head, rows[i].head);
        json_decref(doc);
    }
}

static const struct {
    const char *json, *says;
} hostile[] = {
    { "null", "it.number" },
    { "{\"number\":0,\"state\":\"open\"}", "it.number" },
    { "{\"number\":1e300,\"state\":\"open\"}", "it.number: expected an integer" },
    { "{\"number\":7,\"state\":\"all\"}", "it.state" },
    { "{\"number\":7,\"state\":\"open\",\"is_locked\":\"no\"}", "it.is_locked" },
    { "{\"number\":7,\"state\":\"open\",\"pull_request\":true}", "it.pull_request" },
    { "{\"number\":7,\"state\":\"open\",\"pull_request\":{\"merged_at\":7}}",
      "it.pull_request.merged_at" },
    { "{\"number\":7,\"state\":\"open\",\"original_author\":{}}", "it.original_author" },
    { "{\"number\":7,\"state\":\"open\",\"labels\":[[]]}", "it.labels[0]" },
};

static void wrong_types_are_errors_that_name_the_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        struct json_reader r = fixture_reader();
        struct forge_thread t;
        json_t *doc = NULL;

        assert_int_equal(json_parse(&doc, hostile[i].json, strlen(hostile[i].json), "it", NULL),
                         0);
        if (json_is_object(doc)) {
            (void)json_object_set_new(doc, "created_at", json_string("2026-01-02T03:04:05Z"));
            (void)json_object_set_new(doc, "updated_at", json_string("2026-01-02T03:04:05Z"));
        }
        gitea_map_thread(&r, doc, &t);
        if (r.first.code == 0 || !strstr(r.first.msg, hostile[i].says))
            fail_msg("%s: '%s'", hostile[i].json, r.first.msg);
        free(t.labels);
        json_decref(doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(issue_with_a_null_pull_request_is_none),
        cmocka_unit_test(merged_pull_of_a_ghost_has_no_author_and_no_labels),
        cmocka_unit_test(imported_thread_does_not_belong_to_the_importer),
        cmocka_unit_test(entries_know_their_thread_from_whichever_url_is_set),
        cmocka_unit_test(a_push_tells_where_the_branch_stood_after_it),
        cmocka_unit_test(moments_get_the_words_that_rules_know),
        cmocka_unit_test(repository_counts_pulls_beside_issues),
        cmocka_unit_test(pull_release_status_and_role_are_read),
        cmocka_unit_test(wrong_types_are_errors_that_name_the_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
