/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/multipart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#define TYPE             "multipart/form-data; boundary=\"-b\""
#define PART(head, data) "---b\r\n" head "\r\n\r\n" data "\r\n"

static int find(struct multipart_file *file, const char *type, const char *body)
{
    struct err err = { 0 };

    return multipart_find(file, type, body, strlen(body), "attachment", &err);
}

static void the_named_part_is_found_among_others(void **state)
{
    struct multipart_file file;

    (void)state;
    assert_int_equal(
        find(&file, TYPE,
             PART("Content-Disposition: form-data; name=\"note\"", "no")
                 PART("Content-Type: text/plain\r\n"
                      "content-disposition: form-data; name=\"attachment\"; filename=\"a b\"",
                      "--b\r\nis in the middle") "---b--\r\n"),
        0);
    assert_string_equal(file.filename, "a b");
    assert_int_equal(file.len, strlen("--b\r\nis in the middle"));
    assert_memory_equal(file.data, "--b\r\nis in the middle", file.len);
}

static void an_empty_file_is_a_file(void **state)
{
    struct multipart_file file;

    (void)state;
    assert_int_equal(
        find(&file, TYPE, PART("Content-Disposition: form-data; name=attachment", "") "---b--"),
        0);
    assert_int_equal(file.len, 0);
    assert_string_equal(file.filename, "");
}

static void what_is_broken_is_refused(void **state)
{
    static const struct {
        const char *type, *body;
        int rc;
    } cases[] = {
        { NULL, "", -ERR_PARSE },
        { "text/plain; boundary=b", "--b--", -ERR_PARSE },
        { "multipart/form-data", "--b--", -ERR_PARSE },
        { TYPE, "", -ERR_PARSE },
        { TYPE, "---b", -ERR_PARSE },
        { TYPE, "---b\r\n", -ERR_PARSE },
        { TYPE, "---b\r\nContent-Disposition: form-data; name=attachment\r\n\r\ncut",
          -ERR_PARSE },
        { TYPE, PART("Content-Type: text/plain", "no name") "---b--", -ERR_PARSE },
        { TYPE, "---b--", -ERR_NOTFOUND },
        { TYPE, PART("Content-Disposition: form-data; name=other", "x") "---b--",
          -ERR_NOTFOUND },
    };
    struct multipart_file file;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(find(&file, cases[i].type, cases[i].body), cases[i].rc);
}

static void too_many_parts_are_refused(void **state)
{
    struct multipart_file file;
    static const char part[] = PART("Content-Disposition: form-data; name=other", "x");
    char body[4096];
    size_t len = 0;

    (void)state;
    for (int i = 0; i < 17; i++)
        len += (size_t)snprintf(body + len, sizeof(body) - len, "%s", part);
    assert_int_equal(find(&file, TYPE, body), -ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_named_part_is_found_among_others),
        cmocka_unit_test(an_empty_file_is_a_file),
        cmocka_unit_test(what_is_broken_is_refused),
        cmocka_unit_test(too_many_parts_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
