/* SPDX-License-Identifier: Apache-2.0 */
#include "base/git.h"

#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/git_program.h"

static const struct git_new_file files[] = {
    { "LICENSE", "text\n", 5 }, { "README.md", "# Digits\n", 9 },   { "onnx-notes", "n", 1 },
    { "onnx/a/deep", "", 0 },   { "onnx/model.onnx", "\0\1\2", 3 },
};

static struct git_new_commit example(const char *parent)
{
    return (struct git_new_commit){
        .files = files,
        .n_files = sizeof(files) / sizeof(files[0]),
        .parent = parent,
        .author_name = "Hearth",
        .author_email = "hearth@example.org",
        .at = 1767225600,
        .message = "v1.0.0\n",
    };
}

static struct git_repo *new_repo(const char *dir)
{
    char *path = fs_path(dir, "hub", "ns", "digits.git", NULL);
    struct git_repo *repo = NULL;

    assert_int_equal(git_init_bare(&repo, path, NULL), 0);
    free(path);
    return repo;
}

static void put_file(const char *dir, const char *name)
{
    char *path = fs_path(dir, name, NULL);

    assert_int_equal(fs_write(path, "", 0, 0644, NULL), 0);
    free(path);
}

static void what_a_killed_writer_left_stops_nobody(void **state)
{
    char *path = fs_path(*state, "hub", "ns", "digits.git", NULL);
    char *config = fs_path(path, "config", NULL);
    struct git_repo *repo = new_repo(*state);
    struct git_new_commit commit = example(NULL);
    char name[GIT_HEX_SIZE];

    assert_int_equal(git_commit_files(name, repo, &commit, NULL), 0);
    git_close(repo);
    put_file(path, "refs/heads/main.lock");
    put_file(path, "HEAD.lock");
    put_file(path, "config.lock");
    assert_int_equal(fs_remove(config, NULL), 0);

    assert_int_equal(git_init_bare(&repo, path, NULL), 0);
    assert_int_equal(git_set_ref(repo, "refs/heads/main", name, NULL, NULL), 0);
    git_close(repo);
    free(config);
    free(path);
}

static void the_git_program_reads_what_we_commit(void **state)
{
    struct git_repo *repo = new_repo(*state);
    struct git_new_commit commit = example(NULL);
    char name[GIT_HEX_SIZE], word[128];

    assert_int_equal(git_commit_files(name, repo, &commit, NULL), 0);
    assert_int_equal(git_set_ref(repo, "refs/heads/main", name, NULL, NULL), 0);
    shell(*state, "git -C hub/ns/digits.git fsck --strict --no-dangling");
    shell(*state, "git clone -q hub/ns/digits.git copy && test -f copy/onnx/a/deep && "
                  "test \"$(cat copy/README.md)\" = '# Digits'");
    shell_word(word, sizeof(word), *state, "git -C copy log -1 --format=%H:%at:%ct:%s");
    assert_memory_equal(word, name, 40);
    assert_string_equal(word + 40, ":1767225600:1767225600:v1.0.0");
    git_close(repo);
}

static void the_same_input_gives_the_same_commit_name(void **state)
{
    struct git_repo *repo = new_repo(*state);
    struct git_new_commit commit = example(NULL);
    char first[GIT_HEX_SIZE], again[GIT_HEX_SIZE], child[GIT_HEX_SIZE];

    assert_int_equal(git_commit_files(first, repo, &commit, NULL), 0);
    assert_int_equal(git_commit_files(again, repo, &commit, NULL), 0);
    assert_string_equal(first, again);
    commit = example(first);
    assert_int_equal(git_commit_files(child, repo, &commit, NULL), 0);
    assert_string_not_equal(first, child);
    git_close(repo);
}

static void bad_lists_of_files_are_refused(void **state)
{
    static const struct {
        struct git_new_file files[2];
        int rc;
    } cases[] = {
        { { { "b", "", 0 }, { "a", "", 0 } }, -ERR_RANGE },
        { { { "a", "", 0 }, { "a", "", 0 } }, -ERR_RANGE },
        { { { "a", "", 0 }, { "a/b", "", 0 } }, -ERR_RANGE },
        { { { "../x", "", 0 }, { "a", "", 0 } }, -ERR_REFUSED },
        { { { "/etc", "", 0 }, { "a", "", 0 } }, -ERR_REFUSED },
        { { { ".git/hooks/x", "", 0 }, { "a", "", 0 } }, -ERR_REFUSED },
        { { { "a/.GIT/x", "", 0 }, { "b", "", 0 } }, -ERR_REFUSED },
        { { { "a//b", "", 0 }, { "b", "", 0 } }, -ERR_REFUSED },
        { { { "a\nb", "", 0 }, { "b", "", 0 } }, -ERR_REFUSED },
        { { { "a\xff", "", 0 }, { "b", "", 0 } }, -ERR_REFUSED },
    };
    struct git_repo *repo = new_repo(*state);
    char name[GIT_HEX_SIZE];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct git_new_commit commit = example(NULL);

        commit.files = cases[i].files;
        commit.n_files = 2;
        assert_int_equal(git_commit_files(name, repo, &commit, NULL), cases[i].rc);
    }
    git_close(repo);
}

