/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/forge/squeeze.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const struct {
    const char *in, *out;
} texts[] = {
    { "", "" },
    { "[]", "[]" },
    { "{\"a\":1}", "{\"a\":1}" },
    { "{\"url\":\"x\"}", "{}" },
    { "{\"url\":\"x\",\"a\":1}", "{\"a\":1}" },
    { "{\"a\":1,\"url\":\"x\"}", "{\"a\":1}" },
    { "{\"a\":1,\"b\":null,\"c\":2}", "{\"a\":1,\"c\":2}" },
    { "{\"a\":null,\"b\":null}", "{}" },
    { "{\"a\":null,\"b\":{\"c\":null,\"d\":3}}", "{\"b\":{\"d\":3}}" },
    { "{ \"a\" : 1 ,\n  \"html_url\" : \"x\"\n}", "{ \"a\" : 1 }" },
    { "[{\"node_id\":\"x\"},{\"a\":[null,\"url\"]}]", "[{},{\"a\":[null,\"url\"]}]" },
    { "{\"issue_url\":\"/1\",\"clone_url\":\"g\"}",
      "{\"issue_url\":\"/1\",\"clone_url\":\"g\"}" },
    { "{\"body\":\"\\\"url\\\":\\\"x\\\", null\"}",
      "{\"body\":\"\\\"url\\\":\\\"x\\\", null\"}" },
    { "{\"body\":\"\\\\\",\"url\":\"\\\\\\\"\"}", "{\"body\":\"\\\\\"}" },
    { "{\"curl\":\"x\",\"my_url\":{}}", "{\"curl\":\"x\",\"my_url\":{}}" },
    { "{\"reactions\":{\"+1\":[2,{\"}\":\"]\"}]},\"a\":1}", "{\"a\":1}" },
    { "{\"a\":1,\"site_admin\":false}", "{\"a\":1}" },
    { "{\"site_admin\" : true , \"a\":1}", "{ \"a\":1}" },
    { "{\"assignees\":[],\"assignee\":null,\"repo\":\"x\"}", "{}" },
    { "{\"reactions\":7}", "{\"reactions\":7}" },
    { "{\"html_url\":{\"a\":1}}", "{\"html_url\":{\"a\":1}}" },
    /* Too deep to be looked through. */
    { "{\"repo\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", "{}" },
    { "{\"repo\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}",
      "{\"repo\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}" },
    /* No JSON stays none. */
    { "{\"reactions\":{\"a\":1]}", "{\"reactions\":{\"a\":1]}" },
    { "{\"reactions\":[{\"a\":1}", "{\"reactions\":[{\"a\":1}" },
    { "{\"reactions\":{\"a", "{\"reactions\":{\"a" },
    { "{\"site_admin\":fals}", "{\"site_admin\":fals}" },
    { "{\"url\":\"x\" \"a\":1}", "{\"url\":\"x\" \"a\":1}" },
    { "{\"url\":\"x\"", "{\"url\":\"x\"" },
    { "{\"url\":\"x", "{\"url\":\"x" },
    { "{\"url\":", "{\"url\":" },
    { "{\"a\":nullx}", "{\"a\":nullx}" },
};

static void members_that_nobody_reads_are_left_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char text[200];

        (void)snprintf(text, sizeof(text), "%s", texts[i].in);
        text[squeeze_json(text, strlen(text))] = '\0';
        if (strcmp(text, texts[i].out) != 0)
            fail_msg("%s: %s", texts[i].in, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_that_nobody_reads_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
