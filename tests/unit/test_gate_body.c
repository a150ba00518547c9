/* SPDX-License-Identifier: Apache-2.0
 * Bodies that let people through a gate. */
#include "hub/web/gate_body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static json_t *document(const char *text)
{
    json_t *doc = NULL;

    assert_int_equal(json_parse(&doc, text, strlen(text), "body", NULL), 0);
    return doc;
}

static void each_state_has_a_word(void **state)
{
    enum gate_state read;

    (void)state;
    for (size_t i = 0; i < GATE_STATES; i++) {
        assert_true(gate_state_parse(&read, gate_state_word((enum gate_state)i)));
        assert_int_equal(read, i);
    }
    assert_false(gate_state_parse(&read, "Accepted"));
    assert_false(gate_state_parse(&read, ""));
    assert_false(gate_state_parse(&read, NULL));
}

static void a_request_is_handled_by_user_or_id(void **state)
{
    static const struct {
        const char *text, *message, *user, *request_id;
        enum gate_state state;
    } cases[] = {
        { "{\"status\":\"accepted\",\"user\":\"bob\"}", NULL, "bob", "", ENTRY_ACCEPTED },
        { "{\"status\":\"rejected\",\"requestId\":\"1f\",\"user\":null}", NULL, "", "1f",
          ENTRY_REFUSED },
        { "{\"user\":\"bob\"}", "body.status: expected a string, got nothing", "", "", 0 },
        { "{\"status\":\"x\",\"user\":\"bob\"}",
          "body.status: expected pending, accepted or rejected", "", "", 0 },
        { "{\"status\":\"pending\"}", "body.user: expected a user or a requestId", "", "", 0 },
        { "{\"status\":\"pending\",\"user\":[\"bob\"]}",
          "body.user: expected a string, got an array", "", "", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *doc = document(cases[i].text);
        struct handle_body body;
        struct err err = { 0 };

        assert_int_equal(handle_body_read(&body, doc, &err) == 0, cases[i].message == NULL);
        if (cases[i].message) {
            assert_string_equal(err.msg, cases[i].message);
        } else {
            assert_string_equal(body.user, cases[i].user);
            assert_string_equal(body.request_id, cases[i].request_id);
            assert_int_equal(body.state, cases[i].state);
        }
        json_decref(doc);
    }
}

static void a_grant_names_somebody(void **state)
{
    json_t *good = document("{\"user\":\"bob\"}"), *empty = document("{\"user\":\"\"}");
    struct grant_body body;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(grant_body_read(&body, good, NULL), 0);
    assert_string_equal(body.user, "bob");
    assert_int_equal(grant_body_read(&body, empty, &err), -ERR_RANGE);
    assert_string_equal(err.msg, "body.user: expected a user");
    json_decref(good);
    json_decref(empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_has_a_word),
        cmocka_unit_test(a_request_is_handled_by_user_or_id),
        cmocka_unit_test(a_grant_names_somebody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
