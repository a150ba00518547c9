/* SPDX-License-Identifier: Apache-2.0
 * What lists show is kept in memory, and never when it is out of date. The clock is an hour
 * ahead, so that what was written just now counts as quiet. */
#include "hub/web/catalogue.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "hub/repo/blob.h"
#include "hub/repo/repo.h"
#include "tests/unit/git_program.h"

enum { THREADS = 4, ROUNDS = 50, VERSIONS = 8, HOUR_MS = 3600 * 1000 };

static const char id[] = "ada/digits";
static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static int64_t an_hour_ahead(void *ctx)
{
    const struct clock *clock = ctx;

    return clock_now_ms(clock) + HOUR_MS;
}

static int64_t long_ago(void *ctx)
{
    (void)ctx;
    return 0;
}

/* Until the file system's clock goes on: what follows has another time than what was. */
static void let_a_moment_pass(const char *root)
{
    char *path = fs_path(root, "tick", NULL);
    struct stat first, now;

    assert_int_equal(fs_write(path, "", 0, 0600, NULL), 0);
    assert_int_equal(stat(path, &first), 0);
    do {
        assert_int_equal(fs_write(path, "", 0, 0600, NULL), 0);
        assert_int_equal(stat(path, &now), 0);
    } while (now.st_mtim.tv_sec == first.st_mtim.tv_sec &&
             now.st_mtim.tv_nsec == first.st_mtim.tv_nsec);
    free(path);
}

static struct catalogue *open_catalogue(int64_t (*now_ms)(void *))
{
    static struct clock system;

    system = clock_system();
    return catalogue_new(&(struct clock){ .now_ms = now_ms, .ctx = &system });
}

/* A version whose only file is this one; the commit's name in the caller's memory. */
static const char *publish_file(char commit[GIT_HEX_SIZE], const char *root,
                                const char *version, const struct git_new_file *file)
{
    const struct hub_revision revision = { .version = version,
                                           .files = file,
                                           .n_files = 1,
                                           .author_name = "Hearth",
                                           .author_email = "hearth@example.org",
                                           .at = 1700000000,
                                           .message = version };
    struct hub_repo *repo = NULL;

    assert_int_equal(hub_repo_create(&repo, root, id, NULL), 0);
    assert_int_equal(hub_repo_publish(commit, repo, &revision, NULL), 0);
    hub_repo_close(repo);
    return commit;
}

static const char *publish(char commit[GIT_HEX_SIZE], const char *root, const char *version)
{
    char *text = xasprintf("---\nlicense: mit\n---\n# %s\n", version);
    const struct git_new_file readme = { "README.md", text, strlen(text) };

    publish_file(commit, root, version, &readme);
    free(text);
    return commit;
}

static int64_t count_reads(struct catalogue *catalogue)
{
    struct catalogue_state state;

    catalogue_look(&state, catalogue);
    return state.n_read;
}

static size_t count_kept(struct catalogue *catalogue)
{
    struct catalogue_state state;

    catalogue_look(&state, catalogue);
    return state.n;
}

static void assert_shows(struct catalogue *catalogue, const char *root, const char *commit)
{
    json_t *content = catalogue_get(catalogue, HOSTED_MODEL, root, id);

    assert_non_null(content);
    assert_string_equal(json_string_value(json_object_get(content, "sha")), commit);
    json_decref(content);
}

static json_int_t used_storage(struct catalogue *catalogue, const char *root)
{
    json_t *content = catalogue_get(catalogue, HOSTED_MODEL, root, id);
    json_int_t used = json_integer_value(json_object_get(content, "usedStorage"));

    json_decref(content);
    return used;
}

