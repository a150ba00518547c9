/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "store/entry.h"
#include "store/event.h"
#include "store/feedback.h"
#include "store/http_cache.h"
#include "store/instance.h"
#include "store/person.h"
#include "store/repository.h"
#include "store/sync_list.h"
#include "store/thread.h"
#include "tests/support/database.h"

static struct thread a_thread(const char *const *labels, size_t n)
{
    return (struct thread){
        .repo_id = TEST_REPO,
        .number = 1,
        .kind = THREAD_ISSUE,
        .title = "seven looks like one",
        .body = "it does",
        .author_id = NEWCOMER_1,
        .is_open = true,
        .created_at = TEST_T0,
        .updated_at = TEST_T0,
        .labels = labels,
        .n_labels = n,
    };
}

static int add_name(void *ctx, const char *name, struct err *err)
{
    char *all = ctx;
    size_t len = strlen(all);

    (void)err;
    (void)snprintf(all + len, 100 - len, "[%s]", name);
    return 0;
}

static void the_same_again_is_no_write(void **state)
{
    struct db *db = *state;
    struct thread t = a_thread((const char *const[]){ "bug", "help wanted" }, 2);
    enum put_result result;

    assert_int_equal(thread_put(db, &t, &result, NULL), 0);
    assert_int_equal(result, PUT_NEW);
    assert_int_equal(thread_put(db, &t, &result, NULL), 0);
    assert_int_equal(result, PUT_SAME);
    t.is_open = false;
    assert_int_equal(thread_put(db, &t, &result, NULL), 0);
    assert_int_equal(result, PUT_CHANGED);
}

static void labels_are_the_whole_set_and_follow_our_own_writes(void **state)
{
    struct db *db = *state;
    struct thread t = a_thread((const char *const[]){ "bug", "help wanted" }, 2);
    enum put_result result;
    char all[100] = "";
    bool has = false;

    assert_int_equal(thread_put(db, &t, NULL, NULL), 0);
    t = a_thread((const char *const[]){ "help", "bug" }, 2);
    assert_int_equal(thread_put(db, &t, &result, NULL), 0);
    assert_int_equal(result, PUT_CHANGED);
    assert_int_equal(thread_label_add(db, TEST_REPO, 1, "retrain", NULL), 0);
    assert_int_equal(thread_label_remove(db, TEST_REPO, 1, "help", NULL), 0);
    assert_int_equal(thread_each_label(db, TEST_REPO, 1, add_name, all, NULL), 0);
    assert_string_equal(all, "[bug][retrain]");
    assert_int_equal(thread_has_label(db, TEST_REPO, 1, "retrain", &has, NULL), 0);
    assert_true(has);
    assert_int_equal(thread_has_label(db, TEST_REPO, 1, "help wanted", &has, NULL), 0);
    assert_false(has);
}

static int check_thread(void *ctx, const struct thread *t, struct err *err)
{
    (void)err;
    ++*(int *)ctx;
    assert_string_equal(t->title, "seven looks like one");
    assert_int_equal(t->author_id, NEWCOMER_1);
    assert_int_equal(t->kind, THREAD_ISSUE);
    assert_true(t->is_open && !t->is_gone);
    assert_int_equal(t->created_at, TEST_T0);
    return 0;
}

static void what_was_put_is_what_is_read(void **state)
{
    struct db *db = *state;
    struct thread t = a_thread((const char *const[]){ "bug" }, 1);
    struct err err = { 0 };
    int n = 0;

    assert_int_equal(thread_put(db, &t, NULL, NULL), 0);
    assert_int_equal(thread_get(db, TEST_REPO, 1, check_thread, &n, NULL), 0);
    assert_int_equal(thread_each(db, TEST_REPO, check_thread, &n, NULL), 0);
    assert_int_equal(thread_each_labelled(db, TEST_REPO, "bug", check_thread, &n, NULL), 0);
    assert_int_equal(thread_each_labelled(db, TEST_REPO, "bugs", check_thread, &n, NULL), 0);
    assert_int_equal(n, 3);
    assert_int_equal(thread_get(db, TEST_REPO, 2, check_thread, &n, &err), -ERR_NOTFOUND);
    assert_int_equal(n, 3);
}

/* A callback may ask the database what is being read just now. */
static int read_again(void *ctx, const struct thread *t, struct err *err)
{
    int n = 0;

    if (thread_each(*(struct db **)ctx, t->repo_id, check_thread, &n, err) < 0)
        return -ERR_DB;
    assert_int_equal(n, 1);
    return -ERR_REFUSED;
}

