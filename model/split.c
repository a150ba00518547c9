/* SPDX-License-Identifier: Apache-2.0 */
#include "model/split.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/rng.h"
#include "model/dataset.h"

const char *const split_names[SPLIT_PARTS] = {
    [SPLIT_BASE] = "base",
    [SPLIT_HOLDOUT] = "holdout",
    [SPLIT_PRACTICE] = "practice",
};

enum { STREAM_SPLIT = 3 }; /* train.c has the others of a seed */

/* The part of one line, which must be "<row>,<part>". */
static int parse_line(enum split_part *ret, const char *line, size_t len, size_t row,
                      struct err *err)
{
    for (size_t part = 0; part < SPLIT_PARTS; part++) {
        char expected[40];
        int n = snprintf(expected, sizeof(expected), "%zu,%s", row, split_names[part]);

        if ((size_t)n == len && memcmp(line, expected, len) == 0) {
            *ret = (enum split_part)part;
            return 0;
        }
    }
    return err_set(err, ERR_PARSE,
                   "split.csv:%zu: expected '%zu,' and one of base, holdout, "
                   "practice",
                   row + 2, row);
}

int split_select(struct dataset *out, const struct dataset *all, enum split_part part,
                 const char *text, size_t len, struct err *err)
{
    static const char header[] = "row,part\n";
    const char *p = text + sizeof(header) - 1, *end = text + len;

    if (len < sizeof(header) - 1 || memcmp(text, header, sizeof(header) - 1) != 0)
        return err_set(err, ERR_PARSE, "split.csv:1: expected 'row,part'");
    if (out->side == 0)
        dataset_init(out, all->side);
    for (size_t row = 0; row < all->n; row++) {
        const char *newline = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
        enum split_part found = SPLIT_BASE;

        if (!newline)
            return err_set(err, ERR_PARSE, "split.csv: ends before row %zu", row);
        int rc = parse_line(&found, p, (size_t)(newline - p), row, err);
        if (rc == 0 && found == part)
            rc = dataset_add(out, dataset_image(all, row), all->labels[row], err);
        if (rc < 0)
            return rc;
        p = newline + 1;
    }
    if (p != end)
        return err_set(err, ERR_PARSE, "split.csv: more than %zu rows", all->n);
    return 0;
}

/* A class's rows in mine (n), of which `most` at most are taken by lot. */
static void take_by_lot(bool *is_taken, uint32_t *mine, size_t n, size_t most, struct rng *rng)
{
    for (size_t i = 0; i < most; i++) {
        size_t j = i + rng_below(rng, (uint32_t)(n - i));
        uint32_t swap = mine[i];

        mine[i] = mine[j];
        mine[j] = swap;
        is_taken[mine[i]] = true;
    }
}

size_t split_stratified(uint32_t *order, const uint8_t *labels, size_t n, double share,
                        uint64_t seed)
{
    bool *is_taken = xcalloc(n, sizeof(*is_taken));
    size_t n_taken = 0;
    struct rng rng;

    rng_init(&rng, seed, STREAM_SPLIT);
    for (size_t digit = 0; digit < DATASET_CLASSES; digit++) {
        size_t n_mine = 0;

        for (size_t i = 0; i < n; i++) {
            if (labels[i] == digit)
                order[n_mine++] = (uint32_t)i;
        }
        size_t most = (size_t)(share * (double)n_mine + 0.5);
        if (n_mine > 0)
            take_by_lot(is_taken, order, n_mine, most < n_mine ? most : n_mine - 1, &rng);
    }
    for (size_t i = 0; i < n; i++) {
        if (is_taken[i])
            order[n_taken++] = (uint32_t)i;
    }

    size_t at = n_taken;
    for (size_t i = 0; i < n; i++) {
        if (!is_taken[i])
            order[at++] = (uint32_t)i;
    }
    free(is_taken);
    return n_taken;
}

/* MT19937: Matsumoto and Nishimura 1998, doi 10.1145/272991.272995. */
enum { MT_N = 624, MT_M = 397 };

struct mt19937 {
    uint32_t state[MT_N];
    size_t at;
};

static void mt_init(struct mt19937 *mt, uint32_t seed)
{
    mt->state[0] = seed;
    for (uint32_t i = 1; i < MT_N; i++)
        mt->state[i] = 1812433253u * (mt->state[i - 1] ^ (mt->state[i - 1] >> 30)) + i;
    mt->at = MT_N;
}

static void mt_refill(struct mt19937 *mt)
{
    for (size_t i = 0; i < MT_N; i++) {
        uint32_t y = (mt->state[i] & 0x80000000u) | (mt->state[(i + 1) % MT_N] & 0x7fffffffu);

        mt->state[i] = mt->state[(i + MT_M) % MT_N] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0u);
    }
    mt->at = 0;
}

static uint32_t mt_next(struct mt19937 *mt)
{
    if (mt->at == MT_N)
        mt_refill(mt);

    uint32_t y = mt->state[mt->at++];

    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
}

/* 0..max: numpy masks to the next power of two and draws again past max. */
static uint32_t mt_up_to(struct mt19937 *mt, uint32_t max)
{
    uint32_t mask = max, value;

    for (unsigned shift = 1; shift < 32; shift *= 2)
        mask |= mask >> shift;
    do
        value = mt_next(mt) & mask;
    while (value > max);
    return value;
}

void split_numpy_permutation(uint32_t *order, size_t n, uint32_t seed)
{
    struct mt19937 mt;

    mt_init(&mt, seed);
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    for (size_t i = n; i-- > 1;) {
        size_t j = mt_up_to(&mt, (uint32_t)i);
        uint32_t swap = order[i];

        order[i] = order[j];
        order[j] = swap;
    }
}
