/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

static const struct {
    const char *header;
    const char *next; /* NULL: -ERR_PARSE */
} headers[] = {
    { "", "" },
    { "<https://api.github.com/repositories/1/issues?page=2>; rel=\"next\", "
      "<https://api.github.com/repositories/1/issues?page=9>; rel=\"last\"",
      "/repositories/1/issues?page=2" },
    { "<http://a/x?page=9>; rel=\"last\",<http://a/x?page=2>; rel=\"next\"", "/x?page=2" },
    { "<https://evil.example/x?after=a%3D%3D>; rel=next", "/x?after=a%3D%3D" },
    { "</api/v1/x?page=2>; rel=\"prev next\"", "/api/v1/x?page=2" },
    { "<https://a/x#top>; rel=NEXT", "/x" },
    { "<https://a/x>; title=\"a, b; rel=next\"; rel=\"last\"", "" },
    { "<https://a/x>; title=\"a \\\" b\"; rel=\"next\"", "/x" },
    { "<https://a/x>; rel=last; rel=next", "" },
    { "<https://a/x>; relate=next", "" },
    { "<https://a/x>; rel=nextpage", "" },
    { "<https://a/x>", "" },
    { "<https://a/x> ; rel = next , ", "/x" },
    { ", <https://a/x>; rel=next", "/x" },
    { "<https://a>; rel=next", NULL },
    { "<x?page=2>; rel=next", NULL },
    { "<//evil/x>; rel=next", NULL },
    { "<https://a//evil/x>; rel=next", NULL },
    { "<ftp://a/x>; rel=next", NULL },
    { "<https://a/x; rel=next", NULL },
    { "https://a/x; rel=next", NULL },
    { "<https://a/x>; rel=\"next", NULL },
    { "<https://a/x> rel=next", NULL },
    { "<https://a/ x>; rel=next", NULL },
};

static void next_is_path_and_query_of_the_first_rel_next(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        struct err err = { 0 };
        struct buf out;

        buf_init(&out, LINK_MAX_TARGET);
        int rc = link_next(&out, headers[i].header, &err);
        if (rc < 0 && headers[i].next)
            fail_msg("%s: %s", headers[i].header, err.msg);
        assert_int_equal(rc, headers[i].next ? 0 : -ERR_PARSE);
        if (headers[i].next)
            assert_string_equal(out.data, headers[i].next);
        buf_finish(&out);
    }
}

static void no_header_is_no_next_page(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, LINK_MAX_TARGET);
    assert_int_equal(link_next(&out, NULL, NULL), 0);
    assert_int_equal(out.len, 0);
    buf_finish(&out);
}

static void address_over_the_limit_is_refused(void **state)
{
    char header[LINK_MAX_TARGET + 100];
    struct err err = { 0 };
    struct buf out;

    (void)state;
    memset(header, 'x', sizeof(header));
    memcpy(header, "<http://a/", 10);
    memcpy(header + LINK_MAX_TARGET + 50, ">; rel=next", 12);
    buf_init(&out, LINK_MAX_TARGET);
    assert_int_equal(link_next(&out, header, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "4000"));
    buf_finish(&out);
}

static const struct {
    const char *target, *base;
    int is_fine;
} targets[] = {
    { "/repos/o/n/issues?page=2", "", 1 },
    { "/repositories/12/issues?page=2", "", 1 },
    { "/api/v3/repos/o/n/issues?after=x%3D", "/api/v3", 1 },
    { "/api/v3/repositories/12/issues", "/api/v3", 1 },
    { "/repositories/12/issues", "/api/v3", 1 },
    { "/repos/o/n/issues", "/api/v3", 0 },
    { "/api/v3evil/repos/o/n", "/api/v3", 0 },
    { "/resource?page=2", "", 0 },
    { "/user", "", 0 },
    { "/", "", 0 },
    { "", "", 0 },
    { "/repos/../admin", "", 0 },
    { "/repos/o/%2e%2E/x", "", 0 },
    { "/repos/o/n/.", "", 0 },
    { "/repos/o/n/.git/x...y?a=../b", "", 1 },
    { "/repos/o/n x", "", 0 },
    { "/repos/o/n\r\nX: y", "", 0 },
    { "/repos/o\\n", "", 0 },
    { "/repos/o/\xc3\xa4", "", 0 },
};

static void only_repositories_may_be_followed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        int rc = link_check(targets[i].target, targets[i].base, NULL);

        if (rc != (targets[i].is_fine ? 0 : -ERR_FORGE))
            fail_msg("'%s' below '%s': %d", targets[i].target, targets[i].base, rc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(next_is_path_and_query_of_the_first_rel_next),
        cmocka_unit_test(no_header_is_no_next_page),
        cmocka_unit_test(address_over_the_limit_is_refused),
        cmocka_unit_test(only_repositories_may_be_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