static void what_did_not_change_is_not_opened_again(void **state)
{
    struct catalogue *catalogue = open_catalogue(an_hour_ahead);
    char commit[GIT_HEX_SIZE];

    assert_null(catalogue_get(catalogue, HOSTED_MODEL, *state, id));
    publish(commit, *state, "1.0.0");
    for (size_t i = 0; i < 3; i++)
        assert_shows(catalogue, *state, commit);
    assert_int_equal(count_reads(catalogue), 1);
    assert_int_equal(count_kept(catalogue), 1);
    catalogue_free(catalogue);
    catalogue_free(NULL);
}

static void a_commit_is_seen_at_once(void **state)
{
    struct catalogue *catalogue = open_catalogue(an_hour_ahead);
    char commit[GIT_HEX_SIZE];

    publish(commit, *state, "1.0.0");
    assert_shows(catalogue, *state, commit);
    let_a_moment_pass(*state);
    publish(commit, *state, "1.1.0");
    assert_shows(catalogue, *state, commit);
    assert_int_equal(count_reads(catalogue), 2);
    catalogue_free(catalogue);
}

static void a_branch_in_packed_refs_is_seen(void **state)
{
    struct catalogue *catalogue = open_catalogue(an_hour_ahead);
    char first[GIT_HEX_SIZE], second[GIT_HEX_SIZE];

    publish(first, *state, "1.0.0");
    publish(second, *state, "1.1.0");
    shell(*state, "git -C ada/digits.git pack-refs --all && "
                  "test ! -e ada/digits.git/refs/heads/main");
    assert_shows(catalogue, *state, second);
    assert_shows(catalogue, *state, second);
    assert_int_equal(count_reads(catalogue), 1);
    let_a_moment_pass(*state);
    shell(*state, "cd ada/digits.git && git update-ref refs/heads/main v1.0.0^{} && "
                  "git pack-refs --all");
    assert_shows(catalogue, *state, first);
    catalogue_free(catalogue);
}

static void a_large_file_that_comes_after_its_pointer_is_seen(void **state)
{
    struct catalogue *catalogue = open_catalogue(an_hour_ahead);
    struct blob_put *put = NULL;
    struct hub_repo *repo = NULL;
    char commit[GIT_HEX_SIZE], oid[SHA256_HEX_SIZE];
    char *pointer = xasprintf("version https://git-lfs.github.com/spec/v1\noid sha256:%s\n"
                              "size 3\n",
                              abc);
    const struct git_new_file file = { "w.bin", pointer, strlen(pointer) };

    publish_file(commit, *state, "1.0.0", &file);
    assert_int_equal(used_storage(catalogue, *state), strlen(pointer));
    assert_int_equal(hub_repo_open(&repo, *state, id, NULL), 0);
    assert_int_equal(blob_put_begin(&put, hub_repo_blobs(repo), NULL), 0);
    assert_int_equal(blob_put_add(put, "abc", 3, NULL), 0);
    assert_int_equal(blob_put_finish(oid, put, abc, NULL), 0);
    assert_int_equal(hub_repo_add_blob(repo, oid, NULL), 0);
    assert_int_equal(used_storage(catalogue, *state), 3);
    let_a_moment_pass(*state);
    assert_int_equal(hub_repo_drop_blob(repo, oid, NULL), 0);
    assert_int_equal(used_storage(catalogue, *state), strlen(pointer));
    hub_repo_close(repo);
    free(pointer);
    catalogue_free(catalogue);
}

/* Two changes in one step of the file system's clock may look like one. */
static void what_changed_a_moment_ago_is_not_kept(void **state)
{
    struct catalogue *catalogue = open_catalogue(long_ago);
    char commit[GIT_HEX_SIZE];

    publish(commit, *state, "1.0.0");
    assert_shows(catalogue, *state, commit);
    assert_shows(catalogue, *state, commit);
    assert_int_equal(count_reads(catalogue), 2);
    assert_int_equal(count_kept(catalogue), 0);
    catalogue_free(catalogue);
}

