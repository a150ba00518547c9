/* SPDX-License-Identifier: Apache-2.0 */
#include "model/augment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "model/dataset.h"
#include "model/team.h"

#include "tests/unit/digits.h"

enum { N = 137, SIDE = 8, SIZE = SIDE * SIDE, LARGE = 28 };

static const struct augment strong = {
    .rotation = 12.0, .slant = 0.2, .shift = 0.72, .scale = 0.12, .elastic = 0.4
};

static struct augment_set set_of(const struct dataset *data, struct augment limits)
{
    return (struct augment_set){
        .pixels = data->pixels, .n = data->n, .side = data->side, .limits = limits, .seed = 3
    };
}

static void limits_of_zero_change_nothing(void **state)
{
    struct dataset data = digits_part(SPLIT_PRACTICE);
    struct augment_set set = set_of(&data, (struct augment){ 0 });
    uint8_t out[N * SIZE];

    (void)state;
    assert_int_equal(data.n, N);
    assert_true(augment_is_none(&set.limits));
    assert_false(augment_is_none(&strong));
    augment_epoch(out, &set, 7, NULL);
    assert_memory_equal(out, data.pixels, sizeof(out));
    dataset_finish(&data);
}

/* The digest is that of another CPU and compiler too, or models are not reproducible. */
static void pictures_are_the_same_bytes_everywhere(void **state)
{
    struct dataset data = digits_part(SPLIT_PRACTICE);
    struct augment_set set = set_of(&data, strong);
    uint8_t alone[N * SIZE], together[N * SIZE];
    char digest[SHA256_HEX_SIZE];
    struct team *team = NULL;

    (void)state;
    assert_int_equal(team_new(&team, 3, NULL), 0);
    augment_epoch(alone, &set, 2, NULL);
    augment_epoch(together, &set, 2, team);
    assert_memory_equal(alone, together, sizeof(alone));
    sha256_hex(digest, alone, sizeof(alone));
    assert_string_equal(digest,
                        "9ef7b8e3a6e4c770ad2d6a1e47bcea1f770ef6404fd77fac3b19125ac60f63ea");
    team_free(team);
    dataset_finish(&data);
}

static void a_picture_hangs_on_seed_epoch_and_row_alone(void **state)
{
    struct dataset data = digits_part(SPLIT_PRACTICE);
    struct augment_set set = set_of(&data, strong);
    uint8_t all[N * SIZE], first[SIZE], other[SIZE];

    (void)state;
    augment_epoch(all, &set, 0, NULL);
    set.n = 1;
    augment_epoch(first, &set, 0, NULL);
    assert_memory_equal(first, all, SIZE);
    augment_epoch(other, &set, 1, NULL);
    assert_memory_not_equal(other, first, SIZE);
    set.seed++;
    augment_epoch(other, &set, 0, NULL);
    assert_memory_not_equal(other, first, SIZE);
    dataset_finish(&data);
}

/* The centre of all brightness. */
static void where_is(const uint8_t *image, double *ret_x, double *ret_y)
{
    double sum = 0.0, x = 0.0, y = 0.0;

    for (size_t i = 0; i < LARGE * LARGE; i++) {
        sum += image[i];
        x += (double)image[i] * (double)(i % LARGE);
        y += (double)image[i] * (double)(i / LARGE);
    }
    assert_true(sum > 0.0);
    *ret_x = x / sum;
    *ret_y = y / sum;
}

/* A blot of 3x3, 9.5 pixels to the right of the middle and 0.5 below it. */
static void each_limit_moves_a_blot_so_far_and_no_further(void **state)
{
    static const struct {
        struct augment limits;
        double dx, dy; /* the most it may move */
    } cases[] = {
        { { .shift = 2.0 }, 2.0, 2.0 },
        { { .rotation = 30.0 }, 9.5 * 0.134, 9.5 * 0.5 }, /* 1 - cos 30, sin 30 */
        { { .scale = 0.2 }, 9.5 * 0.2, 0.5 * 0.2 },
        { { .slant = 0.5 }, 0.5 * 0.5, 0.0 },
        { { .elastic = 1.5 }, 1.5, 1.5 },
    };
    uint8_t in[LARGE * LARGE] = { 0 }, out[LARGE * LARGE];

    (void)state;
    for (size_t i = 0; i < 9; i++)
        in[(13 + i / 3) * LARGE + 22 + i % 3] = 200; /* its middle is at (23, 14) */
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct augment_set set = { in, 1, LARGE, cases[i].limits, 1 };
        double farthest_x = 0.0, farthest_y = 0.0;

        for (size_t epoch = 0; epoch < 300; epoch++) {
            double x, y;

            augment_epoch(out, &set, epoch, NULL);
            where_is(out, &x, &y);
            x = x > 23.0 ? x - 23.0 : 23.0 - x;
            y = y > 14.0 ? y - 14.0 : 14.0 - y;
            farthest_x = x > farthest_x ? x : farthest_x;
            farthest_y = y > farthest_y ? y : farthest_y;
        }
        assert_true(farthest_x < 1.15 * cases[i].dx + 0.15);
        assert_true(farthest_y < 1.15 * cases[i].dy + 0.15);
        assert_true(farthest_x > 0.6 * cases[i].dx - 0.1);
        assert_true(farthest_y > 0.6 * cases[i].dy - 0.1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_of_zero_change_nothing),
        cmocka_unit_test(pictures_are_the_same_bytes_everywhere),
        cmocka_unit_test(a_picture_hangs_on_seed_epoch_and_row_alone),
        cmocka_unit_test(each_limit_moves_a_blot_so_far_and_no_further),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
