/* SPDX-License-Identifier: Apache-2.0
 * What git's hook asks about the tips of a push. */
#include "hub/repo/push.h"

#include "base/err.h"
#include "hub/repo/edit.h"
#include "hub/repo/repo.h"
#include "tests/unit/git_program.h"

#define NONE "0000000000000000000000000000000000000000"

/* Commits a README upon main, and lets git's environment be that of a hook. */
static void make_repo(const char *dir, const char *readme)
{
    const struct hub_commit c = { .branch = "main",
                                  .author_name = "ada",
                                  .author_email = "ada@example.org",
                                  .at = 1767225600,
                                  .message = "change" };
    struct hub_repo *repo = NULL;
    char commit[GIT_HEX_SIZE], *path = fs_path(dir, "ada/m.git", NULL);

    assert_int_equal(hub_repo_create(&repo, dir, "ada/m", NULL), 0);
    struct hub_edit *edit = hub_edit_new(repo);
    assert_int_equal(hub_edit_put(edit, "README.md", readme, strlen(readme), NULL), 0);
    assert_int_equal(hub_edit_commit(commit, edit, &c, NULL), 0);
    hub_edit_free(edit);
    hub_repo_close(repo);
    (void)setenv("GIT_DIR", path, 1);
    free(path);
}

/* One more tag, on a commit that the shell line prints. */
static void add_tag(struct buf *updates, const char *dir, const char *name, const char *line)
{
    char commit[GIT_HEX_SIZE];

    shell_word(commit, sizeof(commit), dir, line);
    buf_printf(updates, NONE " %s refs/tags/%s\n", commit, name);
}

static int count_card(void *ctx, const char *text, size_t len, struct err *err)
{
    size_t *n = ctx;

    ++*n;
    return len == 3 && memcmp(text, "bad", 3) == 0 ? err_set(err, ERR_REFUSED, "no good") : 0;
}

static int check(const char *dir, const struct buf *updates, size_t *ret_n_cards,
                 struct err *err)
{
    const struct hub_push push = { .root = dir,
                                   .id = "ada/m",
                                   .updates = updates->data,
                                   .updates_len = updates->len,
                                   .check_card = count_card,
                                   .ctx = ret_n_cards };

    *ret_n_cards = 0;
    return hub_push_check(&push, err);
}

static void each_tree_is_looked_at_once_however_many_tips_have_it(void **state)
{
    struct buf updates;
    size_t n_cards;

    make_repo(*state, "good");
    buf_init(&updates, 4096);
    add_tag(&updates, *state, "v1", "git rev-parse main");
    add_tag(&updates, *state, "v2", "git commit-tree -m same 'main^{tree}'");
    add_tag(&updates, *state, "v3",
            "git commit-tree -m other $(git hash-object -w --stdin </dev/null |"
            " xargs printf '100644 blob %s\\tREADME.md\\n' | git mktree)");
    add_tag(&updates, *state, "v4", "git rev-parse main");
    assert_int_equal(check(*state, &updates, &n_cards, NULL), 0);
    assert_int_equal(n_cards, 2);
    buf_finish(&updates);
}

static void the_tip_that_is_refused_is_named_also_behind_good_ones(void **state)
{
    struct err err = { 0 };
    struct buf updates;
    size_t n_cards;

    make_repo(*state, "good");
    buf_init(&updates, 4096);
    add_tag(&updates, *state, "v1", "git rev-parse main");
    add_tag(&updates, *state, "v2", "git rev-parse main");
    add_tag(&updates, *state, "v3",
            "git commit-tree -m bad $(printf bad | git hash-object -w --stdin |"
            " xargs printf '100644 blob %s\\tREADME.md\\n' | git mktree)");
    assert_int_equal(check(*state, &updates, &n_cards, &err), -ERR_REFUSED);
    assert_string_equal(err.msg, "refs/tags/v3: README.md: no good");
    assert_int_equal(n_cards, 2);
    buf_finish(&updates);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(each_tree_is_looked_at_once_however_many_tips_have_it),
        IN_FOLDER(the_tip_that_is_refused_is_named_also_behind_good_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
