/* SPDX-License-Identifier: Apache-2.0
 * The lines of a commit, and the bytes in them, however they are cut into pieces. */
#include "hub/web/ndjson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/err.h"
#include "base/fs.h"
#include "hub/web/content.h"

/* What a reader saw, as one text: content, then the line. */
struct seen {
    struct buf text;
};

static int take_content(void *ctx, const char *text, size_t len, struct err *err)
{
    struct seen *seen = ctx;

    (void)err;
    buf_add(&seen->text, text, len);
    return 0;
}

static int take_line(void *ctx, const json_t *doc, size_t number, struct err *err)
{
    struct seen *seen = ctx;

    (void)err;
    buf_printf(&seen->text, "<%zu>", number);
    json_write(&seen->text, doc, 0);
    return 0;
}

/* Feeds a text in pieces of that many bytes; what was seen, or NULL for an error. */
static char *read_in(const char *text, size_t piece, struct err *err)
{
    struct seen seen;
    const struct ndjson_sink sink = { take_content, take_line, &seen };
    struct ndjson n;
    size_t len = strlen(text);
    int rc = 0;

    buf_init(&seen.text, 1 << 20);
    ndjson_init(&n, &sink);
    for (size_t at = 0; rc == 0 && at < len; at += piece)
        rc = ndjson_feed(&n, text + at, len - at < piece ? len - at : piece, err);
    if (rc == 0)
        rc = ndjson_end(&n, err);
    ndjson_finish(&n);
    char *all = buf_take(&seen.text);
    if (rc == 0)
        return all;
    free(all);
    return NULL;
}

static void content_is_taken_out_of_its_line(void **state)
{
    static const struct {
        const char *text, *seen;
    } cases[] = {
        { "{\"key\":\"file\",\"value\":{\"content\":\"QUJD\",\"path\":\"a\"}}\n",
          "QUJD<1>{\"key\":\"file\",\"value\":{\"content\":\"\",\"path\":\"a\"}}" },
        { "{ \"value\" : { \"path\" : \"a\" , \"content\" : \"x\\\"y\\\\\" } }",
          "x\\\"y\\\\<1>{\"value\":{\"content\":\"\",\"path\":\"a\"}}" },
        { "{\"content\":\"a\"}\n\n{\"value\":{\"x\":{\"content\":\"b\"}}}\r\n",
          "<1>{\"content\":\"a\"}<3>{\"value\":{\"x\":{\"content\":\"b\"}}}" },
        { "{\"value\":[{\"content\":\"a\"}]}", "<1>{\"value\":[{\"content\":\"a\"}]}" },
        { "{\"value\":{\"contents\":\"a\",\"verylongkeyindeed\":\"content\"}}",
          "<1>{\"value\":{\"contents\":\"a\",\"verylongkeyindeed\":\"content\"}}" },
        { "", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t piece = 1; piece < 9; piece += 3) {
            char *seen = read_in(cases[i].text, piece, NULL);

            assert_non_null(seen);
            assert_string_equal(seen, cases[i].seen);
            free(seen);
        }
    }
}

static void what_is_no_json_is_refused_by_its_line(void **state)
{
    static const char *const bad[] = {
        "{}\n{",
        "{}\n]",
        "{}\nx\n",
        "{}\n\"\n\"",
        "{}\n{\"value\":{\"content\":\"a\n\"}}",
        "{}\n{\"value\":{\"content\":\"a\",\"content\":\"b\"}}"
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err = { 0 };

        assert_null(read_in(bad[i], 3, &err));
        assert_non_null(strstr(err.msg, "line 2"));
    }
}

