/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "hub/repo/pointer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A text that is taken for a pointer says the same when it is written again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *text = xmalloc(len + 1);
    char again[POINTER_MAX_BYTES];
    struct pointer one, two;

    memcpy(text, data, len);
    text[len] = '\0';
    if (pointer_parse(&one, text, len)) {
        size_t n = pointer_format(again, &one);

        assert(pointer_parse(&two, again, n));
        assert(strcmp(one.oid, two.oid) == 0 && one.size == two.size && one.size >= 0);
    }
    free(text);
    return 0;
}
