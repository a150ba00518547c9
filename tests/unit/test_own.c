/* SPDX-License-Identifier: Apache-2.0
 * What belongs to a repository beside its git objects. */
#include "hub/repo/repo.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/err.h"
#include "tests/unit/git_program.h"
#include "tests/unit/hub_blob.h"

enum { THREADS = 8, ROUNDS = 50 };

struct taker {
    pthread_barrier_t *start;
    struct hub_repo *repo;
    const char *oid;
    bool is_new;
    int rc;
};

static void *take(void *arg)
{
    struct taker *taker = arg;

    (void)pthread_barrier_wait(taker->start);
    taker->rc = hub_repo_take_blob(&taker->is_new, taker->repo, taker->oid, NULL);
    return NULL;
}

/* How many of eight at once hear that the blob is new. */
static size_t take_at_once(struct hub_repo *repo, const char *oid)
{
    struct taker takers[THREADS];
    pthread_t threads[THREADS];
    pthread_barrier_t start;
    size_t n = 0;

    assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (size_t i = 0; i < THREADS; i++) {
        takers[i] = (struct taker){ .start = &start, .repo = repo, .oid = oid };
        assert_int_equal(pthread_create(&threads[i], NULL, take, &takers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(takers[i].rc, 0);
        n += takers[i].is_new;
    }
    (void)pthread_barrier_destroy(&start);
    return n;
}

static void of_many_who_add_a_blob_at_once_one_adds_it(void **state)
{
    struct hub_repo *repo = create(*state);
    char oid[SHA256_HEX_SIZE];

    store(repo, oid, "weights");
    for (int i = 0; i < ROUNDS; i++) {
        assert_int_equal(take_at_once(repo, oid), 1);
        assert_int_equal(hub_repo_drop_blob(repo, oid, NULL), 0);
    }
    hub_repo_close(repo);
}

static void a_blob_that_is_nowhere_is_not_taken(void **state)
{
    struct hub_repo *repo = create(*state);
    char *oid = xasprintf("%064d", 0);
    bool is_new = false;

    assert_int_equal(hub_repo_take_blob(&is_new, repo, oid, NULL), -ERR_NOTFOUND);
    assert_false(is_new || hub_repo_has_blob(repo, oid));
    free(oid);
    hub_repo_close(repo);
}

/* The unit in which quotas are counted, before a push is taken in and after. */
static void objects_take_what_their_files_have(void **state)
{
    shell(*state, "mkdir -p o/ab o/pack && printf 12345 >o/ab/c && printf 1234567 >o/pack/p");
    char *objects = fs_path(*state, "o", NULL);

    assert_int_equal(hub_object_bytes(objects), 12);
    free(objects);
    objects = fs_path(*state, "none", NULL);
    assert_int_equal(hub_object_bytes(objects), 0);
    free(objects);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(of_many_who_add_a_blob_at_once_one_adds_it),
        IN_FOLDER(a_blob_that_is_nowhere_is_not_taken),
        IN_FOLDER(objects_take_what_their_files_have),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
