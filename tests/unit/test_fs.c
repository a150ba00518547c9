/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/folder.h"

static void put(const char *dir, const char *name)
{
    char *path = fs_path(dir, name, NULL);

    assert_int_equal(fs_write(path, "x", 1, 0644, NULL), 0);
    free(path);
}

static void paths_are_joined_with_one_slash(void **state)
{
    (void)state;
    char *path = fs_path("a/", "b", "c", NULL);
    assert_string_equal(path, "a/b/c");
    free(path);
}

static void a_written_file_replaces_the_old_one_and_leaves_nothing_aside(void **state)
{
    char *path = fs_path(*state, "file", NULL), **names = NULL;
    struct buf text;
    size_t n = 0;

    assert_int_equal(fs_write(path, "old", 3, 0644, NULL), 0);
    assert_int_equal(fs_write(path, "newer", 5, 0644, NULL), 0);
    buf_init(&text, 100);
    assert_int_equal(fs_read(&text, path, NULL), 0);
    assert_string_equal(text.data, "newer");
    assert_int_equal(fs_size(path), 5);
    assert_int_equal(fs_list(&names, &n, *state, 10, NULL), 0);
    assert_int_equal(n, 1);
    fs_list_free(names, n);
    buf_finish(&text);
    free(path);
}

/* 2^22 is the first number that no process has. */
static void what_a_killed_writer_left_aside_is_swept_away(void **state)
{
    static const char *const kept[] = { "file", "file.4194304.tmp.png", "file.x.tmp",
                                        "file..tmp", "other.4194304.tmp" };
    char *path = fs_path(*state, "file", NULL), **names = NULL;
    char *own = xasprintf("file.%ld.tmp", (long)getpid());
    size_t n_kept = sizeof(kept) / sizeof(kept[0]), n = 0;

    for (size_t i = 0; i < n_kept; i++)
        put(*state, kept[i]);
    put(*state, "file.4194304.tmp");
    put(*state, own); /* last: "file" grew under this name */
    fs_sweep(path);
    assert_int_equal(fs_list(&names, &n, *state, 10, NULL), 0);
    assert_int_equal(n, n_kept + 1);
    for (size_t i = 0; i < n; i++)
        assert_string_not_equal(names[i], "file.4194304.tmp");
    fs_list_free(names, n);
    fs_sweep("no/such/folder/file");
    free(own);
    free(path);
}

static void a_pipe_is_not_waited_for(void **state)
{
    char *path = fs_path(*state, "pipe", NULL);
    struct err err = { 0 };
    struct buf text;

    assert_int_equal(mkfifo(path, 0600), 0);
    buf_init(&text, 100);
    assert_int_equal(fs_read_plain(&text, path, &err), -ERR_REFUSED);
    assert_non_null(strstr(err.msg, "pipe': not a plain file"));
    assert_int_equal(fs_remove(path, NULL), 0);
    assert_int_equal(fs_read_plain(&text, path, &err), -ERR_NOTFOUND);
    buf_finish(&text);
    free(path);
}

static void reading_stops_at_the_limit_and_names_it(void **state)
{
    char *path = fs_path(*state, "file", NULL);
    struct err err = { 0 };
    struct buf text;

    assert_int_equal(fs_write(path, "12345", 5, 0644, NULL), 0);
    buf_init(&text, 4);
    assert_int_equal(fs_read(&text, path, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, path));
    assert_non_null(strstr(err.msg, "limit of 4 bytes"));
    buf_finish(&text);
    free(path);
}

static void an_absent_file_is_not_found(void **state)
{
    char *path = fs_path(*state, "nothing", NULL);
    struct err err = { 0 };
    struct buf text;

    buf_init(&text, 4);
    assert_int_equal(fs_read(&text, path, &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "nothing"));
    assert_int_equal(fs_remove(path, &err), 0);
    buf_finish(&text);
    free(path);
}

