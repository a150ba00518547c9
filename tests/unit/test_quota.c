/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/quota.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "hub/web/access.h"
#include "store/namespace.h"

enum { LIMIT = 35, SHARE = 10, THREADS = 8, ROUNDS = 200 };

static const struct hosted_name model = { HOSTED_MODEL, "ada", "model" };

struct scene {
    struct access *access;
    struct quota *quota;
};

/* A hub on which ada has a repository and may have 35 bytes. */
static int begin(void **state)
{
    static struct scene scene;
    const struct namespace_row ada = { .name = "ada", .quota_bytes = 0 };
    const struct hosted_repo row = { .kind = model.kind, .ns = model.ns, .name = model.name };
    struct clock clock = clock_system();
    enum put_result put;
    int64_t id;

    scene = (struct scene){ 0 };
    assert_int_equal(access_open(&scene.access, ":memory:", &clock, NULL), 0);
    struct db *db = access_lock(scene.access);
    assert_int_equal(namespace_add(db, &ada, &put, NULL), 0);
    assert_int_equal(hosted_repo_add(db, &row, &id, NULL), 0);
    access_unlock(scene.access);
    scene.quota = quota_new(scene.access, LIMIT);
    *state = &scene;
    return 0;
}

static int end(void **state)
{
    struct scene *scene = *state;

    quota_free(scene->quota);
    access_close(scene->access);
    return 0;
}

static void what_is_held_is_not_left_for_others(void **state)
{
    struct scene *scene = *state;
    struct quota_hold *one = NULL, *two = NULL;
    struct err err = { 0 };

    assert_int_equal(quota_left(scene->quota, "ada"), LIMIT);
    assert_int_equal(quota_take(&one, scene->quota, "ada", 30, NULL), 0);
    assert_int_equal(quota_left(scene->quota, "ADA"), 5);
    assert_int_equal(quota_left(scene->quota, "bob"), LIMIT);
    assert_int_equal(quota_take(&two, scene->quota, "ada", 6, &err), -ERR_LIMIT);
    assert_null(two);
    quota_release(one);
    assert_int_equal(quota_left(scene->quota, "ada"), LIMIT);
}

static void a_hold_becomes_what_is_there(void **state)
{
    struct scene *scene = *state;
    struct quota_hold *hold = NULL;

    assert_int_equal(quota_take(&hold, scene->quota, "ada", 0, NULL), 0);
    assert_int_equal(quota_grow(hold, 30, NULL), 0);
    assert_int_equal(quota_grow(hold, 36, NULL), -ERR_LIMIT);
    quota_count(hold, &model, 20);
    assert_int_equal(quota_left(scene->quota, "ada"), 5);
    quota_release(hold);
    assert_int_equal(quota_left(scene->quota, "ada"), 15);
    quota_uncount(scene->quota, &model, 7);
    assert_int_equal(quota_left(scene->quota, "ada"), 22);
}

static void a_namespace_has_its_own_limit_or_the_default(void **state)
{
    struct scene *scene = *state;

    assert_int_equal(quota_of(scene->quota, "ada"), LIMIT);
    assert_int_equal(namespace_set_quota(access_lock(scene->access), "ada", 50, NULL), 0);
    access_unlock(scene->access);
    assert_int_equal(quota_of(scene->quota, "ADA"), 50);
    assert_int_equal(quota_left(scene->quota, "ada"), 50);
    assert_int_equal(quota_of(scene->quota, "bob"), LIMIT);
}

static void all_that_is_left_may_be_taken_and_nothing_more(void **state)
{
    struct scene *scene = *state;
    struct quota_hold *hold = NULL, *more = NULL;
    struct err err = { 0 };

    assert_int_equal(quota_take(&hold, scene->quota, "ada", LIMIT, NULL), 0);
    assert_int_equal(quota_left(scene->quota, "ada"), 0);
    assert_int_equal(quota_take(&more, scene->quota, "ada", 1, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "quota"));
    assert_int_equal(quota_take(&more, scene->quota, "ada", 0, NULL), 0); /* asks for no room */
    quota_release(more);

    assert_int_equal(namespace_set_quota(access_lock(scene->access), "ada", 5, NULL), 0);
    access_unlock(scene->access);
    assert_int_equal(quota_left(scene->quota, "ada"), 0); /* lowered below what is there */
    quota_release(hold);
}

