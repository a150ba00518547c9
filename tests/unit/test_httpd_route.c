/* SPDX-License-Identifier: Apache-2.0 */
#include "base/httpd_route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"

static int no_handler(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)req;
    (void)res;
    (void)ctx;
    return 0;
}

#define ROUTE(method, pattern)                                                                 \
    {                                                                                          \
        method, pattern, no_handler, 0                                                         \
    }

static const struct httpd_route routes[] = {
    ROUTE("GET", "/"),
    ROUTE("GET", "/repos/{owner}/{name}"),
    ROUTE("POST", "/repos/{owner}/{name}"),
    ROUTE("*", "/{owner}/{name}.git/{rest...}"),
    ROUTE("GET", "/{owner}/{name}/resolve/{rev}/{path...}"),
    ROUTE("DELETE", "/only/delete"),
    ROUTE(NULL, NULL),
};

struct expectation {
    const char *method, *path;
    const char *pattern; /* NULL: none matches */
    const char *values;  /* "name=value " each */
};

static const struct expectation expectations[] = {
    { "GET", "/", "/", "" },
    { "HEAD", "/", "/", "" },
    { "POST", "/", NULL, "" },
    { "GET", "", NULL, "" },
    { "GET", "*", NULL, "" },
    { "GET", "//", NULL, "" },
    { "GET", "/repos/a/b", "/repos/{owner}/{name}", "owner=a name=b " },
    { "GET", "/repos/a/b/", NULL, "" },
    { "GET", "/repos/a", NULL, "" },
    { "GET", "/repos//b", NULL, "" },
    { "GET", "/repos/a%2Fb/c", "/repos/{owner}/{name}", "owner=a%2Fb name=c " },
    { "get", "/repos/a/b", NULL, "" },
    { "PATCH", "/o/n.git/info/refs", "/{owner}/{name}.git/{rest...}",
      "owner=o name=n rest=info/refs " },
    { "GET", "/o/n.git", "/{owner}/{name}.git/{rest...}", "owner=o name=n rest= " },
    { "GET", "/o/n.git/", "/{owner}/{name}.git/{rest...}", "owner=o name=n rest= " },
    { "GET", "/o/.git/x", NULL, "" },
    { "GET", "/o/n/resolve/main/a/b.csv", "/{owner}/{name}/resolve/{rev}/{path...}",
      "owner=o name=n rev=main path=a/b.csv " },
    { "GET", "/o/n/resolve/main/../x", "/{owner}/{name}/resolve/{rev}/{path...}",
      "owner=o name=n rev=main path=../x " },
};

static void check(const struct expectation *e)
{
    struct httpd_match match;
    struct buf values;

    buf_init(&values, 4096);
    enum httpd_found found = httpd_match_init(&match, routes, e->method, e->path);
    for (size_t i = 0; i < match.n_params; i++)
        buf_printf(&values, "%.*s=%s ", (int)match.params[i].name_len, match.params[i].name,
                   match.params[i].value);
    if (e->pattern) {
        assert_int_equal(found, HTTPD_FOUND);
        assert_string_equal(match.route->pattern, e->pattern);
    } else {
        assert_int_not_equal(found, HTTPD_FOUND);
        assert_null(match.route);
    }
    assert_string_equal(values.data, e->values);
    buf_finish(&values);
    httpd_match_finish(&match);
}

static void first_row_of_method_and_pattern_wins(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(expectations) / sizeof(expectations[0]); i++)
        check(&expectations[i]);
}

static void known_path_under_other_methods_lists_them(void **state)
{
    struct httpd_match match;
    struct buf allowed;

    (void)state;
    buf_init(&allowed, 256);
    assert_int_equal(httpd_match_init(&match, routes, "PUT", "/repos/a/b"),
                     HTTPD_NO_SUCH_METHOD);
    httpd_route_add_allowed(&allowed, routes, "/repos/a/b");
    assert_string_equal(allowed.data, "GET, HEAD, POST");
    assert_int_equal(httpd_match_init(&match, routes, "PUT", "/nothing/here/at/all"),
                     HTTPD_NO_SUCH_PATH);
    buf_finish(&allowed);
}

static void params_are_found_by_name_only(void **state)
{
    struct httpd_match match;

    (void)state;
    (void)httpd_match_init(&match, routes, "GET", "/repos/a/b");
    assert_string_equal(httpd_match_param(&match, "owner"), "a");
    assert_string_equal(httpd_match_param(&match, "name"), "b");
    assert_null(httpd_match_param(&match, "own"));
    assert_null(httpd_match_param(&match, ""));
    httpd_match_finish(&match);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_row_of_method_and_pattern_wins),
        cmocka_unit_test(known_path_under_other_methods_lists_them),
        cmocka_unit_test(params_are_found_by_name_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