static void a_ref_moves_only_from_where_it_is_expected(void **state)
{
    struct git_repo *repo = new_repo(*state);
    struct git_new_commit commit = example(NULL);
    char first[GIT_HEX_SIZE], second[GIT_HEX_SIZE], at[GIT_HEX_SIZE];
    const char *ref = "refs/heads/main";

    assert_int_equal(git_commit_files(first, repo, &commit, NULL), 0);
    commit = example(first);
    assert_int_equal(git_commit_files(second, repo, &commit, NULL), 0);

    assert_int_equal(git_set_ref(repo, ref, second, first, NULL), -ERR_CONFLICT);
    assert_int_equal(git_set_ref(repo, ref, first, NULL, NULL), 0);
    assert_int_equal(git_set_ref(repo, ref, second, NULL, NULL), -ERR_CONFLICT);
    assert_int_equal(git_set_ref(repo, ref, second, second, NULL), -ERR_CONFLICT);
    assert_int_equal(git_resolve(at, repo, "main", NULL), 0);
    assert_string_equal(at, first);
    assert_int_equal(git_set_ref(repo, ref, second, first, NULL), 0);
    assert_int_equal(git_resolve(at, repo, "HEAD", NULL), 0);
    assert_string_equal(at, second);
    assert_int_equal(git_set_ref(repo, "refs/heads/a..b", first, NULL, NULL), -ERR_RANGE);
    git_close(repo);
}

static void revisions_are_refs_branches_tags_and_names(void **state)
{
    static const char *const good[] = { "HEAD",      "main",   "refs/heads/main", "v1",
                                        "annotated", "nested", "refs/tags/nested" };
    static const char *const bad[] = { "",       "nothing",
                                       "main~1", "main^{tree}",
                                       ":/text", "a..b",
                                       "blob",   "refs/heads/",
                                       "@{-1}",  "0123456789012345678901234567890123456789" };
    char want[64], got[GIT_HEX_SIZE];

    shell(*state, "git init -q -b main w && cd w && git commit -q --allow-empty -m one && "
                  "git tag v1 && git tag -a -m note annotated && "
                  "git tag -a -m note nested annotated && echo x >f && "
                  "git tag blob $(git hash-object -w f)");
    shell_word(want, sizeof(want), *state, "git -C w rev-parse HEAD");
    struct git_repo *repo = open_repo(*state, "w/.git");
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(git_resolve(got, repo, good[i], NULL), 0);
        assert_string_equal(got, want);
    }
    assert_int_equal(git_resolve(got, repo, want, NULL), 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(git_resolve(got, repo, bad[i], NULL), -ERR_NOTFOUND);
    git_close(repo);
}

static void the_common_ancestor_tells_what_a_branch_added(void **state)
{
    char want[64], a[64], b[64], alone[64], got[GIT_HEX_SIZE];

    shell(*state, "git init -q -b main w && cd w && git commit -q --allow-empty -m base && "
                  "git tag base && git commit -q --allow-empty -m a && "
                  "git checkout -q -b side base && git commit -q --allow-empty -m b && "
                  "git checkout -q --orphan alone && git commit -q --allow-empty -m c");
    shell_word(want, sizeof(want), *state, "git -C w rev-parse base");
    shell_word(a, sizeof(a), *state, "git -C w rev-parse main");
    shell_word(b, sizeof(b), *state, "git -C w rev-parse side");
    shell_word(alone, sizeof(alone), *state, "git -C w rev-parse alone");
    struct git_repo *repo = open_repo(*state, "w/.git");
    assert_int_equal(git_find_base(got, repo, a, b, NULL), 0);
    assert_string_equal(got, want);
    assert_int_equal(git_find_base(got, repo, a, alone, NULL), -ERR_NOTFOUND);
    git_close(repo);
}

