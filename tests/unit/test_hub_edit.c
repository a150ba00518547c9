/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/edit.h"

#include "base/err.h"
#include "hub/repo/blob.h"
#include "hub/repo/pointer.h"
#include "hub/repo/repo.h"
#include "tests/unit/git_program.h"

#include <unistd.h>

static const struct hub_commit on_main = {
    .branch = "main",
    .author_name = "ada",
    .author_email = "ada@example.org",
    .at = 1767225600,
    .message = "change",
};

static struct hub_repo *create(const char *root, const char *id)
{
    struct hub_repo *repo = NULL;

    assert_int_equal(hub_repo_create(&repo, root, id, NULL), 0);
    return repo;
}

static void put(struct hub_edit *edit, const char *path, const char *text)
{
    assert_int_equal(hub_edit_put(edit, path, text, strlen(text), NULL), 0);
}

/* Commits what was gathered and frees it. */
static int commit(char ret[GIT_HEX_SIZE], struct hub_edit *edit, const struct hub_commit *c)
{
    struct err err = { 0 };
    int rc = hub_edit_commit(ret, edit, c, &err);

    hub_edit_free(edit);
    return rc;
}

static int put_one(char ret[GIT_HEX_SIZE], struct hub_repo *repo, const char *path,
                   const char *text, const char *parent)
{
    struct hub_edit *edit = hub_edit_new(repo);
    struct hub_commit c = on_main;

    c.parent = parent;
    put(edit, path, text);
    return commit(ret, edit, &c);
}

static void assert_files(struct hub_repo *repo, const char *at, const char *wanted)
{
    struct hub_file *files = NULL;
    struct buf names;
    size_t n = 0;

    buf_init(&names, 4096);
    assert_int_equal(hub_repo_list_files(&files, &n, repo, at, "", NULL), 0);
    for (size_t i = 0; i < n; i++)
        buf_printf(&names, "%s%s:%lld%s", i ? " " : "", files[i].path, (long long)files[i].size,
                   files[i].lfs[0] ? "L" : "");
    assert_string_equal(names.data, wanted);
    hub_files_free(files, n);
    buf_finish(&names);
}

static void store(struct hub_repo *repo, char oid[SHA256_HEX_SIZE], const char *text)
{
    struct blob_put *blob = NULL;

    assert_int_equal(blob_put_begin(&blob, hub_repo_blobs(repo), NULL), 0);
    assert_int_equal(blob_put_add(blob, text, strlen(text), NULL), 0);
    assert_int_equal(blob_put_finish(oid, blob, NULL, NULL), 0);
}

static void changes_are_applied_in_their_order(void **state)
{
    struct hub_repo *repo = create(*state, "a/b");
    struct hub_edit *edit = hub_edit_new(repo);
    char one[GIT_HEX_SIZE], two[GIT_HEX_SIZE];

    put(edit, "b.txt", "old");
    put(edit, "dir/x", "1");
    put(edit, "dir/deep/y", "22");
    put(edit, "b.txt", "newer");
    put(edit, "a", "");
    assert_int_equal(commit(one, edit, &on_main), 0);
    assert_files(repo, one, "a:0 b.txt:5 dir/deep/y:2 dir/x:1");

    edit = hub_edit_new(repo);
    assert_int_equal(hub_edit_remove(edit, "dir/", HUB_REMOVE_FOLDER, NULL), 0);
    put(edit, "dir/z", "333");
    assert_int_equal(hub_edit_remove(edit, "a", HUB_REMOVE_FILE, NULL), 0);
    assert_int_equal(commit(two, edit, &on_main), 0);
    assert_files(repo, two, "b.txt:5 dir/z:3");
    shell(*state,
          "git -C a/b.git fsck --strict && test $(git -C a/b.git rev-list --count main) "
          "= 2 && test -z \"$(git -C a/b.git ls-tree -d main dir/deep)\"");
    hub_repo_close(repo);
}

static void what_changes_nothing_makes_no_commit(void **state)
{
    struct hub_repo *repo = create(*state, "a/b");
    char one[GIT_HEX_SIZE], two[GIT_HEX_SIZE];

    assert_int_equal(put_one(one, repo, "x", "1", NULL), 0);
    assert_int_equal(put_one(two, repo, "x", "1", NULL), 0);
    assert_string_equal(one, two);
    hub_repo_close(repo);
}

