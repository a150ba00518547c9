/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/repo.h"

#include <sys/stat.h>

#include "base/err.h"
#include "hub/repo/edit.h"
#include "tests/unit/git_program.h"

static const struct git_new_file first_files[] = {
    { "model.safetensors", "\0\1\2", 3 },
    { "README.md", "# Digits\n", 9 },
    { "LICENSE", "text\n", 5 },
};
static const struct git_new_file second_files[] = {
    { "README.md", "# Digits 2\n", 11 },
    { "LICENSE", "text\n", 5 },
    { "model.safetensors", "\0\1\3", 3 },
};

static struct hub_revision revision(const char *version, const struct git_new_file *files)
{
    return (struct hub_revision){
        .version = version,
        .files = files,
        .n_files = 3,
        .author_name = "Hearth",
        .author_email = "hearth@example.org",
        .at = 1767225600,
        .message = version,
    };
}

static struct hub_repo *create(const char *root)
{
    struct hub_repo *repo = NULL;

    assert_int_equal(hub_repo_create(&repo, root, "community/digits", NULL), 0);
    return repo;
}

static void ids_follow_the_rules_of_the_hub(void **state)
{
    static const char *const good[] = { "a/b", "Some-org/digits_8x8.v1", "0/0", "a/api",
                                        "apis/b" };
    static const char *const bad[] = {
        "",      "a",      "a/",     "/b",         "a/b/c",   "a/..",
        "../b",  "a/b--c", "a/-b",   "a/b.",       "a/b.git", "a b/c",
        "a/b\n", "a/b\\",  "a/.git", "a/\xc3\xa4", "api/b",   "Reports/b",
    };
    char *long_name = xasprintf("a/%097d", 1);

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(hub_check_id(good[i], NULL), 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(hub_check_id(bad[i], NULL), -ERR_RANGE);
    assert_int_equal(hub_check_id(long_name, NULL), -ERR_RANGE);
    free(long_name);
}

static void a_published_revision_can_be_cloned_by_its_tag(void **state)
{
    struct hub_repo *repo = create(*state);
    struct hub_revision one = revision("1.0.0", first_files);
    struct hub_revision two = revision("1.1.0", second_files);
    char commit[GIT_HEX_SIZE], second[GIT_HEX_SIZE], word[64];

    assert_int_equal(hub_repo_publish(commit, repo, &one, NULL), 0);
    assert_int_equal(hub_repo_publish(second, repo, &two, NULL), 0);
    shell(*state, "git clone -q -b v1.0.0 community/digits.git one 2>/dev/null && "
                  "test \"$(cat one/README.md)\" = '# Digits' && "
                  "git clone -q community/digits.git two && "
                  "test \"$(cat two/README.md)\" = '# Digits 2' && "
                  "git -C community/digits.git fsck --strict");
    shell_word(word, sizeof(word), *state, "git -C two rev-parse HEAD^");
    assert_string_equal(word, commit);
    hub_repo_close(repo);
}

static void publishing_twice_changes_nothing(void **state)
{
    struct hub_repo *repo = create(*state);
    struct hub_revision one = revision("1.0.0", first_files);
    struct hub_revision other = revision("1.0.0", second_files);
    char commit[GIT_HEX_SIZE], again[GIT_HEX_SIZE], head[GIT_HEX_SIZE];
    struct err err = { 0 };

    assert_int_equal(hub_repo_publish(commit, repo, &one, NULL), 0);
    assert_int_equal(hub_repo_publish(again, repo, &one, NULL), 0);
    assert_string_equal(again, commit);
    assert_int_equal(hub_repo_publish(again, repo, &other, &err), -ERR_CONFLICT);
    assert_non_null(strstr(err.msg, "1.0.0"));
    assert_int_equal(hub_repo_resolve(head, repo, "main", NULL), 0);
    assert_string_equal(head, commit);
    hub_repo_close(repo);
}

static void an_old_version_stays_published_after_a_new_one(void **state)
{
    struct hub_repo *repo = create(*state);
    struct hub_revision one = revision("1.0.0", first_files);
    struct hub_revision two = revision("1.1.0", second_files);
    char first[GIT_HEX_SIZE], second[GIT_HEX_SIZE], again[GIT_HEX_SIZE], head[GIT_HEX_SIZE];

    assert_int_equal(hub_repo_publish(first, repo, &one, NULL), 0);
    assert_int_equal(hub_repo_publish(second, repo, &two, NULL), 0);
    assert_int_equal(hub_repo_publish(again, repo, &one, NULL), 0);
    assert_string_equal(again, first);
    assert_int_equal(hub_repo_resolve(head, repo, "HEAD", NULL), 0);
    assert_string_equal(head, second);
    hub_repo_close(repo);
}

/* Killed between main and tag: as if the tag had never been set. */
static void a_crash_before_the_tag_is_completed_without_a_second_commit(void **state)
{
    struct hub_repo *repo = create(*state);
    struct hub_revision one = revision("1.0.0", first_files);
    char commit[GIT_HEX_SIZE], again[GIT_HEX_SIZE], word[64];

    assert_int_equal(hub_repo_publish(commit, repo, &one, NULL), 0);
    shell(*state, "git -C community/digits.git update-ref -d refs/tags/v1.0.0");
    one.at += 60; /* a later cycle */
    assert_int_equal(hub_repo_publish(again, repo, &one, NULL), 0);
    assert_string_equal(again, commit);
    shell_word(word, sizeof(word), *state,
               "git -C community/digits.git rev-list --count --all");
    assert_string_equal(word, "1");
    assert_int_equal(hub_repo_resolve(again, repo, "v1.0.0", NULL), 0);
    hub_repo_close(repo);
}

/* Killed after the objects, before main: they are there, nothing points at them. */
static void a_crash_before_main_moves_is_completed(void **state)
{
    struct hub_repo *repo = create(*state);
    struct hub_revision one = revision("1.0.0", first_files);
    char commit[GIT_HEX_SIZE], again[GIT_HEX_SIZE];

    assert_int_equal(hub_repo_publish(commit, repo, &one, NULL), 0);
    shell(*state, "cd community/digits.git && git update-ref -d refs/tags/v1.0.0 && "
                  "git update-ref -d refs/heads/main");
    assert_int_equal(hub_repo_publish(again, repo, &one, NULL), 0);
    assert_string_equal(again, commit);
    hub_repo_close(repo);
}

static void a_half_made_repository_is_completed_and_not_listed_before(void **state)
{
    char **ids = NULL;
    size_t n = 0;

    shell(*state, "mkdir -p community/digits.git/objects lost+found other/notes");
    assert_int_equal(hub_repo_list(&ids, &n, *state, 10, NULL), 0);
    assert_int_equal(n, 0);
    hub_repo_list_free(ids, n);
    hub_repo_close(create(*state));
    assert_int_equal(hub_repo_list(&ids, &n, *state, 10, NULL), 0);
    assert_int_equal(n, 1);
    assert_string_equal(ids[0], "community/digits");
    hub_repo_list_free(ids, n);
}

static void repositories_are_listed_up_to_a_limit(void **state)
{
    static const char *const made[] = { "b/two", "a/one", "a/two" };
    char **ids = NULL;
    size_t n = 0;

    for (size_t i = 0; i < 3; i++) {
        struct hub_repo *repo = NULL;
        assert_int_equal(hub_repo_create(&repo, *state, made[i], NULL), 0);
        hub_repo_close(repo);
    }
    assert_int_equal(hub_repo_list(&ids, &n, *state, 3, NULL), 0);
    assert_int_equal(n, 3);
    assert_string_equal(ids[0], "a/one");
    assert_string_equal(ids[2], "b/two");
    hub_repo_list_free(ids, n);
    assert_int_equal(hub_repo_list(&ids, &n, *state, 2, NULL), -ERR_LIMIT);
    assert_int_equal(hub_repo_list(&ids, &n, "/nonexistent", 2, NULL), 0);
    assert_int_equal(n, 0);
}

static void files_are_listed_and_read_at_a_commit(void **state)
{
    struct hub_repo *repo = create(*state);
    struct hub_revision one = revision("1.0.0", first_files);
    char commit[GIT_HEX_SIZE];
    struct hub_file *files = NULL;
    struct buf out;
    size_t n = 0;

    assert_int_equal(hub_repo_publish(commit, repo, &one, NULL), 0);
    assert_int_equal(hub_repo_list_files(&files, &n, repo, commit, "", NULL), 0);
    assert_int_equal(n, 3);
    assert_string_equal(files[0].path, "LICENSE");
    assert_int_equal(files[2].size, 3);
    hub_files_free(files, n);
    buf_init(&out, 9);
    assert_int_equal(hub_repo_read_file(&out, repo, commit, "README.md", NULL), 0);
    assert_string_equal(out.data, "# Digits\n");
    buf_clear(&out);
    assert_int_equal(hub_repo_read_file(&out, repo, commit, "../x", NULL), -ERR_NOTFOUND);
    buf_finish(&out);
    hub_repo_close(repo);
}

static void what_is_not_there_is_named(void **state)
{
    struct hub_repo *repo = NULL;
    struct err err = { 0 };
    char commit[GIT_HEX_SIZE];

    assert_int_equal(hub_repo_open(&repo, *state, "community/digits", &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "community/digits"));
    repo = create(*state);
    assert_int_equal(hub_repo_resolve(commit, repo, "v9", &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "v9"));
    hub_repo_close(repo);
}

/* As a release with weights past the limit: the same to readers, a pointer to git. */
static void large_files_of_a_release_lie_in_the_store(void **state)
{
    char *weights = xcalloc(HUB_LFS_BYTES, 1);
    const struct git_new_file files[] = { { "LICENSE", "text\n", 5 },
                                          { "README.md", "# Digits\n", 9 },
                                          { "model.safetensors", weights, HUB_LFS_BYTES } };
    struct hub_repo *repo = create(*state);
    struct hub_revision one = revision("1.0.0", files);
    char commit[GIT_HEX_SIZE], again[GIT_HEX_SIZE];
    struct err err = { 0 };
    struct buf text;

    assert_int_equal(hub_repo_publish(commit, repo, &one, NULL), 0);
    assert_int_equal(hub_repo_publish(again, repo, &one, NULL), 0);
    assert_string_equal(again, commit);
    buf_init(&text, HUB_LFS_BYTES);
    assert_int_equal(hub_repo_read_file(&text, repo, commit, "model.safetensors", NULL), 0);
    assert_int_equal(text.len, HUB_LFS_BYTES);
    buf_finish(&text);
    shell(*state, "git -C community/digits.git cat-file blob main:model.safetensors | "
                  "grep -q '^size 5242880$'");
    weights[7] = 1;
    assert_int_equal(hub_repo_publish(again, repo, &one, &err), -ERR_CONFLICT);
    free(weights);
    hub_repo_close(repo);
}

static void strange_versions_are_refused(void **state)
{
    static const char *const bad[] = {
        "", "1..0", "1.0.", ".1", "1/0", "1 0", "1.0\n", "../x"
    };
    struct hub_repo *repo = create(*state);
    char commit[GIT_HEX_SIZE];

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hub_revision one = revision(bad[i], first_files);
        assert_int_equal(hub_repo_publish(commit, repo, &one, NULL), -ERR_RANGE);
    }
    hub_repo_close(repo);
}

