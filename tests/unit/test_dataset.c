/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"

#include "tests/unit/digits.h"

static char *row_of_zeros(size_t pixels, const char *tail)
{
    char *row = xcalloc(pixels * 2 + strlen(tail) + 1, 1);

    for (size_t i = 0; i < pixels; i++)
        memcpy(row + 2 * i, "0,", 2);
    memcpy(row + 2 * pixels, tail, strlen(tail));
    return row;
}

static void bundled_digits_are_the_uci_file(void **state)
{
    char hex[SHA256_HEX_SIZE];

    (void)state;
    sha256_hex(hex, bundled_digits()->data, bundled_digits()->len);
    assert_string_equal(hex,
                        "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8");
}

static void parts_have_their_sizes(void **state)
{
    const size_t sizes[SPLIT_PARTS] = { 1300, 360, 137 };

    (void)state;
    for (size_t part = 0; part < SPLIT_PARTS; part++) {
        struct dataset ds = digits_part((enum split_part)part);

        assert_int_equal(ds.n, sizes[part]);
        dataset_finish(&ds);
    }
}

static void lines_of_both_ends_a_mark_and_no_last_newline_are_read(void **state)
{
    char *row = row_of_zeros(64, "7");
    char *text = xasprintf("\xef\xbb\xbf%s\r\n%s\n%s", row, row, row);
    struct dataset ds;

    (void)state;
    dataset_init(&ds, 0);
    assert_int_equal(dataset_read_csv(&ds, text, strlen(text), "x.csv", NULL), 0);
    assert_int_equal(ds.n, 3);
    assert_int_equal(ds.side, 8);
    assert_int_equal(ds.max_value, 16);
    assert_int_equal(ds.labels[2], 7);
    dataset_finish(&ds);
    free(text);
    free(row);
}

static void wide_rows_are_28_pixels_a_side(void **state)
{
    char *row = row_of_zeros(784, "3");
    struct dataset ds;

    (void)state;
    dataset_init(&ds, 0);
    assert_int_equal(dataset_read_csv(&ds, row, strlen(row), "x.csv", NULL), 0);
    assert_int_equal(ds.side, 28);
    assert_int_equal(ds.max_value, 255);
    dataset_finish(&ds);
    free(row);
}

static void bad_lines_are_named_by_file_line_and_column(void **state)
{
    const struct {
        size_t zeros;
        const char *tail;
        int rc;
        const char *says;
    } rows[] = {
        { 62, "0", -ERR_PARSE, "63 values" },
        { 64, "10", -ERR_RANGE, "column 65: label 10" },
        { 64, "-1", -ERR_PARSE, "column 65: '-1'" },
        { 64, "", -ERR_PARSE, "column 65: ''" },
        { 63, "17,1", -ERR_RANGE, "column 64: pixel 17" },
        { 63, "nan,1", -ERR_PARSE, "column 64: 'nan'" },
        { 63, "1.5,1", -ERR_PARSE, "column 64: '1.5'" },
        { 63, "0001,1", -ERR_PARSE, "column 64: '0001'" },
        { 63, " 1,1", -ERR_PARSE, "column 64: ' 1'" },
        { 784, "1,1", -ERR_PARSE, "more than 785 values" },
        { 784, "1", -ERR_RANGE, "28x28 do not go with 8x8" },
    };
    char *good = row_of_zeros(64, "1");

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *bad = row_of_zeros(rows[i].zeros, rows[i].tail);
        char *text = xasprintf("%s\n%s\n", good, bad);
        struct err err = { 0 };
        struct dataset ds;

        dataset_init(&ds, 0);
        assert_int_equal(dataset_read_csv(&ds, text, strlen(text), "x.csv", &err), rows[i].rc);
        assert_non_null(strstr(err.msg, "x.csv:2"));
        assert_non_null(strstr(err.msg, rows[i].says));
        dataset_finish(&ds);
        free(text);
        free(bad);
    }
    free(good);
}

static void blank_lines_and_nul_bytes_are_errors(void **state)
{
    struct dataset ds;

    (void)state;
    dataset_init(&ds, 0);
    assert_int_equal(dataset_read_csv(&ds, "\n", 1, "x.csv", NULL), -ERR_PARSE);
    assert_int_equal(dataset_read_csv(&ds, "0,\0", 3, "x.csv", NULL), -ERR_PARSE);
    assert_int_equal(ds.n, 0);
    dataset_finish(&ds);
}

static void a_header_is_called_by_its_name(void **state)
{
    static const char text[] = "label,pixel0,pixel1\n";
    struct dataset ds;
    struct err err = { 0 };

    (void)state;
    dataset_init(&ds, 0);
    assert_int_equal(dataset_read_csv(&ds, text, strlen(text), "x.csv", &err), -ERR_PARSE);
    assert_string_equal(err.msg, "x.csv:1: a header is not taken: column 1: 'label' is not an "
                                 "integer 0..255");
    dataset_finish(&ds);
}

static void digest_depends_on_pixels_labels_and_order(void **state)
{
    struct dataset a, b;
    uint8_t pixels[64] = { 1 };
    char first[SHA256_HEX_SIZE], second[SHA256_HEX_SIZE];

    (void)state;
    dataset_init(&a, 8);
    dataset_init(&b, 8);
    assert_int_equal(dataset_add(&a, pixels, 1, NULL), 0);
    assert_int_equal(dataset_add(&a, pixels, 2, NULL), 0);
    assert_int_equal(dataset_add(&b, pixels, 2, NULL), 0);
    assert_int_equal(dataset_add(&b, pixels, 1, NULL), 0);
    dataset_digest(first, &a);
    dataset_digest(second, &b);
    assert_string_not_equal(first, second);
    b.labels[0] = 1;
    b.labels[1] = 2;
    dataset_digest(second, &b);
    assert_string_equal(first, second);
    dataset_finish(&a);
    dataset_finish(&b);
}

static void samples_out_of_bounds_are_refused(void **state)
{
    struct dataset ds;
    uint8_t pixels[64] = { 0 };
    struct err err = { 0 };

    (void)state;
    dataset_init(&ds, 8);
    assert_int_equal(dataset_add(&ds, pixels, 10, &err), -ERR_RANGE);
    assert_int_equal(dataset_add(&ds, pixels, -1, &err), -ERR_RANGE);
    pixels[63] = 17;
    assert_int_equal(dataset_add(&ds, pixels, 1, &err), -ERR_RANGE);
    assert_non_null(strstr(err.msg, "pixel 64 is 17"));
    assert_int_equal(ds.n, 0);
    dataset_finish(&ds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bundled_digits_are_the_uci_file),
        cmocka_unit_test(parts_have_their_sizes),
        cmocka_unit_test(lines_of_both_ends_a_mark_and_no_last_newline_are_read),
        cmocka_unit_test(wide_rows_are_28_pixels_a_side),
        cmocka_unit_test(bad_lines_are_named_by_file_line_and_column),
        cmocka_unit_test(blank_lines_and_nul_bytes_are_errors),
        cmocka_unit_test(a_header_is_called_by_its_name),
        cmocka_unit_test(digest_depends_on_pixels_labels_and_order),
        cmocka_unit_test(samples_out_of_bounds_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
