/* SPDX-License-Identifier: Apache-2.0
 * Reading where lists come in an order of their own, events and review comments in no list. */
#include "bot/sync/sync.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "store/db.h"
#include "store/entry.h"
#include "store/event.h"
#include "store/sync_list.h"
#include "tests/support/gitea_scene.h"

#define USER(id, login) "{\"id\":" #id ",\"login\":\"" login "\"}"

static const char repo[] = "{\"id\":1,\"owner\":{\"login\":\"o\"},\"name\":\"n\","
                           "\"default_branch\":\"main\",\"open_issues_count\":1,"
                           "\"open_pr_counter\":1,\"permissions\":{\"push\":true}}";
static const char branch[] = "{\"name\":\"main\",\"commit\":{\"id\":\"abc\"}}";
static const char me[] = USER(9, "hearth");

/* Newest first, as Gitea does it; nothing happened to #1 since it was opened. */
static const char issues[] =
    "[{\"number\":2,\"state\":\"open\",\"title\":\"fours\",\"user\":" USER(
        11,
        "ada") ",\"labels\":null,\"comments\":0,\"created_at\":\"2023-11-01T00:00:00Z\","
               "\"updated_at\":\"2023-11-03T00:00:00Z\",\"pull_request\":{\"merged\":false}},"
               "{\"number\":1,\"state\":\"open\",\"title\":\"nines\",\"user\":" USER(
                   12, "grace") ",\"comments\":1,\"created_at\":\"2023-10-01T00:00:00Z\","
                                "\"updated_at\":\"2023-10-01T00:00:00Z\","
                                "\"pull_request\":null}]";
static const char comments[] =
    "[{\"id\":21,\"issue_url\":\"https://git.example/o/n/issues/1\",\"pull_request_url\":\"\","
    "\"user\":" USER(11,
                     "ada") ",\"body\":\"mine too\",\"created_at\":\"2023-10-01T00:00:00Z\","
                            "\"updated_at\":\"2023-11-02T00:00:00Z\"}]";
static const char timeline[] = "[{\"id\":31,\"type\":\"label\",\"body\":\"1\",\"user\":" USER(
    12, "grace") ",\"label\":{\"name\":\"retrain\"},\"created_at\":\"2023-11-02T00:00:00Z\"},"
                 "{\"id\":32,\"type\":\"review\",\"body\":\"\",\"user\":" USER(
                     12, "grace") ",\"created_at\":\"2023-11-03T00:00:00Z\"}]";
static const char reviews[] =
    "[{\"id\":41,\"state\":\"COMMENT\",\"comments_count\":1,\"user\":" USER(
        12, "grace") ",\"pull_request_url\":\"https://git.example/o/n/pulls/2\"},"
                     "{\"id\":42,\"state\":\"APPROVED\",\"comments_count\":0,\"user\":null,"
                     "\"pull_request_url\":\"https://git.example/o/n/pulls/2\"}]";
static const char lines[] =
    "[{\"id\":51,\"path\":\"a.csv\",\"body\":\"a seven?\",\"user\":" USER(
        12, "grace") ",\"pull_request_url\":\"https://git.example/o/n/pulls/2\","
                     "\"created_at\":\"2023-11-03T00:00:00Z\","
                     "\"updated_at\":\"2023-11-03T00:00:00Z\"}]";

#define ALL(n)                                                                                 \
    {                                                                                          \
        "x-total-count", #n                                                                    \
    }
#define REPOSITORY                                                                             \
    { 200, { 0 }, repo }, { 200, { 0 }, branch },                                              \
    {                                                                                          \
        200, { 0 }, me                                                                         \
    }
#define COMMENTS                                                                               \
    {                                                                                          \
        200, ALL(1), comments                                                                  \
    }
#define ISSUES                                                                                 \
    {                                                                                          \
        200, ALL(2), issues                                                                    \
    }
/* Of all comments, one is asked for: only how many there are matters. */
#define COUNT(n)                                                                               \
    {                                                                                          \
        200, ALL(n), "[]"                                                                      \
    }
#define VISIT                                                                                  \
    { 200, { 0 }, timeline }, { 200, ALL(2), reviews },                                        \
    {                                                                                          \
        200, { 0 }, lines                                                                      \
    }
/* Each list is walked, and then polled for what came meanwhile. */
#define FIRST_LISTS COMMENTS, COMMENTS, ISSUES, ISSUES

static void run(struct scene *s, struct sync_result *result, enum sync_mode mode)
{
    const struct sync_options options = {
        .db = s->db, .forge = s->forge, .clock = &s->script.clock, .mode = mode
    };

    if (sync_run(&options, result, &s->err) < 0)
        fail_msg("%s", s->err.msg);
    assert_int_equal(s->script.n_asked, s->script.n_answers);
}

