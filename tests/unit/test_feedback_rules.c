/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/rules/feedback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "bot/bot.h"
#include "config/config.h"
#include "store/entry.h"
#include "store/event.h"
#include "store/feedback.h"
#include "store/person.h"
#include "store/repository.h"
#include "store/thread.h"

enum { REPO = 5, SELF = 1, ROBOT = 2, ALICE = 3, BOB = 4 };

struct scene {
    struct db *db;
    struct config config;
    struct bot bot;
};

static void put_person(struct scene *s, int64_t id, const char *login, bool is_bot)
{
    const struct person p = { id, login, is_bot };

    assert_int_equal(person_put(s->db, &p, NULL), 0);
}

static int open_scene(void **state)
{
    static char trigger[] = "retrain";
    struct scene *s = test_calloc(1, sizeof(*s));
    const struct repository repo = { .id = REPO,
                                     .owner = "o",
                                     .name = "r",
                                     .default_branch = "main",
                                     .self_id = SELF,
                                     .self_login = "hearth" };

    assert_int_equal(db_open(&s->db, ":memory:", DB_HEARTH, DB_CREATE, NULL), 0);
    assert_int_equal(repository_put(s->db, &repo, NULL, NULL), 0);
    put_person(s, SELF, "hearth", false);
    put_person(s, ROBOT, "ci[bot]", true);
    put_person(s, ALICE, "alice", false);
    put_person(s, BOB, "bob", false);
    s->config.retrain.trigger_label = trigger;
    s->bot =
        (struct bot){ .config = &s->config, .db = s->db, .repo_id = REPO, .self_id = SELF };
    *state = s;
    return 0;
}

static int close_scene(void **state)
{
    struct scene *s = *state;

    db_close(s->db);
    test_free(s);
    return 0;
}

static struct thread issue(int64_t number, int64_t author, const char *title, const char *body)
{
    return (struct thread){ .repo_id = REPO,
                            .number = number,
                            .kind = THREAD_ISSUE,
                            .title = title,
                            .body = body,
                            .author_id = author,
                            .is_open = true,
                            .state_reason = "",
                            .created_at = 1000 + number };
}

static void put(struct scene *s, const struct thread *t)
{
    assert_int_equal(thread_put(s->db, t, NULL, NULL), 0);
}

static void put_comment(struct scene *s, int64_t id, int64_t author, const char *body)
{
    const struct entry e = { .repo_id = REPO,
                             .kind = ENTRY_COMMENT,
                             .id = id,
                             .number = 1,
                             .author_id = author,
                             .body = body,
                             .review_state = "",
                             .path = "",
                             .created_at = 2000 + id };

    assert_int_equal(entry_put(s->db, &e, NULL, NULL), 0);
}

static struct feedback_counts follow(struct scene *s)
{
    struct feedback_counts counts;
    struct err err = { 0 };

    assert_int_equal(feedback_follow(&s->bot, &counts, &err), 0);
    return counts;
}

struct seen {
    bool exists;
    enum feedback_kind kind;
    enum feedback_state state;
    int64_t resolved_at;
    char topic[8], body[100], links[200];
};

static int see(void *ctx, const struct feedback *f, struct err *err)
{
    struct seen *seen = ctx;

    (void)err;
    seen->exists = true;
    seen->kind = f->kind;
    seen->state = f->state;
    seen->resolved_at = f->resolved_at;
    (void)snprintf(seen->topic, sizeof(seen->topic), "%s", f->topic);
    (void)snprintf(seen->body, sizeof(seen->body), "%s", f->body);
    return 0;
}

static int see_link(void *ctx, const struct feedback_link *l, struct err *err)
{
    struct seen *seen = ctx;
    size_t len = strlen(seen->links);

    (void)err;
    (void)snprintf(seen->links + len, sizeof(seen->links) - len, "%s:%s ",
                   feedback_link_kind_name(l->kind), l->target);
    return 0;
}

static struct seen look(struct scene *s, const char *id)
{
    struct seen seen = { .exists = false };

    (void)feedback_get(s->db, REPO, id, see, &seen, NULL);
    assert_int_equal(feedback_each_link(s->db, REPO, id, see_link, &seen, NULL), 0);
    return seen;
}

static void threads_and_telling_comments_become_feedback(void **state)
{
    struct scene *s = *state;
    const struct thread t = issue(1, ALICE, "It reads my 4 as 9", "Every time.");

    put(s, &t);
    put_comment(s, 10, BOB, "Same here, my 7 is read as 1.");
    put_comment(s, 11, BOB, "Which browser do you use?");
    assert_int_equal(follow(s).added, 2);
    assert_int_equal(look(s, "thread-1").kind, FEEDBACK_MODEL_ERROR);
    assert_string_equal(look(s, "thread-1").topic, "4");
    assert_string_equal(look(s, "comment-10").topic, "7");
    assert_false(look(s, "comment-11").exists);
    struct feedback_counts again = follow(s);
    assert_int_equal(again.added + again.changed, 0);
}

