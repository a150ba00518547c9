/* SPDX-License-Identifier: Apache-2.0
 * report/eval_page.h
 * eval_page: how well a model reads, as one HTML file that needs nothing else: figures with
 * their intervals, charts, and the misread pictures themselves. Knows no model: the caller
 * fills plain figures in. Texts may be anybody's; they are escaped. */
#ifndef REPORT_EVAL_PAGE_H
#define REPORT_EVAL_PAGE_H
#include <stdbool.h>
#include <stddef.h>

struct buf;

enum { EVAL_PAGE_CLASSES = 10, EVAL_PAGE_MAX_BINS = 20, EVAL_PAGE_MAX_MISREAD = 60 };

struct eval_page_range {
    double low, high;
};

struct eval_page_bin {
    double from, to; /* confidence, 0..1 */
    size_t n;
    double accuracy, confidence; /* means; of no sample 0 */
};

struct eval_page_digit {
    size_t n, n_right, n_predicted;
    struct eval_page_range recall; /* its interval */
};

/* Another model on the same samples. */
struct eval_page_other {
    const char *name;
    size_t only_this, only_other; /* right by one alone */
    double p;                     /* McNemar */
    double accuracy, nll;         /* this one minus the other */
    struct eval_page_range accuracy_range, nll_range;
};

struct eval_page_misread {
    const void *png; /* borrowed */
    size_t png_len;
    size_t row; /* in the data, from 1 */
    unsigned truth, predicted;
    double confidence;
};

struct eval_page {
    const char *model, *architecture, *data;
    size_t n, n_right;
    double accuracy, nll, ece;
    struct eval_page_range accuracy_range;
    struct eval_page_digit digits[EVAL_PAGE_CLASSES];
    size_t confusion[EVAL_PAGE_CLASSES][EVAL_PAGE_CLASSES]; /* [truth][predicted] */
    size_t n_bins;
    struct eval_page_bin bins[EVAL_PAGE_MAX_BINS];
    const char *isa;
    double p50_us, p99_us;               /* of one image */
    const struct eval_page_other *other; /* or NULL */
    size_t n_misread, n_shown;           /* the first n_shown are here, the surest first */
    struct eval_page_misread misread[EVAL_PAGE_MAX_MISREAD];
};

void eval_page_write(struct buf *out, const struct eval_page *page);

#endif
