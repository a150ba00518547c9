/* SPDX-License-Identifier: Apache-2.0
 * Rows of integers: the form of the UCI digits file, and of contributions. */
#include "model/dataset.h"

#include <ctype.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/lines.h"

enum { MAX_PIXELS = 784, MAX_LINE = 4 * (MAX_PIXELS + 1) + 16 };

/* One field: digits only, three at most. Returns the place behind it, NULL when it is none. */
static const char *read_field(int *ret, const char *p, const char *end)
{
    const char *start = p;
    int value = 0;

    while (p < end && *p >= '0' && *p <= '9' && p - start < 3)
        value = value * 10 + (*p++ - '0');
    if (p == start || (p < end && *p != ','))
        return NULL;
    *ret = value;
    return p;
}

static int bad_field(struct err *err, size_t column, const char *p, const char *end)
{
    int len = 0;

    while (len < 20 && p + len < end && p[len] != ',')
        len++;
    return err_set(err, ERR_PARSE, "column %zu: '%.*s' is not an integer 0..255", column, len,
                   p);
}

/* All fields of a line; the last is the label. */
static int read_fields(int fields[MAX_PIXELS + 1], size_t *ret_n, const char *line, size_t len,
                       struct err *err)
{
    const char *p = line, *end = line + len;
    size_t n = 0;

    for (;;) {
        if (n > MAX_PIXELS)
            return err_set(err, ERR_PARSE, "more than %d values", MAX_PIXELS + 1);
        const char *next = read_field(&fields[n], p, end);
        if (!next)
            return bad_field(err, n + 1, p, end);
        n++;
        if (next == end)
            break;
        p = next + 1;
    }
    *ret_n = n;
    return 0;
}

int dataset_parse_row(uint8_t *pixels, size_t *side, int64_t *ret_label, const char *line,
                      size_t len, struct err *err)
{
    int fields[MAX_PIXELS + 1];
    size_t n = 0;

    if (len > MAX_LINE)
        return err_set(err, ERR_LIMIT, "longer than %d characters", MAX_LINE);
    int rc = read_fields(fields, &n, line, len, err);
    if (rc < 0)
        return rc;
    if ((n != 65 || *side == 28) && (n != 785 || *side == 8))
        return err_set(err, ERR_PARSE, "%zu values; expected %s pixels and a label", n,
                       *side == 0   ? "64 or 784"
                       : *side == 8 ? "64"
                                    : "784");

    int max = n == 65 ? 16 : 255;
    for (size_t i = 0; i + 1 < n; i++) {
        if (fields[i] > max)
            return err_set(err, ERR_RANGE, "column %zu: pixel %d is not 0..%d", i + 1,
                           fields[i], max);
        pixels[i] = (uint8_t)fields[i];
    }
    if (fields[n - 1] >= DATASET_CLASSES)
        return err_set(err, ERR_RANGE, "column %zu: label %d is not 0..9", n, fields[n - 1]);
    *side = n == 65 ? 8 : 28;
    *ret_label = fields[n - 1];
    return 0;
}

static int add_line(struct dataset *ds, const char *line, size_t len, struct err *err)
{
    uint8_t pixels[MAX_PIXELS];
    size_t side = 0;
    int64_t label = 0;

    int rc = dataset_parse_row(pixels, &side, &label, line, len, err);
    if (rc < 0)
        return rc;
    rc = dataset_take_side(ds, side, "row", err);
    return rc < 0 ? rc : dataset_add(ds, pixels, label, err);
}

int dataset_read_csv(struct dataset *ds, const char *text, size_t len, const char *what,
                     struct err *err)
{
    struct lines lines;
    struct line line;

    lines_init(&lines, text, len);
    while (lines_next(&lines, &line)) {
        int rc = add_line(ds, line.text, line.len, err);

        if (rc < 0 && line.number == 1 && line.len > 0 && isalpha((unsigned char)line.text[0]))
            rc = err_wrap(err, rc, "a header is not taken");
        if (rc < 0)
            return err_wrap(err, rc, "%s:%zu", what, line.number);
    }
    return 0;
}

int dataset_write_csv(struct buf *out, const struct dataset *ds, struct err *err)
{
    for (size_t i = 0; i < ds->n; i++) {
        for (size_t k = 0; k < dataset_image_size(ds); k++)
            buf_printf(out, "%d,", dataset_image(ds, i)[k]);
        buf_printf(out, "%d\n", ds->labels[i]);
    }
    return buf_check(out, "CSV file", err);
}