static void a_hold_that_grows_does_so_in_steps_while_there_is_room(void **state)
{
    const int64_t mib = 1 << 20, limit = 20 * mib;
    struct scene *scene = *state;
    struct quota *quota = quota_new(scene->access, limit);
    struct quota_hold *hold = NULL;

    assert_int_equal(quota_take(&hold, quota, "ada", mib, NULL), 0);
    assert_int_equal(quota_left(quota, "ada"), limit - mib);
    assert_int_equal(quota_grow(hold, mib + 1, NULL), 0); /* 8 MiB more at once */
    assert_int_equal(quota_left(quota, "ada"), limit - 9 * mib);
    assert_int_equal(quota_grow(hold, 5 * mib, NULL), 0); /* is held already */
    assert_int_equal(quota_left(quota, "ada"), limit - 9 * mib);
    assert_int_equal(quota_grow(hold, 17 * mib, NULL), 0); /* a step or more, as it is */
    assert_int_equal(quota_left(quota, "ada"), limit - 17 * mib);
    assert_int_equal(quota_grow(hold, 17 * mib + 1, NULL), 0); /* no room for a step */
    assert_int_equal(quota_left(quota, "ada"), limit - 17 * mib - 1);
    assert_int_equal(quota_grow(hold, limit + 1, NULL), -ERR_LIMIT);
    quota_release(hold);
    assert_int_equal(quota_left(quota, "ada"), limit);
    quota_free(quota);
}

static void a_namespace_without_a_limit_takes_anything(void **state)
{
    struct scene *scene = *state;
    struct quota *endless = quota_new(scene->access, 0);
    struct quota_hold *hold = NULL;

    assert_int_equal(quota_take(&hold, endless, "ada", INT64_MAX / 2, NULL), 0);
    assert_int_equal(quota_left(endless, "ada"), -1);
    quota_release(hold);
    quota_free(endless);
}

struct taker {
    pthread_barrier_t *start;
    struct scene *scene;
    struct quota_hold *hold;
};

static void *take(void *arg)
{
    struct taker *taker = arg;

    (void)pthread_barrier_wait(taker->start);
    (void)quota_take(&taker->hold, taker->scene->quota, "ada", SHARE, NULL);
    return NULL;
}

/* How many of eight at once got ten bytes. */
static size_t take_at_once(struct scene *scene)
{
    struct taker takers[THREADS];
    pthread_t threads[THREADS];
    pthread_barrier_t start;
    size_t n = 0;

    assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (size_t i = 0; i < THREADS; i++) {
        takers[i] = (struct taker){ .start = &start, .scene = scene };
        assert_int_equal(pthread_create(&threads[i], NULL, take, &takers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < THREADS; i++) {
        n += takers[i].hold != NULL;
        quota_release(takers[i].hold);
    }
    (void)pthread_barrier_destroy(&start);
    return n;
}

static void of_eight_at_once_as_many_pass_as_there_is_room_for(void **state)
{
    for (int i = 0; i < ROUNDS; i++)
        assert_int_equal(take_at_once(*state), LIMIT / SHARE);
}

int main(void)
{
#define with_hub(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        with_hub(what_is_held_is_not_left_for_others),
        with_hub(a_hold_becomes_what_is_there),
        with_hub(a_namespace_has_its_own_limit_or_the_default),
        with_hub(all_that_is_left_may_be_taken_and_nothing_more),
        with_hub(a_hold_that_grows_does_so_in_steps_while_there_is_room),
        with_hub(a_namespace_without_a_limit_takes_anything),
        with_hub(of_eight_at_once_as_many_pass_as_there_is_room_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
