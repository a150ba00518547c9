/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

/* RFC 4648, section 10. */
static const char *const vectors[][2] = {
    { "", "" },
    { "f", "Zg==" },
    { "fo", "Zm8=" },
    { "foo", "Zm9v" },
    { "foob", "Zm9vYg==" },
    { "fooba", "Zm9vYmE=" },
    { "foobar", "Zm9vYmFy" },
    { "\xff\xfe\xfb", "//77" },
};

static void the_vectors_of_the_rfc_hold(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 64);
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        buf_clear(&out);
        base64_add(&out, vectors[i][0], strlen(vectors[i][0]));
        assert_string_equal(out.data, vectors[i][1]);
        buf_clear(&out);
        assert_int_equal(base64_decode(&out, vectors[i][1], strlen(vectors[i][1]), "x", NULL),
                         0);
        assert_string_equal(out.data, vectors[i][0]);
    }
    buf_finish(&out);
}

static void what_is_not_base64_is_refused(void **state)
{
    static const char *const wrong[] = { "Z",    "Zg",   "Zg=",      "Zh==", "Zm9=",
                                         "====", "Z===", "Zg==Zg==", "Zm 9", "Zm9-" };
    struct buf out;
    struct err err;

    (void)state;
    buf_init(&out, 64);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(base64_decode(&out, wrong[i], strlen(wrong[i]), "x", &err),
                         -ERR_PARSE);
    buf_finish(&out);
    buf_init(&out, 2);
    assert_int_equal(base64_decode(&out, "Zm9v", 4, "x", &err), -ERR_LIMIT);
    buf_finish(&out);
}

static void the_alphabet_of_tokens_has_no_padding_and_no_slash(void **state)
{
    static const unsigned char bytes[] = { 0xfb, 0xef, 0xff, 0x01 };
    static const char *const wrong[] = { "--__AQ==", "++//AQ", "A", "a b" };
    struct buf out;

    (void)state;
    buf_init(&out, 100);
    base64url_add(&out, bytes, sizeof(bytes));
    assert_string_equal(out.data, "--__AQ");
    buf_clear(&out);
    assert_int_equal(base64url_decode(&out, "--__AQ", 6, "x", NULL), 0);
    assert_int_equal(out.len, sizeof(bytes));
    assert_memory_equal(out.data, bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(base64url_decode(&out, wrong[i], strlen(wrong[i]), "x", NULL),
                         -ERR_PARSE);
    buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_rfc_hold),
        cmocka_unit_test(what_is_not_base64_is_refused),
        cmocka_unit_test(the_alphabet_of_tokens_has_no_padding_and_no_slash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
