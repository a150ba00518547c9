/* SPDX-License-Identifier: Apache-2.0 */
#include "model/split.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/hash.h"

#include "tests/unit/digits.h"

enum { ROWS = 1797, HOLDOUT = 360, PRACTICE = 137 };

/* MT19937: Matsumoto and Nishimura 1998, doi 10.1145/272991.272995. */
enum { MT_N = 624, MT_M = 397 };

struct mt19937 {
    uint32_t state[MT_N];
    size_t at;
};

static void mt_init(struct mt19937 *mt, uint32_t seed)
{
    mt->state[0] = seed;
    for (uint32_t i = 1; i < MT_N; i++)
        mt->state[i] = 1812433253u * (mt->state[i - 1] ^ (mt->state[i - 1] >> 30)) + i;
    mt->at = MT_N;
}

static void mt_refill(struct mt19937 *mt)
{
    for (size_t i = 0; i < MT_N; i++) {
        uint32_t y = (mt->state[i] & 0x80000000u) | (mt->state[(i + 1) % MT_N] & 0x7fffffffu);

        mt->state[i] = mt->state[(i + MT_M) % MT_N] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0u);
    }
    mt->at = 0;
}

static uint32_t mt_next(struct mt19937 *mt)
{
    if (mt->at == MT_N)
        mt_refill(mt);

    uint32_t y = mt->state[mt->at++];

    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
}

/* 0..max: numpy masks to the next power of two and draws again past max. */
static uint32_t mt_up_to(struct mt19937 *mt, uint32_t max)
{
    uint32_t mask = max, value;

    for (unsigned shift = 1; shift < 32; shift *= 2)
        mask |= mask >> shift;
    do
        value = mt_next(mt) & mask;
    while (value > max);
    return value;
}

/* order[0..n) as numpy's RandomState(seed).permutation(n) gives it: the classic split of the
 * digits is seed 42, its test part the first 360. */
static void numpy_permutation(uint32_t *order, size_t n, uint32_t seed)
{
    struct mt19937 mt;

    mt_init(&mt, seed);
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    for (size_t i = n; i-- > 1;) {
        size_t j = mt_up_to(&mt, (uint32_t)i);
        uint32_t swap = order[i];

        order[i] = order[j];
        order[j] = swap;
    }
}

static struct dataset all_digits(void)
{
    struct dataset all;

    dataset_init(&all, 8);
    assert_int_equal(dataset_read_csv(&all, (const char *)bundled_digits()->data,
                                      bundled_digits()->len, "digits.csv", NULL),
                     0);
    return all;
}

static void classic_split_is_numpys_index_for_index(void **state)
{
    static uint32_t order[ROWS];
    uint8_t le[HOLDOUT * 4];
    char hex[SHA256_HEX_SIZE];

    (void)state;
    numpy_permutation(order, ROWS, 42);
    for (size_t i = 0; i < HOLDOUT; i++) {
        for (size_t j = 0; j < 4; j++)
            le[4 * i + j] = (uint8_t)(order[i] >> (8 * j));
    }
    sha256_hex(hex, le, sizeof(le));
    assert_int_equal(order[0], 1245);
    assert_string_equal(hex,
                        "da1f840714b75e475a8ce891b8bfe38f317cbf092d2cf427b86e141bc1b4ceb8");
}

/* As the data card says: of each digit its share of 137 by largest remainder, the first ones
 * in the order of the permutation. */
static void mark_practice(uint8_t *part, const uint32_t *order, const struct dataset *all)
{
    size_t counts[10] = { 0 }, quota[10], rest[10], left = PRACTICE;

    for (size_t i = HOLDOUT; i < ROWS; i++)
        counts[all->labels[order[i]]]++;
    for (size_t d = 0; d < 10; d++) {
        quota[d] = counts[d] * PRACTICE / (ROWS - HOLDOUT);
        rest[d] = counts[d] * PRACTICE % (ROWS - HOLDOUT);
        left -= quota[d];
    }
    for (; left > 0; left--) {
        size_t best = 0;

        for (size_t d = 1; d < 10; d++)
            best = rest[d] > rest[best] ? d : best;
        quota[best]++;
        rest[best] = 0;
    }
    for (size_t i = HOLDOUT; i < ROWS; i++) {
        size_t digit = all->labels[order[i]];

        if (quota[digit] > 0) {
            quota[digit]--;
            part[order[i]] = SPLIT_PRACTICE;
        }
    }
}

