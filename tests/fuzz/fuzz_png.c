/* SPDX-License-Identifier: Apache-2.0
 * Pictures from strangers: decoding and fitting never crash, and give pixels within bounds. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "model/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image image = { 0 };
    uint8_t small[64], large[784];

    if (image_decode_png(&image, data, size, "input", NULL) < 0)
        return 0;
    if (image_fit(small, 8, 16, &image, "input", NULL) == 0) {
        for (size_t i = 0; i < sizeof(small); i++)
            assert(small[i] <= 16);
    }
    (void)image_fit(large, 28, 255, &image, "input", NULL);
    image_finish(&image);
    return 0;
}
