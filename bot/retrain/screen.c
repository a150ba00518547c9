/* SPDX-License-Identifier: Apache-2.0
 *
 * Order of the rules, first reason kept: leak, duplicate, no digit, contradiction; then the
 * alarm. */
#include "bot/retrain/screen.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "bot/retrain/intake.h"
#include "bot/retrain/likeness.h"
#include "model/dataset.h"
#include "model/eval.h"

/* Two pictures nearer than this are the same drawing: Euclid on pixels scaled to a maximum of
 * 1, least over shifts by one pixel. Recall 0.98 to 1.00 at 0.2% false alarms. */
static const double LEAK_DISTANCE = 0.6;

/* Share of right labels that a model trained on trusted data still gives less than 0.1. */
static const double LEAST_BASE_RATE = 0.022;

enum { SIDE = INTAKE_SIDE, PIXELS = INTAKE_PIXELS };

/* out (SIDE, SIDE) = pixels / their maximum. */
static void normalise(double out[PIXELS], const uint8_t *pixels)
{
    int most = 1;

    for (size_t i = 0; i < PIXELS; i++)
        most = pixels[i] > most ? pixels[i] : most;
    for (size_t i = 0; i < PIXELS; i++)
        out[i] = (double)pixels[i] / most;
}

static double at(const double image[PIXELS], int y, int x)
{
    return y < 0 || y >= SIDE || x < 0 || x >= SIDE ? 0 : image[y * SIDE + x];
}

/* Squared distance of a to b moved by (dy, dx); what moves in from outside is white. */
static double shifted_distance2(const double a[PIXELS], const double b[PIXELS], int dy, int dx)
{
    double sum = 0;

    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            double d = a[y * SIDE + x] - at(b, y + dy, x + dx);

            sum += d * d;
        }
    }
    return sum;
}

static bool is_near(const double a[PIXELS], const double b[PIXELS])
{
    for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
            if (shifted_distance2(a, b, dy, dx) < LEAK_DISTANCE * LEAK_DISTANCE)
                return true;
        }
    }
    return false;
}

static void refuse_leaks(struct intake *intake, const struct dataset *holdout)
{
    double(*held)[PIXELS] = xcalloc(holdout->n, sizeof(*held));

    for (size_t i = 0; i < holdout->n; i++)
        normalise(held[i], dataset_image(holdout, i));
    for (size_t s = 0; s < intake->n_samples; s++) {
        struct intake_sample *sample = &intake->samples[s];
        double image[PIXELS];

        if (sample->reason)
            continue;
        normalise(image, sample->pixels);
        for (size_t i = 0; i < holdout->n && !sample->reason; i++) {
            if (is_near(image, held[i]))
                intake_refuse(sample, "the same drawing as an image that models are tested on");
        }
    }
    free(held);
}

/* A known picture: its pixels, label and where it came from. */
struct known {
    const uint8_t *pixels;
    int label;
    size_t order;                 /* training set first, then the contribution in its order */
    struct intake_sample *sample; /* NULL: in the training set */
};

static int by_pixels(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    int order = memcmp(x->pixels, y->pixels, PIXELS);

    if (order != 0)
        return order;
    return x->order < y->order ? -1 : x->order > y->order;
}

static size_t list_known(struct known *known, struct intake *intake,
                         const struct dataset *train)
{
    size_t n = 0;

    for (size_t i = 0; i < train->n; i++, n++)
        known[n] = (struct known){ dataset_image(train, i), train->labels[i], n, NULL };
    for (size_t s = 0; s < intake->n_samples; s++) {
        struct intake_sample *sample = &intake->samples[s];

        if (!sample->is_readable)
            continue;
        known[n] = (struct known){ sample->pixels, sample->label, n, sample };
        n++;
    }
    return n;
}

/* Of pictures that are equal byte by byte the first stays. */
static void refuse_duplicates(struct intake *intake, const struct dataset *train)
{
    struct known *known = xcalloc(train->n + intake->n_samples, sizeof(*known));
    size_t n = list_known(known, intake, train), first = 0;

    qsort(known, n, sizeof(*known), by_pixels);
    for (size_t i = 1; i < n; i++) {
        if (memcmp(known[i].pixels, known[first].pixels, PIXELS) != 0) {
            first = i;
            continue;
        }
        if (!known[i].sample)
            continue;
        const char *where = known[first].sample ? "this contribution" : "the training data";
        if (known[i].label == known[first].label)
            intake_refuse(known[i].sample, "already in %s", where);
        else
            intake_refuse(known[i].sample, "already in %s with the label %d", where,
                          known[first].label);
    }
    free(known);
}

/* P(X >= k) of n independent events of probability p, summed from the top in logs. */
static double binomial_tail(size_t k, size_t n, double p)
{
    double tail = 0;

    for (size_t i = k; i <= n; i++) {
        double log_term = lgamma((double)n + 1) - lgamma((double)i + 1) -
                          lgamma((double)(n - i) + 1) + (double)i * log(p) +
                          (double)(n - i) * log1p(-p);
        tail += exp(log_term);
    }
    return tail < 1 ? tail : 1;
}

