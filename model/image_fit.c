/* SPDX-License-Identifier: Apache-2.0
 * From a picture of any size to the few pixels that a network reads. Integers only, so that
 * the same picture gives the same sample everywhere. */
#include "model/image.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"

enum { MNIST_SIDE = 28, MNIST_BOX = 20, MAX_BOX = 28 };

/* Columns [left, right), rows [top, bottom). */
struct box {
    size_t left, top, right, bottom;
};

static bool is_on_paper(const struct image *image)
{
    uint64_t sum = 0;

    for (size_t y = 0; y < image->height; y++) {
        const uint8_t *row = image->grey + y * image->width;

        sum += row[0] + (uint64_t)row[image->width - 1];
    }
    return sum > 255 * image->height;
}

/* Ink 0..255 of a picture: light on dark. The caller frees. */
static uint8_t *ink_of(const struct image *image)
{
    size_t n = image->width * image->height;
    uint8_t *ink = xmemdup(image->grey, n);

    if (is_on_paper(image)) {
        for (size_t i = 0; i < n; i++)
            ink[i] = (uint8_t)(255 - ink[i]);
    }
    return ink;
}

static bool find_ink(struct box *box, const uint8_t *ink, size_t width, size_t height)
{
    uint8_t strongest = 0;
    bool found = false;

    for (size_t i = 0; i < width * height; i++)
        strongest = ink[i] > strongest ? ink[i] : strongest;
    *box = (struct box){ width, height, 0, 0 };
    for (size_t i = 0; i < width * height; i++) {
        size_t x = i % width, y = i / width;

        if (strongest == 0 || ink[i] * 8 < strongest)
            continue;
        found = true;
        box->left = x < box->left ? x : box->left;
        box->right = x + 1 > box->right ? x + 1 : box->right;
        box->top = y < box->top ? y : box->top;
        box->bottom = y + 1 > box->bottom ? y + 1 : box->bottom;
    }
    return found;
}

/* How much of pixel `at` lies in cell `cell` when `size` pixels are laid over `cells` cells, in
 * 1/cells of a pixel: the overlap of [at * cells, +cells) with [cell * size, +size). */
static uint64_t overlap(size_t at, size_t cell, size_t cells, size_t size)
{
    size_t from = at * cells, to = from + cells, low = cell * size, high = low + size;
    size_t begin = from > low ? from : low, end = to < high ? to : high;

    return end > begin ? end - begin : 0;
}

/* One cell of the scaled square: the mean of what it covers, the square's margins being 0. */
static uint8_t cell_mean(const uint8_t *ink, size_t width, const struct box *box,
                         const size_t cell[2], size_t cells)
{
    size_t w = box->right - box->left, h = box->bottom - box->top;
    size_t size = w > h ? w : h, dx = (size - w) / 2, dy = (size - h) / 2;
    size_t x0 = cell[0] * size / cells, x1 = ((cell[0] + 1) * size + cells - 1) / cells;
    size_t y0 = cell[1] * size / cells, y1 = ((cell[1] + 1) * size + cells - 1) / cells;
    uint64_t sum = 0;

    for (size_t y = y0 > dy ? y0 : dy; y < y1 && y < dy + h; y++) {
        const uint8_t *row = ink + (box->top + y - dy) * width + box->left;
        uint64_t weight = overlap(y, cell[1], cells, size);

        for (size_t x = x0 > dx ? x0 : dx; x < x1 && x < dx + w; x++)
            sum += weight * overlap(x, cell[0], cells, size) * row[x - dx];
    }
    uint64_t area = (uint64_t)size * size; /* each cell, in 1/cells of pixels squared */
    return (uint8_t)((sum + area / 2) / area);
}

/* Where to put a box of MNIST_BOX so that its centre of mass stands in the middle. */
static size_t centred(const uint8_t *square, size_t cells, bool is_vertical)
{
    int64_t mass = 0, moment = 0;

    for (size_t i = 0; i < cells * cells; i++) {
        mass += square[i];
        moment += (int64_t)square[i] * (int64_t)(is_vertical ? i / cells : i % cells);
    }
    int64_t middle = MNIST_SIDE / 2, centre = mass ? (2 * moment + mass) / (2 * mass) : 0;
    int64_t at = middle - centre, last = MNIST_SIDE - (int64_t)cells;

    return (size_t)(at < 0 ? 0 : at > last ? last : at);
}

static void fit_ink(uint8_t *pixels, size_t side, const uint8_t *ink, size_t width,
                    const struct box *box)
{
    uint8_t square[MAX_BOX * MAX_BOX];
    size_t cells = side == MNIST_SIDE ? MNIST_BOX : side, left = 0, top = 0;

    for (size_t i = 0; i < cells * cells; i++)
        square[i] = cell_mean(ink, width, box, (size_t[2]){ i % cells, i / cells }, cells);
    if (side == MNIST_SIDE) {
        left = centred(square, cells, false);
        top = centred(square, cells, true);
    }
    memset(pixels, 0, side * side);
    for (size_t y = 0; y < cells; y++)
        memcpy(pixels + (top + y) * side + left, square + y * cells, cells);
}

void image_grey(uint8_t *grey, const uint8_t *pixels, size_t n, uint8_t max_value)
{
    for (size_t i = 0; i < n; i++)
        grey[i] = (uint8_t)((pixels[i] * 255 + max_value / 2) / max_value);
}

int image_fit(uint8_t *pixels, size_t side, uint8_t max_value, const struct image *image,
              const char *what, struct err *err)
{
    uint8_t *ink = ink_of(image);
    struct box box;
    int rc = 0;

    if (!find_ink(&box, ink, image->width, image->height))
        rc = err_set(err, ERR_REFUSED, "%s: the picture is empty", what);
    else if (image->width == side && image->height == side)
        memcpy(pixels, ink, side * side);
    else
        fit_ink(pixels, side, ink, image->width, &box);
    for (size_t i = 0; rc == 0 && i < side * side; i++)
        pixels[i] = (uint8_t)((pixels[i] * max_value * 2 + 255) / 510);
    free(ink);
    return rc;
}
