/* SPDX-License-Identifier: Apache-2.0
 * model/split.h
 * split: which row goes where. Of the bundled digits:
 *   holdout   360 rows, the test part of the classic 80/20 split; every gate judges on them
 *   practice  137 rows, only in pull requests of the practice forge
 *   base      1300 rows, what the bundled champion is trained on */
#ifndef MODEL_SPLIT_H
#define MODEL_SPLIT_H
#include <stddef.h>
#include <stdint.h>

struct dataset;
struct err;

enum split_part { SPLIT_BASE, SPLIT_HOLDOUT, SPLIT_PRACTICE, SPLIT_PARTS };

extern const char *const split_names[SPLIT_PARTS];

/* The rows of all (read from a digits.csv) that split.csv gives to a part, in their order,
 * appended to *out. text is "row,part" and a line for each row of all, in order. */
int split_select(struct dataset *out, const struct dataset *all, enum split_part part,
                 const char *text, size_t len, struct err *err);

/* order[0..n) becomes the rows 0..n-1 in two parts, each ascending; returns the length of the
 * first. It takes that share of each class, rounded, by lot; one sample of a class stays. */
size_t split_stratified(uint32_t *order, const uint8_t *labels, size_t n, double share,
                        uint64_t seed);

#endif
