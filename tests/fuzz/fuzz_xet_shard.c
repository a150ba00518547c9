/* SPDX-License-Identifier: Apache-2.0
 * Shards from strangers: no crash, and every file's terms lie in the list and add up. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/repo/xet_shard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xet_shard shard;

    if (xet_shard_parse(&shard, data, size, NULL) == 0) {
        for (size_t i = 0; i < shard.n_files; i++) {
            const struct xet_file *file = &shard.files[i];
            int64_t bytes = 0;

            assert((size_t)(file->terms - shard.terms) + file->n_terms <= shard.n_terms);
            for (size_t t = 0; t < file->n_terms; t++)
                bytes += file->terms[t].bytes;
            assert(bytes == file->bytes);
        }
    }
    xet_shard_finish(&shard);
    return 0;
}
