/* SPDX-License-Identifier: Apache-2.0
 * From an evaluation to the plain figures of report/eval_page.h. */
#include "cli/evaluation.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "model/arch.h"
#include "model/image.h"
#include "model/kernels.h"
#include "model/model.h"
#include "report/eval_page.h"

enum { PNG_MAX_BYTES = 1 << 16 };

_Static_assert((int)EVAL_PAGE_CLASSES == (int)EVAL_CLASSES &&
                   (int)EVAL_BINS <= (int)EVAL_PAGE_MAX_BINS,
               "the page has room for every class and bin");

static struct eval_page_range range_of(struct interval interval)
{
    return (struct eval_page_range){ interval.low, interval.high };
}

static void fill_digits(struct eval_page *page, const struct eval *e)
{
    for (size_t truth = 0; truth < EVAL_CLASSES; truth++) {
        struct eval_page_digit *d = &page->digits[truth];

        for (size_t other = 0; other < EVAL_CLASSES; other++) {
            page->confusion[truth][other] = e->confusion[truth][other];
            d->n += e->confusion[truth][other];
            d->n_predicted += e->confusion[other][truth];
        }
        d->n_right = e->confusion[truth][truth];
        d->recall = range_of(interval_wilson(d->n_right, d->n));
    }
}

static void fill_bins(struct eval_page *page, const struct eval *e)
{
    page->n_bins = EVAL_BINS;
    for (size_t i = 0; i < EVAL_BINS; i++) {
        const struct eval_bin *b = &e->bins[i];
        double n = b->n > 0 ? (double)b->n : 1.0;

        page->bins[i] = (struct eval_page_bin){ .from = (double)i / EVAL_BINS,
                                                .to = (double)(i + 1) / EVAL_BINS,
                                                .n = b->n,
                                                .accuracy = (double)b->n_right / n,
                                                .confidence = b->confidence / n };
    }
}

/* A misread sample, for sorting. */
struct mistake {
    size_t row;
    float confidence;
};

static int surest_first(const void *a, const void *b)
{
    const struct mistake *x = a, *y = b;

    if (x->confidence < y->confidence || x->confidence > y->confidence)
        return x->confidence < y->confidence ? 1 : -1;
    return (x->row > y->row) - (x->row < y->row);
}

static int add_picture(struct eval_page_misread *out, struct buf *png,
                       const struct evaluation *x, size_t row, struct err *err)
{
    const uint8_t *pixels = dataset_image(&x->data, row);
    size_t n = dataset_image_size(&x->data);
    uint8_t grey[28 * 28];

    for (size_t i = 0; i < n; i++)
        grey[i] = (uint8_t)(pixels[i] * 255 / x->data.max_value);
    int rc = image_encode_png(png, grey, x->data.side, x->data.side, err);
    if (rc < 0)
        return rc;
    *out = (struct eval_page_misread){ .png = png->data,
                                       .png_len = png->len,
                                       .row = row + 1,
                                       .truth = x->data.labels[row],
                                       .predicted = x->eval.predicted[row],
                                       .confidence = (double)x->eval.confidences[row] };
    return 0;
}

/* pngs (EVAL_PAGE_MAX_MISREAD) hold what the page borrows. */
static int fill_misread(struct eval_page *page, struct buf *pngs, const struct evaluation *x,
                        struct err *err)
{
    struct mistake *mistakes = xcalloc(x->data.n, sizeof(*mistakes));
    size_t n = 0;
    int rc = 0;

    for (size_t i = 0; i < x->data.n; i++) {
        if (x->eval.predicted[i] != x->data.labels[i])
            mistakes[n++] = (struct mistake){ i, x->eval.confidences[i] };
    }
    qsort(mistakes, n, sizeof(*mistakes), surest_first);
    page->n_misread = n;
    page->n_shown = n < EVAL_PAGE_MAX_MISREAD ? n : EVAL_PAGE_MAX_MISREAD;
    for (size_t i = 0; rc == 0 && i < page->n_shown; i++)
        rc = add_picture(&page->misread[i], &pngs[i], x, mistakes[i].row, err);
    free(mistakes);
    return rc;
}

static void fill_other(struct eval_page_other *out, const struct evaluation *x)
{
    const struct comparison *c = &x->comparison;

    *out = (struct eval_page_other){
        .name = x->other_path,
        .only_this = c->mcnemar.only_second,
        .only_other = c->mcnemar.only_first,
        .p = c->mcnemar.p,
        .accuracy = c->accuracy,
        .nll = c->nll,
        .accuracy_range = range_of(c->accuracy_interval),
        .nll_range = range_of(c->nll_interval),
    };
}

int evaluation_page(struct buf *out, const struct evaluation *x, struct err *err)
{
    const struct eval *e = &x->eval;
    struct eval_page *page = xcalloc(1, sizeof(*page));
    struct buf pngs[EVAL_PAGE_MAX_MISREAD];
    struct eval_page_other other;

    page->model = x->path;
    page->architecture = x->model->arch->name;
    page->data = x->data_path;
    page->n = e->n;
    page->n_right = e->n_right;
    page->accuracy = e->accuracy;
    page->nll = e->nll;
    page->ece = e->ece;
    page->accuracy_range = range_of(interval_wilson(e->n_right, e->n));
    page->isa = x->kernels->name;
    page->p50_us = x->latency.p50_us;
    page->p99_us = x->latency.p99_us;
    fill_digits(page, e);
    fill_bins(page, e);
    if (x->other) {
        fill_other(&other, x);
        page->other = &other;
    }
    for (size_t i = 0; i < EVAL_PAGE_MAX_MISREAD; i++)
        buf_init(&pngs[i], PNG_MAX_BYTES);
    int rc = fill_misread(page, pngs, x, err);
    if (rc == 0)
        eval_page_write(out, page);
    for (size_t i = 0; i < EVAL_PAGE_MAX_MISREAD; i++)
        buf_finish(&pngs[i]);
    free(page);
    return rc < 0 ? rc : buf_check(out, "the page", err);
}
