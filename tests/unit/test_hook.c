/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/sign.h"
#include "tests/support/site.h"

/* GitHub's own example. */
static const char body[] = "Hello, World!";
static const char code[] = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
static const char github[] =
    "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

struct header {
    const char *name, *value;
};

static int post(struct site_fixture *fix, const char *text, size_t len,
                const struct header *headers, size_t n)
{
    struct http_request *req = site_prepare(fix, "POST", "/hooks/forge");

    req->body = text;
    req->body_len = len;
    for (size_t i = 0; i < n; i++)
        if (headers[i].value)
            http_request_header(req, headers[i].name, headers[i].value);
    return site_perform(fix);
}

/* Whether it was touched since the last look. */
static bool was_woken(const struct site_fixture *fix)
{
    char *path = fs_path(fix->dir, "wake", NULL);
    bool is_there = fs_exists(path);

    assert_int_equal(fs_remove(path, NULL), 0);
    free(path);
    return is_there;
}

static int deliver(struct site_fixture *fix, const char *signature, const char *id)
{
    const struct header headers[] = { { "X-Hub-Signature-256", signature },
                                      { "X-GitHub-Delivery", id },
                                      { "X-GitHub-Event", "issues" } };

    return post(fix, body, strlen(body), headers, 3);
}

static void signed_delivery_wakes_the_next_cycle_once(void **state)
{
    struct site_fixture *fix = *state;

    assert_false(was_woken(fix));
    assert_int_equal(deliver(fix, github, "72d3162e-cc78-11e3-81ab-4c9367dc0958"), 202);
    assert_true(was_woken(fix));
    assert_int_equal(deliver(fix, github, "72d3162e-cc78-11e3-81ab-4c9367dc0958"), 200);
    assert_false(was_woken(fix));
    assert_int_equal(deliver(fix, github, "72d3162e-cc78-11e3-81ab-4c9367dc0959"), 202);
    assert_true(was_woken(fix));
}

static void signatures_of_gitea_and_forgejo_have_no_prefix(void **state)
{
    const struct header gitea[] = { { "X-Gitea-Signature", code },
                                    { "X-Gitea-Delivery", "a" } };
    const struct header forgejo[] = { { "X-Forgejo-Signature", code },
                                      { "X-Forgejo-Delivery", "b" },
                                      { "X-Forgejo-Event", "push" } };
    const struct header prefixed[] = { { "X-Gitea-Signature", github },
                                       { "X-Gitea-Delivery", "c" } };
    struct site_fixture *fix = *state;

    assert_int_equal(post(fix, body, strlen(body), gitea, 2), 202);
    assert_int_equal(post(fix, body, strlen(body), forgejo, 3), 202);
    assert_int_equal(post(fix, body, strlen(body), prefixed, 2), 401);
}

static void what_is_not_signed_by_the_secret_does_nothing(void **state)
{
    static const char *const wrong[] = {
        NULL,
        "",
        "sha256=",
        "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e18",
        "sha256=757107EA0EB2509FC211221CCE984B8A37570B6D7586C22C46F4379C8B043E17",
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e1700",
        "sha1=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    };
    struct site_fixture *fix = *state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(deliver(fix, wrong[i], "x"), 401);
    const struct header headers[] = { { "X-Hub-Signature-256", github },
                                      { "X-GitHub-Delivery", "x" } };
    assert_int_equal(post(fix, "Hello, World?", 13, headers, 2), 401);
    assert_int_equal(post(fix, "", 0, headers, 2), 401);
    assert_false(was_woken(fix));
    assert_int_equal(deliver(fix, github, "x"), 202); /* and left no trace of its name */
}

static void delivery_needs_a_name_of_a_certain_form(void **state)
{
    static const char *const wrong[] = { NULL, "a b", "a'; DROP TABLE delivery; --",
                                         "0123456789012345678901234567890123456789012345678901"
                                         "2345678901234" };
    struct site_fixture *fix = *state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(deliver(fix, github, wrong[i]), 400);
    assert_false(was_woken(fix));
}

static void ping_is_heard_and_wakes_nobody(void **state)
{
    const struct header headers[] = { { "X-Hub-Signature-256", github },
                                      { "X-GitHub-Delivery", "p" },
                                      { "X-GitHub-Event", "ping" } };
    struct site_fixture *fix = *state;

    assert_int_equal(post(fix, body, strlen(body), headers, 3), 200);
    assert_false(was_woken(fix));
}

static void bytes_are_signed_as_they_came_and_are_bounded(void **state)
{
    enum { LARGE = (1 << 20) + 1 };
    char *large = calloc(1, LARGE), hex[2 * HMAC_SHA256_SIZE + 1], value[100];
    const struct header headers[] = { { "X-Hub-Signature-256", value },
                                      { "X-GitHub-Delivery", "q" } };
    struct site_fixture *fix = *state;
    uint8_t mac[HMAC_SHA256_SIZE];

    assert_non_null(large);
    for (int i = 0; i < 256; i++)
        large[i] = (char)i; /* no UTF-8, and zeros */
    hmac_sha256(mac, "It's a Secret to Everybody", 26, large, LARGE - 1);
    (void)snprintf(value, sizeof(value), "sha256=%s", hex_encode(hex, mac, sizeof(mac)));
    assert_int_equal(post(fix, large, LARGE - 1, headers, 2), 202);
    assert_int_equal(post(fix, large, LARGE, headers, 2), 413);
    free(large);
}

static void address_is_for_posting_only(void **state)
{
    struct site_fixture *fix = *state;

    /* As for any repository that is not there. */
    assert_int_equal(site_get(fix, "/hooks/forge"), site_get(fix, "/nobody/nothing"));
    assert_false(was_woken(fix));
}

int main(void)
{
#define SITE(test) cmocka_unit_test_setup_teardown(test, site_start, site_stop)
    const struct CMUnitTest tests[] = {
        SITE(signed_delivery_wakes_the_next_cycle_once),
        SITE(signatures_of_gitea_and_forgejo_have_no_prefix),
        SITE(what_is_not_signed_by_the_secret_does_nothing),
        SITE(delivery_needs_a_name_of_a_certain_form),
        SITE(ping_is_heard_and_wakes_nobody),
        SITE(bytes_are_signed_as_they_came_and_are_bounded),
        SITE(address_is_for_posting_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
