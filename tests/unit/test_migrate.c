/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/embedded.h"
#include "base/err.h"
#include "store/migrate.h"

#define FILE_OF(name, sql)                                                                     \
    {                                                                                          \
        name, (const unsigned char *)(sql), sizeof(sql) - 1                                    \
    }

static const struct embedded one[] = { FILE_OF("0001_ok.sql", "CREATE TABLE t(a);"), { 0 } };
static const struct embedded two[] = { FILE_OF("0001_ok.sql", "CREATE TABLE t(a);"),
                                       FILE_OF("0002_more.sql", "CREATE TABLE u(a);"
                                                                "INSERT INTO t VALUES (1);"),
                                       { 0 } };
static const struct embedded bad[] = { FILE_OF("0001_ok.sql", "CREATE TABLE t(a);"),
                                       FILE_OF("0002_bad.sql", "CREATE TABLE u(a);"
                                                               "CREATE TABLE u(a);"),
                                       { 0 } };

static int open_memory(void **state)
{
    return sqlite3_open(":memory:", (sqlite3 **)state);
}

static int close_memory(void **state)
{
    return sqlite3_close(*state);
}

static int run(void *sqlite, const char *sql)
{
    return sqlite3_exec(sqlite, sql, NULL, NULL, NULL);
}

static void files_are_applied_once_and_in_order(void **state)
{
    assert_int_equal(migrate_up(*state, one, NULL), 0);
    assert_int_equal(migrate_version(*state), 1);
    assert_int_equal(migrate_up(*state, two, NULL), 0);
    assert_int_equal(migrate_up(*state, two, NULL), 0);
    assert_int_equal(migrate_version(*state), 2);
    assert_int_equal(run(*state, "INSERT INTO u SELECT a FROM t"), SQLITE_OK);
    assert_int_equal(sqlite3_changes(*state), 1);
}

static void broken_file_rolls_back_and_names_itself(void **state)
{
    struct err err = { 0 };

    assert_int_equal(migrate_up(*state, bad, &err), -ERR_DB);
    assert_non_null(strstr(err.msg, "0002_bad.sql"));
    assert_int_equal(migrate_version(*state), 1);
    assert_int_equal(run(*state, "CREATE TABLE u(a)"), SQLITE_OK);
}

static void newer_schema_is_refused_and_not_touched(void **state)
{
    struct err err = { 0 };

    assert_int_equal(run(*state, "PRAGMA user_version = 9"), SQLITE_OK);
    assert_int_equal(migrate_up(*state, two, &err), -ERR_SCHEMA);
    assert_non_null(strstr(err.msg, "schema 9"));
    assert_int_equal(migrate_check(*state, two, &err), -ERR_SCHEMA);
    assert_int_equal(migrate_version(*state), 9);
    assert_int_not_equal(run(*state, "SELECT a FROM t"), SQLITE_OK);
}

static void older_schema_tells_readers_what_to_do(void **state)
{
    struct err err = { 0 };

    assert_int_equal(migrate_up(*state, one, NULL), 0);
    assert_int_equal(migrate_check(*state, one, &err), 0);
    assert_int_equal(migrate_check(*state, two, &err), -ERR_SCHEMA);
    assert_non_null(strstr(err.msg, "hearth db migrate"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_are_applied_once_and_in_order, open_memory,
                                        close_memory),
        cmocka_unit_test_setup_teardown(broken_file_rolls_back_and_names_itself, open_memory,
                                        close_memory),
        cmocka_unit_test_setup_teardown(newer_schema_is_refused_and_not_touched, open_memory,
                                        close_memory),
        cmocka_unit_test_setup_teardown(older_schema_tells_readers_what_to_do, open_memory,
                                        close_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
