/* SPDX-License-Identifier: Apache-2.0
 * The format of MNIST: big-endian sizes, then bytes (http://yann.lecun.com/exdb/mnist/). */
#include "model/dataset.h"

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

int dataset_read_idx(struct dataset *ds, const struct buf *images, const struct buf *labels,
                     const char *what, struct err *err)
{
    int rc = check_images(images, what, err);
    if (rc < 0)
        return rc;
    uint32_t n = read_u32be(images->data + 4), side = read_u32be(images->data + 8);
    rc = check_labels(labels, n, what, err);
    if (rc == 0)
        rc = dataset_take_side(ds, side, what, err);
    for (uint32_t i = 0; rc == 0 && i < n; i++) {
        const char *pixels = images->data + IMAGES_HEADER + (size_t)i * side * side;

        rc = dataset_add(ds, (const uint8_t *)pixels,
                         (unsigned char)labels->data[LABELS_HEADER + i], err);
        if (rc < 0)
            rc = err_wrap(err, rc, "%s: image %u", what, i);
    }
    return rc;
}
