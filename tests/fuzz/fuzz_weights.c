/* SPDX-License-Identifier: Apache-2.0
 * Headers of strangers' weights: what is counted adds up, and is inside the file. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/web/weights.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *file = (const char *)data;
    json_int_t sum = 0;
    const char *dtype;
    json_t *n;

    if (size < WEIGHTS_LENGTH_BYTES)
        return 0;
    int64_t header = weights_header_bytes(file, (int64_t)size);
    if (header < 0)
        return 0;
    assert(header <= (int64_t)size);
    json_t *count = weights_count(file, header, (int64_t)size);
    json_object_foreach(json_object_get(count, "parameters"), dtype, n)
    {
        assert(json_integer_value(n) >= 0);
        sum += json_integer_value(n);
    }
    assert(!count || sum == json_integer_value(json_object_get(count, "total")));
    json_decref(count);
    return 0;
}
