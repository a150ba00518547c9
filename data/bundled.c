/* SPDX-License-Identifier: Apache-2.0 */
#include "data/bundled.h"

/* In the order that data/meson.build gives to tools/embed. */
extern const struct embedded digits_8x8_files[];

enum { DIGITS, SPLIT, CHAMPION };

const struct embedded *bundled_digits(void)
{
    return &digits_8x8_files[DIGITS];
}

const struct embedded *bundled_split(void)
{
    return &digits_8x8_files[SPLIT];
}

const struct embedded *bundled_champion(void)
{
    return &digits_8x8_files[CHAMPION];
}
