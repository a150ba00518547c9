/* SPDX-License-Identifier: Apache-2.0
 * The git objects of a repository, some of them old and of no use; git itself says what is
 * there. */
#include "hub/repo/gc_objects.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "hub/repo/repo.h"
#include "hub/repo/repo_impl.h"
#include "tests/unit/git_program.h"

static const int64_t long_ago = 1600000000, just_now = 1700000000, far_future = 4102444800;

/* a/b has main, and what was on the branches `old` and `young`, which are gone; all is loose
 * and old, but for what was on `young`, which is from 2033. */
static struct hub_repo *begin(const char *root)
{
    struct hub_repo *repo = NULL;

    assert_int_equal(hub_repo_create(&repo, root, "a/b", NULL), 0);
    shell(root, "set -e; git init -q -b main w && cd w && "
                "git commit -q --allow-empty -m one && echo 1 >f && git add f && "
                "git commit -q -m two && git push -q ../a/b.git main && "
                "for b in old young; do git checkout -q -b $b main && echo $b >f && "
                "git commit -q -a -m $b && git rev-parse HEAD >../$b; done; "
                "git push -q ../a/b.git old && cd ../a/b.git && "
                "find objects -type f -exec touch -d @1600000000 {} + && cd ../../w && "
                "touch ../mark && git push -q ../a/b.git young && cd ../a/b.git && "
                "find objects -type f -newer ../../mark -exec touch -d @2000000000 {} + && "
                "git update-ref -d refs/heads/old && git update-ref -d refs/heads/young");
    return repo;
}

/* The object that a file names is there, or is not. */
static bool has(const char *root, const char *file)
{
    char word[8];
    char *line = xasprintf("cd a/b.git && if git cat-file -e $(cat ../../%s); then echo yes; "
                           "else echo no; fi 2>/dev/null",
                           file);

    shell(root, "rm -f shell.log");
    shell_word(word, sizeof(word), root, line);
    free(line);
    return strstr(word, "yes") != NULL;
}

static struct hub_collected collect(struct hub_repo *repo, int64_t before_at)
{
    struct hub_collected collected;

    assert_int_equal(hub_repo_collect(&collected, repo, before_at, NULL), 0);
    return collected;
}

static void whole(const char *root)
{
    shell(root, "cd a/b.git && git fsck --strict --no-dangling && "
                "test $(git rev-list --count main) = 2 && test $(git show main:f) = 1");
}

static void old_garbage_goes_and_the_young_and_the_used_stay(void **state)
{
    struct hub_repo *repo = begin(*state);

    struct hub_collected none = collect(repo, long_ago);
    assert_int_equal(none.n_objects, 0);
    assert_true(has(*state, "old") && has(*state, "young"));

    struct hub_collected some = collect(repo, just_now);
    assert_int_equal(some.n_objects, 3); /* commit, tree and content */
    assert_true(some.bytes > 0);
    assert_false(has(*state, "old"));
    assert_true(has(*state, "young"));
    whole(*state);

    assert_int_equal(collect(repo, far_future).n_objects, 3);
    assert_false(has(*state, "young"));
    whole(*state);
    hub_repo_close(repo);
}

/* As after the last gc, which packed them while a branch led to them. */
static void garbage_in_a_pack_goes_too(void **state)
{
    struct hub_repo *repo = begin(*state);

    shell(*state, "cd a/b.git && git update-ref refs/heads/old $(cat ../../old) && "
                  "git update-ref refs/heads/young $(cat ../../young)");
    assert_int_equal(collect(repo, far_future).n_objects, 0);
    shell(*state, "cd a/b.git && git update-ref -d refs/heads/old && "
                  "test $(ls objects/pack/*.pack | wc -l) = 1");
    assert_int_equal(collect(repo, just_now).n_objects, 0); /* the pack is from today */
    assert_true(has(*state, "old"));
    assert_int_equal(collect(repo, far_future).n_objects, 3);
    assert_false(has(*state, "old"));
    assert_true(has(*state, "young"));
    whole(*state);
    hub_repo_close(repo);
}

static void what_a_young_object_refers_to_stays(void **state)
{
    struct hub_repo *repo = begin(*state);

    shell(*state, "cd a/b.git && git commit-tree -m young -p $(cat ../../old) "
                  "$(git rev-parse main^{tree}) >../../above");
    assert_int_equal(collect(repo, just_now).n_objects, 0);
    assert_true(has(*state, "above") && has(*state, "old"));
    hub_repo_close(repo);
}

static void nothing_is_written_where_nothing_is_to_do(void **state)
{
    struct hub_repo *repo = begin(*state);

    (void)collect(repo, far_future);
    shell(*state, "stat -c '%i %Y' a/b.git/objects/pack/* >was");
    assert_int_equal(collect(repo, far_future).n_objects, 0);
    shell(*state, "stat -c '%i %Y' a/b.git/objects/pack/* | cmp - was");
    shell(*state, "cd w && git checkout -q main && echo 2 >f && git commit -q -a -m three && "
                  "git push -q ../a/b.git main && git push -q -f ../a/b.git main~1:main");
    assert_int_equal(collect(repo, far_future).n_objects, 3);
    whole(*state);
    hub_repo_close(repo);
}

