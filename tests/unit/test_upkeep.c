/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/upkeep.h"

#include "base/err.h"
#include "hub/repo/edit.h"
#include "tests/unit/git_program.h"
#include "tests/unit/hub_blob.h"

static const int64_t far_future = 4102444800; /* 2100 */

static void keep_line(void *ctx, const char *line)
{
    buf_printf(ctx, "%s\n", line);
}

/* A large file that is the repository's. */
static void add(struct hub_repo *repo, char oid[SHA256_HEX_SIZE], const char *text)
{
    store(repo, oid, text);
    assert_int_equal(hub_repo_add_blob(repo, oid, NULL), 0);
}

/* A commit that holds the blob as "large". */
static void commit(struct hub_repo *repo, const char *oid)
{
    const struct hub_commit c = { .branch = "main",
                                  .author_name = "ada",
                                  .author_email = "ada@example.org",
                                  .at = 1767225600,
                                  .message = "large" };
    struct hub_edit *edit = hub_edit_new(repo);
    char made[GIT_HEX_SIZE];

    assert_int_equal(hub_edit_put_blob(edit, "large", oid, NULL), 0);
    assert_int_equal(hub_edit_commit(made, edit, &c, NULL), 0);
    hub_edit_free(edit);
}

static struct gc_result collect(const char *root, int64_t before_at)
{
    const struct upkeep upkeep = { .hub_dir = root, .before_at = before_at, .tell = keep_line };
    struct gc_result result;

    assert_int_equal(hub_gc(&result, &upkeep, NULL), 0);
    return result;
}

/* The faults, one a line; the caller frees. */
static char *check(const char *root, size_t n_faults)
{
    struct fsck_result result;
    struct buf lines;

    buf_init(&lines, 65536);
    const struct upkeep upkeep = { .hub_dir = root, .tell = keep_line, .ctx = &lines };
    assert_int_equal(hub_fsck(&result, &upkeep, NULL), 0);
    assert_int_equal(result.n_repos, 1);
    if (result.n_faults != n_faults)
        fail_msg("%zu faults: %s", result.n_faults, lines.data);
    return buf_take(&lines);
}

static void what_no_commit_needs_goes_once_it_is_old(void **state)
{
    struct hub_repo *repo = create(*state);
    char used[SHA256_HEX_SIZE], unused[SHA256_HEX_SIZE];

    add(repo, used, "used");
    add(repo, unused, "never committed");
    commit(repo, used);
    shell(*state, "touch .lfs/incoming/broken");
    assert_int_equal(collect(*state, 1000).n_blobs, 0); /* all is younger */
    assert_true(hub_repo_has_blob(repo, unused));

    struct gc_result result = collect(*state, far_future);
    assert_int_equal(result.n_blobs, 1);
    assert_int_equal(result.bytes, 15);
    assert_int_equal(result.n_leftovers, 1);
    assert_false(hub_repo_has_blob(repo, unused));
    assert_int_equal(blob_stat(NULL, hub_repo_blobs(repo), used, NULL), 0);
    free(check(*state, 0));
    hub_repo_close(repo);
}

static void history_keeps_what_it_needs_until_it_is_squashed(void **state)
{
    const struct hub_commit c = { .branch = "main",
                                  .author_name = "ada",
                                  .author_email = "ada@example.org",
                                  .at = 1767225600,
                                  .message = "squash" };
    struct hub_repo *repo = create(*state);
    char old[SHA256_HEX_SIZE], new[SHA256_HEX_SIZE], made[GIT_HEX_SIZE];

    add(repo, old, "old");
    commit(repo, old);
    add(repo, new, "new");
    commit(repo, new);
    assert_int_equal(collect(*state, far_future).n_blobs, 0);
    assert_int_equal(hub_squash(made, repo, &c, NULL), 0);
    assert_int_equal(collect(*state, far_future).n_blobs, 1);
    assert_int_equal(blob_stat(NULL, hub_repo_blobs(repo), new, NULL), 0);
    hub_repo_close(repo);
}

