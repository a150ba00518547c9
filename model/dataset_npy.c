/* SPDX-License-Identifier: Apache-2.0
 * numpy's array files: a magic, a Python dictionary of three keys, then the elements
 * (numpy.lib.format, versions 1 to 3). The dictionary is read as numpy writes it, nothing
 * else of Python's grammar. */
#include "model/dataset.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"

enum { MAX_HEADER = 1024, MAX_DIMS = 3, MAX_PIXELS = 784 };

struct npy {
    char type;   /* 'u' or 'i', whole numbers without or with a sign; 'f' */
    size_t size; /* of an element, bytes */
    bool is_big_endian;
    bool is_fortran; /* the first index runs fastest */
    size_t n_dims;
    size_t dims[MAX_DIMS];
    const unsigned char *data;
};

/* What follows "'key': " in the header, or NULL. */
static const char *value_of(const char *header, const char *key)
{
    const char *at = strstr(header, key);

    return at ? at + strlen(key) : NULL;
}

/* "'<f8'": order of bytes, type, size. */
static int read_kind(struct npy *a, const char *header, const char *what, struct err *err)
{
    static const char *const kinds[] = { "u1", "u2", "u4", "u8", "i1",
                                         "i2", "i4", "i8", "f4", "f8" };
    const char *descr = value_of(header, "'descr': '");
    const char *type = descr && descr[0] ? descr + 1 : "";
    size_t i = 0, n = sizeof(kinds) / sizeof(kinds[0]);

    while (i < n && strncmp(type, kinds[i], 2) != 0)
        i++;
    if (i == n || !strchr("<>|", descr[0]) || type[2] != '\'')
        return err_set(err, ERR_PARSE,
                       "%s: its elements are no whole numbers (u1 to u8, i1 to i8) and no "
                       "floats (f4, f8)",
                       what);
    a->is_big_endian = descr[0] == '>';
    a->type = type[0];
    a->size = (size_t)(type[1] - '0');
    return 0;
}

static int read_order(struct npy *a, const char *header, const char *what, struct err *err)
{
    const char *order = value_of(header, "'fortran_order': ");

    a->is_fortran = order && strncmp(order, "True", 4) == 0;
    if (!a->is_fortran && (!order || strncmp(order, "False", 5) != 0))
        return err_set(err, ERR_PARSE, "%s: its header does not tell the order of indices",
                       what);
    return 0;
}

/* "(1797, 8, 8)" or "(1797,)". */
static int read_shape(struct npy *a, const char *header, const char *what, struct err *err)
{
    const char *p = value_of(header, "'shape': (");

    while (p && *p >= '0' && *p <= '9' && a->n_dims < MAX_DIMS) {
        size_t dim = 0;

        while (*p >= '0' && *p <= '9' && dim <= DATASET_MAX_SAMPLES)
            dim = dim * 10 + (size_t)(*p++ - '0');
        if (dim > DATASET_MAX_SAMPLES)
            return err_set(err, ERR_LIMIT, "%s: a dimension is larger than %d", what,
                           DATASET_MAX_SAMPLES);
        a->dims[a->n_dims++] = dim;
        p += *p == ',';
        p += *p == ' ';
    }
    if (!p || *p != ')' || a->n_dims == 0)
        return err_set(err, ERR_PARSE, "%s: its shape is not one to %d sizes", what, MAX_DIMS);
    return 0;
}

static int read_header(struct npy *a, const struct buf *file, const char *what, struct err *err)
{
    const unsigned char *p = (const unsigned char *)file->data;
    char header[MAX_HEADER + 1];
    size_t start = 10, len;

    if (file->len < 12 || memcmp(p, "\x93NUMPY", 6) != 0 || p[6] < 1 || p[6] > 3)
        return err_set(err, ERR_PARSE, "%s: no NPY file", what);
    len = p[8] | (size_t)p[9] << 8;
    if (p[6] > 1) {
        start = 12;
        len |= (size_t)p[10] << 16 | (size_t)p[11] << 24;
    }
    if (len > MAX_HEADER || len > file->len - start)
        return err_set(err, ERR_PARSE, "%s: its header is cut off or over %d bytes", what,
                       MAX_HEADER);
    memcpy(header, p + start, len);
    header[len] = '\0';
    a->data = p + start + len;
    int rc = read_kind(a, header, what, err);
    if (rc == 0)
        rc = read_order(a, header, what, err);
    return rc < 0 ? rc : read_shape(a, header, what, err);
}

/* At most 10^6 elements per dimension, three of them: no product overflows 64 bits. */
static int read_array(struct npy *a, const struct buf *file, const char *what, struct err *err)
{
    memset(a, 0, sizeof(*a));
    int rc = read_header(a, file, what, err);
    if (rc < 0)
        return rc;

    uint64_t want = a->size;
    for (size_t i = 0; i < a->n_dims; i++)
        want *= a->dims[i];
    uint64_t have = file->len - (uint64_t)(a->data - (const unsigned char *)file->data);
    if (have != want)
        return err_set(err, ERR_PARSE, "%s: %llu bytes of data; its shape needs %llu", what,
                       (unsigned long long)have, (unsigned long long)want);
    return 0;
}

