/* SPDX-License-Identifier: Apache-2.0 */
#include "practice/digits.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/parse.h"
#include "data/bundled.h"
#include "practice/png.h"

enum { FILE_MAX_BYTES = 1 << 20, GREY_MAX = 255, CELL_MAX = 8 };

/* One number and the comma or line end behind it. */
static int read_cell(const char **text, int64_t max, struct err *err)
{
    char cell[CELL_MAX];
    size_t len = strcspn(*text, ",\r\n");
    int64_t value;

    if (len >= sizeof(cell))
        return err_set(err, ERR_PARSE, "bundled digits: a cell of %zu characters", len);
    memcpy(cell, *text, len);
    cell[len] = '\0';
    int rc = parse_i64(&value, cell, 0, max, "bundled digits", err);
    if (rc < 0)
        return rc;
    *text += len + ((*text)[len] == ',');
    return (int)value;
}

static int read_digit(struct digit *d, const char *line, struct err *err)
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        int value = read_cell(&line, DIGIT_MAX, err);

        if (value < 0)
            return value;
        d->pixels[i] = (uint8_t)value;
    }
    d->label = read_cell(&line, 9, err);
    return d->label < 0 ? d->label : 0;
}

static const char *next_line(const char *text)
{
    text += strcspn(text, "\n");
    return text + (*text == '\n');
}

/* Both files have a line for each row; the split a heading above. */
int digits_for_practice(struct digit **ret, size_t *ret_n, struct err *err)
{
    const struct embedded *rows = bundled_digits(), *split = bundled_split();
    struct digit *digits = NULL;
    size_t n = 0;
    int rc = 0;

    const char *row = (const char *)rows->data;
    const char *part = next_line((const char *)split->data);
    for (; rc == 0 && *row && *part; row = next_line(row), part = next_line(part)) {
        const char *word = part + strcspn(part, ",\n");

        if (strncmp(word, ",practice", 9) != 0)
            continue;
        digits = xrealloc_array(digits, n + 1, sizeof(*digits));
        rc = read_digit(&digits[n++], row, err);
    }
    if (rc < 0) {
        free(digits);
        return rc;
    }
    *ret = digits;
    *ret_n = n;
    return 0;
}

/* Takes nothing: path and data are copied. */
static void add_file(struct contribution *c, const char *name, const char *rest,
                     const struct buf *data)
{
    c->files = xrealloc_array(c->files, c->n_files + 1, sizeof(*c->files));
    c->files[c->n_files++] =
        (struct git_new_file){ .path = xasprintf("contrib/%s/%s", name, rest),
                               .data = xmemdup(data->data, data->len + 1),
                               .len = data->len };
}

/* Ink 0..16 becomes grey 0..255, so that rounding back gives the same ink. */
static void add_pngs(struct contribution *c, const char *name, const struct digit *digits,
                     size_t n)
{
    int seen[10] = { 0 };

    for (size_t i = 0; i < n; i++) {
        uint8_t grey[DIGIT_PIXELS];
        struct buf png;

        for (size_t k = 0; k < DIGIT_PIXELS; k++)
            grey[k] = (uint8_t)((digits[i].pixels[k] * GREY_MAX + DIGIT_MAX / 2) / DIGIT_MAX);
        buf_init(&png, FILE_MAX_BYTES);
        png_write_grey(&png, grey, DIGIT_SIDE, DIGIT_SIDE);
        char *rest = xasprintf("%d/%04d.png", digits[i].label, ++seen[digits[i].label]);
        add_file(c, name, rest, &png);
        free(rest);
        buf_finish(&png);
    }
}

static void add_csv(struct contribution *c, const char *name, const struct digit *digits,
                    size_t n, int turn)
{
    struct buf csv;

    buf_init(&csv, FILE_MAX_BYTES);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < DIGIT_PIXELS; k++)
            buf_printf(&csv, "%d,", digits[i].pixels[k]);
        buf_printf(&csv, "%d\n", (digits[i].label + turn) % 10);
    }
    add_file(c, name, "samples.csv", &csv);
    buf_finish(&csv);
}

void contribution_init(struct contribution *c, enum contribution_form form, const char *name,
                       const char *author, const struct digit *digits, size_t n)
{
    struct buf yml;

    *c = (struct contribution){ 0 };
    if (form == FORM_PNG)
        add_pngs(c, name, digits, n);
    else
        add_csv(c, name, digits, n, form == FORM_CSV_ROTATED ? 1 : 0);
    buf_init(&yml, FILE_MAX_BYTES);
    buf_printf(&yml,
               "licence: CC-BY-4.0\n"
               "author: %s\n"
               "consent: true\n"
               "source: \"UCI Optical Recognition of Handwritten Digits, E. Alpaydin and "
               "C. Kaynak, 1998, doi 10.24432/C50P49\"\n",
               author);
    add_file(c, name, "contribution.yml", &yml);
    buf_finish(&yml);
}

void contribution_finish(struct contribution *c)
{
    for (size_t i = 0; i < c->n_files; i++) {
        free((void *)(uintptr_t)c->files[i].path);
        free((void *)(uintptr_t)c->files[i].data);
    }
    free(c->files);
}
