/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/web/card.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

struct expectation {
    const char *readme;
    const char *license; /* NULL: none is found */
    const char *text;
};

static const struct expectation expectations[] = {
    { "---\nlicense: mit\n---\n# Digits\n", "mit", "# Digits\n" },
    { "---\r\nlicense: mit\r\n---\r\ntext", "mit", "text" },
    { "--- \nlicense: mit\n---", "mit", "" },
    { "# Digits\n---\nlicense: mit\n---\n", NULL, "# Digits\n---\nlicense: mit\n---\n" },
    { "---\nlicense: mit\n", NULL, "---\nlicense: mit\n" },
    { "---\nlicense: [\n---\ntext", NULL, "text" },
    { "---\nlicense:\n---\ntext", NULL, "text" },
    { "----\nlicense: mit\n---\n", NULL, "----\nlicense: mit\n---\n" },
    { "---\n---\ntext", NULL, "text" },
    { "---", NULL, "---" },
    { "", NULL, "" },
};

static void metadata_and_text_come_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(expectations) / sizeof(expectations[0]); i++) {
        const struct expectation *e = &expectations[i];
        struct card card;

        card_init(&card, e->readme, strlen(e->readme));
        assert_int_equal(card.text_len, strlen(e->text));
        assert_memory_equal(card.text, e->text, card.text_len);
        if (e->license)
            assert_string_equal(card_get(&card, "license"), e->license);
        else
            assert_null(card_get(&card, "license"));
        card_finish(&card);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metadata_and_text_come_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
