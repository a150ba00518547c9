/* SPDX-License-Identifier: Apache-2.0
 * Gates, over the network: who asks, who answers, who passes. */
#include "hub/web/web.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/json.h"
#include "tests/support/site.h"

static const char file[] = "/ada/m/resolve/main/.gitattributes";
static const char handle[] = "/api/models/ada/m/user-access-request/handle";

struct people {
    char *ada, *bob, *eve;
};

static struct people open_gate(struct site_fixture *fix, const char *gate)
{
    struct people p = { site_token(fix, "ada", "write"), site_token(fix, "bob", "read"),
                        site_token(fix, "eve", "write") };

    assert_int_equal(site_send(fix, "POST", "/api/repos/create", p.ada, "{\"name\":\"m\"}"),
                     200);
    assert_int_equal(site_send(fix, "PUT", "/api/models/ada/m/settings", p.ada, gate), 200);
    assert_int_equal(site_send(fix, "GET", file, p.bob, ""), 403);
    assert_string_equal(site_header(fix, "x-error-code"), "GatedRepo");
    return p;
}

static void people_free(struct people *p)
{
    free(p->ada);
    free(p->bob);
    free(p->eve);
}

static void a_request_waits_until_an_owner_answers(void **state)
{
    struct site_fixture *fix = *state;
    struct people p = open_gate(fix, "{\"gated\":\"manual\"}");

    assert_int_equal(site_send(fix, "POST", "/ada/m/ask-access", p.bob, ""), 200);
    site_assert_has(fix, "pending");
    assert_int_equal(site_send(fix, "GET", file, p.bob, ""), 403);
    assert_non_null(strstr(site_header(fix, "x-error-message"), "waits"));
    assert_int_equal(
        site_send(fix, "POST", handle, p.bob, "{\"user\":\"bob\",\"status\":\"accepted\"}"),
        403);
    assert_int_equal(
        site_send(fix, "POST", handle, p.ada, "{\"user\":\"eve\",\"status\":\"accepted\"}"),
        404);
    assert_int_equal(
        site_send(fix, "POST", handle, p.ada, "{\"user\":\"bob\",\"status\":\"accepted\"}"),
        200);
    assert_int_equal(site_send(fix, "GET", file, p.bob, ""), 200);
    assert_int_equal(
        site_send(fix, "POST", handle, p.ada, "{\"user\":\"bob\",\"status\":\"rejected\"}"),
        200);
    assert_int_equal(site_send(fix, "POST", "/ada/m/ask-access", p.bob, ""), 200);
    site_assert_has(fix, "rejected");
    assert_int_equal(site_send(fix, "GET", file, p.bob, ""), 403);
    people_free(&p);
}

static void a_gate_that_is_auto_opens_for_who_asks(void **state)
{
    struct site_fixture *fix = *state;
    struct people p = open_gate(fix, "{\"gated\":\"auto\"}");

    assert_int_equal(site_send(fix, "POST", "/ada/m/ask-access", NULL, ""), 401);
    assert_int_equal(site_send(fix, "POST", "/ada/m/ask-access", p.bob, ""), 200);
    assert_int_equal(site_send(fix, "GET", file, p.bob, ""), 200);
    assert_int_equal(site_send(fix, "GET", file, p.eve, ""), 403);
    assert_int_equal(site_send(fix, "GET", file, NULL, ""), 401);
    people_free(&p);
}

static void owners_see_who_asked_and_grant_unasked(void **state)
{
    struct site_fixture *fix = *state;
    struct people p = open_gate(fix, "{\"gated\":\"manual\"}");
    json_t *doc = NULL;

    assert_int_equal(site_send(fix, "POST", "/ada/m/ask-access", p.bob, ""), 200);
    assert_int_equal(
        site_send(fix, "GET", "/api/models/ada/m/user-access-request/pending", p.eve, ""), 403);
    assert_int_equal(
        site_send(fix, "GET", "/api/models/ada/m/user-access-request/pending", p.ada, ""), 200);
    assert_int_equal(json_parse(&doc, fix->res.body.data, fix->res.body.len, "list", NULL), 0);
    const json_t *entry = json_array_get(doc, 0);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(entry, "user"), "user")), "bob");
    json_t *answer = json_pack("{s:O,s:s}", "requestId", json_object_get(entry, "requestId"),
                               "status", "accepted");
    struct buf body;
    buf_init(&body, 1024);
    json_write(&body, answer, 0);
    assert_int_equal(site_send(fix, "POST", handle, p.ada, body.data), 200);
    assert_int_equal(site_send(fix, "GET", file, p.bob, ""), 200);
    buf_finish(&body);
    json_decref(answer);
    json_decref(doc);

    static const char grant[] = "/api/models/ada/m/user-access-request/grant";
    assert_int_equal(site_send(fix, "POST", grant, p.eve, "{\"user\":\"eve\"}"), 403);
    assert_int_equal(site_send(fix, "POST", grant, p.ada, "{\"user\":\"nobody\"}"), 404);
    assert_int_equal(site_send(fix, "POST", grant, p.ada, "{\"user\":\"eve\"}"), 200);
    assert_int_equal(site_send(fix, "GET", file, p.eve, ""), 200);
    people_free(&p);
}

static void a_private_repository_is_not_asked_for(void **state)
{
    struct site_fixture *fix = *state;
    struct people p = open_gate(fix, "{\"gated\":\"auto\"}");

    assert_int_equal(
        site_send(fix, "PUT", "/api/models/ada/m/settings", p.ada, "{\"private\":true}"), 200);
    assert_int_equal(site_send(fix, "POST", "/ada/m/ask-access", p.bob, ""), 404);
    assert_int_equal(site_send(fix, "POST", "/ada/absent/ask-access", p.bob, ""), 404);
    people_free(&p);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, site_start, site_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(a_request_waits_until_an_owner_answers),
        SERVED(a_gate_that_is_auto_opens_for_who_asks),
        SERVED(owners_see_who_asked_and_grant_unasked),
        SERVED(a_private_repository_is_not_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
