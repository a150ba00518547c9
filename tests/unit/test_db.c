/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "store/db.h"
#include "store/person.h"

struct place {
    char *dir, *path;
};

static int make_place(void **state)
{
    struct place *p = calloc(1, sizeof(*p));

    *state = p;
    if (!p || fs_temp_dir(&p->dir, NULL, NULL) < 0)
        return -1;
    p->path = fs_path(p->dir, "hearth.db", NULL);
    return 0;
}

static int remove_place(void **state)
{
    struct place *p = *state;

    (void)fs_remove(p->dir, NULL);
    free(p->dir);
    free(p->path);
    free(p);
    return 0;
}

static struct db *open_at(const char *path, enum db_mode mode)
{
    struct db *db = NULL;
    struct err err = { 0 };

    if (db_open(&db, path, DB_HEARTH, mode, &err) < 0)
        print_error("%s\n", err.msg);
    assert_non_null(db);
    return db;
}

/* Whatever the umask: the server and the commands may be two users of a group. */
static void what_both_users_write_is_open_to_their_group(void **state)
{
    static const struct {
        enum db_kind kind;
        mode_t mode;
    } rows[] = { { DB_HEARTH, 0600 }, { DB_HUB, 0660 } };
    const struct place *p = *state;
    mode_t before = umask(0077);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *path = fs_path(p->dir, i == 0 ? "a.db" : "b.db", NULL);
        struct db *db = NULL;
        struct stat st;

        assert_int_equal(db_open(&db, path, rows[i].kind, DB_CREATE, NULL), 0);
        db_close(db);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, rows[i].mode);
        free(path);
    }
    (void)umask(before);
}

static int put_login(struct db *db, int64_t id, const char *login, struct err *err)
{
    return person_put(db, &(struct person){ .id = id, .login = login }, err);
}

static int count_one(void *ctx, const struct person *p, struct err *err)
{
    (void)p;
    (void)err;
    ++*(int *)ctx;
    return 0;
}

static int count_person(struct db *db, int64_t id)
{
    int n = 0;

    (void)person_get(db, id, count_one, &n, NULL);
    return n;
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *sqlite = NULL;

    assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(sqlite), SQLITE_OK);
}

static void missing_database_says_how_to_make_one(void **state)
{
    const struct place *p = *state;
    struct db *db = NULL;
    struct err err = { 0 };

    assert_int_equal(db_open(&db, p->path, DB_HEARTH, DB_WRITE, &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "hearth init"));
    assert_false(fs_exists(p->path));
}

static void what_is_committed_is_there_for_readers_and_the_rest_is_not(void **state)
{
    const struct place *p = *state;
    struct db *db = open_at(p->path, DB_CREATE);

    assert_int_equal(db_begin(db, DB_FAST, NULL), 0);
    assert_int_equal(put_login(db, 1, "kept", NULL), 0);
    assert_int_equal(db_commit(db, NULL), 0);
    assert_int_equal(db_begin(db, DB_DURABLE, NULL), 0);
    assert_int_equal(db_begin(db, DB_DURABLE, NULL), -ERR_DB);
    assert_int_equal(put_login(db, 2, "lost", NULL), 0);
    struct db *reader = open_at(p->path, DB_READ);
    assert_int_equal(count_person(reader, 1), 1);
    assert_int_equal(count_person(reader, 2), 0);
    db_close(db);
    assert_int_equal(count_person(reader, 2), 0);
    assert_int_equal(put_login(reader, 3, "no", NULL), -ERR_DB);
    db_close(reader);
}

/* A reader of another user may not make these files, so the last writer leaves them. */
static void wal_and_shm_outlive_the_last_writer(void **state)
{
    const struct place *p = *state;
    char *wal = fs_path(p->dir, "hearth.db-wal", NULL);
    char *shm = fs_path(p->dir, "hearth.db-shm", NULL);

    db_close(open_at(p->path, DB_CREATE));
    assert_true(fs_exists(wal));
    assert_true(fs_exists(shm));
    free(wal);
    free(shm);
}

static void newer_schema_is_refused_by_readers_and_writers(void **state)
{
    const struct place *p = *state;
    struct db *db = NULL;
    struct err err = { 0 };

    db_close(open_at(p->path, DB_CREATE));
    run_sql(p->path, "PRAGMA user_version = 99");
    assert_int_equal(db_open(&db, p->path, DB_HEARTH, DB_WRITE, &err), -ERR_SCHEMA);
    assert_non_null(strstr(err.msg, "hearth.db"));
    assert_non_null(strstr(err.msg, "schema 99"));
    assert_int_equal(db_open(&db, p->path, DB_HEARTH, DB_READ, &err), -ERR_SCHEMA);
}

static void foreign_databases_and_files_are_refused(void **state)
{
    const struct place *p = *state;
    char *other = fs_path(p->dir, "other.db", NULL);
    char *text = fs_path(p->dir, "text.db", NULL);
    char *hub = fs_path(p->dir, "hub.db", NULL);
    struct db *db = NULL;

    run_sql(other, "CREATE TABLE precious (a); INSERT INTO precious VALUES (1)");
    assert_int_equal(db_open(&db, other, DB_HEARTH, DB_CREATE, NULL), -ERR_DB);
    assert_int_equal(
        fs_write(text, "not a database, but long enough to be one", 41, 0600, NULL), 0);
    assert_int_equal(db_open(&db, text, DB_HEARTH, DB_WRITE, NULL), -ERR_DB);
    assert_int_equal(db_open(&db, hub, DB_HUB, DB_CREATE, NULL), 0);
    db_close(db);
    assert_int_equal(db_open(&db, hub, DB_HEARTH, DB_WRITE, NULL), -ERR_DB);
    free(other);
    free(text);
    free(hub);
}

