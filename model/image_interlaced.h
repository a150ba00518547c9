/* SPDX-License-Identifier: Apache-2.0
 * model/image_interlaced.h
 * image_interlaced: an interlaced PNG of 16 bits, written anew without interlacing.
 * libpng's simplified interface (1.6.51 on, and with Debian's mend of CVE-2025-65018) leaves
 * pixels of the row above in such a picture when it reduces the 16 bits to 8. */
#ifndef MODEL_IMAGE_INTERLACED_H
#define MODEL_IMAGE_INTERLACED_H
#include <stdbool.h>
#include <stddef.h>

struct buf;

enum { IMAGE_FAULT_SIZE = 64 };

/* Appends a file of the same samples and colours. False: fault says what is wrong with bytes.
 * The caller has checked the picture's size, and that out has not overflowed. */
bool image_deinterlace(struct buf *out, char fault[IMAGE_FAULT_SIZE], const void *bytes,
                       size_t len);

#endif
