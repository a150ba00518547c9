/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"

#include <assert.h>

static uint64_t splitmix64(uint64_t *x)
{
    uint64_t z = (*x += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void rng_init(struct rng *rng, uint64_t seed, uint64_t stream)
{
    uint64_t mix = seed;
    uint64_t start = splitmix64(&mix);

    mix ^= stream;
    rng->stream = splitmix64(&mix) | 1u;
    rng->state = 0;
    (void)rng_u32(rng);
    rng->state += start;
    (void)rng_u32(rng);
}

uint32_t rng_u32(struct rng *rng)
{
    uint64_t old = rng->state;

    rng->state = old * 6364136223846793005u + rng->stream;
    uint32_t shifted = (uint32_t)(((old >> 18) ^ old) >> 27);
    uint32_t rot = (uint32_t)(old >> 59);
    return (shifted >> rot) | (shifted << (-rot & 31u));
}

uint32_t rng_below(struct rng *rng, uint32_t bound)
{
    assert(bound > 0);
    uint32_t threshold = -bound % bound; /* 2^32 mod bound: below it lies the bias */

    for (;;) {
        uint32_t r = rng_u32(rng);

        if (r >= threshold)
            return r % bound;
    }
}

double rng_uniform(struct rng *rng)
{
    uint64_t high = rng_u32(rng) >> 5, low = rng_u32(rng) >> 6;

    return (double)(high << 26 | low) * 0x1p-53;
}

void rng_permutation(struct rng *rng, uint32_t *order, size_t n)
{
    assert(n <= UINT32_MAX);
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    for (size_t i = n; i > 1; i--) {
        size_t j = rng_below(rng, (uint32_t)i);
        uint32_t swap = order[i - 1];

        order[i - 1] = order[j];
        order[j] = swap;
    }
}
