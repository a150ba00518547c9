/* SPDX-License-Identifier: Apache-2.0
 * Range headers from strangers: what is sent lies in the file, whatever is asked for. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "hub/web/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t sizes[] = { 0, 1, 10, INT64_MAX };
    char *header = xstrndup((const char *)data, size);

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const struct range range = range_read(header, sizes[i]);

        if (range.kind == RANGE_UNSATISFIABLE)
            continue;
        assert(range.first >= 0 && range.len >= 0);
        assert(range.first <= sizes[i] && range.len <= sizes[i] - range.first);
        assert(range.kind == RANGE_WHOLE || range.len > 0);
        assert(range.kind != RANGE_WHOLE || range.len == sizes[i]);
    }
    free(header);
    return 0;
}