static void what_is_no_longer_there_is_dropped(void **state)
{
    struct catalogue *catalogue = open_catalogue(an_hour_ahead);
    char other[] = "ada/letters", *ids[] = { other };
    char commit[GIT_HEX_SIZE];
    struct catalogue_state seen;

    publish(commit, *state, "1.0.0");
    assert_shows(catalogue, *state, commit);
    catalogue_keep(catalogue, HOSTED_DATASET, NULL, 0);
    assert_int_equal(count_kept(catalogue), 1);
    assert_int_equal(hub_repo_move(*state, id, other, NULL), 0);
    assert_null(catalogue_get(catalogue, HOSTED_MODEL, *state, id));
    json_decref(catalogue_get(catalogue, HOSTED_MODEL, *state, other));
    assert_int_equal(count_kept(catalogue), 2);
    catalogue_keep(catalogue, HOSTED_MODEL, ids, 1);
    assert_int_equal(count_kept(catalogue), 1);
    json_decref(catalogue_get(catalogue, HOSTED_MODEL, *state, other));
    assert_int_equal(count_reads(catalogue), 2);
    catalogue_keep(catalogue, HOSTED_MODEL, NULL, 0);
    catalogue_look(&seen, catalogue);
    assert_int_equal(seen.n, 0);
    assert_int_equal(seen.bytes, 0);
    catalogue_free(catalogue);
}

static void what_is_large_is_read_each_time(void **state)
{
    struct catalogue *catalogue = open_catalogue(an_hour_ahead);
    char *blanks = xasprintf("%*s", CATALOGUE_MAX_ENTRY_BYTES, "");
    char *text = xasprintf("{\"model_type\":\"%s\"}", blanks);
    const struct git_new_file file = { "config.json", text, strlen(text) };
    char commit[GIT_HEX_SIZE];

    publish_file(commit, *state, "1.0.0", &file);
    assert_shows(catalogue, *state, commit);
    assert_shows(catalogue, *state, commit);
    assert_int_equal(count_reads(catalogue), 2);
    assert_int_equal(count_kept(catalogue), 0);
    free(text);
    free(blanks);
    catalogue_free(catalogue);
}

struct reader {
    struct catalogue *catalogue;
    const char *root;
    size_t n_shown;
};

static void *read_on(void *arg)
{
    struct reader *reader = arg;

    for (size_t i = 0; i < ROUNDS; i++) {
        json_t *content = catalogue_get(reader->catalogue, HOSTED_MODEL, reader->root, id);

        reader->n_shown += json_string_length(json_object_get(content, "sha")) > 0;
        json_decref(content);
    }
    return NULL;
}

static void many_read_while_one_writes(void **state)
{
    struct catalogue *catalogue = open_catalogue(an_hour_ahead);
    struct reader readers[THREADS];
    pthread_t threads[THREADS];
    char commit[GIT_HEX_SIZE];

    publish(commit, *state, "1.0.0");
    for (size_t i = 0; i < THREADS; i++) {
        readers[i] = (struct reader){ .catalogue = catalogue, .root = *state };
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &readers[i]), 0);
    }
    for (int i = 1; i < VERSIONS; i++) {
        char *version = xasprintf("1.%d.0", i);

        let_a_moment_pass(*state);
        assert_shows(catalogue, *state, publish(commit, *state, version));
        free(version);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(readers[i].n_shown, ROUNDS);
    }
    assert_shows(catalogue, *state, commit);
    catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_did_not_change_is_not_opened_again),
        IN_FOLDER(a_commit_is_seen_at_once),
        IN_FOLDER(a_branch_in_packed_refs_is_seen),
        IN_FOLDER(a_large_file_that_comes_after_its_pointer_is_seen),
        IN_FOLDER(what_changed_a_moment_ago_is_not_kept),
        IN_FOLDER(what_is_no_longer_there_is_dropped),
        IN_FOLDER(what_is_large_is_read_each_time),
        IN_FOLDER(many_read_while_one_writes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
