/* SPDX-License-Identifier: Apache-2.0 */
#include "base/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"

enum { TLS = 1, LOOPBACK = 2 };

struct good_url {
    const char *url, *origin, *host, *path;
    int flags;
};

static const struct good_url good_urls[] = {
    { "https://api.example.org", "https://api.example.org", "api.example.org", "/", TLS },
    { "HTTPS://API.Example.ORG:443/A/b?q=1&r=%20", "https://api.example.org", "api.example.org",
      "/A/b?q=1&r=%20", TLS },
    { "http://example.org:80", "http://example.org", "example.org", "/", 0 },
    { "http://example.org:443?q", "http://example.org:443", "example.org", "/?q", 0 },
    { "http://127.0.0.1:8080/x", "http://127.0.0.1:8080", "127.0.0.1", "/x", LOOPBACK },
    { "http://127.255.1.2/", "http://127.255.1.2", "127.255.1.2", "/", LOOPBACK },
    { "http://localhost/", "http://localhost", "localhost", "/", LOOPBACK },
    { "http://[::1]:1/", "http://[::1]:1", "[::1]", "/", LOOPBACK },
    { "https://[2001:DB8::1]/", "https://[2001:db8::1]", "[2001:db8::1]", "/", TLS },
    { "http://127.0.0.1.example.org/", "http://127.0.0.1.example.org", "127.0.0.1.example.org",
      "/", 0 },
    { "http://128.0.0.1/", "http://128.0.0.1", "128.0.0.1", "/", 0 },
    { "http://localhost.example.org/", "http://localhost.example.org", "localhost.example.org",
      "/", 0 },
};

static const char *const bad_urls[] = {
    "",
    "example.org",
    "/path",
    "//example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "https://",
    "https:///path",
    "https://user:secret@example.org/",
    "https://user@example.org/",
    "https://example.org/#part",
    "https://example.org#part",
    "https://example.org:0/",
    "https://example.org:65536/",
    "https://example.org:/",
    "https://example.org:8o/",
    "https://example.org:+80/",
    "https://exa mple.org/",
    "https://example.org/a b",
    "https://example.org/a\r\nHost: b",
    "https://example.org\\@evil.org/",
    "https://ex\xc3\xa4mple.org/",
    "https://example.org/\xc3\xa4",
    "https://[::1/",
    "https://::1/",
    "https://[::g]/",
    "https://[]/",
    "https://[::1]x/",
};

static void good_urls_come_apart(void **state)
{
    struct http_url url;

    (void)state;
    for (size_t i = 0; i < sizeof(good_urls) / sizeof(good_urls[0]); i++) {
        const struct good_url *good = &good_urls[i];

        assert_int_equal(http_url_parse(&url, good->url, NULL), 0);
        assert_string_equal(url.origin, good->origin);
        assert_string_equal(url.host, good->host);
        assert_string_equal(url.path, good->path);
        assert_int_equal(url.is_tls, (good->flags & TLS) != 0);
        assert_int_equal(url.is_loopback, (good->flags & LOOPBACK) != 0);
    }
}

static void bad_urls_are_refused_and_nothing_is_written(void **state)
{
    struct http_url url;
    struct err err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(bad_urls) / sizeof(bad_urls[0]); i++) {
        memset(&url, 0x5a, sizeof(url));
        assert_int_equal(http_url_parse(&url, bad_urls[i], &err), -ERR_PARSE);
        assert_int_equal(url.origin[0], 0x5a);
    }
}

static void secrets_in_a_bad_url_are_not_repeated(void **state)
{
    struct http_url url;
    struct err err = { 0 };

    (void)state;
    assert_true(http_url_parse(&url, "https://u:hunter2@example.org/", &err) < 0);
    assert_null(strstr(err.msg, "hunter2"));
    assert_true(http_url_parse(&url, "https://example.org/ ?token=hunter2", &err) < 0);
    assert_null(strstr(err.msg, "hunter2"));
    assert_non_null(strstr(err.msg, "example.org"));
}

static void endless_urls_reach_a_limit(void **state)
{
    struct http_url url;
    char *text = xmalloc(6000);

    (void)state;
    memset(text, 'a', 6000);
    memcpy(text, "https://", 8);
    text[5999] = '\0';
    assert_int_equal(http_url_parse(&url, text, NULL), -ERR_LIMIT);
    text[20] = '/';
    assert_int_equal(http_url_parse(&url, text, NULL), -ERR_LIMIT);
    text[4000] = '\0';
    assert_int_equal(http_url_parse(&url, text, NULL), 0);
    free(text);
}

static void requests_that_could_be_split_are_refused(void **state)
{
    static const struct http_header bad[] = {
        { "X", "a\r\nY: b" }, { "X", "a\nb" }, { "X\r\nY", "a" }, { "", "a" },
        { "X Y", "a" },       { "X", "\x7f" }, { "X:", "a" },     { "X", "secret\x01" },
    };
    struct http_request req;
    struct err err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        http_request_init(&req, "GET", "http://localhost/");
        http_request_header(&req, bad[i].name, bad[i].value);
        assert_int_equal(http_request_check(&req, &err), -ERR_PARSE);
        assert_null(strstr(err.msg, "secret"));
    }
    http_request_init(&req, "GET / HTTP/1.1\r\nX: y", "http://localhost/");
    assert_int_equal(http_request_check(&req, &err), -ERR_PARSE);
    http_request_init(&req, "GET", "http://localhost/");
    http_request_header(&req, "X", "tab\tand \xc3\xa4 pass");
    assert_int_equal(http_request_check(&req, &err), 0);
}

static void too_many_headers_are_refused_not_dropped(void **state)
{
    struct http_request req;

    (void)state;
    http_request_init(&req, "GET", "http://localhost/");
    for (int i = 0; i < HTTP_MAX_HEADERS; i++)
        http_request_header(&req, "X", "y");
    assert_int_equal(http_request_check(&req, NULL), 0);
    http_request_header(&req, "X", "y");
    assert_int_equal(http_request_check(&req, NULL), -ERR_LIMIT);
}

static void response_headers_are_found_by_lower_case_name(void **state)
{
    struct http_response res;

    (void)state;
    http_response_init(&res);
    res.headers[0].name = xstrdup("etag");
    res.headers[0].value = xstrdup("\"1\"");
    res.headers[1].name = xstrdup("etag");
    res.headers[1].value = xstrdup("\"2\"");
    res.n_headers = 2;
    assert_string_equal(http_response_header(&res, "etag"), "\"1\"");
    assert_null(http_response_header(&res, "ETag"));
    http_response_finish(&res);
    assert_null(http_response_header(&res, "etag"));
    http_response_finish(&res);
    http_response_finish(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_urls_come_apart),
        cmocka_unit_test(bad_urls_are_refused_and_nothing_is_written),
        cmocka_unit_test(secrets_in_a_bad_url_are_not_repeated),
        cmocka_unit_test(endless_urls_reach_a_limit),
        cmocka_unit_test(requests_that_could_be_split_are_refused),
        cmocka_unit_test(too_many_headers_are_refused_not_dropped),
        cmocka_unit_test(response_headers_are_found_by_lower_case_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