static void folders_are_made_in_depth_and_removed_without_following_links(void **state)
{
    char *deep = fs_path(*state, "a", "b", "c", NULL), *link = fs_path(deep, "out", NULL);
    char *outside = fs_path(*state, "outside", NULL), *a = fs_path(*state, "a", NULL);

    assert_int_equal(fs_write(outside, "x", 1, 0644, NULL), 0);
    assert_int_equal(fs_mkdirs(deep, 0755, NULL), 0);
    assert_int_equal(fs_mkdirs(deep, 0755, NULL), 0);
    assert_int_equal(symlink(outside, link), 0);
    assert_int_equal(fs_remove(a, NULL), 0);
    assert_true(fs_exists(outside));
    assert_int_equal(fs_mkdirs(outside, 0755, NULL), -ERR_IO);
    free(deep);
    free(link);
    free(outside);
    free(a);
}

static void a_folder_weighs_what_its_files_do(void **state)
{
    char *folder = fs_path(*state, "f", NULL), *deep = fs_path(folder, "deep", NULL);
    char *one = fs_path(folder, "one", NULL), *two = fs_path(folder, "two", NULL);
    char *below = fs_path(deep, "three", NULL), *link = fs_path(folder, "link", NULL);

    assert_int_equal(fs_folder_bytes(folder), 0);
    assert_int_equal(fs_mkdirs(deep, 0755, NULL), 0);
    assert_int_equal(fs_write(one, "1", 1, 0644, NULL), 0);
    assert_int_equal(fs_write(two, "22", 2, 0644, NULL), 0);
    assert_int_equal(fs_write(below, "333", 3, 0644, NULL), 0);
    assert_int_equal(symlink(below, link), 0);
    assert_int_equal(fs_folder_bytes(folder), 3);
    assert_int_equal(fs_folder_bytes(one), 0);
    free(folder);
    free(deep);
    free(one);
    free(two);
    free(below);
    free(link);
}

static void a_lock_is_held_by_one(void **state)
{
    char *path = fs_path(*state, "lock", NULL);
    int first = -1, second = -1;

    assert_int_equal(fs_lock(&first, path, NULL), 0);
    assert_int_equal(fs_lock(&second, path, NULL), -ERR_LOCKED);
    (void)close(first);
    assert_int_equal(fs_lock(&second, path, NULL), 0);
    (void)close(second);
    free(path);
}

static void a_secret_is_one_line_that_others_cannot_read(void **state)
{
    char *path = fs_path(*state, "token", NULL), *secret = NULL;
    struct err err = { 0 };

    assert_int_equal(fs_write(path, "s3cret\n", 7, 0600, NULL), 0);
    assert_int_equal(fs_read_secret(&secret, path, NULL), 0);
    assert_string_equal(secret, "s3cret");
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(fs_read_secret(&secret, path, &err), -ERR_CONFIG);
    assert_non_null(strstr(err.msg, "chmod 600"));
    assert_int_equal(fs_write(path, "\n", 1, 0600, NULL), 0);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(fs_read_secret(&secret, path, &err), -ERR_CONFIG);
    free(secret);
    free(path);
}

static void a_list_is_sorted_and_bounded(void **state)
{
    static const char *const files[] = { "b", "a", "c" };
    char *absent = fs_path(*state, "no", NULL), **names = NULL;
    struct err err = { 0 };
    size_t n = 9;

    assert_int_equal(fs_list(&names, &n, *state, 0, NULL), 0);
    assert_int_equal(n, 0);
    fs_list_free(names, n);
    for (size_t i = 0; i < 3; i++) {
        char *path = fs_path(*state, files[i], NULL);

        assert_int_equal(fs_touch(path, NULL), 0);
        free(path);
    }
    assert_int_equal(fs_list(&names, &n, *state, 3, NULL), 0);
    assert_int_equal(n, 3);
    assert_string_equal(names[0], "a");
    assert_string_equal(names[1], "b");
    assert_string_equal(names[2], "c");
    fs_list_free(names, n);
    assert_int_equal(fs_list(&names, &n, *state, 2, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "more than 2 entries"));
    assert_int_equal(fs_list(&names, &n, absent, 2, &err), -ERR_NOTFOUND);
    free(absent);
}

