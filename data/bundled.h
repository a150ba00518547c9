/* SPDX-License-Identifier: Apache-2.0
 * data/bundled.h
 * bundled: the files of data/ that travel inside the binary. Borrowed for ever. */
#ifndef DATA_BUNDLED_H
#define DATA_BUNDLED_H
#include "base/embedded.h"

const struct embedded *bundled_digits(void);   /* digits.csv: 1797 rows of 64 pixels, label */
const struct embedded *bundled_split(void);    /* split.csv: row,part */
const struct embedded *bundled_champion(void); /* model.safetensors, trained on part base */

#endif