/* A limit on file sizes is the full disk that a test can have. */
static void full_disk_is_said_and_loses_nothing_committed(void **state)
{
    const struct place *p = *state;
    struct db *db = open_at(p->path, DB_CREATE);
    struct rlimit old, small;
    char *long_login = malloc(1 << 20);
    struct err err = { 0 };

    assert_non_null(long_login);
    memset(long_login, 'x', (1 << 20) - 1);
    long_login[(1 << 20) - 1] = '\0';
    assert_int_equal(put_login(db, 1, "kept", NULL), 0);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){ .rlim_cur = 600 << 10, .rlim_max = old.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int rc = put_login(db, 2, long_login, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(rc, -ERR_IO);
    assert_non_null(strstr(err.msg, "hearth.db"));
    db_close(db);

    db = open_at(p->path, DB_WRITE);
    assert_int_equal(count_person(db, 1), 1);
    assert_int_equal(count_person(db, 2), 0);
    db_close(db);
    free(long_login);
}

static void backup_is_whole_and_never_overwrites(void **state)
{
    const struct place *p = *state;
    char *copy = fs_path(p->dir, "copy.db", NULL);
    struct db *db = open_at(p->path, DB_CREATE);

    assert_int_equal(put_login(db, 1, "kept", NULL), 0);
    assert_int_equal(db_backup(db, copy, NULL), 0);
    assert_int_equal(db_backup(db, copy, NULL), -ERR_EXISTS);
    db_close(db);
    db = open_at(copy, DB_WRITE);
    assert_int_equal(count_person(db, 1), 1);
    db_close(db);
    free(copy);
}

static void check_finds_rows_that_point_nowhere(void **state)
{
    const struct place *p = *state;
    struct db *db = open_at(p->path, DB_CREATE);
    struct buf out;

    buf_init(&out, 1 << 16);
    assert_int_equal(db_check(db, &out, NULL), 0);
    assert_int_equal(out.len, 0);
    db_close(db);
    run_sql(p->path, "PRAGMA foreign_keys = OFF; "
                     "INSERT INTO thread_label VALUES (1, 2, 'x')");
    db = open_at(p->path, DB_WRITE);
    assert_int_equal(db_check(db, &out, NULL), -ERR_DB);
    assert_non_null(strstr(out.data, "thread_label"));
    db_close(db);
    buf_finish(&out);
}

static char *dump(struct db *db, enum db_dump what)
{
    struct buf out;
    struct err err = { 0 };

    buf_init(&out, 1 << 20);
    int rc = db_dump(db, what, &out, &err);
    if (rc < 0)
        print_error("%s\n", err.msg);
    assert_int_equal(rc, 0);
    return buf_take(&out);
}

static void canonical_dump_leaves_out_what_is_volatile(void **state)
{
    const struct place *p = *state;
    struct db *db = open_at(p->path, DB_CREATE);

    assert_int_equal(put_login(db, 1, "it's\na \\ line", NULL), 0);
    char *all = dump(db, DB_DUMP_ALL), *canonical = dump(db, DB_DUMP_CANONICAL);
    assert_non_null(strstr(all, "\nbudget ("));
    assert_null(strstr(canonical, "\nbudget ("));
    assert_non_null(strstr(all, "\"planned_at\""));
    assert_null(strstr(canonical, "\"planned_at\""));
    assert_non_null(strstr(canonical, "person (\"id\", \"login\", \"is_bot\")\n"
                                      "1|'it''s\\x0aa \\\\ line'|0\n"));
    free(all);
    free(canonical);
    db_close(db);
}

/* Equal histories give equal dumps only as long as little is left out of them. */
static void the_volatile_list_stays_short(void **state)
{
    const struct place *p = *state;
    struct db *db = open_at(p->path, DB_CREATE);
    char *all = dump(db, DB_DUMP_ALL);
    const char *at = strstr(all, "\nschema_volatile (");
    int n = -1;

    assert_non_null(at);
    for (at++; *at && !(at[0] == '\n' && at[1] != '\''); at++)
        n += *at == '\n';
    assert_in_range(n + 1, 10, 20);
    free(all);
    db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define PLACED(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
        PLACED(missing_database_says_how_to_make_one),
        PLACED(what_is_committed_is_there_for_readers_and_the_rest_is_not),
        PLACED(what_both_users_write_is_open_to_their_group),
        PLACED(wal_and_shm_outlive_the_last_writer),
        PLACED(newer_schema_is_refused_by_readers_and_writers),
        PLACED(foreign_databases_and_files_are_refused),
        PLACED(full_disk_is_said_and_loses_nothing_committed),
        PLACED(backup_is_whole_and_never_overwrites),
        PLACED(check_finds_rows_that_point_nowhere),
        PLACED(canonical_dump_leaves_out_what_is_volatile),
        PLACED(the_volatile_list_stays_short),
#undef PLACED
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