static void a_commit_that_many_refs_lead_to_is_looked_at_once(void **state)
{
    const struct upkeep upkeep = { .hub_dir = *state, .tell = keep_line };
    struct hub_repo *repo = create(*state);
    char oid[SHA256_HEX_SIZE], first[GIT_HEX_SIZE], second[GIT_HEX_SIZE];
    struct fsck_result result;

    add(repo, oid, "one");
    commit(repo, oid);
    assert_int_equal(hub_repo_resolve(first, repo, "main", NULL), 0);
    add(repo, oid, "two");
    commit(repo, oid);
    assert_int_equal(hub_repo_resolve(second, repo, "main", NULL), 0);
    assert_int_equal(hub_repo_add_ref(repo, "refs/tags/v1", first, NULL, NULL), 0);
    assert_int_equal(hub_repo_add_ref(repo, "refs/heads/next", second, NULL, NULL), 0);
    assert_int_equal(hub_fsck(&result, &upkeep, NULL), 0);
    assert_int_equal(result.n_commits, 2);
    hub_repo_close(repo);
}

/* As a push does it: between the look at the commits and the removal, one may need it. */
static void a_mark_stays_when_refs_move_under_the_sweep(void **state)
{
    struct hub_repo *repo = create(*state);
    char first[SHA256_HEX_SIZE], late[SHA256_HEX_SIZE], refs[SHA256_HEX_SIZE];
    const struct hub_spared spared = { far_future, refs };

    add(repo, first, "first");
    add(repo, late, "late");
    commit(repo, first);
    assert_int_equal(hub_repo_refs_digest(refs, repo, NULL), 0);
    commit(repo, late);
    assert_int_equal(hub_repo_drop_old_blob(repo, late, &spared, NULL), -ERR_CONFLICT);
    assert_true(hub_repo_has_blob(repo, late));
    assert_int_equal(hub_repo_refs_digest(refs, repo, NULL), 0);
    assert_int_equal(hub_repo_drop_old_blob(repo, late, &spared, NULL), 1);
    hub_repo_close(repo);
}

static void xorbs_go_later_than_what_broken_uploads_left(void **state)
{
    const struct upkeep upkeep = {
        .hub_dir = *state, .before_at = far_future, .xorbs_before_at = 1000, .tell = keep_line
    };
    struct gc_result result;

    hub_repo_close(create(*state));
    shell(*state, "p=.xet/$(printf %032d 0) && mkdir -p $p && echo 12345 >$p/$(printf %064d 0) "
                  "&& echo half >$p/$(printf %064d 1).aB3dE6");
    assert_int_equal(hub_gc(&result, &upkeep, NULL), 0);
    assert_int_equal(result.n_leftovers, 1);
    assert_int_equal(result.xorbs.n_xorbs, 0);
    const struct upkeep later = {
        .hub_dir = *state, .before_at = 1000, .xorbs_before_at = far_future, .tell = keep_line
    };
    assert_int_equal(hub_gc(&result, &later, NULL), 0);
    assert_int_equal(result.n_leftovers, 0);
    assert_int_equal(result.xorbs.n_xorbs, 1);
    assert_int_equal(result.xorbs.bytes, 6);
}

/* Nor are the others kept from being swept. */
static void a_repository_that_cannot_be_read_keeps_what_it_has(void **state)
{
    struct hub_repo *repo = create(*state), *other = NULL;
    char oid[SHA256_HEX_SIZE], unused[SHA256_HEX_SIZE];
    struct gc_result result;
    struct buf lines;

    add(repo, oid, "needed");
    commit(repo, oid);
    assert_int_equal(hub_repo_create(&other, *state, "z/z", NULL), 0);
    add(other, unused, "not needed");
    shell(*state, "cd a/b.git && rm -r objects/$(git rev-parse main | cut -c1-2)");
    buf_init(&lines, 65536);
    const struct upkeep upkeep = {
        .hub_dir = *state, .before_at = far_future, .tell = keep_line, .ctx = &lines
    };
    assert_int_equal(hub_gc(&result, &upkeep, NULL), 0);
    assert_int_equal(result.n_blobs, 1);
    assert_non_null(strstr(lines.data, "model a/b: left as it is"));
    assert_true(hub_repo_has_blob(repo, oid));
    assert_int_equal(blob_stat(NULL, hub_repo_blobs(repo), oid, NULL), 0);
    buf_finish(&lines);
    hub_repo_close(other);
    hub_repo_close(repo);
}

