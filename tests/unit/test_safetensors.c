/* SPDX-License-Identifier: Apache-2.0 */
#include "model/safetensors.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/bundled.h"
#include "model/model.h"

/* A file of this header and n_data zero bytes. */
static void make_file(struct buf *out, const char *header, size_t n_data)
{
    size_t len = strlen(header);

    buf_clear(out);
    for (size_t i = 0; i < 8; i++)
        buf_add_char(out, (char)(len >> (8 * i)));
    buf_add_str(out, header);
    for (size_t i = 0; i < n_data; i++)
        buf_add_char(out, '\0');
}

static void what_was_written_is_read_back(void **state)
{
    const float w[6] = { 1, 2, 3, 4, 5, 6.5f }, b[1] = { -1 };
    const struct safetensors_source sources[] = {
        { .name = "w", .n_dims = 2, .dims = { 2, 3 }, .data = w },
        { .name = "b", .n_dims = 0, .data = b },
    };
    json_t *meta = json_pack("{s:s}", "format", "pt");
    struct safetensors st;
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    assert_int_equal(safetensors_write(&out, sources, 2, meta, NULL), 0);
    assert_int_equal((8 + out.data[0]) % 8, 0);
    assert_int_equal(safetensors_parse(&st, out.data, out.len, "x", NULL), 0);
    assert_int_equal(st.n_tensors, 2);
    assert_string_equal(safetensors_meta(&st, "format"), "pt");
    assert_null(safetensors_meta(&st, "nothing"));
    const struct safetensor *t = safetensors_find(&st, "w");
    assert_int_equal(t->n_dims, 2);
    assert_int_equal(t->dims[1], 3);
    assert_memory_equal(t->data, w, sizeof(w));
    assert_int_equal(safetensors_find(&st, "b")->n_dims, 0);
    safetensors_finish(&st);
    json_decref(meta);
    buf_finish(&out);
}

static void damaged_headers_are_refused_with_a_reason(void **state)
{
#define T(name, begin, end, shape)                                                             \
    "\"" name "\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":[" begin "," end "]}"
    const struct {
        const char *header;
        size_t n_data;
        const char *says;
    } cases[] = {
        { "[]", 0, "JSON header" },
        { "{", 0, "" },
        { "{\"a\":1}", 0, "a" },
        { "{" T("a", "0", "4", "[1]") "}", 3, "outside the 3 bytes" },
        { "{" T("a", "0", "4", "[1]") "}", 5, "5 bytes of data, 4" },
        { "{" T("a", "4", "8", "[1]") "}", 8, "hole at byte 0" },
        { "{" T("a", "0", "4", "[1]") "," T("b", "0", "4", "[1]") "}", 4, "overlap" },
        { "{" T("a", "0", "8", "[2]") "," T("b", "4", "12", "[2]") "}", 12, "overlap" },
        { "{" T("a", "0", "4", "[2]") "}", 4, "needs 8 bytes" },
        { "{" T("a", "4", "0", "[0]") "}", 4, "outside" },
        { "{" T("a", "-4", "0", "[1]") "}", 4, "outside" },
        { "{" T("a", "0", "4", "[-1]") "}", 4, "sizes" },
        { "{" T("a", "0", "0", "[4611686018427387904,8]") "}", 0, "sizes" },
        { "{" T("a", "0", "4", "[1,1,1,1,1,1,1,1,1]") "}", 4, "dimensions" },
        { "{" T("a", "0", "4", "[1]") "," T("a", "0", "4", "[1]") "}", 4, "" },
        { "{\"a\":{\"dtype\":\"F5\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "F5" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "begin, end" },
        { "{\"__metadata__\":{\"k\":1}}", 0, "'k' is not a string" },
        { "{\"__metadata__\":[]}", 0, "object" },
    };
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct safetensors st;
        struct err err = { 0 };

        make_file(&out, cases[i].header, cases[i].n_data);
        assert_true(safetensors_parse(&st, out.data, out.len, "bad.st", &err) < 0);
        assert_non_null(strstr(err.msg, "bad.st"));
        assert_non_null(strstr(err.msg, cases[i].says));
    }
    buf_finish(&out);
}

static void every_cut_of_a_real_file_is_refused(void **state)
{
    const struct embedded *file = bundled_champion();
    struct model *m = NULL;

    (void)state;
    for (size_t len = 0; len < file->len; len += len < 1500 ? 1 : 997)
        assert_true(model_read(&m, file->data, len, "cut", NULL) < 0);
    assert_null(m);
}

static void a_model_is_written_as_it_was_read(void **state)
{
    const struct embedded *file = bundled_champion();
    struct model *m = NULL;
    struct buf out;

    (void)state;
    buf_init(&out, MODEL_MAX_FILE_BYTES);
    assert_int_equal(model_read(&m, file->data, file->len, "champion", NULL), 0);
    assert_int_equal(model_parameters(m), 9610);
    struct model *copy = model_copy(m);
    assert_int_equal(model_write(&out, copy, NULL), 0);
    assert_int_equal(out.len, file->len);
    assert_memory_equal(out.data, file->data, file->len);
    model_free(copy);
    model_free(m);
    buf_finish(&out);
}

static void weights_that_are_no_numbers_are_refused(void **state)
{
    const struct embedded *file = bundled_champion();
    unsigned char *bytes = malloc(file->len);
    struct model *m = NULL;
    struct err err = { 0 };

    (void)state;
    memcpy(bytes, file->data, file->len);
    memset(bytes + file->len - 4, 0xff, 4);
    assert_int_equal(model_read(&m, bytes, file->len, "bad.st", &err), -ERR_RANGE);
    assert_non_null(strstr(err.msg, "fc2.weight"));
    free(bytes);
}

/* Same length, another claim in the metadata. */
static void metadata_that_do_not_fit_are_refused(void **state)
{
    const struct {
        const char *from, *to, *says;
    } cases[] = {
        { "\"arch\":\"mlp\"", "\"arch\":\"mlq\"", "no architecture 'mlq'" },
        { "\"hidden\":\"128\"", "\"hidden\":\"129\"", "another type or shape" },
        { "\"image_side\":\"8\"", "\"image_side\":\"9\"", "neither 8 nor 28" },
        { "\"classes\":\"10\"", "\"classes\":\"1x\"", "classes" },
        { "\"hidden\"", "\"hidren\"", "no 'hidden'" },
        { "\"fc1.bias\"", "\"fc1.bios\"", "'fc1.bias' is missing" },
    };
    const struct embedded *file = bundled_champion();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *bytes = malloc(file->len + 1);
        struct model *m = NULL;
        struct err err = { 0 };

        memcpy(bytes, file->data, file->len + 1);
        char *at = strstr(bytes + 8, cases[i].from);
        assert_non_null(at);
        memcpy(at, cases[i].to, strlen(cases[i].to));
        assert_true(model_read(&m, bytes, file->len, "bad.st", &err) < 0);
        assert_non_null(strstr(err.msg, cases[i].says));
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read_back),
        cmocka_unit_test(damaged_headers_are_refused_with_a_reason),
        cmocka_unit_test(every_cut_of_a_real_file_is_refused),
        cmocka_unit_test(a_model_is_written_as_it_was_read),
        cmocka_unit_test(weights_that_are_no_numbers_are_refused),
        cmocka_unit_test(metadata_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