static void refs_are_listed_by_name_up_to_a_limit(void **state)
{
    struct git_ref *refs = NULL;
    size_t n = 0;

    shell(*state, "git init -q -b main w && cd w && git commit -q --allow-empty -m one && "
                  "git tag v2 && git tag v10 && git tag -a -m x v1");
    struct git_repo *repo = open_repo(*state, "w/.git");
    assert_int_equal(git_list_refs(&refs, &n, repo, "refs/tags/", 3, NULL), 0);
    assert_int_equal(n, 3);
    assert_string_equal(refs[0].name, "refs/tags/v1");
    assert_string_equal(refs[1].name, "refs/tags/v10");
    assert_string_equal(refs[0].commit, refs[2].commit);
    git_refs_free(refs, n);
    assert_int_equal(git_list_refs(&refs, &n, repo, "refs/tags/", 2, NULL), -ERR_LIMIT);
    char *path = fs_path(*state, "w", ".git", NULL);
    assert_int_equal(git_count_loose_refs(&n, path, 4, NULL), 0); /* main, too */
    assert_int_equal(n, 4);
    assert_int_equal(git_count_loose_refs(&n, path, 3, NULL), -ERR_LIMIT);
    free(path);
    git_close(repo);
}

static void no_repository_is_told_from_a_broken_one(void **state)
{
    struct git_repo *repo = NULL;
    char *nothing = fs_path(*state, "nothing", NULL);

    assert_int_equal(git_open(&repo, nothing, NULL), -ERR_NOTFOUND);
    assert_int_equal(git_open(&repo, *state, NULL), -ERR_GIT);
    free(nothing);
}

static void the_group_and_nobody_else_may_write_where_objects_come(void **state)
{
    struct git_repo *repo = new_repo(*state);
    struct stat st;
    char word[16];

    assert_int_equal(git_share_with_group(repo, NULL), 0);
    assert_int_equal(git_share_with_group(repo, NULL), 0); /* again: nothing to do */
    char *path = fs_path(*state, "hub", "ns", "digits.git", "objects", "ff", NULL);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 02770);
    shell_word(word, sizeof(word), *state,
               "git -C hub/ns/digits.git config core.sharedRepository");
    assert_string_equal(word, "0660");
    free(path);
    git_close(repo);
}

static void making_a_repository_again_opens_it(void **state)
{
    struct git_repo *repo = new_repo(*state);
    struct git_new_commit commit = example(NULL);
    char name[GIT_HEX_SIZE], at[GIT_HEX_SIZE];

    assert_int_equal(git_commit_files(name, repo, &commit, NULL), 0);
    assert_int_equal(git_set_ref(repo, "refs/heads/main", name, NULL, NULL), 0);
    git_close(repo);
    repo = new_repo(*state);
    assert_int_equal(git_resolve(at, repo, "main", NULL), 0);
    assert_string_equal(at, name);
    git_close(repo);
}

static const struct {
    const char *before, *after, *diff;
} diffs[] = {
    { "one\ntwo\n", "one\ntwo\n", "" },
    { "", "", "" },
    { "one\ntwo\nthree\n", "one\n2\nthree\n", "@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n" },
    { "a\n", "a\nb", "@@ -1 +1,2 @@\n a\n+b\n\\ No newline at end of file\n" },
    { "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
      "@@ -3,5 +3,5 @@\n 3\n 4\n-5\n+five\n 6\n 7\n" },
};

static void texts_are_compared_line_by_line(void **state)
{
    (void)state;
    assert_int_equal(git_setup(NULL), 0);
    for (size_t i = 0; i < sizeof(diffs) / sizeof(diffs[0]); i++) {
        struct buf out;

        buf_init(&out, 4096);
        assert_int_equal(git_diff_texts(&out, diffs[i].before, diffs[i].after, NULL), 0);
        assert_string_equal(out.data, diffs[i].diff);
        buf_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_a_killed_writer_left_stops_nobody),
        IN_FOLDER(the_git_program_reads_what_we_commit),
        IN_FOLDER(the_same_input_gives_the_same_commit_name),
        IN_FOLDER(bad_lists_of_files_are_refused),
        IN_FOLDER(a_ref_moves_only_from_where_it_is_expected),
        IN_FOLDER(revisions_are_refs_branches_tags_and_names),
        IN_FOLDER(the_common_ancestor_tells_what_a_branch_added),
        IN_FOLDER(refs_are_listed_by_name_up_to_a_limit),
        IN_FOLDER(no_repository_is_told_from_a_broken_one),
        IN_FOLDER(the_group_and_nobody_else_may_write_where_objects_come),
        IN_FOLDER(making_a_repository_again_opens_it),
        cmocka_unit_test(texts_are_compared_line_by_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
