/* SPDX-License-Identifier: Apache-2.0
 * The files of hosted repositories. */
#include "hub/web/web.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "tests/support/site.h"

static void file_comes_whole_by_every_name_of_its_revision(void **state)
{
    struct site_fixture *fix = *state;
    const char *const revs[] = { "main", "v1.10.0", fix->commit };

    for (size_t i = 0; i < sizeof(revs) / sizeof(revs[0]); i++) {
        char *path = xasprintf("/community/digits/resolve/%s/model.safetensors", revs[i]);

        assert_int_equal(site_get(fix, path), 200);
        assert_string_equal(fix->res.body.data, "0123456789");
        assert_string_equal(site_header(fix, "x-repo-commit"), fix->commit);
        assert_string_equal(site_header(fix, "content-length"), "10");
        assert_int_equal(strlen(site_header(fix, "etag")), 42);
        if (revs[i] == fix->commit)
            assert_non_null(strstr(site_header(fix, "cache-control"), "immutable"));
        else
            assert_string_equal(site_header(fix, "cache-control"), "no-cache");
        free(path);
    }
}

static void head_says_what_get_would(void **state)
{
    struct site_fixture *fix = *state;

    (void)site_prepare(fix, "HEAD", "/community/digits/resolve/main/model.safetensors");
    assert_int_equal(site_perform(fix), 200);
    assert_int_equal(fix->res.body.len, 0);
    assert_string_equal(site_header(fix, "content-length"), "10");
    assert_string_equal(site_header(fix, "accept-ranges"), "bytes");
}

static void ranges_give_parts_and_say_which(void **state)
{
    static const char path[] = "/community/digits/resolve/main/model.safetensors";
    struct site_fixture *fix = *state;

    assert_int_equal(site_get_with(fix, path, "Range", "bytes=2-4"), 206);
    assert_string_equal(fix->res.body.data, "234");
    assert_string_equal(site_header(fix, "content-range"), "bytes 2-4/10");
    assert_int_equal(site_get_with(fix, path, "Range", "bytes=-1"), 206);
    assert_string_equal(fix->res.body.data, "9");
    assert_int_equal(site_get_with(fix, path, "Range", "bytes=10-"), 416);
    assert_string_equal(site_header(fix, "content-range"), "bytes */10");
    assert_int_equal(
        site_get_with(fix, "/community/digits/resolve/main/empty", "Range", "bytes=0-0"), 200);
    assert_string_equal(site_header(fix, "content-range"), "bytes */0");
}

static void changed_file_is_resumed_from_its_start(void **state)
{
    static const char path[] = "/community/digits/resolve/main/model.safetensors";
    struct site_fixture *fix = *state;

    http_request_header(site_prepare(fix, "GET", path), "Range", "bytes=5-");
    http_request_header(&fix->req, "If-Range", "\"an older one\"");
    assert_int_equal(site_perform(fix), 200);
    assert_string_equal(fix->res.body.data, "0123456789");
    char *etag = xstrdup(site_header(fix, "etag"));
    http_request_header(site_prepare(fix, "GET", path), "Range", "bytes=5-");
    http_request_header(&fix->req, "If-Range", etag);
    assert_int_equal(site_perform(fix), 206);
    assert_string_equal(fix->res.body.data, "56789");
    assert_int_equal(site_get_with(fix, path, "If-None-Match", etag), 304);
    free(etag);
}

static void stranger_s_page_is_text_in_a_sandbox(void **state)
{
    struct site_fixture *fix = *state;

    assert_int_equal(site_get(fix, "/community/digits/resolve/main/page.html"), 200);
    assert_string_equal(site_header(fix, "content-type"), "text/plain; charset=utf-8");
    assert_non_null(strstr(site_header(fix, "content-security-policy"), "sandbox"));
}

static void what_is_missing_says_which_part(void **state)
{
    static const struct {
        const char *path, *code;
    } missing[] = {
        { "/community/absent/resolve/main/README.md", "RepoNotFound" },
        { "/community/digits.git/resolve/main/README.md", "RepoNotFound" },
        { "/%2e%2e/digits/resolve/main/README.md", "RepoNotFound" },
        { "/community/..%2Fdigits/resolve/main/README.md", "RepoNotFound" },
        { "/community/digits/resolve/absent/README.md", "RevisionNotFound" },
        { "/community/digits/resolve/%00/README.md", "RevisionNotFound" },
        { "/community/digits/resolve/main/absent", "EntryNotFound" },
        { "/community/digits/resolve/main/data", "EntryNotFound" },
        { "/community/digits/resolve/main/../../../hearth.yml", "EntryNotFound" },
        { "/community/digits/resolve/main/", "EntryNotFound" },
    };
    struct site_fixture *fix = *state;

    for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
        bool is_repo = strcmp(missing[i].code, "RepoNotFound") == 0; /* or not for everybody */

        assert_int_equal(site_get(fix, missing[i].path), is_repo ? 401 : 404);
        assert_string_equal(site_header(fix, "x-error-code"), missing[i].code);
        site_assert_has(fix, "{\"error\":");
    }
    assert_int_equal(site_get_with(fix, "/community/absent", "Accept", "text/html"), 404);
    site_assert_has(fix, "<h1>404</h1>");
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, site_start, site_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(file_comes_whole_by_every_name_of_its_revision),
        SERVED(head_says_what_get_would),
        SERVED(ranges_give_parts_and_say_which),
        SERVED(changed_file_is_resumed_from_its_start),
        SERVED(stranger_s_page_is_text_in_a_sandbox),
        SERVED(what_is_missing_says_which_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
