/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"

static uint8_t max_value_of(size_t side)
{
    return side == 8 ? 16 : 255;
}

static void set_side(struct dataset *ds, size_t side)
{
    ds->side = side;
    ds->max_value = side ? max_value_of(side) : 0;
}

void dataset_init(struct dataset *ds, size_t side)
{
    memset(ds, 0, sizeof(*ds));
    set_side(ds, side);
}

void dataset_clear(struct dataset *ds)
{
    free(ds->pixels);
    free(ds->labels);
    ds->pixels = ds->labels = NULL;
    ds->n = ds->capacity = 0;
}

void dataset_finish(struct dataset *ds)
{
    if (!ds)
        return;
    dataset_clear(ds);
    memset(ds, 0, sizeof(*ds));
}

size_t dataset_image_size(const struct dataset *ds)
{
    return ds->side * ds->side;
}

const uint8_t *dataset_image(const struct dataset *ds, size_t i)
{
    return ds->pixels + i * dataset_image_size(ds);
}

static void reserve(struct dataset *ds, size_t more)
{
    if (ds->n + more <= ds->capacity)
        return;

    size_t capacity = ds->capacity < 64 ? 64 : ds->capacity * 2;
    while (capacity < ds->n + more)
        capacity *= 2;
    ds->pixels = xrealloc_array(ds->pixels, capacity, dataset_image_size(ds));
    ds->labels = xrealloc_array(ds->labels, capacity, 1);
    ds->capacity = capacity;
}

static int check_room(const struct dataset *ds, size_t more, struct err *err)
{
    if (more > DATASET_MAX_SAMPLES - ds->n)
        return err_set(err, ERR_LIMIT, "more than %d samples", DATASET_MAX_SAMPLES);
    return 0;
}

int dataset_check(const struct dataset *ds, const uint8_t *pixels, int64_t label,
                  struct err *err)
{
    size_t size = dataset_image_size(ds);

    if (label < 0 || label >= DATASET_CLASSES)
        return err_set(err, ERR_RANGE, "label %lld is not 0..9", (long long)label);
    for (size_t i = 0; i < size; i++) {
        if (pixels[i] > ds->max_value)
            return err_set(err, ERR_RANGE, "pixel %zu is %d, not 0..%d", i + 1, pixels[i],
                           ds->max_value);
    }
    return 0;
}

int dataset_add(struct dataset *ds, const uint8_t *pixels, int64_t label, struct err *err)
{
    size_t size = dataset_image_size(ds);

    int rc = dataset_check(ds, pixels, label, err);
    if (rc == 0)
        rc = check_room(ds, 1, err);
    if (rc < 0)
        return rc;

    reserve(ds, 1);
    memcpy(ds->pixels + ds->n * size, pixels, size);
    ds->labels[ds->n++] = (uint8_t)label;
    return 0;
}

int dataset_take_side(struct dataset *ds, size_t side, const char *what, struct err *err)
{
    if (ds->side == 0)
        set_side(ds, side);
    if (ds->side != side)
        return err_set(err, ERR_RANGE, "%s: images of %zux%zu do not go with %zux%zu", what,
                       side, side, ds->side, ds->side);
    return 0;
}

int dataset_append(struct dataset *ds, const struct dataset *from, struct err *err)
{
    if (from->n == 0)
        return 0;
    int rc = dataset_take_side(ds, from->side, "data set", err);
    if (rc == 0)
        rc = check_room(ds, from->n, err);
    if (rc < 0)
        return rc;

    size_t size = dataset_image_size(ds);
    reserve(ds, from->n);
    memcpy(ds->pixels + ds->n * size, from->pixels, from->n * size);
    memcpy(ds->labels + ds->n, from->labels, from->n);
    ds->n += from->n;
    return 0;
}

static void hash_number(struct sha256 *h, uint64_t n)
{
    uint8_t le[8];

    for (size_t i = 0; i < sizeof(le); i++)
        le[i] = (uint8_t)(n >> (8 * i));
    sha256_update(h, le, sizeof(le));
}

void dataset_digest(char out[SHA256_HEX_SIZE], const struct dataset *ds)
{
    static const char version[] = "hearth dataset 1";
    uint8_t digest[SHA256_SIZE];
    struct sha256 h;

    sha256_init(&h);
    sha256_update(&h, version, sizeof(version));
    hash_number(&h, ds->n);
    hash_number(&h, ds->side);
    hash_number(&h, ds->max_value);
    if (ds->n > 0) {
        sha256_update(&h, ds->pixels, ds->n * dataset_image_size(ds));
        sha256_update(&h, ds->labels, ds->n);
    }
    sha256_digest(&h, digest);
    hex_encode(out, digest, sizeof(digest));
}
