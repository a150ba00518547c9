/* SPDX-License-Identifier: Apache-2.0
 * History that loses a file, as the real git sees it before and after. */
#include "base/git.h"

#include <stdint.h>

#include "base/err.h"
#include "tests/unit/git_program.h"

/* Two branches that were merged, an annotated tag and a branch that never had the file. */
static const char scene[] =
    "git init -q --bare -b main repo.git && git init -q -b main w && cd w\n"
    "echo keep >a && mkdir d && echo SECRET >d/x && git add . && git commit -qm first\n"
    "git tag -a v1 -m 'the first'\n"
    "git checkout -q -b side && echo side >s && git add . && git commit -qm side\n"
    "git checkout -q main && echo more >>a && git commit -qam more\n"
    "git merge -q --no-ff -m merged side\n"
    "git checkout -q --orphan clean && git rm -qrf . && echo b >b && git add . && "
    "git commit -qm clean\n"
    "git push -q ../repo.git main side clean v1";

static bool is_secret(void *ctx, const void *data, size_t len)
{
    (void)ctx;
    return len == 7 && memcmp(data, "SECRET\n", 7) == 0;
}

static const struct git_rewrite how = { 1, 100, is_secret, NULL, 100 };

static void a_file_goes_from_every_commit_and_nothing_else_does(void **state)
{
    struct git_repo *repo = NULL;
    char clean[64], now[64];

    shell(*state, scene);
    shell_word(clean, sizeof(clean), *state, "git -C repo.git rev-parse clean");
    repo = open_repo(*state, "repo.git");
    assert_int_equal(git_rewrite_history(repo, &how, NULL), 0);
    git_close(repo);
    shell(*state, "git -C repo.git fsck --strict");
    shell(*state, "test -z \"$(git -C repo.git rev-list --objects --all | grep -w d)\"");
    shell(*state, "test \"$(git -C repo.git rev-list --count main)\" = 4");
    shell(*state, "test \"$(git -C repo.git log -1 --format=%s%an%P main | wc -w)\" = 2");
    shell(*state, "test \"$(git -C repo.git show main:a)\" = \"$(printf 'keep\\nmore')\"");
    shell(*state, "test \"$(git -C repo.git show main:s)\" = side");
    shell(*state, "git -C repo.git tag -l -n v1 | grep -q 'the first'");
    shell(*state, "git -C repo.git merge-base --is-ancestor v1 side");
    shell_word(now, sizeof(now), *state, "git -C repo.git rev-parse clean");
    assert_string_equal(now, clean);
}

static void what_has_no_such_file_stays_as_it_is(void **state)
{
    struct git_repo *repo = NULL;
    char before[64], after[64];

    shell(*state, scene);
    repo = open_repo(*state, "repo.git");
    assert_int_equal(git_rewrite_history(repo, &how, NULL), 0);
    shell_word(before, sizeof(before), *state, "git -C repo.git for-each-ref | sha1sum");
    assert_int_equal(git_rewrite_history(repo, &how, NULL), 0);
    shell_word(after, sizeof(after), *state, "git -C repo.git for-each-ref | sha1sum");
    assert_string_equal(after, before);
    git_close(repo);
}

static void files_of_other_sizes_are_not_asked_about(void **state)
{
    const struct git_rewrite larger = { 8, 100, is_secret, NULL, 100 };
    struct git_repo *repo = NULL;
    char before[64], after[64];

    shell(*state, scene);
    repo = open_repo(*state, "repo.git");
    shell_word(before, sizeof(before), *state, "git -C repo.git for-each-ref | sha1sum");
    assert_int_equal(git_rewrite_history(repo, &larger, NULL), 0);
    shell_word(after, sizeof(after), *state, "git -C repo.git for-each-ref | sha1sum");
    assert_string_equal(after, before);
    git_close(repo);
}

static void a_history_past_the_limit_is_left_alone(void **state)
{
    const struct git_rewrite three = { 1, 100, is_secret, NULL, 3 };
    struct git_repo *repo = NULL;

    shell(*state, scene);
    repo = open_repo(*state, "repo.git");
    assert_int_equal(git_rewrite_history(repo, &three, NULL), -ERR_LIMIT);
    shell(*state, "test \"$(git -C repo.git show main:d/x)\" = SECRET");
    git_close(repo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_file_goes_from_every_commit_and_nothing_else_does),
        IN_FOLDER(what_has_no_such_file_stays_as_it_is),
        IN_FOLDER(files_of_other_sizes_are_not_asked_about),
        IN_FOLDER(a_history_past_the_limit_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