static double value_at(const struct npy *a, size_t i)
{
    const unsigned char *p = a->data + i * a->size;
    uint64_t bits = 0;
    uint32_t low = 0;
    float f4;
    double f8;

    for (size_t k = 0; k < a->size; k++)
        bits = bits << 8 | p[a->is_big_endian ? k : a->size - 1 - k];
    if (a->type == 'u')
        return (double)bits;
    if (a->type == 'i') {
        uint64_t sign = UINT64_C(1) << (8 * a->size - 1);

        return bits & sign ? -1.0 : (double)bits; /* how far below 0 does not matter */
    }
    low = (uint32_t)bits;
    memcpy(&f4, &low, sizeof(f4));
    memcpy(&f8, &bits, sizeof(f8));
    return a->size == sizeof(f4) ? (double)f4 : f8;
}

/* Element i when it is a whole number 0..max, else -1. */
static int element(const struct npy *a, size_t i, int max)
{
    double value = value_at(a, i);

    return value >= 0.0 && value <= max && value == floor(value) ? (int)value : -1;
}

/* Where pixel k of image i stands, row by row. */
static size_t place_of(const struct npy *a, size_t i, size_t k)
{
    size_t columns = a->n_dims == 3 ? a->dims[2] : 1, size = a->dims[1] * columns;

    if (!a->is_fortran)
        return i * size + k;
    return i + a->dims[0] * (k / columns + a->dims[1] * (k % columns));
}

static size_t side_of(const struct npy *a)
{
    size_t size = a->n_dims == 3 ? a->dims[1] * a->dims[2] : a->dims[1];

    if (a->n_dims < 2 || (a->n_dims == 3 && a->dims[1] != a->dims[2]))
        return 0;
    return size == 64 ? 8 : size == MAX_PIXELS ? 28 : 0;
}

static int add_sample(struct dataset *ds, const struct npy *images, const struct npy *labels,
                      size_t i, struct err *err)
{
    size_t size = dataset_image_size(ds);
    uint8_t pixels[MAX_PIXELS];

    for (size_t k = 0; k < size; k++) {
        int value = element(images, place_of(images, i, k), ds->max_value);

        if (value < 0)
            return err_set(err, ERR_RANGE, "pixel %zu is no whole number 0..%d", k + 1,
                           ds->max_value);
        pixels[k] = (uint8_t)value;
    }
    int label = element(labels, i, DATASET_CLASSES - 1);
    if (label < 0)
        return err_set(err, ERR_RANGE, "its label is not 0..9");
    return dataset_add(ds, pixels, label, err);
}

int dataset_read_npy(struct dataset *ds, struct buf *images, struct buf *labels,
                     const char *what, struct err *err)
{
    struct npy x, y;

    int rc = read_array(&x, images, what, err);
    if (rc == 0 && side_of(&x) == 0)
        rc = err_set(err, ERR_RANGE,
                     "%s: its shape is none of (n, 8, 8), (n, 64), (n, 28, 28), "
                     "(n, 784)",
                     what);
    if (rc == 0)
        rc = read_array(&y, labels, what, err);
    if (rc == 0 && (y.n_dims != 1 || y.dims[0] != x.dims[0]))
        rc = err_set(err, ERR_PARSE, "%s: %zu images, but other labels", what, x.dims[0]);
    if (rc == 0)
        rc = dataset_take_side(ds, side_of(&x), what, err);
    for (size_t i = 0; rc == 0 && i < x.dims[0]; i++) {
        rc = add_sample(ds, &x, &y, i, err);
        if (rc < 0)
            rc = err_wrap(err, rc, "%s: image %zu", what, i);
    }
    return rc;
}

/* Version 1.0; blanks and a newline bring the data to a multiple of 64. */
static void add_header(struct buf *out, const char *shape)
{
    struct buf text;

    buf_init(&text, MAX_HEADER);
    buf_printf(&text, "{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }", shape);
    while ((10 + text.len + 1) % 64 != 0)
        buf_add_char(&text, ' ');
    buf_add_char(&text, '\n');
    buf_add(out, "\x93NUMPY\x01\x00", 8);
    buf_add_char(out, (char)(text.len & 0xff));
    buf_add_char(out, (char)(text.len >> 8));
    buf_add(out, text.data, text.len);
    buf_finish(&text);
}

int dataset_write_npy(struct buf *images, struct buf *labels, const struct dataset *ds,
                      struct err *err)
{
    char shape[96];

    (void)snprintf(shape, sizeof(shape), "%zu, %zu, %zu", ds->n, ds->side, ds->side);
    add_header(images, shape);
    buf_add(images, ds->pixels, ds->n * dataset_image_size(ds));
    (void)snprintf(shape, sizeof(shape), "%zu,", ds->n);
    add_header(labels, shape);
    buf_add(labels, ds->labels, ds->n);
    int rc = buf_check(images, "NPY file", err);
    return rc < 0 ? rc : buf_check(labels, "NPY file", err);
}
