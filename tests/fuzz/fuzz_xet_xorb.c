/* SPDX-License-Identifier: Apache-2.0
 * Xorbs from strangers: no crash, every chunk lies within the xorb
 * and unpacks within bounds. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "hub/repo/xet_xorb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[XET_MAX_CHUNK_BYTES];
    struct xet_chunk *chunks = NULL;
    size_t n = 0;

    if (xet_xorb_index(&chunks, &n, data, size, NULL) < 0)
        return 0;
    assert(n > 0 && n <= XET_MAX_XORB_CHUNKS);
    for (size_t i = 0; i < n && i < 16; i++) {
        assert((size_t)chunks[i].at + chunks[i].packed <= size);
        (void)xet_chunk_unpack(out, &chunks[i], data, NULL);
    }
    free(chunks);
    return 0;
}
