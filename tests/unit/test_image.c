/* SPDX-License-Identifier: Apache-2.0 */
#include "model/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/embedded.h"
#include "base/err.h"
#include "base/text.h"

extern const struct embedded png_files[]; /* tests/fuzz/corpus/png */

static const struct embedded *file_named(const char *name)
{
    for (const struct embedded *f = png_files; f->name; f++) {
        if (strcmp(f->name, name) == 0)
            return f;
    }
    fail_msg("no fixture %s", name);
    return NULL;
}

/* Every flavour shows the same stroke: ink in columns 3 and 4 of 8. */
static void every_flavour_decodes_to_the_same_digit(void **state)
{
    size_t n = 0;

    (void)state;
    for (const struct embedded *f = png_files; f->name; f++) {
        uint8_t pixels[64];
        struct image image = { 0 };
        struct err err = { 0 };

        if (text_has_prefix(f->name, "bad-") || text_has_prefix(f->name, "diagonal-"))
            continue;
        assert_int_equal(image_decode_png(&image, f->data, f->len, f->name, &err), 0);
        assert_int_equal(image.width, 8);
        assert_int_equal(image_fit(pixels, 8, 16, &image, f->name, &err), 0);
        for (size_t i = 0; i < 64; i++)
            assert_int_equal(pixels[i], i % 8 == 3 || i % 8 == 4 ? 16 : 0);
        image_finish(&image);
        n++;
    }
    assert_int_equal(n, 17);
}

/* Stripes would not tell if a row held pixels of the one above. */
static void each_row_of_an_interlaced_picture_is_its_own(void **state)
{
    size_t n = 0;

    (void)state;
    for (const struct embedded *f = png_files; f->name; f++) {
        struct image image = { 0 };

        if (!text_has_prefix(f->name, "diagonal-"))
            continue;
        assert_int_equal(image_decode_png(&image, f->data, f->len, f->name, NULL), 0);
        assert_int_equal(image.width, 8);
        assert_int_equal(image.height, 8);
        for (size_t i = 0; i < 64; i++)
            assert_int_equal(image.grey[i], i % 8 == i / 8 ? 255 : 0);
        image_finish(&image);
        n++;
    }
    assert_int_equal(n, 4);
}

static void bad_pictures_are_refused_with_name_and_reason(void **state)
{
    const struct {
        const char *name;
        int rc;
        const char *says;
    } cases[] = {
        { "bad-animated.png", -ERR_REFUSED, "animated" },
        { "bad-wide.png", -ERR_LIMIT, "4097 x 1 pixels; the limit is 4096 a side" },
        { "bad-zero.png", -ERR_PARSE, "0 x 8" },
        { "bad-bomb.png", -ERR_PARSE, "damaged" },
        { "bad-truncated.png", -ERR_PARSE, "damaged" },
        { "bad-checksum.png", -ERR_PARSE, "damaged" },
        { "bad-interlaced-cut16.png", -ERR_PARSE, "damaged PNG: it ends too early" },
        { "bad-text.png", -ERR_PARSE, "not a PNG" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct embedded *f = file_named(cases[i].name);
        struct image image = { 0 };
        struct err err = { 0 };

        assert_int_equal(image_decode_png(&image, f->data, f->len, f->name, &err), cases[i].rc);
        assert_non_null(strstr(err.msg, cases[i].name));
        assert_non_null(strstr(err.msg, cases[i].says));
        assert_null(image.grey);
    }
}

/* The pixels are all there in most of these, but who cut the file may have cut more. */
static void a_picture_cut_anywhere_is_refused(void **state)
{
    static const char *const names[] = { "good-grey8.png", "good-interlaced-rgb16.png" };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct embedded *f = file_named(names[i]);

        for (size_t len = 0; len < f->len; len++) {
            void *cut = xmemdup(f->data, len ? len : 1); /* sanitizers see a byte too far */
            struct image image = { 0 };
            struct err err = { 0 };

            assert_int_equal(image_decode_png(&image, cut, len, "cut.png", &err), -ERR_PARSE);
            assert_non_null(strstr(err.msg, "cut.png: "));
            free(cut);
        }
    }
}

