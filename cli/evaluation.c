/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/evaluation.h"

#include <stdio.h>

#include "model/kernels.h"
#include "model/model.h"

void evaluation_finish(struct evaluation *x)
{
    if (!x)
        return;
    eval_finish(&x->eval);
    eval_finish(&x->other_eval);
    model_free(x->model);
    model_free(x->other);
    dataset_finish(&x->data);
}

static void print_digit(const struct eval *e, size_t digit)
{
    size_t n = 0;

    for (size_t other = 0; other < EVAL_CLASSES; other++)
        n += e->confusion[digit][other];
    printf("%5zu %6zu ", digit, n);
    if (n > 0)
        printf("%6.2f%% ", 100.0 * (double)e->confusion[digit][digit] / (double)n);
    else
        printf("%7s ", "-");
    for (size_t other = 0; other < EVAL_CLASSES; other++)
        printf(" %5zu", e->confusion[digit][other]);
    (void)putchar('\n');
}

/* Reliability: how often it was right, and how sure on average, where it was about as sure. */
static void print_bin(const struct eval_bin *bin, size_t i)
{
    if (bin->n == 0)
        return;
    printf("%5.1f to %5.1f%% %6zu  %6.2f%%  %6.2f%%\n", 100.0 * (double)i / EVAL_BINS,
           100.0 * (double)(i + 1) / EVAL_BINS, bin->n,
           100.0 * (double)bin->n_right / (double)bin->n,
           100.0 * bin->confidence / (double)bin->n);
}

static void print_comparison(const struct evaluation *x)
{
    const struct comparison *c = &x->comparison;

    printf("\nagainst  %s: accuracy %.2f%%, nll %.4f nats\n", x->other_path,
           100.0 * x->other_eval.accuracy, x->other_eval.nll);
    printf("accuracy %+.2f points (95%% interval %+.2f to %+.2f)\n", 100.0 * c->accuracy,
           100.0 * c->accuracy_interval.low, 100.0 * c->accuracy_interval.high);
    printf("nll      %+.4f nats (%+.4f to %+.4f)\n", c->nll, c->nll_interval.low,
           c->nll_interval.high);
    printf("right by one model alone: %zu this, %zu the other; McNemar's exact p = %.2g\n",
           c->mcnemar.only_second, c->mcnemar.only_first, c->mcnemar.p);
}

static void print_score(const struct score_summary *s)
{
    printf("elbo     %.4f nats an image, of %zu\n", s->mean.elbo, s->n);
    printf("reconstruction error %.5f a pixel, squared, in 0..1\n",
           s->mean.reconstruction_error);
}

void evaluation_print(const struct evaluation *x)
{
    const struct eval *e = &x->eval;
    struct interval interval = interval_wilson(e->n_right, e->n);

    if (x->score.n > 0) {
        print_score(&x->score);
        return;
    }
    printf("accuracy %.2f%% (%zu of %zu; 95%% interval %.2f to %.2f%%)\n", 100.0 * e->accuracy,
           e->n_right, e->n, 100.0 * interval.low, 100.0 * interval.high);
    printf("nll      %.4f nats\n", e->nll);
    printf("ece      %.2f points\n", 100.0 * e->ece);
    if (x->latency.p50_us > 0.0)
        printf("latency  %.2f us a picture, 99%% within %.2f us (%s)\n", x->latency.p50_us,
               x->latency.p99_us, x->kernels->name);
    printf("\ntruth      n  recall   read as:");
    for (size_t digit = 0; digit < EVAL_CLASSES; digit++)
        printf(digit == 0 ? "%2zu" : " %5zu", digit);
    (void)putchar('\n');
    for (size_t digit = 0; digit < EVAL_CLASSES; digit++)
        print_digit(e, digit);
    (void)puts("\nsureness            n    right     mean");
    for (size_t i = 0; i < EVAL_BINS; i++)
        print_bin(&e->bins[i], i);
    if (x->other)
        print_comparison(x);
}

json_t *evaluation_json(const struct evaluation *x)
{
    if (x->score.n > 0)
        return score_json(&x->score);
    json_t *doc = eval_json(&x->eval);

    if (x->latency.p50_us > 0.0)
        json_object_set_new(doc, "latency",
                            json_pack("{s:f, s:f, s:i, s:s}", "p50_us", x->latency.p50_us,
                                      "p99_us", x->latency.p99_us, "n", (int)LATENCY_RUNS,
                                      "isa", x->kernels->name));
    if (x->other) {
        json_t *against = comparison_json(&x->comparison);

        json_object_set_new(against, "model", json_any_text(x->other_path));
        json_object_set_new(against, "eval", eval_json(&x->other_eval));
        json_object_set_new(doc, "against", against);
    }
    return doc;
}
