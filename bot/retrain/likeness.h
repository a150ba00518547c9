/* SPDX-License-Identifier: Apache-2.0
 * bot/retrain/likeness.h
 * likeness: whether pictures show a digit at all. A small vae learns the trusted digits and
 * makes each picture again; what it misses by much more than it misses digits that it never
 * saw is none (docs/decisions/0016-*.md). Always the same vae for the same data. Pure
 * arithmetic on memory. */
#ifndef BOT_RETRAIN_LIKENESS_H
#define BOT_RETRAIN_LIKENESS_H
#include <stddef.h>
#include <stdint.h>

struct dataset;
struct err;
struct kernels;

struct likeness_basis {
    const struct dataset *trusted; /* is learnt from */
    const struct dataset *holdout; /* says what errors are usual */
    const struct kernels *kernels;
};

/* ratios (n): the error of each picture of pixels (n, side * side) over the error that 99 of
 * 100 held-out digits stay below. */
int likeness_measure(double *ratios, const uint8_t *pixels, size_t n,
                     const struct likeness_basis *basis, struct err *err);

#endif