static char *dump(struct scene *s)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    assert_int_equal(db_dump(s->db, DB_DUMP_CANONICAL, &out, &s->err), 0);
    return buf_take(&out);
}

static int note_event(void *ctx, const struct event *e, struct err *err)
{
    (void)err;
    buf_printf(ctx, "%d:%s:%s:%d ", (int)e->id, e->kind, e->label, (int)e->actor_id);
    return 0;
}

static int note_entry(void *ctx, const struct entry *e, struct err *err)
{
    (void)err;
    buf_printf(ctx, "%s-%d%s:%s ", entry_kind_name(e->kind), (int)e->id,
               e->is_deleted ? "-deleted" : "", e->path);
    return 0;
}

/* Events and entries of the pull request. */
static void check_pull(struct scene *s, const char *events, const char *entries)
{
    struct buf got;

    buf_init(&got, 1000);
    assert_int_equal(event_each_of_thread(s->db, 1, 2, note_event, &got, &s->err), 0);
    assert_string_equal(got.data, events);
    buf_clear(&got);
    assert_int_equal(entry_each_of_thread(s->db, 1, 2, note_entry, &got, &s->err), 0);
    assert_string_equal(got.data, entries);
    buf_finish(&got);
}

static void first_sync(struct scene *s)
{
    const struct scripted_answer answers[] = { REPOSITORY, FIRST_LISTS, COUNT(1), VISIT };
    struct sync_result result;

    PLAY(s, answers);
    run(s, &result, SYNC_NEWS);
    sync_result_finish(&result);
}

static void only_threads_to_which_something_happened_are_visited(void **state)
{
    struct scene *s = *state;

    first_sync(s);
    ASKED(s, "GET " REPO, "GET " REPO "/branches/main", "GET " API "/user",
          "GET " REPO "/issues/comments?limit=50&page=1",
          "GET " REPO "/issues/comments?limit=50&page=1&since=2023-11-01T23:59:59Z",
          "GET " REPO "/issues?limit=50&page=1&state=all",
          "GET " REPO "/issues?limit=50&page=1&state=all&since=2023-11-02T23:59:59Z",
          "GET " REPO "/issues/comments?limit=1&page=1", "GET " REPO "/issues/2/timeline",
          "GET " REPO "/pulls/2/reviews?limit=50&page=1",
          "GET " REPO "/pulls/2/reviews/41/comments");
    check_pull(s, "31:labeled:retrain:12 ", "review_comment-51:a.csv ");
}

