/* SPDX-License-Identifier: Apache-2.0 */
#include "model/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"

/* Every dtype whose elements fill whole bytes. */
static const struct {
    const char *name;
    size_t size; /* bytes */
} dtypes[] = {
    { "BOOL", 1 }, { "U8", 1 },  { "I8", 1 },  { "F8_E4M3", 1 }, { "F8_E5M2", 1 },
    { "U16", 2 },  { "I16", 2 }, { "F16", 2 }, { "BF16", 2 },    { "U32", 4 },
    { "I32", 4 },  { "F32", 4 }, { "U64", 8 }, { "I64", 8 },     { "F64", 8 },
};

static size_t dtype_size(const char *name)
{
    for (size_t i = 0; i < sizeof(dtypes) / sizeof(dtypes[0]); i++) {
        if (strcmp(dtypes[i].name, name) == 0)
            return dtypes[i].size;
    }
    return 0;
}

static uint64_t read_u64le(const unsigned char *p)
{
    uint64_t n = 0;

    for (size_t i = 0; i < 8; i++)
        n |= (uint64_t)p[i] << (8 * i);
    return n;
}

/* Reads dims; their product times the element size must be `size` bytes. */
static void read_shape(struct json_reader *r, struct safetensor *t, const json_t *entry)
{
    const json_t *shape = json_arr(r, entry, "shape", JSON_REQUIRED);
    size_t bytes = dtype_size(t->dtype);

    if (bytes == 0) {
        json_fail(r, "dtype", ERR_PARSE, "'%.20s' is not known here", t->dtype);
        return;
    }
    t->n_dims = json_array_size(shape);
    if (t->n_dims > SAFETENSORS_MAX_DIMS) {
        json_fail(r, "shape", ERR_LIMIT, "more than %d dimensions", SAFETENSORS_MAX_DIMS);
        return;
    }
    for (size_t i = 0; i < t->n_dims; i++) {
        json_int_t dim = json_integer_value(json_array_get(shape, i));

        if (!json_is_integer(json_array_get(shape, i)) || dim < 0 ||
            __builtin_mul_overflow(bytes, (size_t)dim, &bytes)) {
            json_fail(r, "shape", ERR_PARSE, "not a list of sizes");
            return;
        }
        t->dims[i] = (size_t)dim;
    }
    if (bytes != t->size)
        json_fail(r, "shape", ERR_PARSE, "needs %zu bytes, data_offsets give %zu", bytes,
                  t->size);
}

static void read_entry(struct json_reader *r, struct safetensor *t, const json_t *entry,
                       const unsigned char *data, size_t data_len)
{
    const json_t *offsets = json_arr(r, entry, "data_offsets", JSON_REQUIRED);
    const json_t *begin = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);

    t->dtype = json_str(r, entry, "dtype", JSON_REQUIRED);
    if (json_array_size(offsets) != 2 || !json_is_integer(begin) || !json_is_integer(end)) {
        json_fail(r, "data_offsets", ERR_PARSE, "expected [begin, end]");
        return;
    }
    json_int_t from = json_integer_value(begin), to = json_integer_value(end);
    if (from < 0 || to < from || (uint64_t)to > data_len) {
        json_fail(r, "data_offsets", ERR_RANGE, "[%lld, %lld] is outside the %zu bytes of data",
                  (long long)from, (long long)to, data_len);
        return;
    }
    t->data = data + from;
    t->size = (size_t)(to - from);
    read_shape(r, t, entry);
}

static int read_metadata(struct json_reader *r, struct safetensors *st, const json_t *value)
{
    const char *key;
    const json_t *text;

    st->metadata = value;
    if (!json_is_object(value)) {
        json_fail(r, "__metadata__", ERR_PARSE, "expected an object");
        return -ERR_PARSE;
    }
    json_object_foreach((json_t *)(uintptr_t)value, key, text)
    {
        if (!json_is_string(text))
            json_fail(r, "__metadata__", ERR_PARSE, "'%.40s' is not a string", key);
    }
    return 0;
}

