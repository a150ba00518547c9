/* SPDX-License-Identifier: Apache-2.0
 * The right to send files over Xet holds as it was signed, and no longer. */
#include "hub/web/xet_token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"

enum { UNTIL = 5000 }; /* unix seconds */

static const char key[] = "a key";
static const struct xet_grant grant = {
    .kind = HOSTED_DATASET, .repo = "ada/digits", .person = "bob", .expires_at = UNTIL
};

/* The Authorization header for what was granted; the caller frees. */
static char *header_of(const struct xet_grant *granted, const char *with_key)
{
    struct buf token;

    buf_init(&token, 4096);
    xet_token_add(&token, granted, with_key);
    char *header = xasprintf("Bearer %s", token.data);
    buf_finish(&token);
    return header;
}

static int reads(const char *header, int64_t now)
{
    struct xet_grant ret;

    return xet_token_read(&ret, header, key, now);
}

static void a_token_says_what_was_granted(void **state)
{
    char *header = header_of(&grant, key);
    struct xet_grant ret = { 0 };

    (void)state;
    assert_int_equal(xet_token_read(&ret, header, key, UNTIL - 1), 0);
    assert_int_equal(ret.kind, HOSTED_DATASET);
    assert_string_equal(ret.repo, "ada/digits");
    assert_string_equal(ret.person, "bob");
    assert_int_equal(ret.expires_at, UNTIL);
    free(header);
}

static void a_token_ends_in_the_second_it_expires(void **state)
{
    char *header = header_of(&grant, key);

    (void)state;
    assert_int_equal(reads(header, UNTIL - 1), 0);
    assert_int_equal(reads(header, UNTIL), -ERR_AUTH);
    free(header);
}

static void another_key_signs_nothing(void **state)
{
    char *header = header_of(&grant, "a kez");

    (void)state;
    assert_int_equal(reads(header, 0), -ERR_AUTH);
    free(header);
}

/* Each byte counts, those of the signature, too. */
static void no_byte_of_a_token_can_be_changed_dropped_or_doubled(void **state)
{
    char *header = header_of(&grant, key);
    size_t len = strlen(header);

    (void)state;
    for (size_t i = 0; i < len; i++) {
        char *changed = xstrdup(header);
        char *dropped = xasprintf("%.*s%s", (int)i, header, header + i + 1);
        char *doubled = xasprintf("%.*s%s", (int)i + 1, header, header + i);

        changed[i] = changed[i] == '1' ? '2' : '1';
        if (reads(changed, 0) == 0 || reads(dropped, 0) == 0 || reads(doubled, 0) == 0)
            fail_msg("byte %zu of %s", i, header);
        free(changed);
        free(dropped);
        free(doubled);
    }
    free(header);
}

static void what_is_no_token_is_refused(void **state)
{
    static const char *const headers[] = {
        "",
        "Bearer ",
        "Bearer ~~~~",
        "Bearer ~~~~~~~~",
        "Basic 1~ada/digits~bob~5000~00",
        "1~ada/digits~bob~5000",
    };

    (void)state;
    assert_int_equal(reads(NULL, 0), -ERR_AUTH);
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        assert_int_equal(reads(headers[i], 0), -ERR_AUTH);
}

static void a_refused_token_leaves_the_grant_as_it_was(void **state)
{
    struct xet_grant ret = { .repo = "as/before" };
    char *header = header_of(&grant, "another key");

    (void)state;
    assert_int_equal(xet_token_read(&ret, header, key, 0), -ERR_AUTH);
    assert_string_equal(ret.repo, "as/before");
    free(header);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_says_what_was_granted),
        cmocka_unit_test(a_token_ends_in_the_second_it_expires),
        cmocka_unit_test(another_key_signs_nothing),
        cmocka_unit_test(no_byte_of_a_token_can_be_changed_dropped_or_doubled),
        cmocka_unit_test(what_is_no_token_is_refused),
        cmocka_unit_test(a_refused_token_leaves_the_grant_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
