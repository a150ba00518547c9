/* SPDX-License-Identifier: Apache-2.0
 * What headers say of a request's sender. */
#include "hub/web/credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"

static void a_token_comes_in_several_ways(void **state)
{
    static const struct {
        const char *header, *token;
    } cases[] = {
        { "Bearer hf_x", "hf_x" },
        { "bearer hf_x", "hf_x" },
        { "Bearer ", "" },
        { "Basic YWRhOmhmX3g=", "hf_x" }, /* ada:hf_x */
        { "basic YWRhOmhmX3g=", "hf_x" },
        { "Basic aGZfeDo=", "hf_x" }, /* hf_x: */
        { "Basic aGZfeA==", "hf_x" },
        { "Basic YTpiOmM=", "b:c" }, /* a:b:c */
        { "Basic", NULL },
        { "Basic %%%%", NULL },
        { "Basic YQBi", NULL },
        { "Digest hf_x", NULL }, /* a, NUL, b */
        { "", NULL },
        { "hf_x", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *token = credentials_token(cases[i].header);

        assert_int_equal(token == NULL, cases[i].token == NULL);
        if (token)
            assert_string_equal(token, cases[i].token);
        free(token);
    }
}

static void basic_credentials_have_so_many_bytes(void **state)
{
    enum { DIGITS = 4096 };
    char header[sizeof("Basic ") + DIGITS];

    (void)state;
    memcpy(header, "Basic ", 6);
    memset(header + 6, 'Y', DIGITS); /* "aaa", without end */
    header[6 + DIGITS] = '\0';
    assert_null(credentials_token(header));
}

static void agents_that_use_xet_are_told_by_their_version(void **state)
{
    static const struct {
        const char *agent;
        bool uses;
    } cases[] = {
        { NULL, false },
        { "", false },
        { "git/2.39.5", false },
        { "unknown/None; hf_hub/1.20.0; python/3.11", true },
        { "unknown/None; hf_hub/1.20.0rc1; python/3.11", true },
        { "unknown/None; hf_hub/2.0.1", true },
        { "unknown/None; hf_hub/1.19.9; python/3.11", false },
        { "unknown/None; hf_hub/0.36.0; python/3.11", false },
        { "hf_hub/1", false },
        { "hf_hub/", false },
        { "hf_hub/x.y", false },
        { "hf_hub/99999999999999999999.1", false },
        { "hf_hub/1.99999999999999999999", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(credentials_would_use_xet(cases[i].agent), cases[i].uses);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_comes_in_several_ways),
        cmocka_unit_test(basic_credentials_have_so_many_bytes),
        cmocka_unit_test(agents_that_use_xet_are_told_by_their_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