static void bots_and_we_ourselves_tell_nothing(void **state)
{
    struct scene *s = *state;
    const struct thread by_robot = issue(1, ROBOT, "Build crashes", "");
    const struct thread by_us = issue(2, SELF, "Weekly bug report", "");
    const struct thread by_ghost = issue(3, 0, "Crash", "");

    put(s, &by_robot);
    put(s, &by_us);
    put(s, &by_ghost);
    put_comment(s, 10, ROBOT, "It crashes.");
    assert_int_equal(follow(s).added, 1);
    assert_true(look(s, "thread-3").exists);
}

static void edits_closings_and_reopenings_are_followed(void **state)
{
    struct scene *s = *state;
    struct thread t = issue(1, ALICE, "Dark mode", "would be nice");
    const struct event reopened = { REPO, 50, 1, "reopened", ALICE, "", "", 6000 };

    put(s, &t);
    (void)follow(s);
    assert_int_equal(look(s, "thread-1").kind, FEEDBACK_REQUEST);
    t.title = "Dark mode crashes";
    t.is_open = false;
    t.closed_at = 5000;
    put(s, &t);
    assert_int_equal(follow(s).changed, 1);
    assert_int_equal(look(s, "thread-1").kind, FEEDBACK_BUG);
    assert_int_equal(look(s, "thread-1").state, FEEDBACK_RESOLVED);
    assert_int_equal(look(s, "thread-1").resolved_at, 5000);
    t.is_open = true;
    t.closed_at = 0;
    put(s, &t);
    assert_int_equal(event_put(s->db, &reopened, NULL, NULL), 0);
    (void)follow(s);
    assert_int_equal(look(s, "thread-1").state, FEEDBACK_OPEN);
    assert_int_equal(look(s, "thread-1").resolved_at, 0);
}

static void what_a_person_resolved_by_hand_stays_resolved(void **state)
{
    struct scene *s = *state;
    const struct thread t = issue(1, ALICE, "Crash", "");

    put(s, &t);
    (void)follow(s);
    assert_int_equal(feedback_set_resolved(s->db, REPO, "thread-1", 7000, NULL), 0);
    (void)follow(s);
    assert_int_equal(look(s, "thread-1").state, FEEDBACK_RESOLVED);
    assert_int_equal(look(s, "thread-1").resolved_at, 7000);
}

static void deleted_words_are_erased(void **state)
{
    struct scene *s = *state;
    const struct thread t = issue(1, ALICE, "Crash", "my secret");

    put(s, &t);
    put_comment(s, 10, BOB, "It crashes.");
    (void)follow(s);
    assert_int_equal(entry_set_deleted(s->db, REPO, ENTRY_COMMENT, 10, NULL), 0);
    assert_int_equal(thread_set_gone(s->db, REPO, 1, NULL), 0);
    (void)follow(s);
    assert_int_equal(look(s, "comment-10").state, FEEDBACK_DELETED);
    assert_int_equal(look(s, "thread-1").state, FEEDBACK_DELETED);
    assert_string_equal(look(s, "comment-10").body, "");
    assert_string_equal(look(s, "thread-1").body, "");
}

static void a_kind_that_a_person_gave_is_kept(void **state)
{
    struct scene *s = *state;
    const struct thread t = issue(1, ALICE, "Crash", "");
    const struct feedback by_hand = { .repo_id = REPO,
                                      .id = "thread-1",
                                      .number = 1,
                                      .kind = FEEDBACK_DOCS,
                                      .topic = "setup",
                                      .rule = "person:maintainer-1",
                                      .title = "Crash",
                                      .body = "" };

    put(s, &t);
    assert_int_equal(feedback_put(s->db, &by_hand, NULL, NULL), 0);
    (void)follow(s);
    assert_int_equal(look(s, "thread-1").kind, FEEDBACK_DOCS);
    assert_string_equal(look(s, "thread-1").topic, "setup");
}

static void a_pull_request_that_mends_is_a_link_of_what_it_mends(void **state)
{
    struct scene *s = *state;
    const struct thread t = issue(1, ALICE, "Crash", "since 4fd1c0a, see #2 and #1");
    struct thread pull = issue(2, BOB, "Do not crash", "Fixes #1");

    pull.kind = THREAD_PULL;
    put(s, &t);
    put(s, &pull);
    (void)follow(s);
    assert_string_equal(look(s, "thread-1").links, "commit:4fd1c0a fixes:2 thread:2 ");
    assert_string_equal(look(s, "thread-2").links, "thread:1 ");
    pull.body = "Does not help";
    put(s, &pull);
    (void)follow(s);
    assert_string_equal(look(s, "thread-1").links, "commit:4fd1c0a thread:2 ");
    assert_string_equal(look(s, "thread-2").links, "");
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(threads_and_telling_comments_become_feedback),
        SCENE(bots_and_we_ourselves_tell_nothing),
        SCENE(edits_closings_and_reopenings_are_followed),
        SCENE(what_a_person_resolved_by_hand_stays_resolved),
        SCENE(deleted_words_are_erased),
        SCENE(a_kind_that_a_person_gave_is_kept),
        SCENE(a_pull_request_that_mends_is_a_link_of_what_it_mends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
