/* SPDX-License-Identifier: Apache-2.0
 * model/mathf.h
 * mathf: elementary functions in plain arithmetic, so that their bits do not depend on which
 * variant a C library picks for a CPU. Inline: loops over them vectorise. */
#ifndef MODEL_MATHF_H
#define MODEL_MATHF_H
#include <math.h>
#include <stdint.h>
#include <string.h>

static inline float float_of_bits(uint32_t bits)
{
    float f;

    memcpy(&f, &bits, sizeof(f));
    return f;
}

static inline uint32_t bits_of_float(float f)
{
    uint32_t bits;

    memcpy(&bits, &f, sizeof(bits));
    return bits;
}

/* a b + c, rounded once. Where the CPU has an instruction for it, that; elsewhere in double:
 * the product is exact there, the sum is rounded to odd (Boldo and Melquiond 2008, doi
 * 10.1109/TC.2007.70819), and rounding that to float is rounding the exact sum. */
static inline float multiply_add_f32(float a, float b, float c)
{
#if defined(__FMA__) || defined(__aarch64__)
    return __builtin_fmaf(a, b, c);
#else
    double product = (double)a * (double)b, sum = product + (double)c;
    double from_c = sum - product, lost = (product - (sum - from_c)) + ((double)c - from_c);
    uint64_t bits;

    memcpy(&bits, &sum, sizeof(bits));
    if ((lost > 0.0 || lost < 0.0) && (bits & 1) == 0)
        bits += (lost > 0.0) == (sum > 0.0) ? 1u : UINT64_MAX;
    memcpy(&sum, &bits, sizeof(sum));
    return (float)sum;
#endif
}

/* The i-th number of a stream: a mix of 32 bits in which each bit of the input moves half of
 * the output (constants: C. Wellons, https://nullprogram.com/blog/2018/07/31/). */
static inline uint32_t hash_u32(uint32_t key, uint32_t i)
{
    uint32_t x = key + i * 0x9e3779b9u;

    x = (x ^ x >> 16) * 0x7feb352du;
    x = (x ^ x >> 15) * 0x846ca68bu;
    return x ^ x >> 16;
}

/* exp(x) to 2 ulp for x in [-87, 88]; x is clamped into it. exp(x) = 2^n exp(r) with
 * |r| <= ln(2)/2 and the Taylor series of exp(r) to r^7/7!, whose rest is below 2^-27. */
static inline float exp_f32(float x)
{
    const float to_int = 0x1.8p23f; /* adding it rounds to an integer, ties to even */
    const float ln2_high = 0x1.63p-1f, ln2_low = -0x1.bd0106p-13f; /* high has 9 bits */

    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    float shifted = x * 0x1.715476p0f + to_int;
    float n = shifted - to_int;
    float r = (x - n * ln2_high) - n * ln2_low;

    float p = 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    return p * float_of_bits((bits_of_float(shifted) + 127u) << 23);
}

/* tanh(x) to 3 ulp: e / (e + 2) with e = exp(2 |x|) - 1, and the sign of x. exp(2 |x|) = 2^n
 * exp(r) as above, so e = 2^n (exp(r) - 1) + (2^n - 1), where nothing cancels. Beyond 10 it
 * is 1 to the last bit. */
static inline float tanh_f32(float x)
{
    const float to_int = 0x1.8p23f;
    const float ln2_high = 0x1.63p-1f, ln2_low = -0x1.bd0106p-13f;
    uint32_t sign = bits_of_float(x) & 0x80000000u;
    float y = float_of_bits(bits_of_float(x) ^ sign);

    y = y > 10.0f ? 10.0f : y;
    float shifted = 2.0f * y * 0x1.715476p0f + to_int;
    float n = shifted - to_int;
    float r = (2.0f * y - n * ln2_high) - n * ln2_low;

    float p = 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * (r * r) + r; /* exp(r) - 1 */
    float power = float_of_bits((bits_of_float(shifted) + 127u) << 23);
    float e = power * p + (power - 1.0f);
    return float_of_bits(bits_of_float(e / (e + 2.0f)) | sign);
}

/* ln(x) to 4 ulp for normal x > 0: x = m 2^e with m in [sqrt(1/2), sqrt(2)), and the series
 * ln(m) = 2 (s + s^3/3 + s^5/5 + ...), s = (m - 1) / (m + 1), |s| < 0.172. */
static inline double log_f64(double x)
{
    const double ln2 = 0x1.62e42fefa39efp-1;
    uint64_t bits;
    double m, sum = 0.0;

    memcpy(&bits, &x, sizeof(bits));
    int64_t e = (int64_t)((bits - 0x3fe6a09e667f3bcdu) >> 52);
    e = e >= 2048 ? e - 4096 : e; /* the shift took no sign with it */
    bits -= (uint64_t)e << 52;
    memcpy(&m, &bits, sizeof(m));

    double s = (m - 1.0) / (m + 1.0), square = s * s;
    for (int k = 21; k >= 1; k -= 2)
        sum = sum * square + 1.0 / k;
    return (double)e * ln2 + 2.0 * s * sum;
}

/* cos(pi t) for t in [0, 1], to 1e-15: the Taylor series up to x^22 where |x| <= pi / 2, whose
 * rest is below 2^-62. */
static inline double cos_pi_f64(double t)
{
    double x = 0x1.921fb54442d18p1 * (t > 0.5 ? 1.0 - t : t);
    double square = x * x, sum = 1.0;

    for (int k = 22; k >= 2; k -= 2)
        sum = 1.0 - sum * square / (double)(k * (k - 1));
    return t > 0.5 ? -sum : sum;
}

#endif
