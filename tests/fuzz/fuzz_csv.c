/* SPDX-License-Identifier: Apache-2.0
 * Rows of digits from strangers: what is accepted is within bounds. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "model/dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dataset ds;

    dataset_init(&ds, 0);
    (void)dataset_read_csv(&ds, (const char *)data, size, "input", NULL);
    for (size_t i = 0; i < ds.n; i++) {
        assert(ds.labels[i] < DATASET_CLASSES);
        for (size_t j = 0; j < dataset_image_size(&ds); j++)
            assert(dataset_image(&ds, i)[j] <= ds.max_value);
    }
    dataset_finish(&ds);
    return 0;
}