static void quiet_sync_asks_each_list_once_and_writes_nothing(void **state)
{
    const struct scripted_answer answers[] = {
        REPOSITORY, { 200, ALL(1), comments }, { 200, { "x-total-count", "0" }, "[]" }, COUNT(1)
    };
    struct scene *s = *state;
    struct sync_result result;

    first_sync(s);
    char *before = dump(s);
    for (int i = 0; i < 2; i++) {
        PLAY(s, answers);
        run(s, &result, SYNC_NEWS);
        assert_int_equal(result.n_new + result.n_changed, 0);
        sync_result_finish(&result);
        /* The address stands still: the newest change, one second early. */
        assert_string_equal(s->script.asked[4].line,
                            "GET " REPO "/issues?limit=50&page=1&state=all"
                            "&since=2023-11-02T23:59:59Z");
    }
    char *after = dump(s);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

/* Had `since` moved with the first page, the change on the second would never be seen. */
static void poll_moves_since_at_its_end_only(void **state)
{
    static const char newer[] =
        "[{\"number\":2,\"state\":\"closed\",\"created_at\":\"2023-11-01T00:00:00Z\","
        "\"updated_at\":\"2023-11-09T00:00:00Z\",\"pull_request\":{}}]";
    static const char older[] =
        "[{\"number\":1,\"state\":\"closed\",\"comments\":1,"
        "\"created_at\":\"2023-10-01T00:00:00Z\","
        "\"updated_at\":\"2023-11-08T00:00:00Z\",\"pull_request\":null}]";
    const struct scripted_answer answers[] = {
        REPOSITORY,
        { 200, ALL(1), comments },
        { 200, { 0 }, newer },
        { 200, { 0 }, older },
        { 200, { 0 }, "[]" },
        COUNT(1),
        { 200, { 0 }, "[]" }, /* timelines, the older change first */
        { 200, { 0 }, timeline },
        { 200, ALL(2), "null" },
    };
    struct scene *s = *state;
    struct sync_result result;

    first_sync(s);
    PLAY(s, answers);
    run(s, &result, SYNC_NEWS);
    assert_int_equal(result.n_changed, 2);
    sync_result_finish(&result);
    assert_string_equal(s->script.asked[5].line, "GET " REPO "/issues?limit=50&page=2&state=all"
                                                 "&since=2023-11-02T23:59:59Z");
    assert_string_equal(s->script.asked[8].line, "GET " REPO "/issues/1/timeline");
    /* No review has a comment on a line any more. */
    check_pull(s, "31:labeled:retrain:12 ", "review_comment-51-deleted:a.csv ");
}

static void full_sync_visits_again_what_it_has_visited(void **state)
{
    const struct scripted_answer answers[] = { REPOSITORY, FIRST_LISTS, VISIT };
    struct scene *s = *state;
    struct sync_result result;

    first_sync(s);
    PLAY(s, answers);
    run(s, &result, SYNC_FULL);
    assert_int_equal(result.n_new + result.n_changed + result.n_deleted, 0);
    sync_result_finish(&result);
}

static int note_body(void *ctx, const struct entry *e, struct err *err)
{
    (void)err;
    buf_printf(ctx, "%d:%s ", e->is_deleted, e->body);
    return 0;
}

/* Its thread keeps its time, and where reviews count as comments its number tells nothing. */
static void deleted_comment_is_missed_by_the_number_of_all(void **state)
{
    static const struct scripted_answer none = { 200, ALL(0), "[]" };
    const struct scripted_answer answers[] = {
        REPOSITORY, none, none, COUNT(0), none, none, { 404, { 0 }, "{}" }, ISSUES, ISSUES,
    };
    const struct scripted_answer quiet[] = { REPOSITORY, none, none, COUNT(0) };
    struct scene *s = *state;
    struct sync_result result;
    struct buf bodies;

    first_sync(s);
    PLAY(s, answers);
    run(s, &result, SYNC_NEWS);
    assert_int_equal(result.n_deleted, 1);
    sync_result_finish(&result);
    assert_string_equal(s->script.asked[8].line, "GET " REPO "/issues/comments/21");
    buf_init(&bodies, 1000);
    assert_int_equal(entry_each_of_thread(s->db, 1, 1, note_body, &bodies, &s->err), 0);
    assert_string_equal(bodies.data, "1: ");
    buf_finish(&bodies);
    PLAY(s, quiet);
    run(s, &result, SYNC_NEWS);
    sync_result_finish(&result);
}

static int note_gap(void *ctx, const struct sync_list *list, struct err *err)
{
    (void)err;
    (void)snprintf(ctx, 200, "%d %s", (int)list->newest_id, list->gap);
    return 0;
}

/* Were it an error, the threads that changed later would never be visited. */
static void thread_that_is_too_large_is_passed_over_and_said(void **state)
{
    const struct scripted_answer answers[] = {
        REPOSITORY, FIRST_LISTS, COUNT(1), { -ERR_LIMIT, { 0 }, NULL }
    };
    struct scene *s = *state;
    struct sync_result result;
    char gap[200];

    PLAY(s, answers);
    run(s, &result, SYNC_NEWS);
    sync_result_finish(&result);
    assert_int_equal(sync_list_get(s->db, 1, SYNC_EVENTS, note_gap, gap, &s->err), 0);
    assert_string_equal(gap, "2 not all events of thread 2: they are too many");
}

/* What happens later in the same second leaves the thread's time as it is. */
static void thread_that_moved_just_now_is_visited_again(void **state)
{
    const struct scripted_answer first[] = { REPOSITORY, FIRST_LISTS, COUNT(1), VISIT };
    const struct scripted_answer again[] = { REPOSITORY, COMMENTS, ISSUES, COUNT(1), VISIT };
    const struct scripted_answer quiet[] = { REPOSITORY, COMMENTS, ISSUES, COUNT(1) };
    struct scene *s = *state;
    struct sync_result result;

    s->script.now_ms = (int64_t)1698969600 * 1000; /* 2023-11-03T00:00:00Z */
    PLAY(s, first);
    run(s, &result, SYNC_NEWS);
    sync_result_finish(&result);
    s->script.now_ms += 5000;
    PLAY(s, again);
    run(s, &result, SYNC_NEWS);
    sync_result_finish(&result);
    PLAY(s, quiet);
    run(s, &result, SYNC_NEWS);
    sync_result_finish(&result);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_threads_to_which_something_happened_are_visited),
        TEST(quiet_sync_asks_each_list_once_and_writes_nothing),
        TEST(poll_moves_since_at_its_end_only),
        TEST(full_sync_visits_again_what_it_has_visited),
        TEST(deleted_comment_is_missed_by_the_number_of_all),
        TEST(thread_that_is_too_large_is_passed_over_and_said),
        TEST(thread_that_moved_just_now_is_visited_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
