/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/repo/blob.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"

static const char ABC[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char EMPTY[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char UPLOAD[] = "0123456789abcdef0123456789abcdef";
static const int64_t far_future = 4102444800; /* 2100 */

struct fixture {
    char *root;
    struct blob_store *store;
};

static int start(void **state)
{
    struct fixture *fix = xcalloc(1, sizeof(*fix));

    *state = fix;
    if (fs_temp_dir(&fix->root, NULL, NULL) < 0)
        return -1;
    return blob_store_open(&fix->store, fix->root, NULL);
}

static int stop(void **state)
{
    struct fixture *fix = *state;

    blob_store_close(fix->store);
    (void)fs_remove(fix->root, NULL);
    free(fix->root);
    free(fix);
    return 0;
}

static struct blob_put *put_text(const struct fixture *fix, const char *text)
{
    struct blob_put *put = NULL;

    assert_int_equal(blob_put_begin(&put, fix->store, NULL), 0);
    for (const char *c = text; *c; c++)
        assert_int_equal(blob_put_add(put, c, 1, NULL), 0);
    return put;
}

static void store_text(const struct fixture *fix, const char *text)
{
    char oid[SHA256_HEX_SIZE];

    assert_int_equal(blob_put_finish(oid, put_text(fix, text), NULL, NULL), 0);
}

static size_t count_incoming(const struct fixture *fix)
{
    char *path = fs_path(fix->root, ".lfs/incoming", NULL);
    char **names = NULL;
    size_t n = 0;

    assert_int_equal(fs_list(&names, &n, path, 100, NULL), 0);
    fs_list_free(names, n);
    free(path);
    return n;
}

static int count(void *ctx, const char *oid, int64_t bytes, struct err *err)
{
    (void)err;
    assert_true(bytes >= 0);
    assert_int_equal(strlen(oid), 64);
    return ++*(int *)ctx == 3 ? -ERR_LIMIT : 0;
}

static void a_blob_is_found_under_its_hash(void **state)
{
    const struct fixture *fix = *state;
    char oid[SHA256_HEX_SIZE], text[4] = "";
    int64_t bytes = 0;
    int fd = -1;

    assert_int_equal(blob_put_finish(oid, put_text(fix, "abc"), ABC, NULL), 0);
    assert_string_equal(oid, ABC);
    assert_int_equal(blob_stat(&bytes, fix->store, ABC, NULL), 0);
    assert_int_equal(bytes, 3);
    assert_int_equal(blob_open(&fd, fix->store, ABC, NULL), 0);
    assert_int_equal(pread(fd, text, 2, 1), 2);
    assert_string_equal(text, "bc");
    (void)close(fd);
    char *path = blob_path(fix->store, ABC);
    assert_int_equal(fs_size(path), 3);
    free(path);
    assert_int_equal(count_incoming(fix), 0);
}

static void the_empty_blob_is_one_too(void **state)
{
    const struct fixture *fix = *state;
    int64_t bytes = 1;

    store_text(fix, "");
    assert_int_equal(blob_stat(&bytes, fix->store, EMPTY, NULL), 0);
    assert_int_equal(bytes, 0);
}

static void content_of_another_hash_is_not_stored(void **state)
{
    const struct fixture *fix = *state;
    char oid[SHA256_HEX_SIZE];
    struct err err = { 0 };

    assert_int_equal(blob_put_finish(oid, put_text(fix, "abd"), ABC, &err), -ERR_REFUSED);
    assert_non_null(strstr(err.msg, ABC));
    assert_int_equal(blob_stat(NULL, fix->store, ABC, NULL), -ERR_NOTFOUND);
    assert_int_equal(count_incoming(fix), 0);
}

static void an_aborted_put_leaves_nothing(void **state)
{
    const struct fixture *fix = *state;

    blob_put_abort(put_text(fix, "abc"));
    blob_put_abort(NULL);
    assert_int_equal(count_incoming(fix), 0);
    assert_int_equal(blob_stat(NULL, fix->store, ABC, NULL), -ERR_NOTFOUND);
}

static void the_same_content_twice_is_stored_once(void **state)
{
    const struct fixture *fix = *state;
    struct stat before, after;

    store_text(fix, "abc");
    char *path = blob_path(fix->store, ABC);
    assert_int_equal(stat(path, &before), 0);
    store_text(fix, "abc");
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_ino == after.st_ino);
    free(path);
}

static void what_was_put_can_be_read_before_its_end(void **state)
{
    struct blob_put *put = put_text(*state, "abc");
    struct buf text;

    buf_init(&text, 3);
    assert_int_equal(blob_put_size(put), 3);
    assert_int_equal(blob_put_read(&text, put, NULL), 0);
    assert_string_equal(text.data, "abc");
    buf_finish(&text);
    blob_put_abort(put);
}

static void names_that_are_no_hash_find_nothing(void **state)
{
    static const char *const bad[] = {
        "", "abc", "../../../../etc/passwd",
        "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
    };
    const struct fixture *fix = *state;
    int fd = -1;

    store_text(fix, "abc");
    char *folder = fs_path(fix->root, ".lfs/objects/BA/78", NULL),
         *path = fs_path(folder, bad[3], NULL);
    assert_int_equal(fs_mkdirs(folder, 0700, NULL), 0); /* where it would be looked for */
    assert_int_equal(fs_write(path, "x", 1, 0600, NULL), 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(blob_stat(NULL, fix->store, bad[i], NULL), -ERR_NOTFOUND);
        assert_int_equal(blob_open(&fd, fix->store, bad[i], NULL), -ERR_NOTFOUND);
        assert_int_equal(blob_touch(NULL, fix->store, bad[i], NULL), -ERR_NOTFOUND);
        assert_int_equal(blob_remove(fix->store, bad[i], far_future, NULL), -ERR_NOTFOUND);
        assert_null(blob_path(fix->store, bad[i]));
    }
    free(path);
    free(folder);
}

static void blobs_are_listed_until_the_caller_has_enough(void **state)
{
    const struct fixture *fix = *state;
    int n = 0;

    assert_int_equal(blob_each(fix->store, count, &n, NULL), 0);
    assert_int_equal(n, 0);
    store_text(fix, "a");
    store_text(fix, "b");
    assert_int_equal(blob_each(fix->store, count, &n, NULL), 0);
    assert_int_equal(n, 2);
    assert_int_equal(blob_each(fix->store, count, &n, NULL), -ERR_LIMIT);
}

static void what_else_lies_in_the_store_is_no_blob(void **state)
{
    const struct fixture *fix = *state;
    char *beside = fs_path(fix->root, ".lfs/objects/ba/78/README", NULL);
    int n = 0;

    store_text(fix, "abc");
    assert_int_equal(fs_write(beside, "x", 1, 0600, NULL), 0);
    assert_int_equal(blob_each(fix->store, count, &n, NULL), 0);
    assert_int_equal(n, 1);
    free(beside);
}

static void age(const char *path)
{
    const struct timespec times[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void a_touched_blob_is_young_again_and_stays(void **state)
{
    const struct fixture *fix = *state;
    int64_t bytes = 0;

    store_text(fix, "abc");
    char *path = blob_path(fix->store, ABC);
    age(path);
    assert_int_equal(blob_touch(&bytes, fix->store, ABC, NULL), 0);
    assert_int_equal(bytes, 3);
    assert_int_equal(blob_remove(fix->store, ABC, 2000, NULL), 0);
    age(path);
    assert_int_equal(blob_remove(fix->store, ABC, 1000, NULL), 0); /* in the very second */
    assert_int_equal(blob_remove(fix->store, ABC, 1001, NULL), 1);
    assert_int_equal(blob_touch(NULL, fix->store, ABC, NULL), -ERR_NOTFOUND);
    assert_int_equal(blob_remove(fix->store, ABC, 2000, NULL), 0);
    free(path);
}

static void a_sweep_takes_old_remains_only(void **state)
{
    const struct fixture *fix = *state;
    struct blob_put *put = put_text(fix, "abc");
    char *old = fs_path(fix->root, ".lfs/incoming/old", NULL);

    assert_int_equal(fs_write(old, "x", 1, 0600, NULL), 0);
    age(old);
    assert_int_equal(blob_sweep(fix->store, 2000, NULL), 1);
    assert_int_equal(count_incoming(fix), 1);
    blob_put_abort(put);
    free(old);
}

static struct blob_part *begin_part(const struct fixture *fix, int64_t offset, const char *text)
{
    struct blob_part *part = NULL;

    assert_int_equal(blob_part_open(&part, fix->store, UPLOAD, offset, NULL), 0);
    for (const char *c = text; *c; c++)
        assert_int_equal(blob_part_add(part, c, 1, NULL), 0);
    return part;
}

static void put_part(const struct fixture *fix, int64_t offset, const char *text)
{
    assert_int_equal(blob_part_close(begin_part(fix, offset, text), NULL), 0);
}

static void assert_stored_text(const struct fixture *fix, const char *oid, const char *text)
{
    char *path = blob_path(fix->store, oid);
    struct buf found;

    assert_non_null(path);
    buf_init(&found, 100);
    assert_int_equal(fs_read(&found, path, NULL), 0);
    assert_string_equal(found.data, text);
    buf_finish(&found);
    free(path);
}

static void a_part_kept_open_changes_nothing_that_is_finished(void **state)
{
    static const char much[2 << 20];
    const struct fixture *fix = *state;
    struct err err = { 0 };

    struct blob_part *little = begin_part(fix, 1, "X"), *large = begin_part(fix, 0, "X");
    put_part(fix, 0, "abc");
    assert_int_equal(blob_parts_finish(fix->store, UPLOAD, 3, ABC, NULL), 0);
    assert_int_equal(blob_part_close(little, NULL), -ERR_REFUSED);
    assert_int_equal(blob_part_add(large, much, sizeof(much), &err), -ERR_REFUSED);
    assert_string_equal(err.msg, "this upload is finished");
    blob_part_abort(large);
    assert_stored_text(fix, ABC, "abc");
    assert_int_equal(count_incoming(fix), 0);
    assert_int_equal(blob_parts_finish(fix->store, UPLOAD, 3, ABC, NULL), 0); /* asked again */
}

static void parts_of_other_content_are_refused_and_gone(void **state)
{
    const struct fixture *fix = *state;

    put_part(fix, 0, "abX");
    assert_int_equal(blob_parts_finish(fix->store, UPLOAD, 3, ABC, NULL), -ERR_REFUSED);
    assert_int_equal(count_incoming(fix), 0);
    assert_null(blob_path(fix->store, ABC));
    assert_int_equal(blob_parts_finish(fix->store, UPLOAD, 3, ABC, NULL), -ERR_REFUSED);
}

static void parts_find_their_places(void **state)
{
    const struct fixture *fix = *state;
    struct blob_part *first = begin_part(fix, 0, "a");
    struct err err = { 0 };

    put_part(fix, 1, "bc");
    assert_int_equal(blob_part_close(first, NULL), 0);
    blob_part_abort(NULL);
    assert_int_equal(blob_parts_finish(fix->store, UPLOAD, 3, ABC, NULL), 0);

    put_part(fix, 0, "abc");
    blob_part_abort(begin_part(fix, 3, "d"));
    assert_int_equal(blob_parts_finish(fix->store, UPLOAD, 4, EMPTY, &err), -ERR_REFUSED);
    assert_string_equal(err.msg, "parts of 3 bytes arrived, not of 4");
}

static void an_upload_has_a_name_of_its_own_kind(void **state)
{
    static const char *const bad[] = { "", "../../../../x", "0123456789abcdef0123456789abcdef0",
                                       "0123456789ABCDEF0123456789ABCDEF" };
    const struct fixture *fix = *state;
    struct blob_part *part = NULL;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(blob_part_open(&part, fix->store, bad[i], 0, NULL), -ERR_RANGE);
        assert_int_equal(blob_parts_finish(fix->store, bad[i], 3, ABC, NULL), -ERR_RANGE);
    }
    assert_null(part);
    assert_int_equal(count_incoming(fix), 0);
}

static void no_part_is_taken_while_an_upload_is_finished(void **state)
{
    const struct fixture *fix = *state;
    char *path = xasprintf("%s/.lfs/incoming/%s.parts", fix->root, UPLOAD);
    struct blob_part *part = begin_part(fix, 3, "d");
    struct err err = { 0 };

    put_part(fix, 0, "abc");
    int fd = open(path, O_RDWR | O_CLOEXEC); /* as who finishes it */
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(blob_part_close(part, &err), -ERR_REFUSED);
    assert_string_equal(err.msg, "this upload is being finished");
    (void)close(fd);
    assert_int_equal(blob_parts_finish(fix->store, UPLOAD, 3, ABC, NULL), 0);
    free(path);
}

#define STORED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORED(a_blob_is_found_under_its_hash),
        STORED(the_empty_blob_is_one_too),
        STORED(content_of_another_hash_is_not_stored),
        STORED(an_aborted_put_leaves_nothing),
        STORED(the_same_content_twice_is_stored_once),
        STORED(what_was_put_can_be_read_before_its_end),
        STORED(names_that_are_no_hash_find_nothing),
        STORED(blobs_are_listed_until_the_caller_has_enough),
        STORED(what_else_lies_in_the_store_is_no_blob),
        STORED(a_touched_blob_is_young_again_and_stays),
        STORED(a_part_kept_open_changes_nothing_that_is_finished),
        STORED(parts_of_other_content_are_refused_and_gone),
        STORED(parts_find_their_places),
        STORED(an_upload_has_a_name_of_its_own_kind),
        STORED(no_part_is_taken_while_an_upload_is_finished),
        STORED(a_sweep_takes_old_remains_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
