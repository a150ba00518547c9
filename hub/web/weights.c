/* SPDX-License-Identifier: Apache-2.0
 * The format: u64le N, N bytes of JSON, data (https://github.com/huggingface/safetensors). */
#include "hub/web/weights.h"

#include <string.h>

int64_t weights_header_bytes(const char length[WEIGHTS_LENGTH_BYTES], int64_t file_size)
{
    uint64_t n = 0;

    for (size_t i = WEIGHTS_LENGTH_BYTES; i-- > 0;)
        n = n << 8 | (unsigned char)length[i];
    if (file_size < WEIGHTS_LENGTH_BYTES || n < 2 || n > WEIGHTS_MAX_HEADER ||
        n > (uint64_t)(file_size - WEIGHTS_LENGTH_BYTES))
        return -1;
    return WEIGHTS_LENGTH_BYTES + (int64_t)n;
}

static bool is_dtype(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t len = text ? strlen(text) : 0;

    return len > 0 && len <= 16 && strspn(text, letters) == len;
}

/* Two numbers, in order, inside the data. */
static bool are_offsets(const json_t *offsets, int64_t data_bytes)
{
    json_int_t from = json_integer_value(json_array_get(offsets, 0));
    json_int_t to = json_integer_value(json_array_get(offsets, 1));

    return json_array_size(offsets) == 2 && from >= 0 && from <= to && to <= data_bytes;
}

/* The product of a shape; -1 when it has none, or one that no file could hold. */
static int64_t count_elements(const json_t *shape)
{
    int64_t n = 1;

    if (!json_is_array(shape))
        return -1;
    for (size_t i = 0; i < json_array_size(shape); i++) {
        const json_t *dim = json_array_get(shape, i);

        if (!json_is_integer(dim) || json_integer_value(dim) < 0 ||
            __builtin_mul_overflow(n, json_integer_value(dim), &n))
            return -1;
    }
    return n;
}

/* False when the tensor is not sound. */
static bool add_tensor(json_t *kinds, int64_t *total, const json_t *tensor, int64_t data_bytes)
{
    const char *dtype = json_string_value(json_object_get(tensor, "dtype"));
    int64_t n = count_elements(json_object_get(tensor, "shape"));

    if (!is_dtype(dtype) || n < 0 || __builtin_add_overflow(*total, n, total) ||
        !are_offsets(json_object_get(tensor, "data_offsets"), data_bytes))
        return false;
    json_int_t before = json_integer_value(json_object_get(kinds, dtype));
    (void)json_object_set_new(kinds, dtype, json_integer(before + n));
    return true;
}

json_t *weights_count(const char *header, int64_t header_bytes, int64_t file_size)
{
    const size_t len = (size_t)(header_bytes - WEIGHTS_LENGTH_BYTES);
    json_t *doc = NULL, *kinds = json_object(), *tensor;
    bool is_sound = json_parse(&doc, header + WEIGHTS_LENGTH_BYTES, len, "header", NULL) == 0 &&
                    json_is_object(doc);
    int64_t total = 0;
    const char *name;

    json_object_foreach(doc, name, tensor)
    {
        if (is_sound && strcmp(name, "__metadata__") != 0)
            is_sound = add_tensor(kinds, &total, tensor, file_size - header_bytes);
    }
    json_decref(doc);
    if (is_sound)
        return json_pack("{s:o,s:I}", "parameters", kinds, "total", (json_int_t)total);
    json_decref(kinds);
    return NULL;
}
