/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "store/event.h"
#include "store/feedback.h"
#include "store/figures.h"
#include "store/release.h"
#include "tests/support/database.h"

enum { TEXT_SIZE = 600, DAY = 86400 };

static void append(char *text, const char *part)
{
    size_t len = strlen(text);

    (void)snprintf(text + len, TEXT_SIZE - len, "%s", part);
}

static void put(struct db *db, const char *id, enum feedback_kind kind, int64_t author_id,
                int64_t created_at, const char *body)
{
    const struct feedback f = { .repo_id = TEST_REPO,
                                .id = id,
                                .kind = kind,
                                .author_id = author_id,
                                .title = "Seven",
                                .body = body,
                                .created_at = created_at };

    assert_int_equal(feedback_put(db, &f, NULL, NULL), 0);
}

static int take_id(void *ctx, const struct feedback *f, struct err *err)
{
    (void)err;
    append(ctx, f->id);
    append(ctx, " ");
    return 0;
}

static char *list(struct db *db, struct feedback_filter filter, char text[TEXT_SIZE])
{
    text[0] = '\0';
    filter.repo_id = TEST_REPO;
    assert_int_equal(feedback_each(db, &filter, take_id, text, NULL), 0);
    return text;
}

static void lists_are_narrowed_and_never_show_conduct_unasked(void **state)
{
    struct db *db = *state;
    char text[TEXT_SIZE];

    put(db, "a", FEEDBACK_BUG, NEWCOMER_1, TEST_T0, "it reads a ONE");
    put(db, "b", FEEDBACK_MODEL_ERROR, NEWCOMER_1, TEST_T0 + 1, "it reads a nine");
    put(db, "c", FEEDBACK_CONDUCT, NEWCOMER_1, TEST_T0 + 2, "one private word");
    assert_string_equal(list(db, (struct feedback_filter){ 0 }, text), "b a ");
    assert_string_equal(
        list(db, (struct feedback_filter){ .kinds = 1u << FEEDBACK_CONDUCT }, text), "c ");
    assert_string_equal(list(db, (struct feedback_filter){ .text = "seven one" }, text), "a ");
    assert_string_equal(list(db, (struct feedback_filter){ .text = "private" }, text), "");
    assert_string_equal(list(db, (struct feedback_filter){ .since_at = TEST_T0 + 1 }, text),
                        "b ");
    assert_string_equal(list(db, (struct feedback_filter){ .limit = 1 }, text), "b ");
    assert_int_equal(feedback_set_resolved(db, TEST_REPO, "b", TEST_T0 + 9, NULL), 0);
    assert_string_equal(
        list(db, (struct feedback_filter){ .states = 1u << FEEDBACK_OPEN }, text), "a ");
    assert_int_equal(feedback_set_deleted(db, TEST_REPO, "a", NULL), 0);
    assert_string_equal(list(db, (struct feedback_filter){ 0 }, text), "b ");
    assert_int_equal(feedback_set_resolved(db, TEST_REPO, "a", TEST_T0, NULL), -ERR_NOTFOUND);
}

static void manual_ids_count_upwards(void **state)
{
    struct db *db = *state;
    char id[FEEDBACK_ID_SIZE];

    assert_int_equal(feedback_id_manual(id, db, TEST_REPO, NULL), 0);
    assert_string_equal(id, "manual-1");
    put(db, "manual-9", FEEDBACK_OTHER, 0, TEST_T0, "");
    put(db, "manual-10", FEEDBACK_OTHER, 0, TEST_T0, "");
    assert_int_equal(feedback_id_manual(id, db, TEST_REPO, NULL), 0);
    assert_string_equal(id, "manual-11");
}

static int take_link(void *ctx, const struct feedback_link *l, struct err *err)
{
    (void)err;
    append(ctx, feedback_link_kind_name(l->kind));
    append(ctx, "=");
    append(ctx, l->target);
    append(ctx, " ");
    return 0;
}

static void links_are_a_set(void **state)
{
    static const struct feedback_link first[] = {
        { .kind = FEEDBACK_LINK_THREAD, .target = "12" },
        { .kind = FEEDBACK_LINK_FIXES, .target = "2" },
    };
    static const struct feedback_link second[] = {
        { .kind = FEEDBACK_LINK_FIXES, .target = "2" },
        { .kind = FEEDBACK_LINK_SAMPLE, .target = "abc" },
    };
    struct db *db = *state;
    char text[TEXT_SIZE] = "";

    put(db, "a", FEEDBACK_BUG, NEWCOMER_1, TEST_T0, "");
    assert_int_equal(feedback_link_set(db, TEST_REPO, "a", first, 2, NULL), 0);
    assert_int_equal(feedback_link_set(db, TEST_REPO, "a", second, 2, NULL), 0);
    assert_int_equal(feedback_each_link(db, TEST_REPO, "a", take_link, text, NULL), 0);
    assert_string_equal(text, "fixes=2 sample=abc ");
    assert_int_equal(feedback_link_set(db, TEST_REPO, "missing", second, 2, NULL), -ERR_DB);
}

