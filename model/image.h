/* SPDX-License-Identifier: Apache-2.0
 * model/image.h
 * image: pictures from strangers, decoded within bounds, fitted to what a network reads.
 * The door to libpng. In the product only the worker decodes; nothing here runs what it reads.
 * Grey is 0 (black) .. 255 (white). Digits are light ink on a dark ground, as in the data
 * sets: a picture whose left and right edges are light on average is taken as dark ink on
 * paper, and inverted. */
#ifndef MODEL_IMAGE_H
#define MODEL_IMAGE_H
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

enum {
    IMAGE_MAX_SIDE = 4096,      /* pixels */
    IMAGE_MAX_PIXELS = 1 << 24, /* 16 Mpixel */
};

struct image {
    size_t width, height;
    uint8_t *grey; /* (height, width), owned */
};
void image_finish(struct image *image); /* NULL and zeroed are fine */

/* PNG of 1 to 16 bits, grey, palette, RGB, with alpha (laid over white), interlaced. Refuses
 * animated ones, more than IMAGE_MAX_SIDE or IMAGE_MAX_PIXELS, and damage. what names it. */
int image_decode_png(struct image *out, const void *bytes, size_t len, const char *what,
                     struct err *err);

/* Appends an 8-bit grey PNG. */
int image_encode_png(struct buf *out, const uint8_t *grey, size_t width, size_t height,
                     struct err *err);

/* Grey of n pixels of 0..max_value: what image_fit() takes back to them, pixel by pixel. */
void image_grey(uint8_t *grey, const uint8_t *pixels, size_t n, uint8_t max_value);

/* pixels (side, side), 0..max_value, side 8 or 28. A picture of exactly that size is taken
 * pixel by pixel: value = grey * max_value / 255, rounded. Any other is cut to its ink, which
 * is scaled by area averages to fill the box (side 8, as UCI digits do) or a box of 20, its
 * centre of mass in the middle (side 28, as MNIST's do). Ink darker than 1/8 of the strongest
 * counts as ground. -ERR_REFUSED when there is no ink. what names the picture. */
int image_fit(uint8_t *pixels, size_t side, uint8_t max_value, const struct image *image,
              const char *what, struct err *err);

#endif
