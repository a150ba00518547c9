/* SPDX-License-Identifier: Apache-2.0
 * The format of MNIST: big-endian sizes, then bytes (http://yann.lecun.com/exdb/mnist/). */
#include "model/dataset.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"

enum { MAGIC_IMAGES = 0x803, MAGIC_LABELS = 0x801, IMAGES_HEADER = 16, LABELS_HEADER = 8 };

static uint32_t read_u32be(const char *at)
{
    const unsigned char *p = (const unsigned char *)at;

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int check_images(const struct buf *images, const char *what, struct err *err)
{
    if (images->len < IMAGES_HEADER || read_u32be(images->data) != MAGIC_IMAGES)
        return err_set(err, ERR_PARSE, "%s: no IDX file of images (magic 0x803)", what);

    uint32_t n = read_u32be(images->data + 4), rows = read_u32be(images->data + 8);
    uint32_t columns = read_u32be(images->data + 12);
    if (n > DATASET_MAX_SAMPLES)
        return err_set(err, ERR_LIMIT, "%s: %u images; the limit is %d", what, n,
                       DATASET_MAX_SAMPLES);
    if (rows != columns || (rows != 8 && rows != 28))
        return err_set(err, ERR_RANGE, "%s: images of %ux%u are neither 8x8 nor 28x28", what,
                       columns, rows);
    size_t want = IMAGES_HEADER + (size_t)n * rows * columns;
    if (images->len != want)
        return err_set(err, ERR_PARSE, "%s: %zu bytes; its header says %zu", what, images->len,
                       want);
    return 0;
}

static int check_labels(const struct buf *labels, uint32_t n, const char *what, struct err *err)
{
    if (labels->len < LABELS_HEADER || read_u32be(labels->data) != MAGIC_LABELS)
        return err_set(err, ERR_PARSE, "%s: its labels are no IDX file (magic 0x801)", what);
    if (read_u32be(labels->data + 4) != n || labels->len != LABELS_HEADER + (size_t)n)
        return err_set(err, ERR_PARSE, "%s: %u images, but %u labels in %zu bytes", what, n,
                       read_u32be(labels->data + 4), labels->len);
    return 0;
}

static int copy_samples(struct dataset *ds, const struct buf *images, const struct buf *labels,
                        size_t n, struct err *err)
{
    const uint8_t *pixels = (const uint8_t *)images->data + IMAGES_HEADER;
    const uint8_t *digits = (const uint8_t *)labels->data + LABELS_HEADER;

    for (size_t i = 0; i < n; i++) {
        int rc = dataset_add(ds, pixels + i * dataset_image_size(ds), digits[i], err);

        if (rc < 0)
            return err_wrap(err, rc, "image %zu", i);
    }
    return 0;
}

/* The bytes of a file without its header. */
static uint8_t *take_body(struct buf *file, size_t header)
{
    size_t len = file->len - header;
    uint8_t *bytes = (uint8_t *)buf_take(file);

    memmove(bytes, bytes + header, len);
    return bytes;
}

/* A set that holds nothing yet takes the files' memory; MNIST would be there twice. */
static int take_samples(struct dataset *ds, struct buf *images, struct buf *labels, size_t n,
                        struct err *err)
{
    dataset_clear(ds);
    ds->pixels = take_body(images, IMAGES_HEADER);
    ds->labels = take_body(labels, LABELS_HEADER);
    ds->n = ds->capacity = n;
    for (size_t i = 0; i < n; i++) {
        int rc = dataset_check(ds, dataset_image(ds, i), ds->labels[i], err);

        if (rc < 0) {
            dataset_clear(ds);
            return err_wrap(err, rc, "image %zu", i);
        }
    }
    return 0;
}

int dataset_read_idx(struct dataset *ds, struct buf *images, struct buf *labels,
                     const char *what, struct err *err)
{
    int rc = check_images(images, what, err);
    if (rc < 0)
        return rc;
    uint32_t n = read_u32be(images->data + 4), side = read_u32be(images->data + 8);
    rc = check_labels(labels, n, what, err);
    if (rc == 0)
        rc = dataset_take_side(ds, side, what, err);
    if (rc < 0)
        return rc;
    rc = ds->n == 0 ? take_samples(ds, images, labels, n, err)
                    : copy_samples(ds, images, labels, n, err);
    return rc < 0 ? err_wrap(err, rc, "%s", what) : 0;
}

static void add_u32be(struct buf *out, size_t n)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_add_char(out, (char)(n >> shift));
}

int dataset_write_idx(struct buf *images, struct buf *labels, const struct dataset *ds,
                      struct err *err)
{
    const size_t sizes[] = { MAGIC_IMAGES, ds->n, ds->side, ds->side };

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        add_u32be(images, sizes[i]);
    buf_add(images, ds->pixels, ds->n * dataset_image_size(ds));
    add_u32be(labels, MAGIC_LABELS);
    add_u32be(labels, ds->n);
    buf_add(labels, ds->labels, ds->n);
    int rc = buf_check(images, "IDX file", err);
    return rc < 0 ? rc : buf_check(labels, "IDX file", err);
}
