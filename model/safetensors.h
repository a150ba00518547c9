/* SPDX-License-Identifier: Apache-2.0
 * model/safetensors.h
 * safetensors: the weights format, every claim checked, written the same each time.
 * Layout: u64le N, N bytes of JSON, data. Offsets are relative to the data, contiguous, and
 * cover it exactly (https://github.com/huggingface/safetensors). */
#ifndef MODEL_SAFETENSORS_H
#define MODEL_SAFETENSORS_H
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"

struct buf;
struct err;

enum {
    SAFETENSORS_MAX_HEADER = 1 << 20, /* clients read up to 25 MB; ours needs 2 KB */
    SAFETENSORS_MAX_TENSORS = 1024,
    SAFETENSORS_MAX_DIMS = 8,
};

struct safetensor {
    const char *name;  /* borrowed from the header */
    const char *dtype; /* "F32", ...; a word that the format knows */
    size_t n_dims;
    size_t dims[SAFETENSORS_MAX_DIMS];
    const unsigned char *data; /* borrowed from the file's bytes; any alignment */
    size_t size;               /* bytes */
};

struct safetensors {
    json_t *header;
    const json_t *metadata; /* an object of strings, or NULL */
    struct safetensor *tensors;
    size_t n_tensors;
};

/* Checks everything and fills st, which borrows bytes: they must outlive it. */
int safetensors_parse(struct safetensors *st, const void *bytes, size_t len, const char *what,
                      struct err *err);
void safetensors_finish(struct safetensors *st); /* NULL and zeroed are fine */

/* NULL when there is none. */
const struct safetensor *safetensors_find(const struct safetensors *st, const char *name);
const char *safetensors_meta(const struct safetensors *st, const char *key);

/* Appends a whole file: tensors sorted by name, F32 only. metadata: an object of strings. */
struct safetensors_source {
    const char *name;
    size_t n_dims;
    size_t dims[SAFETENSORS_MAX_DIMS];
    const float *data; /* product of dims */
};
int safetensors_write(struct buf *out, const struct safetensors_source *tensors, size_t n,
                      const json_t *metadata, struct err *err);

#endif
