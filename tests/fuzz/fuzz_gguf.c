/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>

#include "hub/web/gguf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What is whole stays whole with weights behind it; what is short has nothing to tell. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    bool is_short = false;
    json_t *model = gguf_read(data, len, &is_short);

    assert(!model || (!is_short && json_is_object(model)));
    assert(!model || json_integer_value(json_object_get(model, "total")) >= 0);
    json_decref(model);
    return 0;
}
