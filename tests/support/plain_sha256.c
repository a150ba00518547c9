/* SPDX-License-Identifier: Apache-2.0
 * The part of base/hash.h that model/ needs, for machines that we have no OpenSSL for.
 * FIPS 180-4, sections 5 and 6.2. */
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2,
};

struct state {
    uint32_t h[8];
    uint64_t n; /* bytes so far */
    uint8_t block[64];
};

static uint32_t turn_right(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static uint32_t word_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void use_block(struct state *s)
{
    uint32_t w[64], v[8];

    memcpy(v, s->h, sizeof(v));
    for (size_t t = 0; t < 64; t++) {
        if (t < 16) {
            w[t] = word_at(s->block + 4 * t);
        } else {
            uint32_t a = w[t - 15], b = w[t - 2];

            w[t] = (turn_right(b, 17) ^ turn_right(b, 19) ^ b >> 10) + w[t - 7] +
                   (turn_right(a, 7) ^ turn_right(a, 18) ^ a >> 3) + w[t - 16];
        }
        uint32_t e = v[4], a = v[0];
        uint32_t one = v[7] + (turn_right(e, 6) ^ turn_right(e, 11) ^ turn_right(e, 25)) +
                       ((e & v[5]) ^ (~e & v[6])) + K[t] + w[t];
        uint32_t two = (turn_right(a, 2) ^ turn_right(a, 13) ^ turn_right(a, 22)) +
                       ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

        memmove(v + 1, v, 7 * sizeof(v[0]));
        v[4] += one;
        v[0] = one + two;
    }
    for (size_t i = 0; i < 8; i++)
        s->h[i] += v[i];
}

void sha256_init(struct sha256 *h)
{
    static const struct state start = { .h = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                               0x510e527f, 0x9b05688c, 0x1f83d9ab,
                                               0x5be0cd19 } };

    h->ctx = xmemdup(&start, sizeof(start));
}

void sha256_update(struct sha256 *h, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    struct state *s = h->ctx;

    for (size_t i = 0; i < len; i++) {
        s->block[s->n++ % 64] = bytes[i];
        if (s->n % 64 == 0)
            use_block(s);
    }
}

void sha256_digest(struct sha256 *h, uint8_t out[SHA256_SIZE])
{
    struct state *s = h->ctx;
    uint64_t bits = s->n * 8;
    uint8_t length[8];

    sha256_update(h, "\x80", 1);
    while (s->n % 64 != 56)
        sha256_update(h, "", 1);
    for (size_t i = 0; i < 8; i++)
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    sha256_update(h, length, sizeof(length));
    for (size_t i = 0; i < SHA256_SIZE; i++)
        out[i] = (uint8_t)(s->h[i / 4] >> (24 - 8 * (i % 4)));
    free(s);
    h->ctx = NULL;
}

char *hex_encode(char *out, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", data[i]);
    return out;
}
