/* SPDX-License-Identifier: Apache-2.0
 * Chunks as the real client packed them, and as nobody should. */
#include "hub/repo/xet_xorb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"

/* "the same words again and again, " twenty times, by hf_xet. */
static const uint8_t words[] = { 0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 0x2b, 0x00, 0x00,
                                 0x00, 0xf2, 0x09, 0x74, 0x68, 0x65, 0x20, 0x73, 0x61, 0x6d,
                                 0x65, 0x20, 0x77, 0x6f, 0x72, 0x64, 0x73, 0x20, 0x61, 0x67,
                                 0x61, 0x69, 0x6e, 0x20, 0x61, 0x6e, 0x64, 0x0a, 0x00, 0x2f,
                                 0x2c, 0x20, 0x20, 0x00, 0xff, 0xff, 0x49, 0x60, 0x67, 0x61,
                                 0x69, 0x6e, 0x2c, 0x20, 0x00, 0x00, 0x00, 0x00 };
enum { WORDS_SIZE = 640 };

/* The floats 1, 1.25 .. 10.75 and "xyz", in four planes, by the program lz4. */
static const uint8_t floats[] = {
    0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 0x4c, 0x00, 0x00, 0x00, 0x1f, 0x00,
    0x01, 0x00, 0x14, 0x1f, 0x78, 0x28, 0x00, 0x14, 0xff, 0x21, 0x00, 0x79, 0x80,
    0xa0, 0xc0, 0xe0, 0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80, 0x88,
    0x90, 0x98, 0xa0, 0xa8, 0xb0, 0xb8, 0xc0, 0xc8, 0xd0, 0xd8, 0xe0, 0xe8, 0xf0,
    0xf8, 0x00, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x28, 0x2c,
    0x7a, 0x3f, 0x3f, 0x3f, 0x3f, 0x40, 0x01, 0x00, 0x04, 0xc0, 0x41, 0x41, 0x41,
    0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x00, 0x00, 0x00, 0x00
};
enum { N_FLOATS = 40, FLOATS_SIZE = 4 * N_FLOATS + 3 };

struct xorb {
    uint8_t bytes[1024];
    size_t len;
};

static void add(struct xorb *xorb, uint8_t packing, uint32_t size, const void *data, size_t len)
{
    uint8_t *at = xorb->bytes + xorb->len;
    const uint8_t head[] = {
        0,       (uint8_t)len,  (uint8_t)(len >> 8),  0,
        packing, (uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16)
    };

    memcpy(at, head, sizeof(head));
    memcpy(at + sizeof(head), data, len);
    xorb->len += sizeof(head) + len;
}

static void chunks_unpack_to_what_was_packed(void **state)
{
    static uint8_t out[XET_MAX_CHUNK_BYTES];
    struct xet_chunk *chunks = NULL;
    struct xorb xorb = { .len = 0 };
    size_t n = 0;
    float f;

    (void)state;
    add(&xorb, 0, 5, "plain", 5);
    add(&xorb, 1, WORDS_SIZE, words, sizeof(words));
    add(&xorb, 2, FLOATS_SIZE, floats, sizeof(floats));
    memcpy(xorb.bytes + xorb.len, "XETBLOB and more", 16);
    assert_int_equal(xet_xorb_index(&chunks, &n, xorb.bytes, xorb.len + 16, NULL), 0);
    assert_int_equal(n, 3);

    assert_int_equal(xet_chunk_unpack(out, &chunks[0], xorb.bytes, NULL), 0);
    assert_memory_equal(out, "plain", 5);
    assert_int_equal(xet_chunk_unpack(out, &chunks[1], xorb.bytes, NULL), 0);
    for (size_t at = 0; at < WORDS_SIZE; at += 32)
        assert_memory_equal(out + at, "the same words again and again, ", 32);
    assert_int_equal(xet_chunk_unpack(out, &chunks[2], xorb.bytes, NULL), 0);
    for (size_t i = 0; i < N_FLOATS; i++) {
        memcpy(&f, out + 4 * i, sizeof(f));
        assert_true(f == 1 + (float)i * 0.25f);
    }
    assert_memory_equal(out + sizeof(f) * N_FLOATS, "xyz", 3);
    free(chunks);
}

static void broken_xorbs_are_refused_whole(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        int rc;
        const char *says;
    } broken[] = {
        { "", 0, -ERR_PARSE, "no chunk" },
        { "XETBLOB", 7, -ERR_PARSE, "no chunk" },
        { "\0\5\0\0\0\5\0", 7, -ERR_PARSE, "cut within the header at byte 0" },
        { "\0\5\0\0\0\5\0\0abcd", 12, -ERR_PARSE, "cut within the chunk" },
        { "\1\1\0\0\0\1\0\0a", 9, -ERR_PARSE, "unknown version" },
        { "\0\1\0\0\3\1\0\0a", 9, -ERR_PARSE, "unknown version or packing" },
        { "\0\1\0\0\0\2\0\0a", 9, -ERR_PARSE, "two lengths" },
        { "\0\1\0\0\1\0\0\0a", 9, -ERR_LIMIT, "chunk of 0 bytes" },
        { "\0\1\0\0\1\1\0\2a", 9, -ERR_LIMIT, "chunk of 131073 bytes" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        struct xet_chunk *chunks = NULL;
        struct err err = { 0 };
        size_t n = 0;

        assert_int_equal(
            xet_xorb_index(&chunks, &n, (const uint8_t *)broken[i].bytes, broken[i].len, &err),
            broken[i].rc);
        assert_non_null(strstr(err.msg, broken[i].says));
    }
}

static void frames_of_another_length_are_refused(void **state)
{
    static const struct {
        uint32_t size;
        size_t len;
    } lies[] = { { WORDS_SIZE - 1, sizeof(words) },
                 { WORDS_SIZE + 1, sizeof(words) },
                 { WORDS_SIZE, sizeof(words) - 5 } };
    static uint8_t out[XET_MAX_CHUNK_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        struct xet_chunk *chunks = NULL;
        struct xorb xorb = { .len = 0 };
        size_t n = 0;

        add(&xorb, 1, lies[i].size, words, lies[i].len);
        assert_int_equal(xet_xorb_index(&chunks, &n, xorb.bytes, xorb.len, NULL), 0);
        assert_int_equal(xet_chunk_unpack(out, &chunks[0], xorb.bytes, NULL), -ERR_PARSE);
        free(chunks);
    }
}

static void too_many_chunks_are_a_limit(void **state)
{
    size_t len = 9 * (XET_MAX_XORB_CHUNKS + 1), n = 0;
    struct xet_chunk *chunks = NULL;
    struct err err = { 0 };

    (void)state;
    uint8_t *bytes = calloc(1, len);
    for (size_t at = 0; at < len; at += 9)
        bytes[at + 1] = bytes[at + 5] = 1;
    assert_int_equal(xet_xorb_index(&chunks, &n, bytes, len, &err), -ERR_LIMIT);
    assert_non_null(strstr(err.msg, "8192"));
    assert_int_equal(xet_xorb_index(&chunks, &n, bytes, len - 9, NULL), 0);
    free(chunks);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_unpack_to_what_was_packed),
        cmocka_unit_test(broken_xorbs_are_refused_whole),
        cmocka_unit_test(frames_of_another_length_are_refused),
        cmocka_unit_test(too_many_chunks_are_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
