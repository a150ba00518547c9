/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

/* RFC 4648, section 10. */
static void the_vectors_of_the_rfc_hold(void **state)
{
    static const char *const vectors[][2] = {
        { "", "" },
        { "f", "Zg==" },
        { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" },
        { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" },
        { "\xff\xfe\xfb", "//77" },
    };
    struct buf out;

    (void)state;
    buf_init(&out, 64);
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        buf_clear(&out);
        base64_add(&out, vectors[i][0], strlen(vectors[i][0]));
        assert_string_equal(out.data, vectors[i][1]);
    }
    buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_vectors_of_the_rfc_hold) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
