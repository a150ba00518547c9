/* SPDX-License-Identifier: Apache-2.0
 * practice/png.h
 * png: the smallest writer of grey pictures that every reader takes.
 * Stored, not compressed: the bytes never depend on a library's version. */
#ifndef PRACTICE_PNG_H
#define PRACTICE_PNG_H
#include <stddef.h>
#include <stdint.h>

struct buf;

enum { PNG_MAX_SIDE = 128 };

/* Appends a PNG of width x height bytes, row by row, 0 black and 255 white. Sides up to 128. */
void png_write_grey(struct buf *out, const uint8_t *pixels, size_t width, size_t height);

#endif
