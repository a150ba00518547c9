/* SPDX-License-Identifier: Apache-2.0
 * Shards from strangers: no crash, and every file's terms lie in the bytes and add up. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/repo/xet_shard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xet_shard shard;
    struct xet_file file;

    if (xet_shard_open(&shard, data, size, NULL) < 0)
        return 0;
    while (xet_shard_next(&file, &shard, NULL) == 1) {
        int64_t bytes = 0;

        assert(file.records >= data && file.records <= data + size);
        assert(file.n_terms * 48 <= (size_t)(data + size - file.records));
        for (size_t i = 0; i < file.n_terms; i++)
            bytes += xet_file_term(&file, i).bytes;
        assert(bytes == file.bytes);
    }
    return 0;
}
