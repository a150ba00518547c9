/* SPDX-License-Identifier: Apache-2.0
 * Files that take the place of others, and what is left when they cannot. */
#include "base/fs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/folder.h"

/* The names in a folder, one after another; the caller frees. */
static char *names_in(const char *folder)
{
    char **names = NULL, *ret = xstrdup("");
    size_t n = 0;

    assert_int_equal(fs_list(&names, &n, folder, 10, NULL), 0);
    for (size_t i = 0; i < n; i++) {
        char *longer = xasprintf("%s%s ", ret, names[i]);

        free(ret);
        ret = longer;
    }
    fs_list_free(names, n);
    return ret;
}

static void assert_names(const char *folder, const char *wanted)
{
    char *names = names_in(folder);

    assert_string_equal(names, wanted);
    free(names);
}

static void a_write_that_fails_leaves_nothing_aside(void **state)
{
    char *folder = fs_path(*state, "folder", NULL), *in = fs_path(folder, "in", NULL);
    char *absent = fs_path(*state, "no", "file", NULL);
    struct err err = { 0 };

    assert_int_equal(fs_mkdirs(in, 0755, NULL), 0);
    assert_int_equal(fs_write(folder, "x", 1, 0644, &err), -ERR_IO);
    assert_non_null(strstr(err.msg, "cannot replace"));
    assert_int_equal(fs_copy("/dev/null", folder, 0644, &err), -ERR_IO);
    assert_non_null(strstr(err.msg, "cannot copy to"));
    assert_names(*state, "folder ");
    assert_int_equal(fs_write(absent, "x", 1, 0644, &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "cannot create"));
    free(folder);
    free(in);
    free(absent);
}

static void a_name_without_a_folder_is_of_this_one(void **state)
{
    assert_int_equal(chdir(*state), 0);
    assert_int_equal(fs_write("bare", "1", 1, 0644, NULL), 0);
    assert_int_equal(chdir("/"), 0);
    assert_names(*state, "bare ");
}

/* Of several pieces, each another. */
static void a_copy_replaces_the_old_file_and_leaves_nothing_aside(void **state)
{
    char *from = fs_path(*state, "from", NULL), *to = fs_path(*state, "to", NULL);
    struct buf one, two;

    buf_init(&one, 1 << 20);
    buf_init(&two, 1 << 20);
    for (int i = 0; i < 30000; i++)
        buf_printf(&one, "%d,", i);
    assert_int_equal(fs_write(from, one.data, one.len, 0644, NULL), 0);
    assert_int_equal(fs_write(to, "old", 3, 0644, NULL), 0);
    assert_int_equal(fs_copy(from, to, 0644, NULL), 0);
    assert_int_equal(fs_read(&two, to, NULL), 0);
    assert_int_equal(two.len, one.len);
    assert_memory_equal(two.data, one.data, one.len);
    assert_names(*state, "from to ");
    buf_finish(&one);
    buf_finish(&two);
    free(from);
    free(to);
}

static void a_copy_names_what_is_not_there(void **state)
{
    char *from = fs_path(*state, "from", NULL), *to = fs_path(*state, "no", "to", NULL);
    struct err err = { 0 };

    assert_int_equal(fs_copy(from, to, 0644, &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "cannot open"));
    assert_non_null(strstr(err.msg, from));
    assert_int_equal(fs_write(from, "1", 1, 0644, NULL), 0);
    assert_int_equal(fs_copy(from, to, 0644, &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "cannot create"));
    assert_non_null(strstr(err.msg, to));
    free(from);
    free(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(a_write_that_fails_leaves_nothing_aside),
        WITH_FOLDER(a_name_without_a_folder_is_of_this_one),
        WITH_FOLDER(a_copy_replaces_the_old_file_and_leaves_nothing_aside),
        WITH_FOLDER(a_copy_names_what_is_not_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
