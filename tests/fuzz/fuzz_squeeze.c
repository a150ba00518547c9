/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "bot/forge/squeeze.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Any text: it never grows, and JSON stays JSON. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *text = xmalloc(len + 1);
    json_t *before = NULL, *after = NULL;

    memcpy(text, data, len);
    bool was_json = json_parse(&before, text, len, "input", NULL) == 0;
    size_t squeezed = squeeze_json(text, len);
    assert(squeezed <= len);
    bool is_json = json_parse(&after, text, squeezed, "squeezed", NULL) == 0;
    assert(!was_json || is_json);
    json_decref(before);
    json_decref(after);
    free(text);
    return 0;
}
