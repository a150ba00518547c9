/* SPDX-License-Identifier: Apache-2.0
 * base/rng.h
 * rng: seeded random numbers that are the same on every machine.
 * PCG-XSH-RR 64/32 (O'Neill 2014, https://www.pcg-random.org), seeded through splitmix64.
 * Not for secrets: those come from fs_random(). */
#ifndef BASE_RNG_H
#define BASE_RNG_H
#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t state;
    uint64_t stream; /* odd */
};

/* The same seed and stream give the same numbers; streams of one seed are independent. */
void rng_init(struct rng *rng, uint64_t seed, uint64_t stream);

uint32_t rng_u32(struct rng *rng);
uint32_t rng_below(struct rng *rng, uint32_t bound); /* 0..bound-1, unbiased; bound > 0 */
double rng_uniform(struct rng *rng);                 /* [0, 1), 53 random bits */

/* order[0..n) becomes a permutation of 0..n-1 (Fisher and Yates). */
void rng_permutation(struct rng *rng, uint32_t *order, size_t n);

#endif
