/* SPDX-License-Identifier: Apache-2.0
 * Headers of GGUF files, made byte by byte. */
#include "hub/web/gguf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"

static void add_uint(struct buf *out, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_add_char(out, (char)(value >> (8 * i)));
}

static void add_text(struct buf *out, const char *text)
{
    add_uint(out, strlen(text), 8);
    buf_add_str(out, text);
}

static void add_tensor(struct buf *out, const char *name, uint64_t rows, uint64_t columns)
{
    add_text(out, name);
    add_uint(out, 2, 4);
    add_uint(out, rows, 8);
    add_uint(out, columns, 8);
    add_uint(out, 0, 4);
    add_uint(out, 0, 8);
}

/* A llama of two tensors, with arrays between the keys that matter. */
static void make(struct buf *out)
{
    buf_init(out, 1 << 20);
    buf_add_str(out, "GGUF");
    add_uint(out, 3, 4);
    add_uint(out, 2, 8);
    add_uint(out, 5, 8);
    add_text(out, "general.architecture");
    add_uint(out, 8, 4);
    add_text(out, "llama");
    add_text(out, "tokenizer.ggml.tokens"); /* an array of texts */
    add_uint(out, 9, 4);
    add_uint(out, 8, 4);
    add_uint(out, 2, 8);
    add_text(out, "a");
    add_text(out, "bc");
    add_text(out, "tokenizer.ggml.scores"); /* and one of floats */
    add_uint(out, 9, 4);
    add_uint(out, 6, 4);
    add_uint(out, 2, 8);
    add_uint(out, 0, 8);
    add_text(out, "llama.context_length");
    add_uint(out, 4, 4);
    add_uint(out, 4096, 4);
    add_text(out, "tokenizer.chat_template");
    add_uint(out, 8, 4);
    add_text(out, "{{ messages }}");
    add_tensor(out, "one", 3, 4);
    add_tensor(out, "two", 5, 6);
}

static int64_t number(const json_t *model, const char *name)
{
    return json_integer_value(json_object_get(model, name));
}

static void a_header_tells_of_its_model(void **state)
{
    bool is_short = true;
    struct buf bytes;

    (void)state;
    make(&bytes);
    buf_add_str(&bytes, "weights");
    json_t *model = gguf_read(bytes.data, bytes.len, &is_short);
    assert_non_null(model);
    assert_false(is_short);
    assert_int_equal(number(model, "total"), 42);
    assert_int_equal(number(model, "context_length"), 4096);
    assert_string_equal(json_string_value(json_object_get(model, "architecture")), "llama");
    assert_string_equal(json_string_value(json_object_get(model, "chat_template")),
                        "{{ messages }}");
    json_decref(model);
    buf_finish(&bytes);
}

static void half_a_header_asks_for_more(void **state)
{
    bool is_short = false;
    struct buf bytes;

    (void)state;
    make(&bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        assert_null(gguf_read(bytes.data, len, &is_short));
        assert_true(is_short);
    }
    buf_finish(&bytes);
}

static void what_cannot_be_is_nothing(void **state)
{
    static const struct {
        size_t at, n;
        uint64_t value;
    } changes[] = {
        { 0, 1, 'X' },         /* no GGUF */
        { 4, 4, 1 },           /* versions that count otherwise */
        { 4, 4, 0x03000000 },  /* big-endian */
        { 8, 8, UINT64_MAX },  /* tensors */
        { 16, 8, UINT64_MAX }, /* keys */
        { 52, 4, 13 },         /* a type that is none */
    };
    bool is_short = true;
    struct buf bytes;

    (void)state;
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        make(&bytes);
        for (size_t b = 0; b < changes[i].n; b++)
            bytes.data[changes[i].at + b] = (char)(changes[i].value >> (8 * b));
        assert_null(gguf_read(bytes.data, bytes.len, &is_short));
        assert_false(is_short);
        buf_finish(&bytes);
    }
}

static void more_parameters_than_can_be_counted_are_refused(void **state)
{
    bool is_short = true;
    struct buf bytes;

    (void)state;
    buf_init(&bytes, 1 << 20);
    buf_add_str(&bytes, "GGUF");
    add_uint(&bytes, 2, 4);
    add_uint(&bytes, 1, 8);
    add_uint(&bytes, 0, 8);
    add_tensor(&bytes, "t", (uint64_t)1 << 40, (uint64_t)1 << 40);
    assert_null(gguf_read(bytes.data, bytes.len, &is_short));
    assert_false(is_short);
    buf_finish(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_tells_of_its_model),
        cmocka_unit_test(half_a_header_asks_for_more),
        cmocka_unit_test(what_cannot_be_is_nothing),
        cmocka_unit_test(more_parameters_than_can_be_counted_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
