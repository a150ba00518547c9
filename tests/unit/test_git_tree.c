/* SPDX-License-Identifier: Apache-2.0
 * Trees as strangers make them, made with the git program. */
#include <sys/resource.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/git.h"
#include "tests/unit/git_program.h"

static const struct git_tree_limits usual = { 1000, 16, 256 };

static int list(struct git_file **files, size_t *n, const char *dir, const char *prefix,
                const struct git_tree_limits *limits, struct err *err)
{
    struct git_repo *repo = open_repo(dir, "w/.git");
    char commit[64];

    *files = NULL;
    *n = 0;
    shell_word(commit, sizeof(commit), dir, "git -C w rev-parse main");
    int rc = git_list_files(files, n, repo, commit, prefix, limits, err);
    git_close(repo);
    return rc;
}

/* Whether each of so many revisions could be listed, none of them being listed. */
static int check(const char *dir, const char *const *revs, size_t n,
                 const struct git_tree_limits *limits, struct err *err)
{
    struct git_repo *repo = open_repo(dir, "w/.git");
    struct git_tree_check *checked = git_tree_check_new(repo, limits);
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < n; i++) {
        char *line = xasprintf("git -C w rev-parse %s", revs[i]), commit[64];

        shell_word(commit, sizeof(commit), dir, line);
        rc = git_tree_check_commit(checked, commit, err);
        free(line);
    }
    git_tree_check_free(checked);
    git_close(repo);
    return rc;
}

static void files_come_sorted_with_size_and_kind(void **state)
{
    static const struct {
        const char *path;
        int64_t size;
        bool is_plain;
    } want[] = {
        { "a-b", 3, true },    { "a/link", 11, false }, { "a/plain", 3, true },
        { "a/run", 3, false }, { "sub", 0, false },
    };
    struct git_file *files;
    size_t n;

    shell(*state, "git init -q -b main w && cd w && mkdir a && echo hi >a/plain && "
                  "echo hi >a-b && echo hi >a/run && chmod +x a/run && "
                  "ln -s /etc/passwd a/link && git add . && git update-index --add "
                  "--cacheinfo 160000,0123456789012345678901234567890123456789,sub && "
                  "git commit -q -m one");
    assert_int_equal(list(&files, &n, *state, "", &usual, NULL), 0);
    assert_int_equal(n, sizeof(want) / sizeof(want[0]));
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(files[i].path, want[i].path);
        assert_int_equal(files[i].size, want[i].size);
        assert_int_equal(files[i].is_plain, want[i].is_plain);
    }
    git_files_free(files, n);
}

static void a_prefix_names_one_folder(void **state)
{
    struct git_file *files;
    size_t n;

    shell(*state, "git init -q -b main w && cd w && mkdir -p contrib/x/3 contrib2 && "
                  "echo hi >contrib/x/3/one && echo hi >contrib2/two && echo hi >three && "
                  "git add . && git commit -q -m one");
    assert_int_equal(list(&files, &n, *state, "contrib/", &usual, NULL), 0);
    assert_int_equal(n, 1);
    assert_string_equal(files[0].path, "contrib/x/3/one");
    git_files_free(files, n);
    assert_int_equal(list(&files, &n, *state, "contrib/x", &usual, NULL), 0);
    assert_int_equal(n, 1);
    git_files_free(files, n);
    assert_int_equal(list(&files, &n, *state, "nothing", &usual, NULL), 0);
    assert_int_equal(n, 0);
    assert_int_equal(list(&files, &n, *state, "three", &usual, NULL), 0);
    assert_int_equal(n, 0);
}

static void a_large_blob_is_refused_by_its_header(void **state)
{
    struct git_file *files;
    struct rusage before, after;
    struct err err = { 0 };
    struct buf out;
    size_t n;

    shell(*state, "git init -q -b main w && cd w && git config core.looseCompression 1 && "
                  "blob=$(head -c 64M /dev/zero | git hash-object -w --stdin) && "
                  "git update-index --add --cacheinfo 100644,$blob,zeros && "
                  "git commit -q -m one && git repack -adq");
    (void)getrusage(RUSAGE_SELF, &before);
    assert_int_equal(list(&files, &n, *state, "", &usual, NULL), 0);
    assert_int_equal(files[0].size, 64 << 20);

    struct git_repo *repo = open_repo(*state, "w/.git");
    buf_init(&out, 1 << 20);
    assert_int_equal(git_read_blob(&out, repo, files[0].blob, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "67108864"));
    assert_int_equal(out.len, 0);
    (void)getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss < 32 << 10); /* KiB */
    buf_finish(&out);
    git_files_free(files, n);
    git_close(repo);
}

static void a_blob_comes_whole(void **state)
{
    struct git_file *files;
    struct buf out;
    size_t n;

    shell(*state, "git init -q -b main w && cd w && printf 'a\\0b' >f && git add . && "
                  "git commit -q -m one");
    assert_int_equal(list(&files, &n, *state, "", &usual, NULL), 0);
    struct git_repo *repo = open_repo(*state, "w/.git");
    buf_init(&out, 4);
    buf_add_char(&out, '>');
    assert_int_equal(git_read_blob(&out, repo, files[0].blob, NULL), 0);
    assert_memory_equal(out.data, ">a\0b", 4);
    assert_int_equal(git_read_blob(&out, repo, "xyz", NULL), -ERR_RANGE);
    assert_int_equal(
        git_read_blob(&out, repo, "0123456789012345678901234567890123456789", NULL),
        -ERR_NOTFOUND);
    buf_finish(&out);
    git_files_free(files, n);
    git_close(repo);
}

