/* SPDX-License-Identifier: Apache-2.0
 * base/sign.h
 * sign: signatures and message codes. The door to OpenSSL, with base/hash.h.
 * Keys come as PEM without a passphrase; nobody is ever asked for one. Key material is wiped
 * when it is freed, and never in an error. */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

enum { HMAC_SHA256_SIZE = 32 };
void hmac_sha256(uint8_t out[HMAC_SHA256_SIZE], const void *key, size_t key_len,
                 const void *data, size_t len);

struct sign_key;

/* An RSA key of 2048 bits or more. what names the source in errors. -ERR_PARSE. */
int sign_key_private(struct sign_key **ret, const char *pem, size_t len, const char *what,
                     struct err *err);
int sign_key_public(struct sign_key **ret, const char *pem, size_t len, const char *what,
                    struct err *err);
void sign_key_free(struct sign_key *key); /* NULL is fine */

/* RSASSA-PKCS1-v1_5 with SHA-256 (RS256, RFC 7518); out gets the bytes of the signature. */
int sign_rs256(struct buf *out, const struct sign_key *key, const void *data, size_t len,
               struct err *err);
bool sign_rs256_is_valid(const struct sign_key *key, const void *data, size_t len,
                         const void *signature, size_t signature_len);

#endif
