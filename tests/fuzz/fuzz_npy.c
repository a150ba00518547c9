/* SPDX-License-Identifier: Apache-2.0
 * Two files in one input: a little-endian length, the images, then the labels. What is
 * accepted is within bounds. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t first = size < 2 ? 0 : data[0] | (size_t)data[1] << 8;
    struct buf images, labels;
    struct dataset ds;

    if (size < 2 || first > size - 2)
        return 0;
    buf_init(&images, size);
    buf_init(&labels, size);
    buf_add(&images, data + 2, first);
    buf_add(&labels, data + 2 + first, size - 2 - first);
    dataset_init(&ds, 0);
    (void)dataset_read_npy(&ds, &images, &labels, "input", NULL);
    for (size_t i = 0; i < ds.n; i++) {
        assert(ds.labels[i] < DATASET_CLASSES);
        for (size_t j = 0; j < dataset_image_size(&ds); j++)
            assert(dataset_image(&ds, i)[j] <= ds.max_value);
    }
    dataset_finish(&ds);
    buf_finish(&labels);
    buf_finish(&images);
    return 0;
}
