/* SPDX-License-Identifier: Apache-2.0
 * The openssl program makes the keys and judges the signatures. */
#include "base/sign.h"

#include "tests/unit/git_program.h"

#include "base/err.h"
#include "base/hash.h"

enum { MAX_BYTES = 1 << 16 };

static const struct {
    const char *key, *data, *hex;
} hmacs[] = {
    /* GitHub's documentation of webhooks */
    { "It's a Secret to Everybody", "Hello, World!",
      "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" },
    /* RFC 4231, test case 2 */
    { "Jefe", "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { "", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
};

static void message_codes_are_those_of_the_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(hmacs) / sizeof(hmacs[0]); i++) {
        uint8_t code[HMAC_SHA256_SIZE];
        char hex[2 * HMAC_SHA256_SIZE + 1];

        hmac_sha256(code, hmacs[i].key, strlen(hmacs[i].key), hmacs[i].data,
                    strlen(hmacs[i].data));
        assert_string_equal(hex_encode(hex, code, sizeof(code)), hmacs[i].hex);
    }
}

struct place {
    char *dir;
    struct buf text;
};

static int open_place(void **state)
{
    struct place *p = xcalloc(1, sizeof(*p));

    assert_int_equal(fs_temp_dir(&p->dir, NULL, NULL), 0);
    buf_init(&p->text, MAX_BYTES);
    shell(p->dir, "openssl genrsa -out pkcs8.pem 2048 && "
                  "openssl rsa -in pkcs8.pem -traditional -out pkcs1.pem && "
                  "openssl rsa -in pkcs8.pem -pubout -out public.pem && "
                  "openssl genrsa -out short.pem 1024 && "
                  "openssl rsa -in pkcs8.pem -aes256 -passout pass:x -out closed.pem && "
                  "openssl ecparam -name prime256v1 -genkey -noout -out ec.pem && "
                  "printf 'no key' >none.pem");
    *state = p;
    return 0;
}

static int close_place(void **state)
{
    struct place *p = *state;

    (void)fs_remove(p->dir, NULL);
    buf_finish(&p->text);
    free(p->dir);
    free(p);
    return 0;
}

static const char *read_file(struct place *p, const char *name)
{
    char *path = fs_path(p->dir, name, NULL);
    struct err err = { 0 };

    buf_clear(&p->text);
    if (fs_read(&p->text, path, &err) < 0)
        fail_msg("%s", err.msg);
    free(path);
    return p->text.data;
}

static void signature_of_either_form_of_key_is_valid_to_openssl(void **state)
{
    static const char *const names[] = { "pkcs1.pem", "pkcs8.pem" };
    static const char message[] = "header.payload";
    struct place *p = *state;

    for (size_t i = 0; i < 2; i++) {
        char *to = fs_path(p->dir, "signature", NULL);
        char *data = fs_path(p->dir, "data", NULL);
        const char *pem = read_file(p, names[i]);
        struct sign_key *key = NULL;
        struct buf signature;

        buf_init(&signature, MAX_BYTES);
        assert_int_equal(sign_key_private(&key, pem, strlen(pem), "key", NULL), 0);
        assert_int_equal(sign_rs256(&signature, key, message, strlen(message), NULL), 0);
        assert_int_equal(fs_write(to, signature.data, signature.len, 0600, NULL), 0);
        assert_int_equal(fs_write(data, message, strlen(message), 0600, NULL), 0);
        shell(p->dir, "openssl dgst -sha256 -verify public.pem -signature signature data");
        buf_finish(&signature);
        sign_key_free(key);
        free(data);
        free(to);
    }
}

static void only_the_very_message_is_valid(void **state)
{
    struct place *p = *state;
    struct sign_key *private = NULL, *public = NULL;
    struct buf signature;

    buf_init(&signature, MAX_BYTES);
    const char *pem = read_file(p, "pkcs8.pem");
    assert_int_equal(sign_key_private(&private, pem, strlen(pem), "key", NULL), 0);
    pem = read_file(p, "public.pem");
    assert_int_equal(sign_key_public(&public, pem, strlen(pem), "key", NULL), 0);
    assert_int_equal(sign_rs256(&signature, private, "abc", 3, NULL), 0);
    assert_true(sign_rs256_is_valid(public, "abc", 3, signature.data, signature.len));
    assert_false(sign_rs256_is_valid(public, "abd", 3, signature.data, signature.len));
    signature.data[7] ^= 1;
    assert_false(sign_rs256_is_valid(public, "abc", 3, signature.data, signature.len));
    assert_false(sign_rs256_is_valid(public, "abc", 3, signature.data, 3));
    sign_key_free(private);
    sign_key_free(public);
    buf_finish(&signature);
}

static const struct {
    const char *name, *says;
} wrong[] = {
    { "none.pem", "no PEM key" },   { "closed.pem", "without a passphrase" },
    { "short.pem", "1024 bits" },   { "ec.pem", "not an RSA key" },
    { "public.pem", "no PEM key" },
};

static void key_that_is_none_is_refused_and_not_shown(void **state)
{
    struct place *p = *state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const char *pem = read_file(p, wrong[i].name);
        struct sign_key *key = NULL;
        struct err err = { 0 };

        assert_int_equal(sign_key_private(&key, pem, strlen(pem), "app.pem", &err), -ERR_PARSE);
        if (!strstr(err.msg, wrong[i].says) || !strstr(err.msg, "app.pem"))
            fail_msg("%s: %s", wrong[i].name, err.msg);
        assert_null(strstr(err.msg, "MI"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_codes_are_those_of_the_documents),
        cmocka_unit_test(signature_of_either_form_of_key_is_valid_to_openssl),
        cmocka_unit_test(only_the_very_message_is_valid),
        cmocka_unit_test(key_that_is_none_is_refused_and_not_shown),
    };
    return cmocka_run_group_tests(tests, open_place, close_place);
}