static void a_line_is_bounded_but_its_content_is_not(void **state)
{
    char *filler = xcalloc(NDJSON_MAX_LINE + 1, 1);
    struct err err = { 0 };

    (void)state;
    memset(filler, 'A', NDJSON_MAX_LINE);
    char *large = xasprintf("{\"value\":{\"content\":\"%s%s\"}}", filler, filler);
    char *wide = xasprintf("{\"value\":{\"path\":\"%s\"}}", filler);
    char *seen = read_in(large, 65536, &err);
    assert_non_null(seen);
    free(seen);
    assert_null(read_in(wide, 65536, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    free(wide);
    free(large);
    free(filler);
}

struct store {
    char *root;
    struct blob_store *blobs;
};

static int open_store(void **state)
{
    struct store *s = xcalloc(1, sizeof(*s));

    *state = s;
    if (fs_temp_dir(&s->root, NULL, NULL) < 0)
        return -1;
    return blob_store_open(&s->blobs, s->root, NULL);
}

static int close_store(void **state)
{
    struct store *s = *state;

    blob_store_close(s->blobs);
    (void)fs_remove(s->root, NULL);
    free(s->root);
    free(s);
    return 0;
}

/* The bytes that a text stands for, or NULL. */
static char *decode(const struct store *s, const char *text, const char *encoding)
{
    struct content c;
    char *bytes = NULL;

    content_init(&c, s->blobs);
    int rc = 0;
    for (const char *at = text; rc == 0 && *at; at++)
        rc = content_add(&c, at, 1, NULL);
    if (rc == 0 && content_end(&c, encoding, NULL) == 0)
        bytes = xstrdup(c.bytes.data);
    content_finish(&c);
    return bytes;
}

static void contents_are_base64_or_text(void **state)
{
    static const struct {
        const char *text, *encoding, *bytes; /* NULL: refused */
    } cases[] = {
        { "QUJD", "base64", "ABC" },
        { "QUI=", "base64", "AB" },
        { "QQ==", "base64", "A" },
        { "", "base64", "" },
        { "\\/\\/\\/\\/", "base64", "\xff\xff\xff" },
        { "a b\\n\\u00e4", "utf-8", "a b\n\xc3\xa4" },
        { "QUJD", "utf-8", "QUJD" },
        { "", "utf-8", "" },
        { "QUJ", "base64", NULL },
        { "QQ==QQ==", "base64", NULL },
        { "QU\\nJD", "base64", NULL },
        { "!!!!", "base64", NULL },
        { "\\x", "utf-8", NULL },
        { "QUJD", "latin-1", NULL },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *bytes = decode(*state, cases[i].text, cases[i].encoding);

        if (!cases[i].bytes)
            assert_null(bytes);
        else
            assert_string_equal(bytes, cases[i].bytes);
        free(bytes);
    }
}

static void large_content_goes_to_a_blob_unchanged(void **state)
{
    const struct store *s = *state;
    size_t len = 3 * CONTENT_IN_MEMORY + 7;
    unsigned char *bytes = xmalloc(len);
    char oid[SHA256_HEX_SIZE], wanted[SHA256_HEX_SIZE];
    struct content c;
    struct buf text;

    for (size_t i = 0; i < len; i++)
        bytes[i] = (unsigned char)(i * 31 >> 3);
    sha256_hex(wanted, bytes, len);
    buf_init(&text, 2 * len);
    base64_add(&text, bytes, len);
    content_init(&c, s->blobs);
    for (size_t at = 0; at < text.len; at += 10007)
        assert_int_equal(content_add(&c, text.data + at,
                                     text.len - at < 10007 ? text.len - at : 10007, NULL),
                         0);
    assert_int_equal(content_end(&c, "base64", NULL), 0);
    assert_non_null(c.put);
    assert_true(c.bytes.cap <= 2 * CONTENT_IN_MEMORY && c.text.cap <= 2 * CONTENT_IN_MEMORY);
    assert_int_equal(blob_put_finish(oid, c.put, NULL, NULL), 0);
    c.put = NULL;
    assert_string_equal(oid, wanted);
    content_finish(&c);
    buf_finish(&text);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_is_taken_out_of_its_line),
        cmocka_unit_test(what_is_no_json_is_refused_by_its_line),
        cmocka_unit_test(a_line_is_bounded_but_its_content_is_not),
        cmocka_unit_test_setup_teardown(contents_are_base64_or_text, open_store, close_store),
        cmocka_unit_test_setup_teardown(large_content_goes_to_a_blob_unchanged, open_store,
                                        close_store),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
