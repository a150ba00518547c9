/* SPDX-License-Identifier: Apache-2.0
 * How SQLite runs our statements: what is asked of one thread reads that thread only, and in
 * hub.db what is asked of one name reads nothing of others. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/fs.h"
#include "store/handle.h"
#include "store/nouns.h"
#include "tests/support/database.h"

static int compare_nothing(void *ctx, int a_len, const void *a, int b_len, const void *b)
{
    (void)ctx;
    (void)a;
    (void)b;
    return (a_len > b_len) - (a_len < b_len);
}

/* A step that looks up rows by repo_id alone reads all rows: it is the same in every one. By
 * the kind alone it reads half of them. */
static int count_walks(sqlite3 *sqlite, const char *sql, const char *only)
{
    char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
    sqlite3_stmt *stmt = NULL;
    int n = 0;

    assert_int_equal(sqlite3_prepare_v2(sqlite, explain, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(stmt, 3);
        bool is_walk = strstr(step, "(repo_id=?)") || strstr(step, "(kind=?)") ||
                       strncmp(step, "SCAN ", 5) == 0;
        if (is_walk && (!only || strncmp(step, only, strlen(only)) == 0)) {
            print_error("%s\n  in: %s\n", step, sql);
            n++;
        }
    }
    sqlite3_finalize(stmt);
    sqlite3_free(explain);
    return n;
}

static void what_is_asked_of_one_thread_reads_that_thread_only(void **state)
{
    const struct stmt_table *const *table = nouns_of(DB_HEARTH);
    char *dir = NULL;
    sqlite3 *sqlite = NULL;
    int n_checked = 0, n_walks = 0;

    (void)state;
    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    char *path = fs_path(dir, "hearth.db", NULL);
    db_close(test_db_at(path));
    assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
    assert_int_equal(
        sqlite3_create_collation(sqlite, "version_order", SQLITE_UTF8, NULL, compare_nothing),
        SQLITE_OK);
    for (; *table; table++)
        for (size_t i = 0; i < (*table)->n; i++) {
            const char *sql = (*table)->sql[i];
            bool is_of_thread = strstr(sql, "number = ?2") && strncmp(sql, "INSERT", 6) != 0;
            n_checked += is_of_thread;
            n_walks += is_of_thread ? count_walks(sqlite, sql, NULL) : 0;
            if (*table == &figures_stmts) /* of each thread: its entries and events */
                n_walks += count_walks(sqlite, sql, "SEARCH e ") +
                           count_walks(sqlite, sql, "SEARCH v ");
        }
    assert_int_equal(n_walks, 0);
    assert_true(n_checked >= 12);
    assert_int_equal(sqlite3_close(sqlite), SQLITE_OK);
    assert_int_equal(fs_remove(dir, NULL), 0);
    free(path);
    free(dir);
}

/* What reads everything: lists for those who run a hub, the order of lists by downloads, and
 * once a day the days that are over. An index by day made each count dearer, and this no
 * cheaper. */
static bool is_of_all(const char *sql)
{
    static const char *const parts[] = { "FROM namespace ORDER BY name",
                                         "FROM access_token ORDER BY id",
                                         "FROM download_day WHERE kind = ?1 GROUP BY ",
                                         "FROM download_day WHERE day > 0 AND day < ?1" };

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (strstr(sql, parts[i]))
            return true;
    return false;
}

static void what_is_asked_of_one_name_reads_nothing_of_others(void **state)
{
    char *dir = NULL;
    struct db *db = NULL;
    sqlite3 *sqlite = NULL;
    int n_of_all = 0, n_walks = 0;

    (void)state;
    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    char *path = fs_path(dir, "hub.db", NULL);
    assert_int_equal(db_open(&db, path, DB_HUB, DB_CREATE, NULL), 0);
    db_close(db);
    assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
    for (const struct stmt_table *const *table = nouns_of(DB_HUB); *table; table++)
        for (size_t i = 0; i < (*table)->n; i++) {
            const char *sql = (*table)->sql[i];

            if (is_of_all(sql))
                n_of_all++;
            else
                n_walks += count_walks(sqlite, sql, NULL);
        }
    assert_int_equal(n_walks, 0);
    assert_int_equal(n_of_all, 5);
    assert_int_equal(sqlite3_close(sqlite), SQLITE_OK);
    assert_int_equal(fs_remove(dir, NULL), 0);
    free(path);
    free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_of_one_thread_reads_that_thread_only),
        cmocka_unit_test(what_is_asked_of_one_name_reads_nothing_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
