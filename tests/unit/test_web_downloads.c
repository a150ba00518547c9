/* SPDX-License-Identifier: Apache-2.0
 * Who takes files is counted, once each, and what is counted outlives the server. */
#include "hub/web/downloads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/httpd.h"
#include "hub/web/access.h"
#include "hub/web/download_table.h"

enum { DAY_S = 86400 };

struct fixture {
    struct access *access;
    struct downloads *downloads;
    _Atomic int64_t now; /* the thread that writes counts down reads it, too */
};

static int64_t now_ms_of(void *ctx)
{
    return ((const struct fixture *)ctx)->now * 1000;
}

static int open_counts(void **state)
{
    static struct fixture fix;
    const struct clock clock = { .ctx = &fix, .now_ms = now_ms_of };

    fix = (struct fixture){ .now = 100 * DAY_S };
    *state = &fix;
    return access_open(&fix.access, ":memory:", &clock, NULL) < 0 ||
           downloads_start(&fix.downloads, fix.access, NULL) < 0;
}

static int close_counts(void **state)
{
    struct fixture *fix = *state;

    downloads_stop(fix->downloads);
    access_close(fix->access);
    return 0;
}

static void restart(struct fixture *fix)
{
    downloads_stop(fix->downloads);
    assert_int_equal(downloads_start(&fix->downloads, fix->access, NULL), 0);
}

static void take(const struct fixture *fix, const char *peer, const char *path)
{
    const struct httpd_done done = { .method = "GET",
                                     .path = path,
                                     .peer = peer,
                                     .pattern = "/{ns}/{name}/resolve/{where...}",
                                     .status = 200,
                                     .is_whole = true };

    downloads_count(fix->downloads, &done);
}

static void assert_counted(const struct fixture *fix, enum hosted_kind kind, const char *name,
                           int recent, int all)
{
    const struct hosted_name hosted = { kind, "ada", name };
    struct download_sums sums;

    downloads_read(&sums, fix->downloads, &hosted);
    assert_int_equal(sums.recent, recent);
    assert_int_equal(sums.all, all);

    struct download_table *table = download_table_new(fix->downloads, kind);
    struct download_sums listed;
    download_table_get(&listed, table, &hosted);
    assert_memory_equal(&listed, &sums, sizeof(sums)); /* int64_t only: no padding */
    download_table_free(table);
}

static void a_snapshot_is_one_download(void **state)
{
    struct fixture *fix = *state;

    take(fix, "a", "/ada/m/resolve/main/config.json");
    fix->now += DOWNLOADS_QUIET_S;
    take(fix, "a", "/ada/m/resolve/main/model.safetensors");
    fix->now += DOWNLOADS_QUIET_S;
    take(fix, "a", "/ada/m/resolve/main/README.md");
    assert_counted(fix, HOSTED_MODEL, "m", 1, 1);
    take(fix, "b", "/Ada/M/resolve/main/README.md");
    take(fix, "b", "/ada/other/resolve/main/README.md");
    assert_counted(fix, HOSTED_MODEL, "m", 2, 2);
    fix->now += DOWNLOADS_QUIET_S + 1;
    take(fix, "a", "/ada/m/resolve/main/README.md");
    assert_counted(fix, HOSTED_MODEL, "m", 3, 3);
    assert_counted(fix, HOSTED_MODEL, "other", 1, 1);
}

static void only_files_that_came_are_counted(void **state)
{
    const struct httpd_done wrong[] = {
        { .method = "HEAD", .status = 200, .is_whole = true },
        { .method = "GET", .status = 304, .is_whole = true },
        { .method = "GET", .status = 404, .is_whole = true },
        { .method = "GET", .status = 200, .is_whole = false },
    };
    struct fixture *fix = *state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct httpd_done done = wrong[i];

        done.path = "/ada/m/resolve/main/a";
        done.peer = "a";
        done.pattern = "/{ns}/{name}/resolve/{where...}";
        downloads_count(fix->downloads, &done);
        done.pattern = NULL;
        downloads_count(fix->downloads, &done);
    }
    take(fix, "a", "/ada/m/resolve/main/picture.png");
    assert_counted(fix, HOSTED_MODEL, "m", 0, 0);
    take(fix, "a", "/datasets/ada/m/resolve/main/picture.png");
    assert_counted(fix, HOSTED_MODEL, "m", 0, 0);
    assert_counted(fix, HOSTED_DATASET, "m", 1, 1);
}

static void counts_are_kept_and_old_days_become_one_sum(void **state)
{
    struct fixture *fix = *state;

    for (int day = 0; day < 40; day++) {
        take(fix, "a", "/ada/m/resolve/main/a");
        restart(fix);
        assert_counted(fix, HOSTED_MODEL, "m", day < 31 ? day + 1 : 31, day + 1);
        fix->now += DAY_S;
    }
}

static void a_table_has_what_is_written_and_what_is_not(void **state)
{
    static const char *const names[] = { "z", "b", "a", "m" };
    struct fixture *fix = *state;

    for (size_t i = 0; i < 4; i++) {
        char path[64];

        (void)snprintf(path, sizeof(path), "/ada/%s/resolve/main/a", names[i]);
        take(fix, "a", path);
        if (i == 1)
            restart(fix);
    }
    take(fix, "b", "/Ada/B/resolve/main/a");
    take(fix, "b", "/datasets/ada/z/resolve/main/a");
    assert_counted(fix, HOSTED_MODEL, "a", 1, 1);
    assert_counted(fix, HOSTED_MODEL, "B", 2, 2);
    assert_counted(fix, HOSTED_MODEL, "m", 1, 1);
    assert_counted(fix, HOSTED_MODEL, "z", 1, 1);
    assert_counted(fix, HOSTED_DATASET, "z", 1, 1);
    assert_counted(fix, HOSTED_DATASET, "b", 0, 0);
    download_table_free(NULL);
}

static void counts_move_and_go_with_their_repository(void **state)
{
    struct fixture *fix = *state;
    struct db *db = access_lock(fix->access);
    const struct hosted_repo repo = { .kind = HOSTED_MODEL, .ns = "ada", .name = "m" };
    const struct hosted_name to = { HOSTED_MODEL, "ada", "n" };
    int64_t id = 0;

    assert_int_equal(hosted_repo_add(db, &repo, &id, NULL), 0);
    access_unlock(fix->access);
    take(fix, "a", "/ada/m/resolve/main/a");
    restart(fix);
    assert_int_equal(hosted_repo_rename(access_lock(fix->access), id, &to, NULL), 0);
    access_unlock(fix->access);
    assert_counted(fix, HOSTED_MODEL, "m", 0, 0);
    assert_counted(fix, HOSTED_MODEL, "n", 1, 1);
    assert_int_equal(hosted_repo_remove(access_lock(fix->access), id, NULL), 0);
    access_unlock(fix->access);
    assert_counted(fix, HOSTED_MODEL, "n", 0, 0);
}

#define COUNTED(test) cmocka_unit_test_setup_teardown(test, open_counts, close_counts)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COUNTED(a_snapshot_is_one_download),
        COUNTED(only_files_that_came_are_counted),
        COUNTED(counts_are_kept_and_old_days_become_one_sum),
        COUNTED(a_table_has_what_is_written_and_what_is_not),
        COUNTED(counts_move_and_go_with_their_repository),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