static void a_callback_may_read_the_same_list_and_stop_it(void **state)
{
    struct db *db = *state;
    struct thread t = a_thread(NULL, 0);

    assert_int_equal(thread_put(db, &t, NULL, NULL), 0);
    assert_int_equal(thread_each(db, TEST_REPO, read_again, &db, NULL), -ERR_REFUSED);
    assert_int_equal(thread_each(db, TEST_REPO, read_again, &db, NULL), -ERR_REFUSED);
}

static int check_erased(void *ctx, const struct entry *e, struct err *err)
{
    (void)ctx;
    (void)err;
    assert_true(e->is_deleted);
    assert_string_equal(e->body, "");
    assert_int_equal(e->created_at, TEST_T0 + 10);
    assert_int_equal(e->author_id, MAINTAINER_1);
    return 0;
}

static int check_feedback_erased(void *ctx, const struct feedback *f, struct err *err)
{
    (void)ctx;
    (void)err;
    assert_int_equal(f->state, FEEDBACK_DELETED);
    assert_string_equal(f->title, "");
    assert_string_equal(f->body, "");
    return 0;
}

static void a_deleted_entry_keeps_its_row_and_its_feedback_follows(void **state)
{
    struct db *db = *state;
    const struct feedback f = { .repo_id = TEST_REPO,
                                .id = "comment-10",
                                .number = 1,
                                .kind = FEEDBACK_BUG,
                                .title = "t",
                                .body = "b",
                                .created_at = TEST_T0 };

    test_put_comment(db, 10, 1, MAINTAINER_1, TEST_T0 + 10);
    assert_int_equal(feedback_put(db, &f, NULL, NULL), 0);
    assert_int_equal(entry_set_deleted(db, TEST_REPO, ENTRY_COMMENT, 10, NULL), 0);
    assert_int_equal(entry_each(db, TEST_REPO, check_erased, NULL, NULL), 0);
    assert_int_equal(
        feedback_get(db, TEST_REPO, "comment-10", check_feedback_erased, NULL, NULL), 0);
}

static int add_id(void *ctx, const struct own_comment *c, struct err *err)
{
    (void)err;
    *(int64_t *)ctx = c->id;
    return 0;
}

static void a_sticky_comment_is_the_oldest_that_is_left(void **state)
{
    struct db *db = *state;
    int64_t id = 0;

    for (int64_t i = 3; i >= 1; i--) {
        const struct own_comment c = {
            .repo_id = TEST_REPO, .id = i, .number = 1, .rule = "retrain", .body = "x"
        };
        assert_int_equal(own_comment_put(db, &c, NULL, NULL), 0);
    }
    assert_int_equal(own_comment_find(db, TEST_REPO, 1, "retrain", add_id, &id, NULL), 0);
    assert_int_equal(id, 1);
    assert_int_equal(own_comment_set_deleted(db, TEST_REPO, 1, NULL), 0);
    assert_int_equal(own_comment_find(db, TEST_REPO, 1, "retrain", add_id, &id, NULL), 0);
    assert_int_equal(id, 2);
    assert_int_equal(own_comment_find(db, TEST_REPO, 1, "stale", add_id, &id, NULL),
                     -ERR_NOTFOUND);
}

static int check_list(void *ctx, const struct sync_list *s, struct err *err)
{
    (void)ctx;
    (void)err;
    assert_int_equal(s->name, SYNC_EVENTS);
    assert_int_equal(s->phase, SYNC_POLL);
    assert_int_equal(s->newest_id, 42);
    assert_string_equal(s->next_url, "/repositories/7/issues/events?page=2");
    return 0;
}

static void a_page_and_its_cursor_come_and_go_together(void **state)
{
    struct db *db = *state;
    struct sync_list s = { .repo_id = TEST_REPO,
                           .name = SYNC_EVENTS,
                           .phase = SYNC_POLL,
                           .newest_id = 42,
                           .next_url = "/repositories/7/issues/events?page=2" };
    const struct event e = { .repo_id = TEST_REPO,
                             .id = 41,
                             .number = 1,
                             .kind = "labeled",
                             .actor_id = MAINTAINER_1,
                             .label = "retrain",
                             .created_at = TEST_T0 };
    enum put_result result;

    assert_int_equal(db_begin(db, DB_FAST, NULL), 0);
    assert_int_equal(event_put(db, &e, &result, NULL), 0);
    assert_int_equal(result, PUT_NEW);
    assert_int_equal(sync_list_put(db, &s, NULL, NULL), 0);
    db_rollback(db);
    assert_int_equal(sync_list_get(db, TEST_REPO, SYNC_EVENTS, check_list, NULL, NULL),
                     -ERR_NOTFOUND);
    assert_int_equal(db_begin(db, DB_FAST, NULL), 0);
    assert_int_equal(event_put(db, &e, &result, NULL), 0);
    assert_int_equal(result, PUT_NEW);
    assert_int_equal(sync_list_put(db, &s, NULL, NULL), 0);
    assert_int_equal(db_commit(db, NULL), 0);
    assert_int_equal(sync_list_get(db, TEST_REPO, SYNC_EVENTS, check_list, NULL, NULL), 0);
}