static void names_of_refs_are_those_that_git_and_clients_take(void **state)
{
    static const char *const good[] = { "refs/heads/main", "refs/tags/v1/a",
                                        "refs/tags/\xc3\xa4" };
    static const char *const bad[] = { "refs/tags/",         "refs/tags/..",
                                       "refs/tags/a//b",     "refs/tags/a.lock",
                                       "refs/heads/HEAD",    "refs/tags/a b",
                                       "refs/tags/\xff\xfe", "refs/tags/a\x7f",
                                       "refs/tags/a\n" };
    char *longest = xasprintf("refs/tags/%0250d/%0250d", 1, 1);
    char *longer = xasprintf("refs/tags/%0250d/%0251d", 1, 1);

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(hub_check_ref(good[i], NULL), 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(hub_check_ref(bad[i], NULL), -ERR_RANGE);
    assert_int_equal(hub_check_ref(longest, NULL), 0);
    assert_int_equal(hub_check_ref(longer, NULL), -ERR_RANGE);
    free(longest);
    free(longer);
}

static void a_repository_has_so_many_tags_and_no_more(void **state)
{
    struct hub_repo *repo = NULL;
    struct git_ref *refs = NULL;
    char commit[GIT_HEX_SIZE];
    size_t n = 0;

    assert_int_equal(hub_repo_create(&repo, *state, "a/b", NULL), 0);
    shell(*state, "cd a/b.git && c=$(git commit-tree -m x $(git mktree </dev/null)) && "
                  "git update-ref refs/heads/main $c && "
                  "seq -f \"$c refs/tags/t%05.0f\" 9998 >packed-refs");
    assert_int_equal(hub_repo_resolve(commit, repo, "main", NULL), 0);
    assert_int_equal(hub_repo_check_refs(repo, 2, NULL), -ERR_LIMIT);
    assert_int_equal(hub_repo_add_ref(repo, "refs/tags/last", commit, NULL, NULL), 0);
    assert_int_equal(hub_repo_add_ref(repo, "refs/tags/more", commit, NULL, NULL), -ERR_LIMIT);
    assert_int_equal(hub_repo_drop_ref(repo, "refs/tags/t00001", NULL), 0);
    assert_int_equal(hub_repo_add_ref(repo, "refs/heads/more", commit, NULL, NULL), 0);
    assert_int_equal(hub_repo_list_refs(&refs, &n, repo, NULL), 0);
    assert_int_equal(n, HUB_MAX_REFS);
    git_refs_free(refs, n);
    hub_repo_close(repo);
}

/* As it may come from elsewhere: it is refused before it is loaded. */
static void a_repository_with_too_many_refs_is_not_read(void **state)
{
    struct hub_repo *repo = NULL;
    struct git_ref *refs = NULL;
    char commit[GIT_HEX_SIZE];
    struct err err = { 0 };
    size_t n = 0;

    assert_int_equal(hub_repo_create(&repo, *state, "a/b", NULL), 0);
    shell(*state, "cd a/b.git && c=$(git commit-tree -m x $(git mktree </dev/null)) && "
                  "echo $c >../../c && seq -f \"$c refs/tags/t%07.0f\" 100000 >packed-refs");
    assert_int_equal(hub_repo_list_refs(&refs, &n, repo, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "too many refs"));
    assert_int_equal(hub_repo_resolve(commit, repo, "t0000001", NULL), -ERR_LIMIT);
    shell_word(commit, sizeof(commit), *state, "cat c");
    assert_int_equal(hub_repo_resolve(commit, repo, commit, NULL), 0);

    shell(*state, "cd a/b.git && seq -f \"$(cat ../../c) refs/tags/t%07.0f\" 20001 "
                  ">packed-refs");
    err = (struct err){ 0 };
    assert_int_equal(hub_repo_list_refs(&refs, &n, repo, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "more than 20000 refs"));
    hub_repo_close(repo);
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

/* Whatever the umask: private repositories lie beside public ones. */
static void nobody_but_owner_and_group_enters_what_is_hosted(void **state)
{
    static const char *const inside[] = { "", "community", "community/digits.git", ".lfs",
                                          ".locks" };
    char *root = fs_path(*state, "hub", NULL);
    mode_t before = umask(0077);

    struct hub_repo *repo = create(root);
    for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
        char *path = fs_path(root, inside[i], NULL);

        assert_int_equal(mode_of(path), 02770);
        free(path);
    }
    assert_int_equal(chmod(root, 02755), 0); /* of an older version */
    assert_int_equal(hub_close_root(root, NULL), 0);
    assert_int_equal(mode_of(root), 02750);
    hub_repo_close(repo);
    (void)umask(before);
    free(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_follow_the_rules_of_the_hub),
        IN_FOLDER(a_published_revision_can_be_cloned_by_its_tag),
        IN_FOLDER(publishing_twice_changes_nothing),
        IN_FOLDER(an_old_version_stays_published_after_a_new_one),
        IN_FOLDER(a_crash_before_the_tag_is_completed_without_a_second_commit),
        IN_FOLDER(a_crash_before_main_moves_is_completed),
        IN_FOLDER(a_half_made_repository_is_completed_and_not_listed_before),
        IN_FOLDER(repositories_are_listed_up_to_a_limit),
        IN_FOLDER(files_are_listed_and_read_at_a_commit),
        IN_FOLDER(what_is_not_there_is_named),
        IN_FOLDER(large_files_of_a_release_lie_in_the_store),
        IN_FOLDER(strange_versions_are_refused),
        IN_FOLDER(names_of_refs_are_those_that_git_and_clients_take),
        IN_FOLDER(a_repository_has_so_many_tags_and_no_more),
        IN_FOLDER(a_repository_with_too_many_refs_is_not_read),
        IN_FOLDER(nobody_but_owner_and_group_enters_what_is_hosted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
