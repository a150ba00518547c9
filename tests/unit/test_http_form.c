/* SPDX-License-Identifier: Apache-2.0
 * A file as the part of a form, as our own server gets it. */
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
#include "base/fs.h"
#include "base/httpd.h"

struct fixture {
    struct httpd *httpd;
    struct http_client *client;
    struct http_response res;
    char *dir;
};

/* The type, the length and the body. */
static int mirror(struct httpd_request *req, struct httpd_response *res, void *ctx)
{
    (void)ctx;
    buf_printf(&res->body, "%s %s\n%s", httpd_header(req, "Content-Type"),
               httpd_header(req, "Content-Length"), httpd_body(req)->data);
    return 200;
}

static const struct httpd_route routes[] = { { "POST", "/mirror", mirror, 4096 },
                                             { NULL, NULL, NULL, 0 } };

static int start(void **state)
{
    struct fixture *fix = xcalloc(1, sizeof(*fix));
    const struct httpd_options options = { .listen = "127.0.0.1:0", .routes = routes };
    const struct http_curl_options client = { .user_agent = "hearth-test" };
    struct err err = { 0 };

    *state = fix;
    http_response_init(&fix->res);
    if (fs_temp_dir(&fix->dir, NULL, &err) < 0 || httpd_start(&fix->httpd, &options, &err) < 0)
        return -1;
    return http_curl_new(&fix->client, &client, &err);
}

static int stop(void **state)
{
    struct fixture *fix = *state;

    http_response_finish(&fix->res);
    http_client_free(fix->client);
    httpd_stop(fix->httpd);
    (void)fs_remove(fix->dir, NULL);
    free(fix->dir);
    free(fix);
    return 0;
}

static int post(struct fixture *fix, const char *path, struct err *err)
{
    struct http_request req;
    char url[128];

    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/mirror", httpd_port(fix->httpd));
    http_request_init(&req, "POST", url);
    req.body_file = path;
    req.form_field = "attachment";
    req.form_name = "model \"1\".bin";
    req.form_type = "application/octet-stream";
    return fix->client->perform(fix->client, &req, &fix->res, err);
}

static void file_goes_as_the_part_of_a_form(void **state)
{
    struct fixture *fix = *state;
    char *path = fs_path(fix->dir, "asset", NULL);
    struct err err = { 0 };

    assert_int_equal(fs_write(path, "from a file", 11, 0600, NULL), 0);
    if (post(fix, path, &err) < 0)
        fail_msg("%s", err.msg);
    const char *got = fix->res.body.data;
    assert_int_equal(strncmp(got, "multipart/form-data; boundary=", 30), 0);
    assert_null(strstr(got, "(null)"));
    assert_non_null(strstr(got, "Content-Disposition: form-data; name=\"attachment\"; "
                                "filename=\"model %221%22.bin\"\r\n"));
    assert_non_null(strstr(got, "Content-Type: application/octet-stream\r\n\r\n"
                                "from a file\r\n--"));
    free(path);
}

static void missing_file_of_a_form_is_named(void **state)
{
    struct fixture *fix = *state;
    struct err err = { 0 };

    assert_int_equal(post(fix, "/nonexistent/asset", &err), -ERR_NOTFOUND);
    assert_non_null(strstr(err.msg, "/nonexistent/asset"));
    assert_int_equal(post(fix, fix->dir, &err), -ERR_IO);
}

#define SERVED(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(file_goes_as_the_part_of_a_form),
        SERVED(missing_file_of_a_form_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
