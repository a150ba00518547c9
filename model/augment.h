/* SPDX-License-Identifier: Apache-2.0
 * model/augment.h
 * augment: pictures of a training set as other hands would have drawn them: turned, slanted,
 * moved, larger or smaller, wavy. A picture depends on its seed, epoch and row alone, so that
 * neither threads nor a resumed training see another one; plain arithmetic, the same bits
 * everywhere. */
#ifndef MODEL_AUGMENT_H
#define MODEL_AUGMENT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct team;

/* Limits of what is drawn uniformly for each picture; all zero changes nothing. */
struct augment {
    double rotation; /* degrees to either side */
    double slant;    /* pixels sideways per pixel up, to either side */
    double shift;    /* pixels, right or left and up or down */
    double scale;    /* share wider or narrower, and higher or lower */
    double elastic;  /* pixels that each of 4x4 places is pulled away, what lies between after
                        them (after Simard, Steinkraus and Platt 2003) */
};

struct augment_set {
    const uint8_t *pixels; /* (n, side, side) */
    size_t n, side;
    struct augment limits;
    uint64_t seed;
};

bool augment_is_none(const struct augment *limits);

/* out (n, side, side) = what epoch `epoch` (from 0) shows of the set. team may be NULL. */
void augment_epoch(uint8_t *out, const struct augment_set *set, size_t epoch,
                   struct team *team);

#endif
