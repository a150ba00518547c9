/* SPDX-License-Identifier: Apache-2.0
 * model/sparse.h
 * sparse: a batch of images as lists of the pixels that are not 0, by image for x W and by
 * pixel for x^T dh. Half of the pixels of a digit are 0, four fifths of MNIST's. Owns its
 * lists. Different parts of a team may fill different images and pixels at once. */
#ifndef MODEL_SPARSE_H
#define MODEL_SPARSE_H
#include <stddef.h>
#include <stdint.h>

#include "model/arch.h"

struct picks {
    const struct pick *at;
    size_t n;
};

struct sparse_batch {
    size_t n_pixels;
    float value[256];                     /* pixel -> input: pixel / max_value */
    struct picks by_image[NET_MAX_BATCH]; /* row is the pixel */
    struct pick
        *by_pixel;        /* (n_pixels, NET_MAX_BATCH): row is the image's place in the batch */
    uint32_t *n_by_pixel; /* (n_pixels): the first so many of each row count */
    struct pick *room;    /* (NET_MAX_BATCH, n_pixels): for images that are not known */
    struct picks *known;  /* of every image of the training set, or NULL */
    struct pick *known_room;
};

/* n_pixels: a multiple of 8. */
void sparse_init(struct sparse_batch *x, size_t n_pixels, uint8_t max_value);
void sparse_finish(struct sparse_batch *x); /* NULL and zeroed are fine */

/* Room for lists by pixel; only training needs it. */
void sparse_prepare_pixels(struct sparse_batch *x);

/* A set of n images that all batches will be rows of: when small enough, it is picked once,
 * not in every epoch. */
void sparse_know(struct sparse_batch *x, const uint8_t *pixels, size_t n);

/* Lists of images [from, to) of the batch; then, when all of its n are there, of pixels. */
void sparse_by_image(struct sparse_batch *x, const struct batch *batch, size_t from, size_t to);
void sparse_by_pixel(struct sparse_batch *x, size_t n, size_t from, size_t to);

#endif
