/* SPDX-License-Identifier: Apache-2.0
 * base/hash.h
 * hash: SHA-256, whole and in pieces, and hex. The door to OpenSSL, with base/sign.h. */
#ifndef BASE_HASH_H
#define BASE_HASH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum { SHA256_SIZE = 32, SHA256_HEX_SIZE = 65 }; /* hex with its NUL */

struct sha256 {
    void *ctx; /* EVP_MD_CTX */
};

void sha256_init(struct sha256 *h);
void sha256_update(struct sha256 *h, const void *data, size_t len);
void sha256_digest(struct sha256 *h, uint8_t out[SHA256_SIZE]); /* ends h */
void sha256_finish(struct sha256 *h); /* for a hash that is given up; NULL is fine */

void sha256_once(uint8_t out[SHA256_SIZE], const void *data, size_t len);
void sha256_hex(char out[SHA256_HEX_SIZE], const void *data, size_t len);

/* Hashes a whole file in small pieces. */
int sha256_file(uint8_t out[SHA256_SIZE], const char *path, struct err *err);

/* out needs 2 * len + 1 bytes; lower case. Returns out. */
char *hex_encode(char *out, const uint8_t *data, size_t len);
bool hex_is(const char *text, size_t digits); /* exactly that many of [0-9a-f] */

/* Equal or not, in a time that depends on len only. */
bool equal_in_constant_time(const void *a, const void *b, size_t len);

#endif
