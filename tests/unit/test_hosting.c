/* SPDX-License-Identifier: Apache-2.0
 * Repositories come, move and go, and what is private stays so. */
#include "hub/web/hosting.h"

#include <pthread.h>
#include <unistd.h>

#include "base/err.h"
#include "hub/repo/repo.h"
#include "tests/unit/git_program.h"

enum { ROUNDS = 8 };

static const struct principal ada = { .person = "ada", .scope = MEMBER_WRITE };
static const struct principal anybody;
static const struct hosted_name model = { HOSTED_MODEL, "ada", "m" };

static struct access *open_access(const char *dir)
{
    const struct clock clock = clock_system();
    const struct namespace_row row = { .name = "ada", .kind = NAMESPACE_USER };
    char *path = fs_path(dir, "hub.db", NULL);
    struct access *access = NULL;
    enum put_result put;

    assert_int_equal(access_open(&access, path, &clock, NULL), 0);
    assert_int_equal(namespace_add(access_lock(access), &row, &put, NULL), 0);
    access_unlock(access);
    free(path);
    return access;
}

static int create(struct access *access, const char *dir, const char *name, bool is_private)
{
    const struct hosting_new wanted = { .name = { HOSTED_MODEL, "ada", name },
                                        .is_private = is_private,
                                        .licence = "" };

    return hosting_create(access, dir, &ada, &wanted, NULL);
}

static int may_anybody_see(struct access *access, const char *name)
{
    const struct hosted_name named = { HOSTED_MODEL, "ada", name };

    return access_check(NULL, access, &anybody, &named, ACCESS_SEE, NULL);
}

static void what_a_crash_left_becomes_as_it_is_asked_for(void **state)
{
    struct access *access = open_access(*state);
    const struct hosted_repo row = { .ns = "ada", .name = "m", .created_at = 1 };
    struct hub_repo *repo = NULL;
    int64_t id = 0;

    /* Killed behind its row, and then behind its empty folder. */
    assert_int_equal(hosted_repo_add(access_lock(access), &row, &id, NULL), 0);
    access_unlock(access);
    assert_int_equal(create(access, *state, "m", true), 0);
    assert_int_equal(may_anybody_see(access, "m"), -ERR_NOTFOUND);
    assert_int_equal(create(access, *state, "m", false), -ERR_EXISTS);
    assert_int_equal(may_anybody_see(access, "m"), -ERR_NOTFOUND);

    assert_int_equal(hub_repo_create(&repo, *state, "ada/n", NULL), 0);
    hub_repo_close(repo);
    assert_int_equal(create(access, *state, "n", true), 0);
    assert_int_equal(may_anybody_see(access, "n"), -ERR_NOTFOUND);
    access_close(access);
}

static void a_name_in_other_case_is_taken(void **state)
{
    struct access *access = open_access(*state);

    assert_int_equal(create(access, *state, "m", true), 0);
    assert_int_equal(create(access, *state, "M", false), -ERR_EXISTS);
    assert_int_equal(may_anybody_see(access, "m"), -ERR_NOTFOUND);
    access_close(access);
}

struct remover {
    struct access *access;
    const char *dir;
};

static void *remove_it(void *ctx)
{
    const struct remover *remover = ctx;

    (void)hosting_remove(remover->access, remover->dir, &model, NULL);
    return NULL;
}

/* Whoever comes second finds all of it or nothing; public is what has no row. */
static void a_private_one_made_beside_a_removal_is_private(void **state)
{
    struct access *access = open_access(*state);
    struct remover remover = { access, *state };
    char *folder = fs_path(*state, "ada/m.git", NULL);

    for (int i = 0; i < ROUNDS; i++) {
        pthread_t thread;

        (void)create(access, *state, "m", true);
        assert_int_equal(pthread_create(&thread, NULL, remove_it, &remover), 0);
        while (create(access, *state, "m", true) == -ERR_EXISTS)
            continue;
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_true(fs_exists(folder));
        assert_int_equal(may_anybody_see(access, "m"), -ERR_NOTFOUND);
    }
    free(folder);
    access_close(access);
}

static void what_is_moved_keeps_its_door_shut_under_both_names(void **state)
{
    struct access *access = open_access(*state);
    const struct hosting_move move = { *state, model, { HOSTED_MODEL, "ada", "n" } };

    assert_int_equal(create(access, *state, "m", true), 0);
    assert_int_equal(hosting_move(access, &move, NULL), 0);
    assert_int_equal(may_anybody_see(access, "n"), -ERR_NOTFOUND);
    assert_int_equal(hosting_move(access, &move, NULL), -ERR_EXISTS);
    assert_int_equal(may_anybody_see(access, "n"), -ERR_NOTFOUND);
    access_close(access);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_a_crash_left_becomes_as_it_is_asked_for),
        IN_FOLDER(a_name_in_other_case_is_taken),
        IN_FOLDER(a_private_one_made_beside_a_removal_is_private),
        IN_FOLDER(what_is_moved_keeps_its_door_shut_under_both_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
