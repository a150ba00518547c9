/* SPDX-License-Identifier: Apache-2.0 */
#include "base/gzip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

/* "hello" packed by gzip -9n. */
static const unsigned char hello[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd,
    0xc9, 0xc9, 0x07, 0x00, 0x86, 0xa6, 0x10, 0x36, 0x05, 0x00, 0x00, 0x00,
};

/* 100,000 times 'a', packed. */
static const unsigned char bomb[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1, 0x31, 0x01, 0x00,
    0x00, 0x00, 0xc2, 0xa0, 0xac, 0xeb, 0x5f, 0xc2, 0x1a, 0x1e, 0x40, 0x01, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0xaf, 0x06, 0x87, 0xfa, 0xe2, 0x1b, 0xa0, 0x86, 0x01, 0x00,
};

static int unpack(struct buf *out, const void *data, size_t len, size_t max, struct err *err)
{
    buf_init(out, max);
    return gzip_unpack(out, data, len, "labels.gz", err);
}

static void members_are_unpacked_one_after_the_other(void **state)
{
    unsigned char two[2 * sizeof(hello)];
    struct buf out;

    (void)state;
    memcpy(two, hello, sizeof(hello));
    memcpy(two + sizeof(hello), hello, sizeof(hello));
    assert_int_equal(unpack(&out, hello, sizeof(hello), 100, NULL), 0);
    assert_string_equal(out.data, "hello");
    buf_finish(&out);
    assert_int_equal(unpack(&out, two, sizeof(two), 100, NULL), 0);
    assert_string_equal(out.data, "hellohello");
    buf_finish(&out);
}

static void limit_is_the_buffer_s_and_named(void **state)
{
    struct err err = { 0 };
    struct buf out;

    (void)state;
    assert_int_equal(unpack(&out, bomb, sizeof(bomb), 99999, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "labels.gz"));
    assert_non_null(strstr(err.msg, "99999"));
    buf_finish(&out);
    assert_int_equal(unpack(&out, bomb, sizeof(bomb), 100000, &err), 0);
    assert_int_equal(out.len, 100000);
    buf_finish(&out);
}

static void every_cut_of_a_member_is_seen(void **state)
{
    struct buf out;

    (void)state;
    for (size_t len = 0; len < sizeof(hello); len++) {
        assert_int_equal(unpack(&out, hello, len, 100, NULL), -ERR_PARSE);
        buf_finish(&out);
    }
}

static void every_changed_byte_of_sum_or_length_is_seen(void **state)
{
    unsigned char damaged[sizeof(hello)];
    struct buf out;

    (void)state;
    for (size_t i = sizeof(hello) - 8; i < sizeof(hello); i++) {
        memcpy(damaged, hello, sizeof(hello));
        damaged[i] ^= 0x10;
        assert_int_equal(unpack(&out, damaged, sizeof(damaged), 100, NULL), -ERR_PARSE);
        buf_finish(&out);
    }
}

static void trailing_bytes_are_an_error(void **state)
{
    unsigned char longer[sizeof(hello) + 3] = { 0 };
    struct buf out;

    (void)state;
    memcpy(longer, hello, sizeof(hello));
    assert_int_equal(unpack(&out, longer, sizeof(longer), 100, NULL), -ERR_PARSE);
    buf_finish(&out);
}

static void magic_is_recognised(void **state)
{
    (void)state;
    assert_true(gzip_is(hello, sizeof(hello)));
    assert_false(gzip_is(hello, 1));
    assert_false(gzip_is("hello", 5));
}

static void packed_bytes_are_unpacked_and_the_same_each_time(void **state)
{
    char text[100000];
    struct buf first, second, back;

    (void)state;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)(i * i >> 7);
    buf_init(&first, sizeof(text));
    buf_init(&second, sizeof(text));
    assert_int_equal(gzip_pack(&first, text, sizeof(text), "x.gz", NULL), 0);
    assert_int_equal(gzip_pack(&second, text, sizeof(text), "x.gz", NULL), 0);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    assert_memory_equal(first.data + 4, "\0\0\0\0", 4); /* no time */
    assert_int_equal(unpack(&back, first.data, first.len, sizeof(text), NULL), 0);
    assert_int_equal(back.len, sizeof(text));
    assert_memory_equal(back.data, text, sizeof(text));
    buf_finish(&back);
    buf_finish(&second);
    buf_finish(&first);
}

static void packing_stops_at_the_buffer_s_limit(void **state)
{
    unsigned char noise[4096];
    struct err err = { 0 };
    struct buf out;

    (void)state;
    for (size_t i = 0; i < sizeof(noise); i++)
        noise[i] = (unsigned char)(i * 2654435761u >> 24);
    buf_init(&out, 100);
    assert_int_equal(gzip_pack(&out, noise, sizeof(noise), "x.gz", &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "x.gz"));
    buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_unpacked_one_after_the_other),
        cmocka_unit_test(limit_is_the_buffer_s_and_named),
        cmocka_unit_test(every_cut_of_a_member_is_seen),
        cmocka_unit_test(every_changed_byte_of_sum_or_length_is_seen),
        cmocka_unit_test(trailing_bytes_are_an_error),
        cmocka_unit_test(magic_is_recognised),
        cmocka_unit_test(packed_bytes_are_unpacked_and_the_same_each_time),
        cmocka_unit_test(packing_stops_at_the_buffer_s_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