/* mktree checks nothing: it makes what a hostile client would push. */
static void make_tree(const char *dir, const char *entries)
{
    char *line = xasprintf(
        "git init -q -b main w && cd w && blob=$(echo hi | git hash-object -w --stdin) && "
        "empty=$(git mktree </dev/null) && tree=$(%s) && "
        "git update-ref refs/heads/main $(git commit-tree -m one $tree)",
        entries);

    shell(dir, line);
    free(line);
}

static void expect_refusal(const char *dir, const char *entries, int want)
{
    struct git_file *files;
    struct err err = { 0 };
    size_t n;

    shell(dir, "rm -rf w");
    make_tree(dir, entries);
    int rc = list(&files, &n, dir, "", &usual, &err);
    if (rc != want)
        fail_msg("%s: got %d (%s), expected %d", entries, rc, err.msg, want);
    assert_non_null(strstr(err.msg, "commit "));
    err = (struct err){ 0 };
    rc = check(dir, (const char *const[]){ "main" }, 1, &usual, &err);
    if (rc != want)
        fail_msg("%s: checked, got %d (%s), expected %d", entries, rc, err.msg, want);
    assert_non_null(strstr(err.msg, "commit "));
}

/* The same folder fits at one place and not at another. */
static void commits_are_checked_by_what_changed(void **state)
{
    static const char *const revs[] = { "main~4", "main~3", "main~2", "main~1", "main" };
    static const struct git_tree_limits by_depth = { 1000, 3, 256 }, by_path = { 1000, 16, 12 },
                                        by_files = { 6, 16, 256 };
    struct err err = { 0 };

    shell(*state, "git init -q -b main w && cd w && mkdir -p a/b && echo 1 >a/b/f && "
                  "echo 2 >a/b/g && git add . && git commit -q -m 1 && echo 3 >a/b/g && "
                  "git commit -q -a -m 2 && cp -r a c && git add . && git commit -q -m 3 && "
                  "mkdir -p d/d && cp -r a d/d/a && git rm -rq c && git add . && "
                  "git commit -q -m 4 && cp -r a e && git add . && git commit -q -m 5");
    assert_int_equal(check(*state, revs, 5, &usual, NULL), 0);
    assert_int_equal(check(*state, revs, 3, &by_depth, NULL), 0);
    assert_int_equal(check(*state, revs, 4, &by_depth, &err), -ERR_LIMIT);
    assert_int_equal(check(*state, revs, 4, &by_path, NULL), 0);
    assert_int_equal(check(*state, revs, 4, &by_files, NULL), 0);
    assert_int_equal(check(*state, revs, 5, &by_files, NULL), -ERR_LIMIT);
    shell(*state, "cd w && mkdir long && git mv d long && git commit -q -m 6");
    assert_int_equal(
        check(*state, (const char *const[]){ "main~1", "main" }, 2, &by_path, NULL),
        -ERR_LIMIT);
}

static void strange_names_are_refused(void **state)
{
    static const char *const bad[] = {
        "..", ".", ".git", ".GIT", "a\\001b", "a\\177b", "a\\nb", "\\377\\376",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char *entries =
            xasprintf("printf '100644 blob %%s\\t%s\\0' $blob | git mktree -z", bad[i]);
        expect_refusal(*state, entries, -ERR_REFUSED);
        free(entries);
    }
}

static void a_name_twice_in_a_tree_is_refused(void **state)
{
    expect_refusal(*state,
                   "for n in 1 2; do printf '100644 f\\0'; echo $blob | "
                   "sed 's/../\\\\x&/g' | xargs -0 printf | head -c 20; done | "
                   "git hash-object -t tree -w --stdin --literally",
                   -ERR_REFUSED);
}

static void deep_trees_stop_at_the_limit(void **state)
{
    expect_refusal(*state,
                   "t=$empty; for i in $(seq 40); do "
                   "t=$(printf '040000 tree %s\\td\\n' $t | git mktree); done; echo $t",
                   -ERR_LIMIT);
}

/* Ten names for the same folder, seven times over: ten million files in eight objects. */
static void a_tree_bomb_stops_at_the_limit(void **state)
{
    static const char bomb[] =
        "t=%s; for i in $(seq 7); do t=$(for n in 0 1 2 3 4 5 6 7 8 9; do "
        "printf '%%s %%s %%s\\t%%s\\n' $mode $kind $t $n; done | git mktree); "
        "mode=040000; kind=tree; done; echo $t";
    char *of_files = xasprintf(bomb, "$blob; mode=100644; kind=blob");
    char *of_folders = xasprintf(bomb, "$empty; mode=040000; kind=tree");

    expect_refusal(*state, of_files, -ERR_LIMIT);
    expect_refusal(*state, of_folders, -ERR_LIMIT);
    free(of_files);
    free(of_folders);
}

static void long_paths_stop_at_the_limit(void **state)
{
    expect_refusal(*state, "printf '100644 blob %s\\t%0300d\\n' $blob 1 | git mktree",
                   -ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(files_come_sorted_with_size_and_kind),
        IN_FOLDER(a_prefix_names_one_folder),
        IN_FOLDER(a_large_blob_is_refused_by_its_header),
        IN_FOLDER(a_blob_comes_whole),
        IN_FOLDER(strange_names_are_refused),
        IN_FOLDER(commits_are_checked_by_what_changed),
        IN_FOLDER(a_name_twice_in_a_tree_is_refused),
        IN_FOLDER(deep_trees_stop_at_the_limit),
        IN_FOLDER(a_tree_bomb_stops_at_the_limit),
        IN_FOLDER(long_paths_stop_at_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