static int copy_etag(void *ctx, const struct http_validator *v, struct err *err)
{
    (void)err;
    (void)snprintf(ctx, 20, "%s", v->etag);
    return 0;
}

static void validators_belong_to_who_asked_and_how(void **state)
{
    struct db *db = *state;
    struct http_validator v = {
        .token_id = "a", .url = "/x", .accept = "json", .etag = "W/1", .used_at = TEST_T0
    };
    char etag[20] = "";

    assert_int_equal(http_cache_put(db, &v, NULL), 0);
    v.etag = "W/2";
    assert_int_equal(http_cache_put(db, &v, NULL), 0);
    assert_int_equal(http_cache_get(db, &v, copy_etag, etag, NULL), 0);
    assert_string_equal(etag, "W/2");
    v.token_id = "b";
    assert_int_equal(http_cache_get(db, &v, copy_etag, etag, NULL), -ERR_NOTFOUND);
    assert_int_equal(http_cache_expire(db, TEST_T0 + 1, NULL), 0);
    v.token_id = "a";
    assert_int_equal(http_cache_get(db, &v, copy_etag, etag, NULL), -ERR_NOTFOUND);
}

static int check_repository(void *ctx, const struct repository *r, struct err *err)
{
    (void)ctx;
    (void)err;
    assert_string_equal(r->owner, "digits-moved");
    assert_int_equal(r->first_seen_at, TEST_T0);
    assert_true(r->is_adopted);
    assert_int_equal(r->writes_allowed_at, TEST_T0 + 5);
    return 0;
}

static void a_later_look_keeps_what_we_decided_about_a_repository(void **state)
{
    struct db *db = *state;
    const struct repository r = { .id = TEST_REPO,
                                  .owner = "digits-moved",
                                  .name = "model",
                                  .default_branch = "main",
                                  .first_seen_at = TEST_T0 + 99 };
    enum put_result result;

    assert_int_equal(repository_set_adopted(db, TEST_REPO, NULL), 0);
    assert_int_equal(repository_allow_writes(db, TEST_REPO, "user alice", TEST_T0 + 5, NULL),
                     0);
    assert_int_equal(repository_allow_writes(db, 99, "user alice", TEST_T0, NULL),
                     -ERR_NOTFOUND);
    assert_int_equal(repository_put(db, &r, &result, NULL), 0);
    assert_int_equal(result, PUT_CHANGED);
    assert_int_equal(repository_put(db, &r, &result, NULL), 0);
    assert_int_equal(result, PUT_SAME);
    assert_int_equal(repository_get_first(db, check_repository, NULL, NULL), 0);
}

static int expect_t0(void *ctx, const char *value, struct err *err)
{
    char t0[24];

    (void)err;
    (void)snprintf(t0, sizeof(t0), "%lld", (long long)TEST_T0);
    assert_string_equal(value, t0);
    ++*(int *)ctx;
    return 0;
}

static void the_first_init_counts(void **state)
{
    struct db *db = *state;
    int n = 0;

    assert_int_equal(instance_get(db, "init_at", expect_t0, &n, NULL), -ERR_NOTFOUND);
    assert_int_equal(instance_set_init_at(db, TEST_T0, NULL), 0);
    assert_int_equal(instance_set_init_at(db, TEST_T0 + 9, NULL), 0);
    assert_int_equal(instance_get(db, "init_at", expect_t0, &n, NULL), 0);
    assert_int_equal(n, 1);
}

int main(void)
{
#define WITH_DB(test) cmocka_unit_test_setup_teardown(test, test_db_open, test_db_close)
    const struct CMUnitTest tests[] = {
        WITH_DB(the_same_again_is_no_write),
        WITH_DB(labels_are_the_whole_set_and_follow_our_own_writes),
        WITH_DB(what_was_put_is_what_is_read),
        WITH_DB(a_callback_may_read_the_same_list_and_stop_it),
        WITH_DB(a_deleted_entry_keeps_its_row_and_its_feedback_follows),
        WITH_DB(a_sticky_comment_is_the_oldest_that_is_left),
        WITH_DB(a_page_and_its_cursor_come_and_go_together),
        WITH_DB(validators_belong_to_who_asked_and_how),
        WITH_DB(a_later_look_keeps_what_we_decided_about_a_repository),
        WITH_DB(the_first_init_counts),
    };
#undef WITH_DB
    return cmocka_run_group_tests(tests, NULL, NULL);
}
