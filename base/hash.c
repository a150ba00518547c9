/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/err.h"

/* EVP on memory we own fails for want of memory only: base/alloc.h says what happens then. */
static void must(int ok)
{
    if (ok != 1) {
        (void)fprintf(stderr, "error sha256-failed\n");
        abort();
    }
}

void sha256_init(struct sha256 *h)
{
    h->ctx = EVP_MD_CTX_new();
    must(h->ctx != NULL && EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) == 1);
}

void sha256_update(struct sha256 *h, const void *data, size_t len)
{
    must(EVP_DigestUpdate(h->ctx, data, len));
}

void sha256_digest(struct sha256 *h, uint8_t out[SHA256_SIZE])
{
    must(EVP_DigestFinal_ex(h->ctx, out, NULL));
    sha256_finish(h);
}

void sha256_finish(struct sha256 *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->ctx);
    h->ctx = NULL;
}

void sha256_once(uint8_t out[SHA256_SIZE], const void *data, size_t len)
{
    must(EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL));
}

void sha256_hex(char out[SHA256_HEX_SIZE], const void *data, size_t len)
{
    uint8_t digest[SHA256_SIZE];

    sha256_once(digest, data, len);
    (void)hex_encode(out, digest, sizeof(digest));
}

int sha256_file(uint8_t out[SHA256_SIZE], const char *path, struct err *err)
{
    char piece[65536];
    struct sha256 h;
    int rc = 0;

    FILE *f = fopen(path, "rbe");
    if (!f)
        return err_errno(err, "cannot open '%s'", path);

    sha256_init(&h);
    for (size_t n; (n = fread(piece, 1, sizeof(piece), f)) > 0;)
        sha256_update(&h, piece, n);
    if (ferror(f))
        rc = err_errno(err, "cannot read '%s'", path);
    else
        sha256_digest(&h, out);
    sha256_finish(&h);
    (void)fclose(f);
    return rc;
}

char *hex_encode(char *out, const uint8_t *data, size_t len)
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = hex[data[i] >> 4];
        out[2 * i + 1] = hex[data[i] & 15];
    }
    out[2 * len] = '\0';
    return out;
}

bool hex_is(const char *text, size_t digits)
{
    return strspn(text, "0123456789abcdef") == digits && text[digits] == '\0';
}

bool equal_in_constant_time(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}
