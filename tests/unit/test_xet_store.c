/* SPDX-License-Identifier: Apache-2.0
 * Files put together from what Xet clients sent. */
#include "hub/repo/xet_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/hash.h"
#include "hub/repo/blob.h"
#include "hub/repo/repo.h"
#include "hub/repo/xet_shard.h"

static const char FIRST[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static const char SECOND[] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

struct fixture {
    char *dir;
    struct hub_repo *repo;
};

static int start(void **state)
{
    struct fixture *fix = xcalloc(1, sizeof(*fix));

    *state = fix;
    int rc = git_setup(NULL);
    if (rc == 0)
        rc = fs_temp_dir(&fix->dir, NULL, NULL);
    return rc == 0 ? hub_repo_create(&fix->repo, fix->dir, "ada/model", NULL) : rc;
}

static int stop(void **state)
{
    struct fixture *fix = *state;

    hub_repo_close(fix->repo);
    (void)fs_remove(fix->dir, NULL);
    free(fix->dir);
    free(fix);
    return 0;
}

/* A xorb of unpacked chunks, one for each word. */
static int put_words(const struct fixture *fix, const char *person, const char *hash,
                     const char *const *words, size_t n)
{
    struct xet_put *put = NULL;

    assert_int_equal(xet_put_begin(&put, fix->dir, person, hash, NULL), 0);
    for (size_t i = 0; i < n; i++) {
        char len = (char)strlen(words[i]);
        const char head[] = { 0, len, 0, 0, 0, len, 0, 0 };

        assert_int_equal(xet_put_add(put, head, sizeof(head), NULL), 0);
        assert_int_equal(xet_put_add(put, words[i], (size_t)len, NULL), 0);
    }
    return xet_put_finish(put, NULL);
}

static void put_both(const struct fixture *fix)
{
    const char *const first[] = { "one ", "two ", "three " }, *const second[] = { "four" };

    assert_int_equal(put_words(fix, "ada", FIRST, first, 3), 0);
    assert_int_equal(put_words(fix, "ada", SECOND, second, 1), 0);
}

/* As a shard has it; each of our names is one letter over and over: its order is no matter. */
struct record {
    uint8_t xorb[32];
    uint8_t flags[4], bytes[4], first[4], end[4]; /* little-endian */
};

static struct record term(const char *xorb, uint32_t first, uint32_t end, uint32_t bytes)
{
    struct record r = { .bytes = { (uint8_t)bytes },
                        .first = { (uint8_t)first },
                        .end = { (uint8_t)end } };

    memset(r.xorb, (xorb[0] - 'a' + 10) * 17, sizeof(r.xorb));
    return r;
}

static int assemble(const struct fixture *fix, const char *person, const struct record *terms,
                    size_t n, const char *content)
{
    struct xet_file file = { .records = (const uint8_t *)terms, .n_terms = n };
    bool is_new;

    sha256_hex(file.sha256, content, strlen(content));
    return xet_assemble(&is_new, fix->repo, fix->dir, person, &file, NULL);
}

static void terms_make_the_file_in_their_order(void **state)
{
    const struct fixture *fix = *state;
    char oid[SHA256_HEX_SIZE];
    struct buf text;

    put_both(fix);
    struct record terms[] = { term(FIRST, 1, 3, 10), term(SECOND, 0, 1, 4),
                              term(FIRST, 0, 1, 4) };
    assert_int_equal(assemble(fix, "ada", terms, 3, "two three fourone "), 0);
    sha256_hex(oid, "two three fourone ", 18);
    assert_true(hub_repo_has_blob(fix->repo, oid));
    char *path = blob_path(hub_repo_blobs(fix->repo), oid);
    buf_init(&text, 100);
    assert_int_equal(fs_read(&text, path, NULL), 0);
    assert_string_equal(text.data, "two three fourone ");
    buf_finish(&text);
    free(path);
}

/* Back and forth, and between more xorbs than stay open. */
static void terms_go_back_and_forth_between_xorbs(void **state)
{
    static const char order[] = "ababacbcbdefabcdefedcbaaffafbfc";
    const struct fixture *fix = *state;
    struct record terms[sizeof(order) - 1];

    for (char letter = 'a'; letter <= 'f'; letter++) {
        const char word[] = { letter, '\0' }, *const words[] = { word };
        char hash[XET_HEX_SIZE] = { 0 };

        memset(hash, letter, sizeof(hash) - 1);
        assert_int_equal(put_words(fix, "ada", hash, words, 1), 0);
    }
    for (size_t i = 0; i + 1 < sizeof(order); i++)
        terms[i] = term(&order[i], 0, 1, 1);
    assert_int_equal(assemble(fix, "ada", terms, sizeof(order) - 1, order), 0);
}

static void what_does_not_fit_makes_nothing(void **state)
{
    const struct fixture *fix = *state;
    struct {
        const char *person, *content;
        struct record term;
        int rc;
    } rows[] = {
        { "ada", "another", term(FIRST, 0, 1, 4), -ERR_REFUSED },
        { "ada", "one ", term(FIRST, 0, 1, 5), -ERR_PARSE },
        { "ada", "one ", term(FIRST, 2, 4, 6), -ERR_PARSE },
        { "bob", "one ", term(FIRST, 0, 1, 4), -ERR_NOTFOUND },
        { "ada", "one ",
          term("cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc", 0, 1, 4),
          -ERR_NOTFOUND },
    };
    char **oids = NULL;
    size_t n = 0;

    put_both(fix);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(assemble(fix, rows[i].person, &rows[i].term, 1, rows[i].content),
                         rows[i].rc);
    assert_int_equal(hub_repo_list_blobs(&oids, &n, fix->repo, NULL), 0);
    assert_int_equal(n, 0);
    hub_repo_list_free(oids, n);
}

/* The number of xorbs that went. */
static size_t sweep(const struct fixture *fix, int64_t before_at)
{
    const struct xet_ages ages = { before_at, before_at };
    struct xet_swept swept;

    assert_int_equal(xet_sweep(&swept, fix->dir, &ages, NULL), 0);
    assert_int_equal(swept.n_parts, 0);
    return swept.n_xorbs;
}

static void a_file_that_the_disk_has_no_room_for_is_not_begun(void **state)
{
    const struct fixture *fix = *state;
    const struct record first = term(FIRST, 0, 1, 4);
    const struct xet_file file = { .records = (const uint8_t *)&first,
                                   .n_terms = 1,
                                   .bytes = INT64_MAX / 2 };
    bool is_new;

    put_both(fix);
    assert_int_equal(xet_assemble(&is_new, fix->repo, fix->dir, "ada", &file, NULL), -ERR_IO);
}

static void what_is_no_xorb_is_not_kept(void **state)
{
    const struct fixture *fix = *state;
    struct xet_put *put = NULL;

    assert_int_equal(xet_put_begin(&put, fix->dir, "ada", "../../x", NULL), -ERR_PARSE);
    assert_int_equal(xet_put_begin(&put, fix->dir, "ada", FIRST, NULL), 0);
    assert_int_equal(xet_put_add(put, "nonsense and more", 17, NULL), 0);
    assert_int_equal(xet_put_finish(put, NULL), -ERR_PARSE);
    assert_int_equal(xet_put_begin(&put, fix->dir, "ada", SECOND, NULL), 0);
    xet_put_abort(put);
    assert_int_equal(sweep(fix, INT64_MAX), 0);
}

static void old_xorbs_are_swept(void **state)
{
    const struct fixture *fix = *state;

    put_both(fix);
    assert_int_equal(xet_held_bytes(fix->dir, "ada"), 50);
    assert_int_equal(xet_held_bytes(fix->dir, "bob"), 0);
    assert_int_equal(sweep(fix, 1000), 0);
    struct record terms[] = { term(FIRST, 0, 1, 4) };
    assert_int_equal(assemble(fix, "ada", terms, 1, "one "), 0);
    assert_int_equal(sweep(fix, INT64_MAX), 2);
    assert_int_equal(xet_held_bytes(fix->dir, "ada"), 0);
    assert_int_equal(assemble(fix, "ada", terms, 1, "one "), -ERR_NOTFOUND);
}

#define STORED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORED(terms_make_the_file_in_their_order),
        STORED(terms_go_back_and_forth_between_xorbs),
        STORED(what_does_not_fit_makes_nothing),
        STORED(a_file_that_the_disk_has_no_room_for_is_not_begun),
        STORED(what_is_no_xorb_is_not_kept),
        STORED(old_xorbs_are_swept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
