/* SPDX-License-Identifier: Apache-2.0 */
#include "model/pack.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/kernels.h"
#include "model/model.h"

size_t pack_padded(size_t n)
{
    return (n + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES;
}

float *pack_new(size_t n)
{
    return xaligned(64, pack_padded(n) * sizeof(float));
}

static void exchange(float *theirs, float *ours, size_t n, enum pack_way way)
{
    memcpy(way == PACK_INTO_NET ? ours : theirs, way == PACK_INTO_NET ? theirs : ours,
           n * sizeof(float));
}

void pack_copy(const struct tensor *t, float *packed, enum pack_way way)
{
    exchange(t->data, packed, t->count, way);
}

void pack_row(const struct tensor *t, size_t r, float *packed, enum pack_way way)
{
    exchange(t->data + r * t->dims[1], packed, t->dims[1], way);
}

void pack_turn(const struct tensor *t, float *packed, size_t stride, enum pack_way way)
{
    for (size_t r = 0; r < t->dims[0]; r++) {
        for (size_t c = 0; c < t->dims[1]; c++)
            exchange(&t->data[r * t->dims[1] + c], &packed[c * stride + r], 1, way);
    }
}

void pack_glorot(const struct tensor *t, struct rng *rng)
{
    float limit = sqrtf(6.0f / (float)(t->dims[0] + t->dims[1]));

    for (size_t i = 0; i < t->count; i++) {
        float unit = (float)(rng_u32(rng) >> 8) * 0x1p-24f; /* [0, 1) */

        t->data[i] = (2.0f * unit - 1.0f) * limit;
    }
}