/* probabilities (n, 10) of the champion for n images; the caller frees. */
static int ask_champion(float **ret, const struct screen_basis *basis, const uint8_t *pixels,
                        size_t n, struct err *err)
{
    float *probabilities = xcalloc(n, INTAKE_LABELS * sizeof(*probabilities));
    int rc = n > 0 ? predict_probabilities(probabilities, basis->champion, pixels, n,
                                           basis->kernels, err)
                   : 0;

    if (rc < 0)
        free(probabilities);
    else
        *ret = probabilities;
    return rc;
}

/* How often the champion contradicts labels that are known to be right. */
static int measure_base_rate(double *ret, const struct screen_basis *basis, struct err *err)
{
    const struct dataset *holdout = basis->holdout;
    float *probabilities = NULL;
    size_t n_low = 0;

    int rc = ask_champion(&probabilities, basis, holdout->pixels, holdout->n, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < holdout->n; i++)
        n_low +=
            (double)probabilities[i * INTAKE_LABELS + holdout->labels[i]] < basis->min_label_p;
    double rate = ((double)n_low + 1) / ((double)holdout->n + 2);
    *ret = rate > LEAST_BASE_RATE ? rate : LEAST_BASE_RATE;
    free(probabilities);
    return 0;
}

static void judge_labels(struct intake *intake, const float *probabilities, double base_rate,
                         const struct screen_basis *basis)
{
    size_t n = 0, n_low = 0;

    for (size_t s = 0; s < intake->n_samples; s++) {
        struct intake_sample *sample = &intake->samples[s];

        if (!sample->is_readable)
            continue;
        double p = (double)probabilities[n++ * INTAKE_LABELS + (size_t)sample->label];
        if (p >= basis->min_label_p)
            continue;
        n_low++;
        intake_refuse(sample,
                      "the model in service gives the label %d a probability of %.3f only: "
                      "a person has to look",
                      sample->label, p);
    }
    if (binomial_tail(n_low, n, base_rate) < basis->alarm_p)
        intake_fault(intake,
                     "%zu of %zu labels contradict the model in service, far more than right "
                     "labels do (%.1f%%); please check them",
                     n_low, n, 100 * base_rate);
}

/* The pictures that could be read, one after the other; the caller frees. */
static uint8_t *readable_pixels(size_t *ret_n, const struct intake *intake)
{
    uint8_t *pixels = xcalloc(intake->n_samples, PIXELS);
    size_t n = 0;

    for (size_t s = 0; s < intake->n_samples; s++) {
        if (intake->samples[s].is_readable)
            memcpy(pixels + PIXELS * n++, intake->samples[s].pixels, PIXELS);
    }
    *ret_n = n;
    return pixels;
}

static int refuse_what_is_no_digit(struct intake *intake, const struct screen_basis *basis,
                                   struct err *err)
{
    const struct likeness_basis likeness = { basis->trusted, basis->holdout, basis->kernels };
    size_t n = 0;
    uint8_t *pixels = readable_pixels(&n, intake);
    double *ratios = xcalloc(n, sizeof(*ratios)), *ratio = ratios;

    int rc = n > 0 ? likeness_measure(ratios, pixels, n, &likeness, err) : 0;
    for (size_t s = 0; rc == 0 && s < intake->n_samples; s++) {
        struct intake_sample *sample = &intake->samples[s];

        if (!sample->is_readable)
            continue;
        if (*ratio > basis->max_unlike)
            intake_refuse(
                sample,
                "unlike any digit that is known here: %.1f times as far off as digits "
                "are (at most %.1f)",
                *ratio, basis->max_unlike);
        ratio++;
    }
    free(ratios);
    free(pixels);
    return rc;
}

static int refuse_contradictions(struct intake *intake, const struct screen_basis *basis,
                                 struct err *err)
{
    float *probabilities = NULL;
    double base_rate = 0;
    size_t n = 0;
    uint8_t *pixels = readable_pixels(&n, intake);

    int rc = measure_base_rate(&base_rate, basis, err);
    if (rc == 0)
        rc = ask_champion(&probabilities, basis, pixels, n, err);
    if (rc == 0)
        judge_labels(intake, probabilities, base_rate, basis);
    free(probabilities);
    free(pixels);
    return rc;
}

int screen_intake(struct intake *intake, const struct screen_basis *basis, struct err *err)
{
    int rc = 0;

    refuse_leaks(intake, basis->holdout);
    refuse_duplicates(intake, basis->train);
    if (basis->max_unlike > 0)
        rc = refuse_what_is_no_digit(intake, basis, err);
    if (rc == 0 && basis->min_label_p > 0)
        rc = refuse_contradictions(intake, basis, err);
    return rc;
}
