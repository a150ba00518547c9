/* SPDX-License-Identifier: Apache-2.0
 * digits: what the tests of model/ share: the bundled rows by part. */
#ifndef TESTS_UNIT_DIGITS_H
#define TESTS_UNIT_DIGITS_H
#include "data/bundled.h"
#include "model/dataset.h"
#include "model/split.h"

/* Ends the test when the bundled files are not what they should be. */
static inline struct dataset digits_part(enum split_part part)
{
    const struct embedded *digits = bundled_digits(), *split = bundled_split();
    struct dataset all, out;

    dataset_init(&all, 8);
    dataset_init(&out, 8);
    assert_int_equal(
        dataset_read_csv(&all, (const char *)digits->data, digits->len, "digits.csv", NULL), 0);
    assert_int_equal(
        split_select(&out, &all, part, (const char *)split->data, split->len, NULL), 0);
    dataset_finish(&all);
    return out;
}

#endif