static int by_offset(const void *a, const void *b)
{
    const struct safetensor *x = a, *y = b;

    if (x->data != y->data)
        return x->data < y->data ? -1 : 1;
    return x->size < y->size ? -1 : x->size > y->size;
}

/* Sorted by place, each tensor begins where the one before ends, and the last ends the file. */
static void check_cover(struct json_reader *r, struct safetensors *st,
                        const unsigned char *data, size_t data_len)
{
    const unsigned char *at = data;

    if (st->n_tensors > 0)
        qsort(st->tensors, st->n_tensors, sizeof(st->tensors[0]), by_offset);
    for (size_t i = 0; i < st->n_tensors; i++) {
        if (st->tensors[i].data != at) {
            json_fail(r, st->tensors[i].name, ERR_PARSE,
                      "data_offsets overlap or leave a hole at byte %zu", (size_t)(at - data));
            return;
        }
        at += st->tensors[i].size;
    }
    if ((size_t)(at - data) != data_len)
        json_fail(r, "data_offsets", ERR_PARSE, "%zu bytes of data, %zu of them in a tensor",
                  data_len, (size_t)(at - data));
}

static void read_header(struct json_reader *r, struct safetensors *st,
                        const unsigned char *data, size_t data_len)
{
    size_t n = json_object_size(st->header);
    const char *key;
    json_t *entry;

    if (!json_is_object(st->header)) {
        json_fail(r, "header", ERR_PARSE, "expected an object");
        return;
    }
    if (n > SAFETENSORS_MAX_TENSORS) {
        json_fail(r, "header", ERR_LIMIT, "more than %d tensors", SAFETENSORS_MAX_TENSORS);
        return;
    }
    st->tensors = xcalloc(n ? n : 1, sizeof(st->tensors[0]));
    json_object_foreach(st->header, key, entry)
    {
        if (strcmp(key, "__metadata__") == 0) {
            (void)read_metadata(r, st, entry);
            continue;
        }
        struct safetensor *t = &st->tensors[st->n_tensors++];
        size_t mark = json_enter(r, key);

        t->name = key;
        t->data = data;
        read_entry(r, t, entry, data, data_len);
        json_leave(r, mark);
    }
    if (r->first.code == 0)
        check_cover(r, st, data, data_len);
}

int safetensors_parse(struct safetensors *st, const void *bytes, size_t len, const char *what,
                      struct err *err)
{
    const unsigned char *file = bytes;
    struct json_reader r;

    memset(st, 0, sizeof(*st));
    if (len < 8)
        return err_set(err, ERR_PARSE, "%s: %zu bytes are too few for safetensors", what, len);
    uint64_t header_len = read_u64le(file);
    if (header_len > len - 8 || header_len < 2 || file[8] != '{')
        return err_set(err, ERR_PARSE, "%s: not safetensors, or its JSON header is cut off",
                       what);
    if (header_len > SAFETENSORS_MAX_HEADER)
        return err_set(err, ERR_LIMIT, "%s: a header of %llu bytes; the limit is %d", what,
                       (unsigned long long)header_len, SAFETENSORS_MAX_HEADER);
    int rc = json_parse(&st->header, (const char *)file + 8, (size_t)header_len, what, err);
    if (rc < 0)
        return rc;

    json_reader_init(&r, what);
    read_header(&r, st, file + 8 + header_len, len - 8 - (size_t)header_len);
    rc = json_reader_check(&r, err);
    if (rc < 0)
        safetensors_finish(st);
    return rc;
}

void safetensors_finish(struct safetensors *st)
{
    if (!st)
        return;
    free(st->tensors);
    json_decref(st->header);
    memset(st, 0, sizeof(*st));
}

const struct safetensor *safetensors_find(const struct safetensors *st, const char *name)
{
    for (size_t i = 0; i < st->n_tensors; i++) {
        if (strcmp(st->tensors[i].name, name) == 0)
            return &st->tensors[i];
    }
    return NULL;
}

const char *safetensors_meta(const struct safetensors *st, const char *key)
{
    return json_string_value(json_object_get(st->metadata, key));
}
