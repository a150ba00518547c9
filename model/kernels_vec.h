/* SPDX-License-Identifier: Apache-2.0
 * model/kernels_vec.h
 * kernels_vec: registers of KERNELS_WIDTH floats for the files built once per instruction set.
 * A multiply-add is fused in each of them; everything else is what the operator says. */
#ifndef MODEL_KERNELS_VEC_H
#define MODEL_KERNELS_VEC_H
#if KERNELS_WIDTH > 4
#include <immintrin.h>
#endif

#include "model/kernels_isa.h"
#include "model/mathf.h"

enum {
    WIDTH = KERNELS_WIDTH,
    PER_BLOCK = KERNEL_LANES / WIDTH, /* registers across KERNEL_LANES columns */
};

/* Any float address may be loaded as a vector. */
typedef float vec __attribute__((vector_size(WIDTH * sizeof(float)), aligned(4), may_alias));
typedef int32_t mask __attribute__((vector_size(WIDTH * sizeof(float)), aligned(4), may_alias));
typedef uint32_t words __attribute__((vector_size(WIDTH * sizeof(float))));

/* The loop behind it becomes straight code, so that its array of sums can live in registers;
 * clang sees to that without being asked. */
#ifdef __clang__
#define UNROLLED
#else
#define UNROLLED _Pragma("GCC unroll 32")
#endif

#define INLINE static inline __attribute__((always_inline))

INLINE vec load(const float *p)
{
    return *(const vec *)(const void *)p;
}

INLINE void store(float *p, vec x)
{
    *(vec *)(void *)p = x;
}

INLINE vec splat(float x)
{
    return x - (vec){ 0 };
}

/* x where keep is all ones, else +0. */
INLINE vec select(mask keep, vec x)
{
    return (vec)((mask)x & keep);
}

#if KERNELS_WIDTH == 4 && !defined(__aarch64__)
typedef float half __attribute__((vector_size(8)));
typedef double pair __attribute__((vector_size(16)));
typedef int64_t pair_mask __attribute__((vector_size(16)));

/* a b + c, each rounded once: multiply_add_f32() of mathf.h, whose proof is there, for two. */
INLINE half multiply_add_half(half a, half b, half c)
{
    pair product = __builtin_convertvector(a, pair) * __builtin_convertvector(b, pair);
    pair addend = __builtin_convertvector(c, pair), sum = product + addend;
    pair from_c = sum - product, lost = (product - (sum - from_c)) + (addend - from_c);
    pair_mask bits = (pair_mask)sum, is_up = (pair_mask)(lost > 0.0);
    pair_mask is_even = (bits & 1) - 1, is_inexact = is_up | (pair_mask)(lost < 0.0);
    pair_mask step = (is_up ^ (pair_mask)(sum > 0.0)) | 1; /* away from 0 or towards it */

    bits += step & is_even & is_inexact;
    return __builtin_convertvector((pair)bits, half);
}
#endif

/* a b + c, rounded once. */
INLINE vec multiply_add(vec a, vec b, vec c)
{
#if KERNELS_WIDTH == 16
    return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif KERNELS_WIDTH == 8
    return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
    for (size_t i = 0; i < WIDTH; i++)
        c[i] = multiply_add_f32(a[i], b[i], c[i]);
    return c;
#else
    half low =
        multiply_add_half((half){ a[0], a[1] }, (half){ b[0], b[1] }, (half){ c[0], c[1] });
    half high =
        multiply_add_half((half){ a[2], a[3] }, (half){ b[2], b[3] }, (half){ c[2], c[3] });

    return (vec){ low[0], low[1], high[0], high[1] };
#endif
}

INLINE vec flush(vec x, float floor)
{
    const mask but_sign = (mask){ 0 } + INT32_MAX;

    return select(~(mask)((vec)((mask)x & but_sign) < splat(floor)), x);
}

#endif
