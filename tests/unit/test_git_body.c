/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/git_body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/gzip.h"
#include "base/spool.h"

struct fixture {
    char *dir;
    int body;
};

static int start(void **state)
{
    static struct fixture fix;

    *state = &fix;
    if (fs_temp_dir(&fix.dir, NULL, NULL) < 0)
        return -1;
    fix.body = spool_open(fix.dir, NULL);
    return fix.body < 0 ? -1 : 0;
}

static int stop(void **state)
{
    struct fixture *fix = *state;

    (void)close(fix->body);
    (void)fs_remove(fix->dir, NULL);
    free(fix->dir);
    return 0;
}

/* n times 'a', packed, becomes the body. */
static void pack(const struct fixture *fix, size_t n)
{
    struct buf plain, packed;

    buf_init(&plain, n);
    buf_init(&packed, 1 << 20);
    for (size_t i = 0; i < n; i++)
        buf_add_char(&plain, 'a');
    assert_int_equal(gzip_pack(&packed, plain.data, plain.len, "test", NULL), 0);
    assert_int_equal(spool_add(fix->body, packed.data, packed.len, NULL), 0);
    buf_finish(&packed);
    buf_finish(&plain);
}

static size_t size_of_body(const struct fixture *fix)
{
    const void *data = NULL;
    size_t len = 0;

    assert_int_equal(spool_map(&data, &len, fix->body, NULL), 0);
    assert_true(len == 0 || *(const char *)data == 'a');
    spool_unmap(data, len);
    return len;
}

static void a_packed_body_becomes_what_is_in_it(void **state)
{
    struct fixture *fix = *state;

    pack(fix, GIT_UNPACKED_MAX_BYTES);
    assert_int_equal(git_body_unpack(&fix->body, fix->dir, NULL), 0);
    assert_int_equal(size_of_body(fix), GIT_UNPACKED_MAX_BYTES);
}

static void one_that_unpacks_to_more_is_refused(void **state)
{
    struct fixture *fix = *state;
    struct err err = { 0 };

    pack(fix, GIT_UNPACKED_MAX_BYTES + 1);
    assert_int_equal(git_body_unpack(&fix->body, fix->dir, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "16777216"));
}

static void what_is_not_packed_is_refused(void **state)
{
    struct fixture *fix = *state;

    assert_int_equal(git_body_unpack(&fix->body, fix->dir, NULL), -ERR_PARSE);
    assert_int_equal(spool_add(fix->body, "0000", 4, NULL), 0);
    assert_int_equal(git_body_unpack(&fix->body, fix->dir, NULL), -ERR_PARSE);
    assert_true(git_body_is_gzip("GZIP") && git_body_is_gzip("x-gzip"));
    assert_false(git_body_is_gzip("gzip, gzip") || git_body_is_gzip("br") ||
                 git_body_is_gzip(""));
}

/* As many lines of 16 bytes as make that many, and an end. */
static int check_commands(const struct fixture *fix, size_t bytes, const char *end)
{
    struct buf text;

    buf_init(&text, 64 << 20);
    while (text.len < bytes)
        buf_add_str(&text, "0010 12345678901");
    buf_add_str(&text, end);
    assert_int_equal(spool_add(fix->body, text.data, text.len, NULL), 0);
    buf_finish(&text);
    return git_body_check_commands(fix->body, NULL);
}

static void commands_end_within_their_limit(void **state)
{
    assert_int_equal(check_commands(*state, GIT_COMMANDS_MAX_BYTES, "0000PACK"), 0);
}

static void more_commands_are_refused_before_git_reads_them(void **state)
{
    assert_int_equal(check_commands(*state, GIT_COMMANDS_MAX_BYTES + 1, "0000PACK"),
                     -ERR_LIMIT);
}

static void a_large_pack_behind_few_commands_is_fine(void **state)
{
    const struct fixture *fix = *state;

    assert_int_equal(check_commands(fix, 160, "0000PACK"), 0);
    assert_int_equal(check_commands(fix, 2 * GIT_COMMANDS_MAX_BYTES, ""), 0);
}

static void what_is_no_line_is_left_to_git(void **state)
{
    static const char *const odd[] = { "", "0", "000", "0001", "0003", "zzzz", "ffff", "-001" };

    (void)state;
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        assert_true(git_body_commands_fit(odd[i], strlen(odd[i])));
}

#define SPOOLED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SPOOLED(a_packed_body_becomes_what_is_in_it),
        SPOOLED(one_that_unpacks_to_more_is_refused),
        SPOOLED(what_is_not_packed_is_refused),
        SPOOLED(commands_end_within_their_limit),
        SPOOLED(more_commands_are_refused_before_git_reads_them),
        SPOOLED(a_large_pack_behind_few_commands_is_fine),
        cmocka_unit_test(what_is_no_line_is_left_to_git),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
