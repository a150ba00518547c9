/* SPDX-License-Identifier: Apache-2.0
 * Large files are fetched by ranges, and looked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/json.h"
#include "tests/support/site.h"
#include "tests/unit/lfs_client.h"

static void an_object_is_fetched_in_ranges(void **state)
{
    static const struct {
        const char *range, *content, *header;
        int status;
    } rows[] = {
        { "bytes=0-3", "some", "bytes 0-3/12", 206 },
        { "bytes=5-", "weights", "bytes 5-11/12", 206 },
        { "bytes=12-", NULL, "bytes */12", 416 },
        { "lines=1-2", "some weights", "", 200 },
    };
    struct site_fixture *fix = *state;
    const struct object o = object_of("some weights");
    char *token = create(fix), *href = upload_href(fix, token, &o);

    assert_int_equal(to_href(fix, "PUT", href, o.content), 200);
    json_t *doc = batch(fix, NULL, "download", &o);
    char *from = href_of(action_of(doc, "download"));
    const char *path = strchr(strstr(from, "://") + 3, '/');
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(site_get_with(fix, path, "Range", rows[i].range), rows[i].status);
        assert_string_equal(site_header(fix, "content-range"), rows[i].header);
        if (rows[i].content)
            assert_string_equal(fix->res.body.data, rows[i].content);
    }
    json_decref(doc);
    free(from);
    free(href);
    free(token);
}

static int verify(struct site_fixture *fix, const char *token, const char *oid, int size)
{
    char *body = xasprintf("{\"oid\":\"%s\",\"size\":%d}", oid, size);
    int status = site_send(fix, "POST", "/ada/m.git/info/lfs/objects/verify", token, body);

    free(body);
    return status;
}

static void only_what_is_here_in_that_size_is_verified(void **state)
{
    struct site_fixture *fix = *state;
    const struct object o = object_of("some weights"), other = object_of("others");
    char *token = create(fix), *href = upload_href(fix, token, &o);

    assert_int_equal(verify(fix, token, o.oid, 12), 404); /* not yet */
    assert_int_equal(to_href(fix, "PUT", href, o.content), 200);
    assert_int_equal(verify(fix, token, o.oid, 12), 200);
    assert_int_equal(verify(fix, token, o.oid, 11), 404);
    assert_int_equal(verify(fix, token, other.oid, 6), 404);
    json_t *doc = batch(fix, token, "download", &other);
    assert_null(action_of(doc, "download"));
    site_assert_has(fix, "this repository has no such object");
    json_decref(doc);
    free(href);
    free(token);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, site_start, site_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(an_object_is_fetched_in_ranges),
        SERVED(only_what_is_here_in_that_size_is_verified),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
