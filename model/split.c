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