static void every_pixel_value_survives_a_png(void **state)
{
    uint8_t ink[64], grey[64], pixels[64];

    (void)state;
    for (size_t i = 0; i < 64; i++) {
        ink[i] = i % 8 == 0 || i % 8 == 7 ? 0 : (uint8_t)(i % 17);
        grey[i] = (uint8_t)((ink[i] * 255 + 8) / 16);
    }
    struct image image = { 0 };
    struct buf png;
    buf_init(&png, 4096);
    assert_int_equal(image_encode_png(&png, grey, 8, 8, NULL), 0);
    assert_int_equal(image_decode_png(&image, png.data, png.len, "x", NULL), 0);
    assert_memory_equal(image.grey, grey, sizeof(grey));
    assert_int_equal(image_fit(pixels, 8, 16, &image, "x", NULL), 0);
    assert_memory_equal(pixels, ink, sizeof(ink));
    image_finish(&image);
    buf_finish(&png);
}

/* A white rectangle on black of this size, elsewhere in a large picture. */
static struct image picture(size_t width, size_t height, size_t left, size_t top, size_t w,
                            size_t h)
{
    struct image image = { .width = width,
                           .height = height,
                           .grey = xcalloc(width * height, 1) };

    for (size_t y = top; y < top + h; y++)
        memset(image.grey + y * width + left, 255, w);
    return image;
}

static void large_pictures_are_cut_to_their_ink(void **state)
{
    struct image image = picture(300, 200, 200, 20, 20, 80);
    uint8_t pixels[64];

    (void)state;
    assert_int_equal(image_fit(pixels, 8, 16, &image, "x", NULL), 0);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(pixels[i], i % 8 == 3 || i % 8 == 4 ? 16 : 0);
    image_finish(&image);
}

static void small_pictures_are_scaled_up(void **state)
{
    struct image image = picture(5, 5, 2, 1, 1, 4);
    uint8_t pixels[64];

    (void)state;
    assert_int_equal(image_fit(pixels, 8, 16, &image, "x", NULL), 0);
    assert_int_equal(pixels[3 * 8 + 3], 16);
    assert_int_equal(pixels[3 * 8], 0);
    image_finish(&image);
}

static void mnist_pictures_have_their_mass_in_the_middle(void **state)
{
    struct image image = picture(100, 100, 5, 5, 40, 40);
    uint8_t pixels[784];
    uint64_t mass = 0, x = 0, y = 0;

    (void)state;
    memset(image.grey + 5 * 100 + 5, 0, 30); /* not symmetric */
    assert_int_equal(image_fit(pixels, 28, 255, &image, "x", NULL), 0);
    for (size_t i = 0; i < 784; i++) {
        mass += pixels[i];
        x += pixels[i] * (i % 28);
        y += pixels[i] * (i / 28);
    }
    assert_true(x >= 13 * mass && x <= 15 * mass);
    assert_true(y >= 13 * mass && y <= 15 * mass);
    image_finish(&image);
}

static void empty_pictures_are_refused(void **state)
{
    struct image image = picture(8, 8, 0, 0, 0, 0);
    uint8_t pixels[64];
    struct err err = { 0 };

    (void)state;
    assert_int_equal(image_fit(pixels, 8, 16, &image, "blank.png", &err), -ERR_REFUSED);
    assert_non_null(strstr(err.msg, "blank.png"));
    memset(image.grey, 255, 64);
    assert_int_equal(image_fit(pixels, 8, 16, &image, "blank.png", &err), -ERR_REFUSED);
    image_finish(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flavour_decodes_to_the_same_digit),
        cmocka_unit_test(each_row_of_an_interlaced_picture_is_its_own),
        cmocka_unit_test(bad_pictures_are_refused_with_name_and_reason),
        cmocka_unit_test(a_picture_cut_anywhere_is_refused),
        cmocka_unit_test(every_pixel_value_survives_a_png),
        cmocka_unit_test(large_pictures_are_cut_to_their_ink),
        cmocka_unit_test(small_pictures_are_scaled_up),
        cmocka_unit_test(mnist_pictures_have_their_mass_in_the_middle),
        cmocka_unit_test(empty_pictures_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