static void damage_is_found_where_it_is(void **state)
{
    struct hub_repo *repo = create(*state);
    char oid[SHA256_HEX_SIZE];

    add(repo, oid, "weights");
    commit(repo, oid);
    free(check(*state, 0));

    char *path = blob_path(hub_repo_blobs(repo), oid);
    assert_int_equal(fs_write(path, "weighty", 7, 0644, NULL), 0);
    char *lines = check(*state, 1);
    assert_non_null(strstr(lines, oid));
    free(lines);

    assert_int_equal(fs_remove(path, NULL), 0);
    lines = check(*state, 2); /* the pointer, and the mark */
    assert_non_null(strstr(lines, "'large'"));
    assert_non_null(strstr(lines, "missing"));
    free(lines);
    free(path);
    hub_repo_close(repo);
}

static void a_branch_that_leads_to_nothing_is_found(void **state)
{
    struct hub_repo *repo = create(*state);
    char oid[SHA256_HEX_SIZE];

    add(repo, oid, "weights");
    commit(repo, oid);
    hub_repo_close(repo);
    shell(*state, "cd a/b.git && t=$(git rev-parse main) && "
                  "rm -f objects/$(echo $t | cut -c1-2)/$(echo $t | cut -c3-)");
    char *lines = check(*state, 1);
    assert_non_null(strstr(lines, "'refs/heads/main' leads to nothing"));
    free(lines);
    shell(*state, ": >a/b.git/refs/heads/main");
    lines = check(*state, 1);
    assert_non_null(strstr(lines, "'refs/heads/main' leads to nothing"));
    free(lines);
}

static void a_git_object_that_is_not_what_it_says_is_found(void **state)
{
    struct hub_repo *repo = create(*state);
    char oid[SHA256_HEX_SIZE];
    struct fsck_result result;
    struct buf lines;

    add(repo, oid, "weights");
    commit(repo, oid);
    hub_repo_close(repo);
    shell(*state, "cd a/b.git && one=$(git rev-parse main:large) && "
                  "two=$(git rev-parse main:.gitattributes) && "
                  "a=objects/$(echo $one | cut -c1-2)/$(echo $one | cut -c3-) && "
                  "b=objects/$(echo $two | cut -c1-2)/$(echo $two | cut -c3-) && "
                  "chmod u+w $a && cp $b $a");
    buf_init(&lines, 65536);
    const struct upkeep upkeep = { .hub_dir = *state, .tell = keep_line, .ctx = &lines };
    assert_int_equal(hub_fsck(&result, &upkeep, NULL), 0);
    assert_true(result.n_faults > 0);
    assert_non_null(strstr(lines.data, "object"));
    buf_finish(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_no_commit_needs_goes_once_it_is_old),
        IN_FOLDER(history_keeps_what_it_needs_until_it_is_squashed),
        IN_FOLDER(a_commit_that_many_refs_lead_to_is_looked_at_once),
        IN_FOLDER(a_mark_stays_when_refs_move_under_the_sweep),
        IN_FOLDER(xorbs_go_later_than_what_broken_uploads_left),
        IN_FOLDER(a_repository_that_cannot_be_read_keeps_what_it_has),
        IN_FOLDER(damage_is_found_where_it_is),
        IN_FOLDER(a_branch_that_leads_to_nothing_is_found),
        IN_FOLDER(a_git_object_that_is_not_what_it_says_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