static int take_week(void *ctx, const struct figures_week *w, struct err *err)
{
    char part[60];

    (void)err;
    (void)snprintf(part, sizeof(part), "%d:%s=%d ", (int)((w->week_at - TEST_T0) / DAY),
                   feedback_kind_name(w->kind), (int)w->n);
    append(ctx, part);
    assert_int_equal((w->week_at / DAY + 3) % 7, 0);
    assert_int_equal(w->week_at % DAY, 0);
    return 0;
}

static void weeks_begin_on_monday_and_leave_out_bots_and_conduct(void **state)
{
    struct db *db = *state;
    char text[TEXT_SIZE] = "";

    put(db, "a", FEEDBACK_BUG, NEWCOMER_1, TEST_T0, "");
    put(db, "b", FEEDBACK_BUG, LABELER_BOT, TEST_T0, "");
    put(db, "c", FEEDBACK_CONDUCT, NEWCOMER_1, TEST_T0, "");
    put(db, "d", FEEDBACK_BUG, 0, TEST_T0 + 3 * DAY, "");
    put(db, "e", FEEDBACK_DOCS, NEWCOMER_1, TEST_T0 + 7 * DAY, "");
    assert_int_equal(figures_each_feedback_week(db, TEST_REPO, 0, take_week, text, NULL), 0);
    assert_string_equal(text, "-1:bug=2 5:docs=1 ");
}

static int take_thread(void *ctx, const struct figures_thread *t, struct err *err)
{
    char part[60];

    (void)err;
    (void)snprintf(part, sizeof(part), "%d:%d ", (int)t->number,
                   t->responded_at ? (int)(t->responded_at - t->created_at) : -1);
    append(ctx, part);
    return 0;
}

static void put_event(struct db *db, int64_t id, int64_t number, int64_t actor, int64_t at)
{
    const struct event e = { .repo_id = TEST_REPO,
                             .id = id,
                             .number = number,
                             .kind = "labeled",
                             .actor_id = actor,
                             .created_at = at };

    assert_int_equal(event_put(db, &e, NULL, NULL), 0);
}

static void a_response_is_a_persons_and_not_the_authors(void **state)
{
    struct db *db = *state;
    char text[TEXT_SIZE] = "";

    test_put_thread(db, 1, "issue", NEWCOMER_1, TEST_T0, 0);
    test_put_comment(db, 1, 1, NEWCOMER_1, TEST_T0 + 5);
    test_put_comment(db, 2, 1, LABELER_BOT, TEST_T0 + 6);
    test_put_comment(db, 3, 1, SELF_BOT, TEST_T0 + 7);
    test_put_comment(db, 4, 1, MAINTAINER_1, TEST_T0 + 60);
    test_put_thread(db, 2, "issue", NEWCOMER_1, TEST_T0, 0);
    put_event(db, 1, 2, LABELER_BOT, TEST_T0 + 1);
    put_event(db, 2, 2, MAINTAINER_1, TEST_T0 + 30);
    test_put_thread(db, 3, "issue", NEWCOMER_1, TEST_T0, 0);
    test_put_thread(db, 4, "pull", LABELER_BOT, TEST_T0, 0);
    assert_int_equal(figures_each_thread(db, TEST_REPO, 0, take_thread, text, NULL), 0);
    assert_string_equal(text, "1:60 2:30 3:-1 ");
}

static int take_person(void *ctx, const struct figures_person *p, struct err *err)
{
    char part[80];

    (void)err;
    (void)snprintf(part, sizeof(part), "%s %d %d %d %d %d\n", p->login, (int)p->n_threads,
                   (int)p->n_entries, (int)p->n_pulls_merged, (int)p->n_samples,
                   (int)p->n_released);
    append(ctx, part);
    return 0;
}

static void people_are_credited_for_what_they_did(void **state)
{
    struct db *db = *state;
    const struct release r = {
        .repo_id = TEST_REPO, .version = "1.0.0", .run_id = "run-1", .is_published = true
    };
    char text[TEXT_SIZE] = "";

    test_put_contribution(db, 1, TEST_T0 + 900, 2);
    test_put_contribution(db, 2, TEST_T0 + 950, 3);
    test_put_contribution(db, 3, 0, 4);
    assert_int_equal(release_put(db, &r, NULL, NULL), 0);
    test_put_comment(db, 1, 1, MAINTAINER_1, TEST_T0 + 60);
    test_put_comment(db, 2, 1, LABELER_BOT, TEST_T0 + 60);
    assert_int_equal(figures_each_person(db, TEST_REPO, 0, take_person, text, NULL), 0);
    assert_string_equal(text, "contributor-1 3 0 2 5 2\nmaintainer-1 0 1 0 0 0\n");
}

int main(void)
{
#define WITH_DB(test) cmocka_unit_test_setup_teardown(test, test_db_open, test_db_close)
    const struct CMUnitTest tests[] = {
        WITH_DB(lists_are_narrowed_and_never_show_conduct_unasked),
        WITH_DB(manual_ids_count_upwards),
        WITH_DB(links_are_a_set),
        WITH_DB(weeks_begin_on_monday_and_leave_out_bots_and_conduct),
        WITH_DB(a_response_is_a_persons_and_not_the_authors),
        WITH_DB(people_are_credited_for_what_they_did),
    };
#undef WITH_DB
    return cmocka_run_group_tests(tests, NULL, NULL);
}