static void a_parent_that_is_not_the_tip_loses(void **state)
{
    struct hub_repo *repo = create(*state, "a/b"), *other = create(*state, "a/b");
    char one[GIT_HEX_SIZE], two[GIT_HEX_SIZE], three[GIT_HEX_SIZE], head[8] = "";

    assert_int_equal(put_one(one, repo, "x", "1", NULL), 0);
    memcpy(head, one, 7);
    assert_int_equal(put_one(two, other, "x", "2", head), 0);
    assert_int_equal(put_one(three, repo, "x", "3", one), -ERR_CONFLICT);
    assert_int_equal(put_one(three, repo, "x", "3", NULL), 0);
    assert_files(repo, three, "x:1");
    hub_repo_close(repo);
    hub_repo_close(other);
}

static void paths_that_cannot_be_are_refused(void **state)
{
    static const char *const bad[] = { "../x", "/x", "a//b", ".git/config", "a/.GIT/x",
                                       "a/",   "",   "a\nb", "x/y" /* x is a file */ };
    struct hub_repo *repo = create(*state, "a/b");
    char one[GIT_HEX_SIZE], tip[GIT_HEX_SIZE];

    assert_int_equal(put_one(one, repo, "x", "1", NULL), 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_true(put_one(tip, repo, bad[i], "2", NULL) < 0);
    assert_int_equal(hub_repo_resolve(tip, repo, "main", NULL), 0);
    assert_string_equal(tip, one);
    hub_repo_close(repo);
}

/* Of the names that are taken, git fsck is the judge. */
static void names_that_some_system_takes_for_git_s_own_are_refused(void **state)
{
    static const char *const bad[] = {
        ".git ",       ".git.",       ".GIT . .",     ".git::$INDEX",
        "git~1",       "GIT~1/hooks", "a/git~1. ",    "a\\.git",
        "a\\GIT~1\\x", ".g\u200cit",  ".git\ufeff/x", "\u206a.g\u202ei\u200ft",
        ".git:x",
    };
    static const char *const good[] = { "git",        "git~2",  "git~1x", ".gitignore",
                                        ".g\u200bit", "a\\git", "x.git",  "\u200cgit" };
    struct hub_repo *repo = create(*state, "a/b");
    char tip[GIT_HEX_SIZE];
    struct err err;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hub_edit *edit = hub_edit_new(repo);

        memset(&err, 0, sizeof(err));
        assert_int_equal(hub_edit_put(edit, bad[i], "1", 1, NULL), 0);
        if (hub_edit_commit(tip, edit, &on_main, &err) != -ERR_REFUSED ||
            !strstr(err.msg, "'.git'"))
            fail_msg("%s: %s", bad[i], err.msg);
        hub_edit_free(edit);
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(put_one(tip, repo, good[i], "1", NULL), 0);
    shell(*state, "git -C a/b.git fsck --strict");
    hub_repo_close(repo);
}

/* "a-b" and "a.txt" sort between "a" and "a/x", and "a0" behind it. */
static void what_lies_below_a_removed_folder_goes_and_nothing_else(void **state)
{
    struct hub_repo *repo = create(*state, "a/b");
    struct hub_edit *edit = hub_edit_new(repo);
    static const char *const paths[] = { "a-b/x", "a.txt", "a/deep/er/x", "a/x",
                                         "a0/x",  "b/a/x", "b/c/x" };
    char one[GIT_HEX_SIZE];

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        put(edit, paths[i], "1");
    assert_int_equal(commit(one, edit, &on_main), 0);
    edit = hub_edit_new(repo);
    assert_int_equal(hub_edit_remove(edit, "a", HUB_REMOVE_FOLDER, NULL), 0);
    put(edit, "a/new", "2");
    put(edit, "b/c/gone", "2");
    assert_int_equal(hub_edit_remove(edit, "b/c", HUB_REMOVE_FOLDER, NULL), 0);
    assert_int_equal(hub_edit_remove(edit, "b/c", HUB_REMOVE_FOLDER, NULL), 0);
    assert_int_equal(commit(one, edit, &on_main), 0);
    assert_files(repo, one, "a-b/x:1 a.txt:1 a/new:1 a0/x:1 b/a/x:1");
    hub_repo_close(repo);
}

static void removing_nothing_is_not_found(void **state)
{
    struct hub_repo *repo = create(*state, "a/b");
    struct hub_edit *edit = hub_edit_new(repo);
    char one[GIT_HEX_SIZE];

    assert_int_equal(hub_edit_remove(edit, "absent", HUB_REMOVE_FILE, NULL), 0);
    assert_int_equal(commit(one, edit, &on_main), -ERR_NOTFOUND);
    edit = hub_edit_new(repo);
    assert_int_equal(hub_edit_remove(edit, "absent", HUB_REMOVE_FOLDER, NULL), 0);
    assert_int_equal(commit(one, edit, &on_main), -ERR_NOTFOUND);
    hub_repo_close(repo);
}

static void a_branch_must_be_there_unless_it_is_main(void **state)
{
    struct hub_repo *repo = create(*state, "a/b");
    struct hub_edit *edit = hub_edit_new(repo);
    struct hub_commit c = on_main;
    char one[GIT_HEX_SIZE];

    c.branch = "dev";
    put(edit, "x", "1");
    assert_int_equal(commit(one, edit, &c), -ERR_NOTFOUND);
    hub_repo_close(repo);
}

static void a_large_file_is_a_pointer_in_git_and_itself_for_readers(void **state)
{
    struct hub_repo *repo = create(*state, "a/b");
    struct hub_edit *edit = hub_edit_new(repo);
    char one[GIT_HEX_SIZE], oid[SHA256_HEX_SIZE];
    struct buf text;

    store(repo, oid, "weights");
    assert_int_equal(hub_edit_put_blob(edit, "odd name", oid, NULL), -ERR_NOTFOUND);
    assert_int_equal(hub_repo_add_blob(repo, oid, NULL), 0);
    assert_int_equal(hub_edit_put_blob(edit, "odd name", oid, NULL), 0);
    assert_int_equal(commit(one, edit, &on_main), 0);
    assert_files(repo, one, ".gitattributes:56 odd name:7L");

    buf_init(&text, 4096);
    assert_int_equal(hub_repo_read_file(&text, repo, one, "odd name", NULL), 0);
    assert_string_equal(text.data, "weights");
    buf_finish(&text);
    shell(*state, "git -C a/b.git cat-file blob main:'odd name' | grep -q '^size 7$' && "
                  "git -C a/b.git cat-file blob main:.gitattributes | grep -q filter=lfs");
    hub_repo_close(repo);
}

/* Who knows the hash of a private file must not get it by committing the pointer. */
static void a_pointer_to_another_repository_s_blob_is_a_small_file(void **state)
{
    struct hub_repo *theirs = create(*state, "a/private"), *mine = create(*state, "a/b");
    char one[GIT_HEX_SIZE], oid[SHA256_HEX_SIZE], text[POINTER_MAX_BYTES];
    struct pointer pointer = { .size = 6 };

    store(theirs, oid, "secret");
    assert_int_equal(hub_repo_add_blob(theirs, oid, NULL), 0);
    memcpy(pointer.oid, oid, sizeof(oid));
    (void)pointer_format(text, &pointer);
    assert_int_equal(put_one(one, mine, "x", text, NULL), 0);
    assert_files(mine, one, "x:126");
    hub_repo_close(theirs);
    hub_repo_close(mine);
}

static void a_dead_writer_s_lock_is_taken_away_but_not_a_living_one_s(void **state)
{
    struct hub_repo *repo = create(*state, "a/b");
    char one[GIT_HEX_SIZE], two[GIT_HEX_SIZE];
    int hold = -1;

    assert_int_equal(put_one(one, repo, "x", "1", NULL), 0);
    shell(*state, "touch a/b.git/refs/heads/main.lock");
    assert_int_equal(hub_repo_hold(&hold, repo, NULL), 0);
    assert_int_equal(put_one(two, repo, "x", "2", NULL), -ERR_CONFLICT);
    hub_repo_close(create(*state, "a/b"));
    shell(*state, "test -e a/b.git/refs/heads/main.lock");
    (void)close(hold);
    assert_int_equal(put_one(two, repo, "x", "2", NULL), 0);
    assert_files(repo, two, "x:1");
    hub_repo_close(repo);
}

static void a_living_writer_s_lock_is_waited_for(void **state)
{
    struct hub_repo *repo = create(*state, "a/b");
    char one[GIT_HEX_SIZE], two[GIT_HEX_SIZE];
    int hold = -1;

    assert_int_equal(put_one(one, repo, "x", "1", NULL), 0);
    assert_int_equal(hub_repo_hold(&hold, repo, NULL), 0);
    shell(*state, "lock=a/b.git/refs/heads/main.lock && touch $lock && "
                  "{ sleep 0.2 && rm $lock; } >/dev/null 2>&1 &");
    assert_int_equal(put_one(two, repo, "x", "2", NULL), 0);
    (void)close(hold);
    hub_repo_close(repo);
}

static void squashing_keeps_the_files_and_drops_the_history(void **state)
{
    struct hub_repo *repo = create(*state, "a/b");
    char one[GIT_HEX_SIZE];

    assert_int_equal(put_one(one, repo, "x", "1", NULL), 0);
    assert_int_equal(put_one(one, repo, "y", "22", NULL), 0);
    assert_int_equal(hub_squash(one, repo, &on_main, NULL), 0);
    assert_files(repo, one, "x:1 y:2");
    shell(*state, "test $(git -C a/b.git rev-list --count main) = 1");
    hub_repo_close(repo);
}

static void repositories_are_moved_and_removed_whole(void **state)
{
    struct hub_repo *repo = create(*state, "a/b");
    char one[GIT_HEX_SIZE];

    assert_int_equal(put_one(one, repo, "x", "1", NULL), 0);
    hub_repo_close(repo);
    hub_repo_close(create(*state, "a/c"));
    assert_int_equal(hub_repo_move(*state, "a/b", "a/c", NULL), -ERR_EXISTS);
    assert_int_equal(hub_repo_move(*state, "a/b", "new/d", NULL), 0);
    assert_int_equal(hub_repo_open(&repo, *state, "a/b", NULL), -ERR_NOTFOUND);
    assert_int_equal(hub_repo_open(&repo, *state, "new/d", NULL), 0);
    assert_files(repo, one, "x:1");
    hub_repo_close(repo);
    assert_int_equal(hub_repo_remove(*state, "new/d", NULL), 0);
    assert_int_equal(hub_repo_remove(*state, "new/d", NULL), -ERR_NOTFOUND);
    shell(*state, "test -z \"$(ls .trash)\"");
}

static void a_path_too_long_for_git_is_not_gathered(void **state)
{
    struct hub_repo *repo = create(*state, "ada/m");
    struct hub_edit *edit = hub_edit_new(repo);
    char path[1026];

    memset(path, 'a', sizeof(path));
    path[sizeof(path) - 1] = '\0';
    assert_int_equal(hub_edit_put(edit, path, "x", 1, NULL), -ERR_RANGE);
    assert_int_equal(hub_edit_remove(edit, path, HUB_REMOVE_FILE, NULL), -ERR_RANGE);
    assert_int_equal(hub_edit_count(edit), 0);
    hub_edit_free(edit);
    hub_repo_close(repo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(changes_are_applied_in_their_order),
        IN_FOLDER(what_changes_nothing_makes_no_commit),
        IN_FOLDER(a_parent_that_is_not_the_tip_loses),
        IN_FOLDER(paths_that_cannot_be_are_refused),
        IN_FOLDER(a_path_too_long_for_git_is_not_gathered),
        IN_FOLDER(names_that_some_system_takes_for_git_s_own_are_refused),
        IN_FOLDER(what_lies_below_a_removed_folder_goes_and_nothing_else),
        IN_FOLDER(removing_nothing_is_not_found),
        IN_FOLDER(a_branch_must_be_there_unless_it_is_main),
        IN_FOLDER(a_large_file_is_a_pointer_in_git_and_itself_for_readers),
        IN_FOLDER(a_pointer_to_another_repository_s_blob_is_a_small_file),
        IN_FOLDER(a_dead_writer_s_lock_is_taken_away_but_not_a_living_one_s),
        IN_FOLDER(a_living_writer_s_lock_is_waited_for),
        IN_FOLDER(squashing_keeps_the_files_and_drops_the_history),
        IN_FOLDER(repositories_are_moved_and_removed_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
