/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/moves.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static int64_t stopped_ms(void *ctx)
{
    return *(const int64_t *)ctx;
}

/* A forge in memory with one issue, and an hour that passes between moves. */
struct stage {
    int64_t now_ms;
    struct forge f;
    json_t *issue;
};

static int set_up(void **state)
{
    struct stage *s = calloc(1, sizeof(*s));

    s->now_ms = 1767225600000; /* 2026-01-01T00:00:00Z */
    s->f.clock = (struct clock){ .now_ms = stopped_ms, .ctx = &s->now_ms };
    state_init(&s->f.state);
    (void)state_set_user(&s->f.state, "newcomer-2", NULL);
    (void)state_set_user(&s->f.state, "maintainer-1", "maintain");
    s->issue = move_open_issue(&s->f, "newcomer-2", "A title", "A body");
    s->now_ms += 3600 * 1000;
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *s = *state;

    state_finish(&s->f.state);
    free(s);
    return 0;
}

static bool was_bumped(const struct stage *s)
{
    return strcmp(row_str(s->issue, "updated_at"), "2026-01-01T01:00:00Z") == 0;
}

static size_t count_events(const struct stage *s)
{
    return json_array_size(state_table(&s->f.state, EVENTS));
}

static void threads_are_numbered_in_one_row(void **state)
{
    struct stage *s = *state;

    assert_int_equal(row_int(s->issue, "id"), 1);
    assert_int_equal(row_int(move_open_issue(&s->f, "newcomer-2", "B", NULL), "id"), 2);
}

static void a_comment_bumps_its_thread_and_an_edit_does_not(void **state)
{
    struct stage *s = *state;
    json_t *comment = move_comment(&s->f, "maintainer-1", s->issue, "one");

    assert_true(was_bumped(s));
    assert_int_equal(row_int(s->issue, "comments"), 1);
    s->now_ms += 3600 * 1000;
    move_edit(&s->f, comment, "two");
    assert_true(was_bumped(s));
    assert_string_equal(row_str(comment, "updated_at"), "2026-01-01T02:00:00Z");
    assert_string_equal(row_str(comment, "created_at"), "2026-01-01T01:00:00Z");
    move_delete_comment(&s->f, comment);
    assert_false(was_bumped(s));
    assert_int_equal(row_int(s->issue, "comments"), 0);
}

static void a_deleted_comment_may_leave_no_trace(void **state)
{
    struct stage *s = *state;
    json_t *comment = move_comment(&s->f, "maintainer-1", s->issue, "one");

    assert_true(was_bumped(s));
    s->now_ms += 3600 * 1000;
    s->f.deletes_unseen = true;
    move_delete_comment(&s->f, comment);
    assert_string_equal(row_str(s->issue, "updated_at"), "2026-01-01T01:00:00Z");
    assert_int_equal(row_int(s->issue, "comments"), 0);
}

static void a_label_is_there_once_and_tells_who_set_it(void **state)
{
    struct stage *s = *state;

    move_label(&s->f, "maintainer-1", s->issue, "bug");
    move_label(&s->f, "maintainer-1", s->issue, "BUG");
    assert_int_equal(json_array_size(json_object_get(s->issue, "labels")), 1);
    assert_int_equal(count_events(s), 1);
    const json_t *event = json_array_get(state_table(&s->f.state, EVENTS), 0);
    assert_string_equal(row_str(event, "actor"), "maintainer-1");
    assert_string_equal(row_str(json_object_get(event, "label"), "name"), "bug");
    assert_true(was_bumped(s));
    assert_int_equal(move_unlabel(&s->f, "maintainer-1", s->issue, "bug"), 0);
    assert_int_equal(move_unlabel(&s->f, "maintainer-1", s->issue, "bug"), -ERR_NOTFOUND);
    assert_int_equal(count_events(s), 2);
}

static void a_reaction_counts_once_and_bumps_nothing(void **state)
{
    struct stage *s = *state;
    bool is_new;

    json_t *one = move_react(&s->f, "newcomer-2", "issue", 1, "+1", &is_new);
    assert_true(is_new);
    assert_ptr_equal(move_react(&s->f, "newcomer-2", "issue", 1, "+1", &is_new), one);
    assert_false(is_new);
    assert_int_equal(row_int(json_object_get(s->issue, "reactions"), "+1"), 1);
    assert_false(was_bumped(s));
    move_unreact(&s->f, one);
    assert_int_equal(row_int(json_object_get(s->issue, "reactions"), "+1"), 0);
}

static void closing_twice_is_closing_once(void **state)
{
    struct stage *s = *state;

    move_close(&s->f, "maintainer-1", s->issue, "not_planned");
    move_close(&s->f, "maintainer-1", s->issue, "completed");
    assert_string_equal(row_str(s->issue, "state_reason"), "not_planned");
    assert_string_equal(row_str(s->issue, "closed_by"), "maintainer-1");
    assert_int_equal(count_events(s), 1);
    move_reopen(&s->f, "newcomer-2", s->issue);
    assert_string_equal(row_str(s->issue, "state"), "open");
    assert_false(row_has(s->issue, "closed_at"));
    assert_int_equal(count_events(s), 2);
}

static void a_new_title_tells_the_old_one(void **state)
{
    struct stage *s = *state;

    move_retitle(&s->f, "newcomer-2", s->issue, "A title");
    assert_int_equal(count_events(s), 0);
    move_retitle(&s->f, "newcomer-2", s->issue, "Another");
    const json_t *event = json_array_get(state_table(&s->f.state, EVENTS), 0);
    assert_string_equal(row_str(json_object_get(event, "rename"), "from"), "A title");
}

int main(void)
{
#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ON_STAGE(threads_are_numbered_in_one_row),
        ON_STAGE(a_comment_bumps_its_thread_and_an_edit_does_not),
        ON_STAGE(a_deleted_comment_may_leave_no_trace),
        ON_STAGE(a_label_is_there_once_and_tells_who_set_it),
        ON_STAGE(a_reaction_counts_once_and_bumps_nothing),
        ON_STAGE(closing_twice_is_closing_once),
        ON_STAGE(a_new_title_tells_the_old_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
