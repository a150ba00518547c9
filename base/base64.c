/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <stdint.h>

#include "base/buf.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_add(struct buf *out, const void *data, size_t len)
{
    const uint8_t *p = data;

    for (; len > 0; len -= len < 3 ? len : 3, p += 3) {
        uint32_t three = (uint32_t)p[0] << 16;
        if (len > 1)
            three |= (uint32_t)p[1] << 8;
        if (len > 2)
            three |= p[2];
        const char four[4] = {
            digits[three >> 18],
            digits[three >> 12 & 63],
            len > 1 ? digits[three >> 6 & 63] : '=',
            len > 2 ? digits[three & 63] : '=',
        };
        buf_add(out, four, sizeof(four));
    }
}
