/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void the_standard_vectors_hold(void **state)
{
    char hex[SHA256_HEX_SIZE];

    (void)state; /* FIPS 180-4 examples */
    sha256_hex(hex, "", 0);
    assert_string_equal(hex,
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_hex(hex, "abc", 3);
    assert_string_equal(hex,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void pieces_give_the_digest_of_the_whole(void **state)
{
    uint8_t whole[SHA256_SIZE], pieces[SHA256_SIZE];
    struct sha256 h;

    (void)state;
    sha256_once(whole, "one two", 7);
    sha256_init(&h);
    sha256_update(&h, "one", 3);
    sha256_update(&h, "", 0);
    sha256_update(&h, " two", 4);
    sha256_digest(&h, pieces);
    assert_memory_equal(whole, pieces, SHA256_SIZE);
    assert_true(equal_in_constant_time(whole, pieces, SHA256_SIZE));
    pieces[31] ^= 1;
    assert_false(equal_in_constant_time(whole, pieces, SHA256_SIZE));
    sha256_finish(&h);
}

static void hex_is_exact_and_lower_case(void **state)
{
    (void)state;
    assert_true(hex_is("0123456789abcdef", 16));
    assert_false(hex_is("0123456789abcdef", 15));
    assert_false(hex_is("0123456789abcde", 16));
    assert_false(hex_is("0123456789ABCDEF", 16));
    assert_true(hex_is("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standard_vectors_hold),
        cmocka_unit_test(pieces_give_the_digest_of_the_whole),
        cmocka_unit_test(hex_is_exact_and_lower_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
