/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void what_is_written_is_read_back(void **state)
{
    struct facts_with with[] = { { 1, SHA_B }, { 7, SHA_A } };
    struct facts facts = { .sha = SHA_A,
                           .author = "newcomer-2",
                           .event_id = 88,
                           .actor = "maintainer-1",
                           .role = "write",
                           .answer = "granted",
                           .champion = "1.1.0",
                           .with = with,
                           .n_with = 2,
                           .n_with_before = 1 };
    struct facts back = { 0 };
    json_t *doc = facts_to_json(&facts);

    (void)state;
    assert_int_equal(facts_from_json(&back, doc, NULL), 0);
    assert_string_equal(back.sha, SHA_A);
    assert_int_equal(back.event_id, 88);
    assert_string_equal(back.author, "newcomer-2");
    assert_string_equal(back.actor, "maintainer-1");
    assert_string_equal(back.role, "write");
    assert_string_equal(back.champion, "1.1.0");
    assert_int_equal(back.n_with, 2);
    assert_int_equal(back.n_with_before, 1);
    assert_int_equal(back.with[1].number, 7);
    assert_string_equal(back.with[0].sha, SHA_B);
    facts_finish(&back);
    json_decref(doc);
}

static void markers_of_older_versions_name_no_author(void **state)
{
    struct facts facts = { .sha = SHA_A, .event_id = 1, .actor = "a", .answer = "granted" };
    struct facts back = { 0 };
    json_t *doc = facts_to_json(&facts);

    (void)state;
    assert_int_equal(json_object_del(doc, "author"), 0);
    assert_int_equal(facts_from_json(&back, doc, NULL), 0);
    assert_string_equal(back.author, "");
    facts_finish(&back);
    json_decref(doc);
}

static void damaged_facts_are_refused_with_the_field(void **state)
{
    static const struct {
        const char *key, *value, *field;
    } rows[] = {
        { "sha", "\"abc\"", "marker.sha" },
        { "event", "0", "marker.event" },
        { "event", "\"1\"", "marker.event" },
        { "actor", "null", "marker.actor" },
        { "author", "[]", "marker.author" },
        { "role", "\"a role that is much too long\"", "marker.role" },
        { "with", "[[1]]", "marker.with" },
        { "with", "[[0,\"" SHA_A "\"]]", "marker.with" },
        { "with", "{}", "marker.with" },
        { "before", "1", "marker.before" },
        { "before", "-1", "marker.before" },
    };
    struct facts facts = { .sha = SHA_A, .event_id = 1, .actor = "a", .answer = "granted" };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        json_t *doc = facts_to_json(&facts), *value = NULL;
        struct facts back = { 0 };
        struct err err = { 0 };

        assert_int_equal(json_parse(&value, rows[i].value, strlen(rows[i].value), "v", NULL),
                         0);
        assert_int_equal(json_object_set_new(doc, rows[i].key, value), 0);
        assert_true(facts_from_json(&back, doc, &err) < 0);
        assert_non_null(strstr(err.msg, rows[i].field));
        json_decref(doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(markers_of_older_versions_name_no_author),
        cmocka_unit_test(damaged_facts_are_refused_with_the_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
