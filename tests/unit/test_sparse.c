/* SPDX-License-Identifier: Apache-2.0 */
#include "model/sparse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

enum { N_PIXELS = 100, N_IMAGES = 37, N_SET = 50 }; /* one whole block and a part of one */

/* A batch from a set in which most pixels are 0, some 1 and some 255. */
struct fixture {
    struct sparse_batch x;
    struct batch batch;
    uint8_t pixels[N_SET * N_PIXELS];
    uint32_t rows[N_IMAGES];
};

static int set_up(void **state)
{
    static const uint8_t values[] = { 0, 0, 0, 0, 0, 1, 128, 255 };
    static struct fixture f;
    struct rng rng;

    memset(&f, 0, sizeof(f));
    rng_init(&rng, 7, 0);
    for (size_t i = 0; i < sizeof(f.pixels); i++)
        f.pixels[i] = values[rng_below(&rng, sizeof(values))];
    for (size_t b = 0; b < N_IMAGES; b++)
        f.rows[b] = (uint32_t)(b * 11 % N_SET);
    f.batch = (struct batch){ .pixels = f.pixels, .rows = f.rows, .n = N_IMAGES };
    sparse_init(&f.x, kernels_reference(), N_PIXELS, 255);
    sparse_take(&f.x, &f.batch, 0, 20);
    sparse_take(&f.x, &f.batch, 20, N_IMAGES);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    sparse_finish(&f->x);
    return 0;
}

/* 0 behind the last pixel. */
static uint8_t pixel_of(const struct fixture *f, size_t b, size_t pixel)
{
    return pixel < N_PIXELS ? f->pixels[f->rows[b] * N_PIXELS + pixel] : 0;
}

static void a_mask_tells_which_pixels_of_an_image_are_not_0(void **state)
{
    const struct fixture *f = *state;

    assert_int_equal(f->x.n_blocks, 2);
    for (size_t k = 0; k < f->x.n_blocks; k++) {
        for (size_t b = 0; b < N_IMAGES; b++) {
            const struct sparse_args args = sparse_images(&f->x, k, b);

            for (size_t i = 0; i < SPARSE_BLOCK; i++) {
                uint8_t pixel = pixel_of(f, b, k * SPARSE_BLOCK + i);

                assert_int_equal(args.masks[0] >> i & 1, pixel != 0);
                assert_int_equal(args.a[i * args.a_col], pixel);
            }
        }
    }
}

static void a_turned_mask_tells_in_which_images_a_pixel_is_not_0(void **state)
{
    const struct fixture *f = *state;
    uint64_t by_pixel[SPARSE_BLOCK];

    for (size_t k = 0; k < f->x.n_blocks; k++) {
        sparse_turn(by_pixel, &f->x, k, N_IMAGES);
        for (size_t i = 0; i < SPARSE_BLOCK; i++) {
            const struct sparse_args args = sparse_pixels(&f->x, k, i, by_pixel);

            for (size_t b = 0; b < 64; b++) {
                uint8_t pixel = b < N_IMAGES ? pixel_of(f, b, k * SPARSE_BLOCK + i) : 0;

                assert_int_equal(args.masks[0] >> b & 1, pixel != 0);
                assert_int_equal(args.a[b * args.a_col], pixel);
            }
        }
    }
}

static void a_weight_is_the_share_of_the_highest_value(void **state)
{
    const struct fixture *f = *state;

    assert_true(f->x.weights[0] <= 0.0f && f->x.weights[255] >= 1.0f);
    assert_memory_equal(&f->x.weights[51], &(float){ 51.0f / 255.0f }, sizeof(float));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mask_tells_which_pixels_of_an_image_are_not_0),
        cmocka_unit_test(a_turned_mask_tells_in_which_images_a_pixel_is_not_0),
        cmocka_unit_test(a_weight_is_the_share_of_the_highest_value),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
