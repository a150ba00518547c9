/* SPDX-License-Identifier: Apache-2.0
 * What is written, and when, of what is added in pieces. */
#include "base/fs_blocks.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/folder.h"

enum { BLOCK = 1 << 20 };

static int open_file(const char *folder)
{
    char *path = fs_path(folder, "file", NULL);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    free(path);
    assert_true(fd >= 0);
    return fd;
}

static off_t size_of(int fd)
{
    return lseek(fd, 0, SEEK_END);
}

static char *pattern(size_t len)
{
    char *ret = malloc(len);

    assert_non_null(ret);
    for (size_t i = 0; i < len; i++)
        ret[i] = (char)(i * 31 + i / 256);
    return ret;
}

static void a_block_is_written_once_it_is_full(void **state)
{
    struct fs_blocks blocks;
    char *bytes = pattern(BLOCK);
    int fd = open_file(*state);

    fs_blocks_init(&blocks, fd, 0);
    assert_true(fs_blocks_have_room(&blocks, BLOCK - 1));
    assert_int_equal(fs_blocks_add(&blocks, bytes, BLOCK - 1), 0);
    assert_int_equal(size_of(fd), 0);
    assert_false(fs_blocks_have_room(&blocks, 1));
    assert_int_equal(fs_blocks_add(&blocks, bytes, 1), 0);
    assert_int_equal(size_of(fd), BLOCK);
    assert_true(fs_blocks_have_room(&blocks, 1));
    fs_blocks_finish(&blocks);
    (void)close(fd);
    free(bytes);
}

static void pieces_of_any_size_are_one_file(void **state)
{
    static const size_t pieces[] = { 1, 4093, 65536, 32007, BLOCK, 3 * BLOCK + 5 };
    const size_t len = 5 * BLOCK + 77;
    char *bytes = pattern(len), *found = malloc(len);
    int fd = open_file(*state);

    assert_non_null(found);
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        struct fs_blocks blocks;

        assert_int_equal(ftruncate(fd, 0), 0);
        fs_blocks_init(&blocks, fd, 0);
        for (size_t at = 0; at < len; at += pieces[i])
            assert_int_equal(
                fs_blocks_add(&blocks, bytes + at, len - at < pieces[i] ? len - at : pieces[i]),
                0);
        assert_int_equal(fs_blocks_flush(&blocks), 0);
        assert_int_equal(fs_blocks_flush(&blocks), 0);
        assert_int_equal(size_of(fd), len);
        assert_int_equal(pread(fd, found, len, 0), len);
        assert_memory_equal(found, bytes, len);
        fs_blocks_finish(&blocks);
    }
    (void)close(fd);
    free(found);
    free(bytes);
}

static void blocks_end_where_those_of_the_file_do(void **state)
{
    struct fs_blocks blocks;
    char found[10];
    int fd = open_file(*state);

    fs_blocks_init(&blocks, fd, BLOCK - 3);
    assert_int_equal(fs_blocks_add(&blocks, "0123456789", 10), 0);
    assert_int_equal(size_of(fd), BLOCK);
    assert_int_equal(fs_blocks_flush(&blocks), 0);
    assert_int_equal(size_of(fd), BLOCK + 7);
    assert_int_equal(pread(fd, found, sizeof(found), BLOCK - 3), 10);
    assert_memory_equal(found, "0123456789", 10);
    fs_blocks_finish(&blocks);
    (void)close(fd);
}

static void what_waits_at_the_end_is_dropped(void **state)
{
    struct fs_blocks blocks;
    int fd = open_file(*state);

    fs_blocks_init(&blocks, fd, 0);
    assert_int_equal(fs_blocks_add(&blocks, "abc", 3), 0);
    fs_blocks_finish(&blocks);
    assert_int_equal(size_of(fd), 0);
    (void)close(fd);
}

static void a_write_that_fails_is_told(void **state)
{
    struct fs_blocks blocks;
    char *bytes = pattern(BLOCK);

    (void)close(open_file(*state));
    char *path = fs_path(*state, "file", NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    fs_blocks_init(&blocks, fd, 0);
    assert_int_equal(fs_blocks_add(&blocks, "abc", 3), 0);
    assert_int_equal(fs_blocks_flush(&blocks), -1);
    assert_int_equal(fs_blocks_add(&blocks, bytes, BLOCK), -1);
    fs_blocks_finish(&blocks);
    (void)close(fd);
    free(path);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(a_block_is_written_once_it_is_full),
        WITH_FOLDER(pieces_of_any_size_are_one_file),
        WITH_FOLDER(blocks_end_where_those_of_the_file_do),
        WITH_FOLDER(what_waits_at_the_end_is_dropped),
        WITH_FOLDER(a_write_that_fails_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
