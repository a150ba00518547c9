/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Whatever a body holds, there are at most so many fields, and each is a string. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *text = xmalloc(len + 1);
    struct form form;
    size_t at = 0, n = 0;

    memcpy(text, data, len);
    text[len] = '\0';
    (void)form_parse(&form, text, len, 20, NULL);
    assert(form.n <= 20);
    while (form_next(&form, "paths", &at))
        n++;
    assert(n <= form.n);
    int64_t limit = form_number(&form, "limit", 500, 7);
    assert(limit >= 0 && limit <= 500);
    form_finish(&form);
    free(text);
    return 0;
}
