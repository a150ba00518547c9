/* SPDX-License-Identifier: Apache-2.0
 * model/dataset.h
 * dataset: labelled grey images as bytes, all of one size.
 * Owns its bytes. A pixel is 0..max_value (16 for 8x8 digits, 255 for 28x28); networks see
 * pixel / max_value. Reading never trusts: every limit is checked, errors name file, line and
 * column. Readers of folders, IDX and NPY go through the same struct. */
#ifndef MODEL_DATASET_H
#define MODEL_DATASET_H
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

struct buf;
struct err;

enum {
    DATASET_CLASSES = 10,
    DATASET_MAX_SAMPLES = 1000000,
    DATASET_MAX_FILE_BYTES = 256 << 20,
};

struct dataset {
    size_t n;
    size_t capacity;
    size_t side;       /* 8 or 28; 0 while nothing is known */
    uint8_t max_value; /* 16 or 255 */
    uint8_t *pixels;   /* (n, side * side), row-major */
    uint8_t *labels;   /* (n), 0..9 */
};

/* side 8 or 28 fixes the shape; 0 lets the first sample read decide. */
void dataset_init(struct dataset *ds, size_t side);
void dataset_finish(struct dataset *ds); /* NULL is fine */

size_t dataset_image_size(const struct dataset *ds); /* side * side */
const uint8_t *dataset_image(const struct dataset *ds, size_t i);

/* Forgets all samples; side and maximum stay. */
void dataset_clear(struct dataset *ds);

/* -ERR_RANGE for a pixel or label out of bounds. */
int dataset_check(const struct dataset *ds, const uint8_t *pixels, int64_t label,
                  struct err *err);

/* Appends one sample: dataset_image_size() pixels. -ERR_RANGE for a pixel or label out of
 * bounds, -ERR_LIMIT past DATASET_MAX_SAMPLES. */
int dataset_add(struct dataset *ds, const uint8_t *pixels, int64_t label, struct err *err);

/* Fixes the side when it is not known yet; -ERR_RANGE when it is another one. */
int dataset_take_side(struct dataset *ds, size_t side, const char *what, struct err *err);

/* Appends all of `from`, which must have the same side. */
int dataset_append(struct dataset *ds, const struct dataset *from, struct err *err);

/* Appends rows of comma-separated integers: 64 pixels 0..16 or 784 pixels 0..255, then a label
 * 0..9. No header; lines as in base/lines.h, blank ones are an error. what names the
 * source. */
int dataset_read_csv(struct dataset *ds, const char *text, size_t len, const char *what,
                     struct err *err);

/* One such row (a line without its end) into pixels (side squared) and *ret_label. *side is 8
 * or 28; 0 takes both, tells which it was, and wants room for 784. Errors name the column. For
 * callers that judge line by line. */
int dataset_parse_row(uint8_t *pixels, size_t *side, int64_t *ret_label, const char *line,
                      size_t len, struct err *err);

/* Appends an IDX pair: images (magic 0x803: n, 8 or 28 rows and columns, bytes) and labels
 * (magic 0x801). Sizes must agree to the byte. what names the images. An empty set takes the
 * bytes out of both buffers instead of copying them. */
int dataset_read_idx(struct dataset *ds, struct buf *images, struct buf *labels,
                     const char *what, struct err *err);

/* Appends an NPY pair (numpy's format 1 to 3, either order of indices and of bytes): images
 * (n, side, side) or (n, side * side), labels (n); elements u1 to u8, i1 to i8, f4 or f8 with
 * whole values in bounds. Changes neither buffer. */
int dataset_read_npy(struct dataset *ds, struct buf *images, struct buf *labels,
                     const char *what, struct err *err);

/* Appends a folder of PNG files: subfolders 0..9, or metadata.csv with the header
 * "file_name,label". Pictures of 8x8 make a set of 8, all others of 28, unless ds knows. */
int dataset_read_pictures(struct dataset *ds, const char *folder, struct err *err);

/* Appends what path holds: NAME.csv; NAME-images-idx3-ubyte with its labels beside it; either
 * also .gz; NAMEimages.npy with NAMElabels.npy; a folder of pictures, or one with such files,
 * which are read in the order of their names. -ERR_RANGE when there is no sample. */
int dataset_read_path(struct dataset *ds, const char *path, struct err *err);

/* The readers' counterparts: append whole files, as bytes (uint8 in NPY). */
int dataset_write_csv(struct buf *out, const struct dataset *ds, struct err *err);
int dataset_write_idx(struct buf *images, struct buf *labels, const struct dataset *ds,
                      struct err *err);
int dataset_write_npy(struct buf *images, struct buf *labels, const struct dataset *ds,
                      struct err *err);

/* Makes the folder, with one subfolder per label and a metadata.csv that keeps the order; it
 * must be new or empty. -ERR_REFUSED for a sample that would be read back as another one: an
 * empty picture, or one so light at its edges that it looks like dark ink on paper. */
int dataset_write_pictures(const struct dataset *ds, const char *folder, struct err *err);

/* By name as dataset_read_path(); a name that ends in '/' or has no suffix becomes a folder of
 * pictures. -ERR_RANGE for a set without samples. */
int dataset_write_path(const struct dataset *ds, const char *path, struct err *err);

/* SHA-256 over shape, pixels, labels in order: two sets are equal or their digests differ. */
void dataset_digest(char out[SHA256_HEX_SIZE], const struct dataset *ds);

#endif
