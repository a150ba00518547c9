/* SPDX-License-Identifier: Apache-2.0
 * Writing: sorted keys, tensors in the order of their names, spaces up to a multiple of 8. */
#include "model/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct safetensors_source *)a)->name,
                  ((const struct safetensors_source *)b)->name);
}

static size_t size_of(const struct safetensors_source *t)
{
    size_t size = sizeof(float);

    for (size_t i = 0; i < t->n_dims; i++)
        size *= t->dims[i];
    return size;
}

static json_t *entry_of(const struct safetensors_source *t, size_t begin)
{
    json_t *shape = json_array();

    for (size_t i = 0; i < t->n_dims; i++)
        json_array_append_new(shape, json_integer((json_int_t)t->dims[i]));
    return json_pack("{s:s, s:o, s:[I,I]}", "dtype", "F32", "shape", shape, "data_offsets",
                     (json_int_t)begin, (json_int_t)(begin + size_of(t)));
}

static void add_header(struct buf *out, const struct safetensors_source *tensors, size_t n,
                       const json_t *metadata)
{
    json_t *header = json_object();
    struct buf text;
    unsigned char length[8];
    size_t at = 0;

    json_object_set_new(header, "__metadata__", json_deep_copy(metadata));
    for (size_t i = 0; i < n; i++) {
        json_object_set_new(header, tensors[i].name, entry_of(&tensors[i], at));
        at += size_of(&tensors[i]);
    }
    buf_init(&text, SAFETENSORS_MAX_HEADER);
    json_write(&text, header, 0);
    while (text.len % 8 != 0)
        buf_add_char(&text, ' ');
    for (size_t i = 0; i < 8; i++)
        length[i] = (unsigned char)((uint64_t)text.len >> (8 * i));
    buf_add(out, length, sizeof(length));
    buf_add(out, text.data, text.len);
    buf_finish(&text);
    json_decref(header);
}

/* Little-endian, whatever the machine. */
static void add_floats(struct buf *out, const float *data, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        unsigned char le[4];

        memcpy(&bits, &data[i], sizeof(bits));
        for (size_t j = 0; j < sizeof(le); j++)
            le[j] = (unsigned char)(bits >> (8 * j));
        buf_add(out, le, sizeof(le));
    }
}

int safetensors_write(struct buf *out, const struct safetensors_source *tensors, size_t n,
                      const json_t *metadata, struct err *err)
{
    struct safetensors_source *sorted = xmemdup(tensors, n * sizeof(*sorted));

    if (n > 0)
        qsort(sorted, n, sizeof(*sorted), by_name);
    add_header(out, sorted, n, metadata);
    for (size_t i = 0; i < n; i++)
        add_floats(out, sorted[i].data, size_of(&sorted[i]) / sizeof(float));
    free(sorted);
    return buf_check(out, "safetensors file", err);
}