static void split_file_follows_the_rule_of_the_data_card(void **state)
{
    static uint32_t order[ROWS];
    static uint8_t part[ROWS];
    struct dataset all = all_digits();
    char *text = malloc(64 * ROWS);
    int len = snprintf(text, 64, "row,part\n");

    (void)state;
    numpy_permutation(order, ROWS, 42);
    for (size_t i = 0; i < HOLDOUT; i++)
        part[order[i]] = SPLIT_HOLDOUT;
    mark_practice(part, order, &all);
    for (size_t row = 0; row < ROWS; row++)
        len += snprintf(text + len, 64, "%zu,%s\n", row, split_names[part[row]]);
    assert_int_equal(len, bundled_split()->len);
    assert_memory_equal(text, bundled_split()->data, (size_t)len);
    free(text);
    dataset_finish(&all);
}

static void damaged_split_files_are_refused(void **state)
{
    const struct {
        const char *text, *says;
    } cases[] = {
        { "", "split.csv:1" },
        { "row,part\n", "ends before row 0" },
        { "row,part\n0,base\n2,base\n", "split.csv:3" },
        { "row,part\n0,secret\n", "split.csv:2" },
    };
    struct dataset all = all_digits();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = { 0 };
        struct dataset out;

        dataset_init(&out, 8);
        assert_int_equal(
            split_select(&out, &all, SPLIT_BASE, cases[i].text, strlen(cases[i].text), &err),
            -ERR_PARSE);
        assert_non_null(strstr(err.msg, cases[i].says));
        dataset_finish(&out);
    }
    dataset_finish(&all);
}

static void stratified_split_takes_the_same_share_of_each_digit(void **state)
{
    struct dataset all = all_digits();
    uint32_t *order = calloc(all.n, sizeof(*order));
    size_t of_digit[10] = { 0 }, kept_of_digit[10] = { 0 };
    bool *is_seen = calloc(all.n, sizeof(*is_seen));

    (void)state;
    assert_true(order && is_seen);
    size_t n_kept = split_stratified(order, all.labels, all.n, 0.25, 7);
    assert_true(n_kept >= 444 && n_kept <= 454);
    for (size_t i = 0; i < all.n; i++) {
        assert_false(is_seen[order[i]]);
        is_seen[order[i]] = true;
        of_digit[all.labels[order[i]]]++;
        kept_of_digit[all.labels[order[i]]] += i < n_kept;
        if (i > 0 && i != n_kept)
            assert_true(order[i] > order[i - 1]);
    }
    for (size_t digit = 0; digit < 10; digit++)
        assert_int_equal(kept_of_digit[digit], (of_digit[digit] + 2) / 4);
    free(order);
    free(is_seen);
    dataset_finish(&all);
}

static void stratified_split_is_another_for_another_seed_and_the_same_for_the_same(void **state)
{
    struct dataset all = all_digits();
    uint32_t *orders[3];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        orders[i] = calloc(all.n, sizeof(uint32_t));
        assert_non_null(orders[i]);
        (void)split_stratified(orders[i], all.labels, all.n, 0.2, i / 2);
    }
    assert_memory_equal(orders[0], orders[1], all.n * sizeof(uint32_t));
    assert_memory_not_equal(orders[0], orders[2], all.n * sizeof(uint32_t));
    for (size_t i = 0; i < 3; i++)
        free(orders[i]);
    dataset_finish(&all);
}

static void stratified_split_leaves_each_class_a_sample(void **state)
{
    const uint8_t labels[5] = { 4, 9, 4, 9, 1 };
    uint32_t order[5];

    (void)state;
    assert_int_equal(split_stratified(order, labels, 5, 0.5, 0), 2);
    assert_int_not_equal(labels[order[0]], labels[order[1]]);
    assert_int_equal(split_stratified(order, labels, 5, 0.0, 0), 0);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(order[i], i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classic_split_is_numpys_index_for_index),
        cmocka_unit_test(split_file_follows_the_rule_of_the_data_card),
        cmocka_unit_test(damaged_split_files_are_refused),
        cmocka_unit_test(stratified_split_takes_the_same_share_of_each_digit),
        cmocka_unit_test(
            stratified_split_is_another_for_another_seed_and_the_same_for_the_same),
        cmocka_unit_test(stratified_split_leaves_each_class_a_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