static void a_touch_makes_a_file_or_dates_it_and_follows_no_link(void **state)
{
    const struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
    char *path = fs_path(*state, "file", NULL), *link = fs_path(*state, "link", NULL);
    struct stat st;

    assert_int_equal(fs_touch(path, NULL), 0);
    assert_int_equal(fs_size(path), 0);
    assert_int_equal(fs_write(path, "kept", 4, 0644, NULL), 0);
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    assert_int_equal(fs_touch(path, NULL), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_mtime > 1000);
    assert_int_equal(st.st_size, 4);
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(fs_touch(link, NULL), -ERR_IO);
    free(path);
    free(link);
}

static void a_real_path_has_neither_links_nor_dots(void **state)
{
    char *link = fs_path(*state, "link", NULL),
         *dotted = fs_path(*state, ".", "link", ".", NULL);
    char *target = fs_path(*state, "target", NULL), *real = NULL, *whole = NULL;

    assert_int_equal(fs_mkdirs(target, 0755, NULL), 0);
    assert_int_equal(fs_real_path(&real, dotted, NULL), -ERR_NOTFOUND);
    assert_int_equal(symlink(target, link), 0);
    assert_int_equal(fs_real_path(&real, dotted, NULL), 0);
    assert_int_equal(fs_real_path(&whole, target, NULL), 0);
    assert_string_equal(real, whole);
    free(real);
    free(whole);
    free(link);
    free(dotted);
    free(target);
}

static void a_folder_is_no_file(void **state)
{
    char *file = fs_path(*state, "file", NULL), *below = fs_path(file, "below", NULL);
    struct err err = { 0 };
    struct buf text;

    buf_init(&text, 100);
    assert_int_equal(fs_size(*state), -1);
    assert_int_equal(fs_size(file), -1);
    assert_int_equal(fs_read(&text, *state, &err), -ERR_IO);
    assert_non_null(strstr(err.msg, "cannot read"));
    assert_int_equal(fs_sync_dir(file, NULL), -ERR_NOTFOUND);
    assert_int_equal(fs_touch(file, NULL), 0);
    assert_int_equal(fs_remove(below, &err), -ERR_IO); /* nothing can be there */
    assert_non_null(strstr(err.msg, "cannot look at"));
    assert_int_equal(fs_touch(below, NULL), -ERR_IO);
    buf_finish(&text);
    free(file);
    free(below);
}

/* /proc has no room at all. */
static void a_disk_without_room_is_said_so(void **state)
{
    char *absent = fs_path(*state, "no", NULL);
    struct err err = { 0 };

    assert_int_equal(fs_check_room("/proc", 0, &err), -ERR_IO);
    assert_string_equal(err.msg, "the disk of '/proc' has no room for 0 bytes more");
    assert_int_equal(fs_check_room(*state, INT64_MAX, NULL), -ERR_IO);
    assert_int_equal(fs_check_room(absent, 0, &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "cannot look at the disk"));
    free(absent);
}

static void random_bytes_fill_all_that_is_asked_for(void **state)
{
    unsigned char bytes[600] = { 0 }, none[40] = { 0 };

    (void)state;
    fs_random(bytes, sizeof(bytes)); /* more than the kernel gives at once */
    assert_memory_not_equal(bytes, bytes + 256, sizeof(none));
    assert_memory_not_equal(bytes + 560, none, sizeof(none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_joined_with_one_slash),
        WITH_FOLDER(what_a_killed_writer_left_aside_is_swept_away),
        WITH_FOLDER(a_pipe_is_not_waited_for),
        WITH_FOLDER(a_written_file_replaces_the_old_one_and_leaves_nothing_aside),
        WITH_FOLDER(reading_stops_at_the_limit_and_names_it),
        WITH_FOLDER(an_absent_file_is_not_found),
        WITH_FOLDER(folders_are_made_in_depth_and_removed_without_following_links),
        WITH_FOLDER(a_folder_weighs_what_its_files_do),
        WITH_FOLDER(a_lock_is_held_by_one),
        WITH_FOLDER(a_secret_is_one_line_that_others_cannot_read),
        WITH_FOLDER(a_list_is_sorted_and_bounded),
        WITH_FOLDER(a_touch_makes_a_file_or_dates_it_and_follows_no_link),
        WITH_FOLDER(a_real_path_has_neither_links_nor_dots),
        WITH_FOLDER(a_folder_is_no_file),
        WITH_FOLDER(a_disk_without_room_is_said_so),
        cmocka_unit_test(random_bytes_fill_all_that_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
