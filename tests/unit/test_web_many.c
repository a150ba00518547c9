/* SPDX-License-Identifier: Apache-2.0
 * Lists and pages of a hub with more than ten thousand repositories. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "tests/support/site.h"

enum { NAMESPACES = 100, EACH = 101 };

static char *at(const struct site_fixture *fix, const char *ns, const char *file)
{
    return fs_path(fix->dir, "hub", ns, file, NULL);
}

/* The folder of one namespace under the names of all. Nothing was uploaded to any of them. */
static void make_many(const struct site_fixture *fix)
{
    for (int i = 0; i < EACH; i++) {
        char *name = xasprintf("m%03d.git", i), *folder = at(fix, "n00", name);
        char *head = fs_path(folder, "HEAD", NULL);

        assert_int_equal(fs_mkdirs(folder, 0755, NULL), 0);
        assert_int_equal(fs_write(head, "", 0, 0644, NULL), 0);
        free(head);
        free(folder);
        free(name);
    }
    for (int i = 1; i < NAMESPACES; i++) {
        char *ns = xasprintf("n%02d", i), *folder = at(fix, ns, NULL);

        assert_int_equal(symlink("n00", folder), 0);
        free(folder);
        free(ns);
    }
}

static void a_hub_of_many_repositories_goes_on_listing_them(void **state)
{
    static const struct {
        const char *path, *shows;
    } asked[] = {
        { "/api/models", "\"id\":\"community/digits\"" },
        { "/api/models?sort=downloads&limit=1", "\"id\":\"community/digits\"" },
        { "/api/models-tags-by-type", "license:apache-2.0" },
        { "/", "n00/m000" },
        { "/?page=211", "n99/m100" },
        { "/?search=N99/M100", "n99/m100" },
    };
    struct site_fixture *fix = *state;
    char *token = site_token(fix, "ada", "read");

    make_many(fix);
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        assert_int_equal(site_get(fix, asked[i].path), 200);
        site_assert_has(fix, asked[i].shows);
    }
    assert_int_equal(site_send(fix, "GET", "/api/settings/repositories", token, ""), 200);
    assert_string_equal(fix->res.body.data, "[]");
    free(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_hub_of_many_repositories_goes_on_listing_them,
                                        site_start, site_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
