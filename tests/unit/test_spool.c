/* SPDX-License-Identifier: Apache-2.0 */
#include "base/spool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/fs.h"

static void a_body_is_gathered_without_a_name(void **state)
{
    char *dir = NULL, **names = NULL;
    const void *data = NULL;
    size_t n = 0, len = 0;

    (void)state;
    assert_int_equal(fs_temp_dir(&dir, NULL, NULL), 0);
    int fd = spool_open(dir, NULL);
    assert_true(fd >= 0);
    assert_int_equal(spool_map(&data, &len, fd, NULL), 0);
    assert_int_equal(len, 0);
    spool_unmap(data, len);
    assert_int_equal(spool_add(fd, "some ", 5, NULL), 0);
    assert_int_equal(spool_add(fd, "bytes", 5, NULL), 0);
    assert_int_equal(spool_map(&data, &len, fd, NULL), 0);
    assert_int_equal(len, 10);
    assert_memory_equal(data, "some bytes", 10);
    spool_unmap(data, len);
    assert_int_equal(fs_list(&names, &n, dir, 10, NULL), 0);
    assert_int_equal(n, 0);
    fs_list_free(names, n);
    assert_int_equal(close(fd), 0);
    assert_int_equal(fs_remove(dir, NULL), 0);
    free(dir);
}

static void a_folder_that_is_not_there_takes_none(void **state)
{
    struct err err = { 0 };

    (void)state;
    assert_int_equal(spool_open("/nonexistent/folder", &err), -ERR_IO);
    assert_non_null(strstr(err.msg, "/nonexistent/folder"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_is_gathered_without_a_name),
        cmocka_unit_test(a_folder_that_is_not_there_takes_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