static void what_killed_programs_left_goes_once_it_is_old(void **state)
{
    struct hub_repo *repo = begin(*state);

    shell(*state, "cd a/b.git/objects && mkdir -p tmp_objdir-incoming-aBc/pack && "
                  "echo half >tmp_objdir-incoming-aBc/pack/tmp_pack_x && "
                  "echo half >pack/.tmp-77-pack-abc.pack && echo half >pack/tmp_pack_y && "
                  "touch -d @1600000000 tmp_objdir-incoming-aBc pack/.tmp-77-pack-abc.pack "
                  "pack/tmp_pack_y");
    assert_int_equal(collect(repo, long_ago).n_leftovers, 0);
    assert_int_equal(collect(repo, just_now).n_leftovers, 1);
    shell(*state, "cd a/b.git/objects && test -z \"$(find . -name '*tmp*')\"");
    whole(*state);
    hub_repo_close(repo);
}

/* The error is git's own, and nothing is taken away. */
static void a_damaged_repository_keeps_what_it_has(void **state)
{
    struct hub_repo *repo = begin(*state);
    struct hub_collected collected;
    struct err err = { 0 };

    shell(*state, "cd a/b.git && t=$(git rev-parse main^{tree}) && "
                  "rm -f objects/$(echo $t | cut -c1-2)/$(echo $t | cut -c3-)");
    assert_true(hub_repo_collect(&collected, repo, far_future, &err) < 0);
    assert_non_null(strstr(err.msg, "git repack: "));
    assert_true(has(*state, "old") && has(*state, "young"));
    hub_repo_close(repo);
}

/* As a branch that is made of a commit which the handle still sees in a pack that is gone. */
static void no_ref_comes_to_lead_to_what_is_gone(void **state)
{
    struct hub_repo *repo = begin(*state), *seeing = NULL;
    char old[GIT_HEX_SIZE], there[GIT_HEX_SIZE];
    struct err err = { 0 };

    shell_word(old, sizeof(old), *state, "cat old");
    shell(*state, "cd a/b.git && git update-ref refs/heads/old $(cat ../../old)");
    (void)collect(repo, far_future);
    assert_int_equal(hub_repo_open(&seeing, *state, "a/b", NULL), 0);
    assert_int_equal(hub_repo_resolve(there, seeing, old, NULL), 0);
    shell(*state, "cd a/b.git && git update-ref -d refs/heads/old");
    (void)collect(repo, far_future);
    assert_int_equal(hub_repo_add_ref(seeing, "refs/heads/again", old, NULL, &err),
                     -ERR_NOTFOUND);
    assert_int_equal(hub_repo_put_branch(seeing, "refs/heads/again", old, &err), -ERR_NOTFOUND);
    whole(*state);
    hub_repo_close(seeing);
    hub_repo_close(repo);
}

/* Tags first: only where branches are many, too, are those packed that are written to. */
static void many_refs_are_packed(void **state)
{
    struct hub_repo *repo = begin(*state);
    struct git_ref *refs = NULL;
    size_t n = 0;

    shell(*state, "cd a/b.git && seq -f \"create refs/tags/t%03.0f $(git rev-parse main)\" 200 "
                  "| git update-ref --stdin");
    (void)collect(repo, far_future);
    shell(*state, "cd a/b.git && test -z \"$(ls refs/tags)\" && test -f refs/heads/main && "
                  "test $(grep -c refs/tags packed-refs) = 200");
    shell(*state, "cd a/b.git && seq -f \"create refs/heads/b%03.0f $(git rev-parse main)\" "
                  "200 | git update-ref --stdin");
    (void)collect(repo, far_future);
    shell(*state, "cd a/b.git && test -z \"$(find refs -type f)\"");
    assert_int_equal(hub_repo_list_refs(&refs, &n, repo, NULL), 0);
    assert_int_equal(n, 401);
    git_refs_free(refs, n);
    whole(*state);
    hub_repo_close(repo);
}

/* As after a loss of power: the locks are files, and git would wait for them for ever. */
static void locks_of_killed_programs_are_in_nobodys_way(void **state)
{
    struct hub_repo *repo = begin(*state);

    shell(*state, "cd a/b.git && seq -f \"create refs/tags/t%03.0f $(git rev-parse main)\" 200 "
                  "| git update-ref --stdin && touch packed-refs.lock packed-refs.new "
                  "refs/heads/main.lock refs/tags/t001.lock");
    (void)collect(repo, far_future);
    shell(*state, "cd a/b.git && ! ls packed-refs.lock packed-refs.new refs/heads/main.lock && "
                  "test -z \"$(ls refs/tags)\" && git tag -d t001 && git branch again main");
    whole(*state);
    hub_repo_close(repo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(old_garbage_goes_and_the_young_and_the_used_stay),
        IN_FOLDER(garbage_in_a_pack_goes_too),
        IN_FOLDER(what_a_young_object_refers_to_stays),
        IN_FOLDER(nothing_is_written_where_nothing_is_to_do),
        IN_FOLDER(what_killed_programs_left_goes_once_it_is_old),
        IN_FOLDER(a_damaged_repository_keeps_what_it_has),
        IN_FOLDER(no_ref_comes_to_lead_to_what_is_gone),
        IN_FOLDER(many_refs_are_packed),
        IN_FOLDER(locks_of_killed_programs_are_in_nobodys_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
