/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sign.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"

enum { MIN_RSA_BITS = 2048, MAX_SIGNATURE = 2048 /* bytes: RSA of 16384 bits */ };

struct sign_key {
    EVP_PKEY *pkey;
};

/* HMAC on memory we own fails for want of memory only: base/alloc.h says what happens then. */
void hmac_sha256(uint8_t out[HMAC_SHA256_SIZE], const void *key, size_t key_len,
                 const void *data, size_t len)
{
    unsigned int n = 0;

    if (key_len > INT_MAX || !HMAC(EVP_sha256(), key, (int)key_len, data, len, out, &n) ||
        n != HMAC_SHA256_SIZE) {
        (void)fprintf(stderr, "error hmac-failed\n");
        abort();
    }
}

/* Without it OpenSSL asks the terminal. */
static int no_passphrase(char *out, int size, int is_writing, void *ctx)
{
    (void)out;
    (void)size;
    (void)is_writing;
    (void)ctx;
    return -1;
}

typedef EVP_PKEY *read_pem_fn(BIO *, EVP_PKEY **, pem_password_cb *, void *);

static int read_key(struct sign_key **ret, read_pem_fn *read_pem, const char *pem, size_t len,
                    const char *what, struct err *err)
{
    BIO *bio = len <= INT_MAX ? BIO_new_mem_buf(pem, (int)len) : NULL;
    EVP_PKEY *pkey = bio ? read_pem(bio, NULL, no_passphrase, NULL) : NULL;
    int rc = 0;

    BIO_free(bio);
    ERR_clear_error();
    if (!pkey)
        return err_set(err, ERR_PARSE, "%s: no PEM key without a passphrase", what);
    if (EVP_PKEY_get_base_id(pkey) != EVP_PKEY_RSA)
        rc = err_set(err, ERR_PARSE, "%s: not an RSA key", what);
    else if (EVP_PKEY_get_bits(pkey) < MIN_RSA_BITS)
        rc = err_set(err, ERR_PARSE, "%s: an RSA key of %d bits; it takes %d", what,
                     EVP_PKEY_get_bits(pkey), MIN_RSA_BITS);
    if (rc < 0) {
        EVP_PKEY_free(pkey);
        return rc;
    }
    *ret = xcalloc(1, sizeof(**ret));
    (*ret)->pkey = pkey;
    return 0;
}

int sign_key_private(struct sign_key **ret, const char *pem, size_t len, const char *what,
                     struct err *err)
{
    return read_key(ret, PEM_read_bio_PrivateKey, pem, len, what, err);
}

int sign_key_public(struct sign_key **ret, const char *pem, size_t len, const char *what,
                    struct err *err)
{
    return read_key(ret, PEM_read_bio_PUBKEY, pem, len, what, err);
}

void sign_key_free(struct sign_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->pkey); /* wipes */
    free(key);
}

int sign_rs256(struct buf *out, const struct sign_key *key, const void *data, size_t len,
               struct err *err)
{
    unsigned char signature[MAX_SIGNATURE];
    size_t n = sizeof(signature);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
              EVP_DigestSign(ctx, signature, &n, data, len) == 1;

    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    if (!ok)
        return err_set(err, ERR_PARSE, "the key does not sign");
    buf_add(out, signature, n);
    return buf_check(out, "signature", err);
}

bool sign_rs256_is_valid(const struct sign_key *key, const void *data, size_t len,
                         const void *signature, size_t signature_len)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
              EVP_DigestVerify(ctx, signature, signature_len, data, len) == 1;

    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return ok;
}
