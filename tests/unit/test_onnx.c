/* SPDX-License-Identifier: Apache-2.0 */
#include "model/onnx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/embedded.h"
#include "base/err.h"
#include "base/rng.h"
#include "data/bundled.h"
#include "model/arch.h"
#include "model/model.h"

static struct model *champion(void)
{
    const struct embedded *file = bundled_champion();
    struct model *m = NULL;

    assert_int_equal(model_read(&m, file->data, file->len, "champion", NULL), 0);
    return m;
}

static void write_champion(struct buf *out)
{
    struct model *m = champion();

    buf_init(out, MODEL_MAX_FILE_BYTES);
    assert_int_equal(onnx_write(out, m, NULL), 0);
    model_free(m);
}

/* To ONNX and back gives the same file as m itself. */
static void check_round_trip(const struct model *m)
{
    struct buf onnx, first, second;
    struct model *again = NULL;

    buf_init(&onnx, MODEL_MAX_FILE_BYTES);
    buf_init(&first, MODEL_MAX_FILE_BYTES);
    buf_init(&second, MODEL_MAX_FILE_BYTES);
    assert_int_equal(onnx_write(&onnx, m, NULL), 0);
    assert_int_equal(onnx_read(&again, onnx.data, onnx.len, "x.onnx", NULL), 0);
    assert_int_equal(model_write(&first, m, NULL), 0);
    assert_int_equal(model_write(&second, again, NULL), 0);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    model_free(again);
    buf_finish(&second);
    buf_finish(&first);
    buf_finish(&onnx);
}

static void every_architecture_with_a_graph_comes_back_as_it_was(void **state)
{
    const struct arch *arch;
    size_t n = 0;

    (void)state;
    for (size_t i = 0; (arch = arch_at(i)) != NULL; i++) {
        for (size_t side = 8; arch->graph && side <= 28; side += 20) {
            struct shape shape = { .side = side, .max_value = 255, .classes = 10 };
            struct model *m = NULL;
            struct rng rng;

            shape.hidden = arch->hidden;
            rng_init(&rng, 5, side);
            assert_int_equal(model_new(&m, arch, &shape, NULL), 0);
            arch->init(m, &rng);
            check_round_trip(m);
            model_free(m);
            n++;
        }
    }
    assert_true(n >= 2);
}

static void the_same_model_gives_the_same_bytes(void **state)
{
    struct buf first, second;

    (void)state;
    write_champion(&first);
    write_champion(&second);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    buf_finish(&second);
    buf_finish(&first);
}

static void check_refused(const struct buf *file, const char *says)
{
    struct model *m = NULL;
    struct err err = { 0 };

    assert_true(onnx_read(&m, file->data, file->len, "bad.onnx", &err) < 0);
    assert_non_null(strstr(err.msg, "bad.onnx"));
    if (!strstr(err.msg, says))
        fail_msg("'%s' does not say '%s'", err.msg, says);
    assert_null(m);
}

/* The place of the n-th occurrence (from 1) of `what`. */
static char *find(const struct buf *file, const char *what, size_t len, size_t n)
{
    for (size_t i = 0; i + len <= file->len; i++) {
        if (memcmp(file->data + i, what, len) == 0 && --n == 0)
            return file->data + i;
    }
    fail_msg("there is no '%s'", what);
    return NULL;
}

static void files_that_say_something_else_are_refused(void **state)
{
    const struct {
        const char *from, *to;
        size_t len, nth;
        const char *says;
    } cases[] = {
        { "Relu", "Tanh", 4, 1, "node 3 is not the Relu" },
        { "transB", "transA", 6, 1, "node 2 is not the Gemm" },
        { "fc1.bias", "fc1.bios", 8, 1, "node 2" },
        { "pixel_values", "pixel_valves", 12, 2, "inputs and outputs" },
        { "logits", "logics", 6, 4, "inputs and outputs" },
        { "\x42\x04\x0a\x00\x10\x11", "\x42\x04\x0a\x00\x10\x0d", 6, 1, "opset" },
        { "\x08\x08", "\x78\x08", 2, 1, "ir_version" },
        { "hidden\x12\x03"
          "128",
          "hidden\x12\x03"
          "129",
          11, 1, "another type or shape" },
        { "\x03mlp", "\x03mlq", 4, 2, "no architecture" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf file;

        write_champion(&file);
        memcpy(find(&file, cases[i].from, cases[i].len, cases[i].nth), cases[i].to,
               cases[i].len);
        check_refused(&file, cases[i].says);
        buf_finish(&file);
    }
}

static void a_weight_that_is_no_number_is_refused(void **state)
{
    struct buf file;

    (void)state;
    write_champion(&file);
    char *name = find(&file, "fc2.weight", 10, 2); /* 1 is the node's input */
    memset(name + 20, 0xff, 8);
    check_refused(&file, "fc2.weight");
    buf_finish(&file);
}

static void what_we_do_not_read_is_refused(void **state)
{
    struct buf file;

    (void)state;
    write_champion(&file);
    buf_add(&file, "\xca\x01\x00", 3); /* field 25, functions: an empty one */
    check_refused(&file, "the model has fields that are not read here");
    buf_finish(&file);
}

static void cut_files_are_refused(void **state)
{
    struct buf file, cut;

    (void)state;
    write_champion(&file);
    buf_init(&cut, MODEL_MAX_FILE_BYTES);
    for (size_t len = 0; len < file.len; len += len < 600 ? 7 : 997) {
        buf_clear(&cut);
        buf_add(&cut, file.data, len);
        check_refused(&cut, "");
    }
    buf_finish(&cut);
    buf_finish(&file);
}

/* 20,000 empty nodes in 40 KB would take 2 MB of memory. */
static void files_that_grow_in_memory_are_refused(void **state)
{
    enum { NODES = 20000 };
    struct buf file;

    (void)state;
    buf_init(&file, MODEL_MAX_FILE_BYTES);
    buf_add(&file, "\x08\x08\x3a\xc0\xb8\x02", 6); /* a graph of 40,000 bytes */
    for (size_t i = 0; i < NODES; i++)
        buf_add(&file, "\x0a\x00", 2);
    check_refused(&file, "not an ONNX model, or damaged");
    buf_finish(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_architecture_with_a_graph_comes_back_as_it_was),
        cmocka_unit_test(the_same_model_gives_the_same_bytes),
        cmocka_unit_test(files_that_say_something_else_are_refused),
        cmocka_unit_test(a_weight_that_is_no_number_is_refused),
        cmocka_unit_test(what_we_do_not_read_is_refused),
        cmocka_unit_test(cut_files_are_refused),
        cmocka_unit_test(files_that_grow_in_memory_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
