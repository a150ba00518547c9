/* SPDX-License-Identifier: Apache-2.0 */
#include "model/sparse.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { MAX_KNOWN_PICKS = 1 << 20 }; /* 8 MiB */

void sparse_init(struct sparse_batch *x, size_t n_pixels, uint8_t max_value)
{
    assert(n_pixels % 8 == 0);
    memset(x, 0, sizeof(*x));
    x->n_pixels = n_pixels;
    for (size_t i = 0; i < 256; i++)
        x->value[i] = (float)i / (float)max_value;
    x->room = xcalloc(NET_MAX_BATCH * n_pixels, sizeof(*x->room));
}

void sparse_finish(struct sparse_batch *x)
{
    if (!x)
        return;
    free(x->room);
    free(x->known);
    free(x->known_room);
    free(x->by_pixel);
    free(x->n_by_pixel);
    memset(x, 0, sizeof(*x));
}

void sparse_prepare_pixels(struct sparse_batch *x)
{
    if (x->by_pixel)
        return;
    x->by_pixel = xcalloc(NET_MAX_BATCH * x->n_pixels, sizeof(*x->by_pixel));
    x->n_by_pixel = xcalloc(x->n_pixels, sizeof(*x->n_by_pixel));
}

/* Fills room (n_pixels). Eight zeros are passed over at once; among others no branch is taken,
 * a zero is overwritten by what follows. */
static struct picks pick_pixels(const struct sparse_batch *x, struct pick *room,
                                const uint8_t *pixels)
{
    size_t n = 0;

    for (size_t i = 0; i < x->n_pixels; i += 8) {
        uint64_t eight;

        memcpy(&eight, pixels + i, sizeof(eight));
        if (eight == 0)
            continue;
        for (size_t k = i; k < i + 8; k++) {
            room[n] = (struct pick){ (uint32_t)k, x->value[pixels[k]] };
            n += pixels[k] != 0;
        }
    }
    return (struct picks){ room, n };
}

void sparse_know(struct sparse_batch *x, const uint8_t *pixels, size_t n)
{
    size_t total = 1; /* pick_pixels() writes one past its last */

    for (size_t i = 0; i < n * x->n_pixels && total <= MAX_KNOWN_PICKS; i++)
        total += pixels[i] != 0;
    if (total > MAX_KNOWN_PICKS)
        return;
    x->known = xcalloc(n, sizeof(*x->known));
    x->known_room = xcalloc(total, sizeof(*x->known_room));
    for (size_t i = 0, at = 0; i < n; at += x->known[i++].n)
        x->known[i] = pick_pixels(x, x->known_room + at, pixels + i * x->n_pixels);
}

void sparse_by_image(struct sparse_batch *x, const struct batch *batch, size_t from, size_t to)
{
    for (size_t b = from; b < to; b++) {
        size_t row = batch->rows[b];

        x->by_image[b] = x->known ? x->known[row]
                                  : pick_pixels(x, x->room + b * x->n_pixels,
                                                batch->pixels + row * x->n_pixels);
    }
}

void sparse_by_pixel(struct sparse_batch *x, size_t n, size_t from, size_t to)
{
    memset(x->n_by_pixel + from, 0, (to - from) * sizeof(*x->n_by_pixel));
    for (size_t b = 0; b < n; b++) {
        const struct pick *at = x->by_image[b].at, *end = at + x->by_image[b].n;

        /* Sorted by pixel, so our share is one run. */
        while (at < end && at->row < from)
            at++;
        for (; at < end && at->row < to; at++) {
            uint32_t *count = &x->n_by_pixel[at->row];

            x->by_pixel[at->row * NET_MAX_BATCH + (*count)++] =
                (struct pick){ (uint32_t)b, at->weight };
        }
    }
}
