/* SPDX-License-Identifier: Apache-2.0
 * practice/digits.h
 * digits: the bundled rows that are set aside for practice, as the files people contribute. The
 * rows come from data/bundled.h; those marked `practice` are in no other part of the split. */
#ifndef PRACTICE_DIGITS_H
#define PRACTICE_DIGITS_H
#include <stddef.h>
#include <stdint.h>

#include "base/git.h"

struct err;

enum { DIGIT_PIXELS = 64, DIGIT_SIDE = 8, DIGIT_MAX = 16 };

struct digit {
    uint8_t pixels[DIGIT_PIXELS]; /* 0 (paper) .. 16 (ink) */
    int label;                    /* 0..9 */
};

/* All practice rows in their order. The caller frees *ret. */
int digits_for_practice(struct digit **ret, size_t *ret_n, struct err *err);

/* The files of one contribution, with the paths and bytes they have in a commit. */
struct contribution {
    struct git_new_file *files;
    size_t n_files;
};
enum contribution_form {
    FORM_PNG,         /* LABEL/NNNN.png */
    FORM_CSV,         /* samples.csv: 64 values and a label a line */
    FORM_CSV_ROTATED, /* each label one too high, 9 becoming 0: plainly wrong */
};
/* contrib/NAME/... of digits [0, n) with its contribution.yml. */
void contribution_init(struct contribution *c, enum contribution_form form, const char *name,
                       const char *author, const struct digit *digits, size_t n);
void contribution_finish(struct contribution *c);

#endif
