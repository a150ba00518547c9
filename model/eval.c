/* SPDX-License-Identifier: Apache-2.0 */
#include "model/eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "model/arch.h"
#include "model/mathf.h"
#include "model/model.h"

/* Calls use() with the logits (n, classes) of every batch of n images. */
struct sweep {
    const struct model *model;
    const struct kernels *kernels;
    const uint8_t *pixels;
    size_t n;
    void (*use)(void *ctx, size_t first, const float *logits, size_t n);
    void *ctx;
};

static int check_logits(const float *logits, size_t n, struct err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = model_check_answer((double)logits[i], err);
    return rc;
}

static int sweep_logits(const struct sweep *s, struct err *err)
{
    const struct net_env env = { .kernels = s->kernels };
    struct net *net = s->model->arch->open(s->model, &env);
    float logits[NET_MAX_BATCH * MODEL_MAX_CLASSES];
    uint32_t rows[NET_MAX_BATCH];
    int rc = 0;

    for (size_t at = 0; rc == 0 && at < s->n; at += NET_MAX_BATCH) {
        struct batch batch = { .pixels = s->pixels,
                               .rows = rows,
                               .n = s->n - at < NET_MAX_BATCH ? s->n - at : NET_MAX_BATCH };

        for (size_t i = 0; i < batch.n; i++)
            rows[i] = (uint32_t)(at + i);
        s->model->arch->forward(net, logits, &batch);
        rc = check_logits(logits, batch.n * s->model->shape.classes, err);
        if (rc == 0)
            s->use(s->ctx, at, logits, batch.n);
    }
    s->model->arch->close(net);
    return rc;
}

/* p (O) = softmax(z (O)) in double. Returns ln(sum exp(z)). */
static double softmax(double *p, const float *z, size_t O)
{
    float max = z[0];
    double sum = 0.0;

    for (size_t o = 1; o < O; o++)
        max = z[o] > max ? z[o] : max;
    for (size_t o = 0; o < O; o++) {
        p[o] = (double)exp_f32(z[o] - max);
        sum += p[o];
    }
    for (size_t o = 0; o < O; o++)
        p[o] /= sum;
    return (double)max + log_f64(sum);
}

struct tally {
    struct eval *e;
    const struct dataset *data;
    size_t classes;
    double nll;
};

static void tally_logits(void *ctx, size_t first, const float *logits, size_t n)
{
    struct tally *t = ctx;
    double p[MODEL_MAX_CLASSES];

    for (size_t i = 0; i < n; i++) {
        const float *z = logits + i * t->classes;
        size_t truth = t->data->labels[first + i], best = 0;
        double log_sum = softmax(p, z, t->classes);

        for (size_t o = 1; o < t->classes; o++)
            best = z[o] > z[best] ? o : best;
        size_t bin = (size_t)(p[best] * EVAL_BINS);
        struct eval_bin *b = &t->e->bins[bin < EVAL_BINS ? bin : EVAL_BINS - 1];

        b->n++;
        b->n_right += best == truth;
        b->confidence += p[best];
        t->nll += log_sum - (double)z[truth];
        t->e->n_right += best == truth;
        t->e->confusion[truth][best]++;
        t->e->predicted[first + i] = (uint8_t)best;
        t->e->confidences[first + i] = (float)p[best];
        t->e->losses[first + i] = (float)(log_sum - (double)z[truth]);
    }
}

/* Guo et al. 2017, arXiv 1706.04599, equation 3. */
static double calibration_error(const struct eval_bin *bins, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < EVAL_BINS; i++)
        sum += fabs((double)bins[i].n_right - bins[i].confidence);
    return sum / (double)n;
}

static int check_classifier(const struct model *m, struct err *err)
{
    if (m->arch->forward)
        return 0;
    return err_set(err, ERR_REFUSED, "a model of the architecture '%s' tells no classes apart",
                   m->arch->name);
}

int eval_model(struct eval *e, const struct model *m, const struct dataset *data,
               const struct kernels *kernels, struct err *err)
{
    int rc = check_classifier(m, err);
    if (rc < 0)
        return rc;
    if (data->n == 0)
        return err_set(err, ERR_RANGE, "no sample to evaluate on");
    rc = model_check_data(m, data, err);
    if (rc < 0)
        return rc;
    if (m->shape.classes != EVAL_CLASSES)
        return err_set(err, ERR_RANGE, "the model tells %zu classes apart, the data %d",
                       m->shape.classes, EVAL_CLASSES);

    memset(e, 0, sizeof(*e));
    e->n = data->n;
    e->predicted = xcalloc(data->n, 1);
    e->confidences = xcalloc(data->n, sizeof(*e->confidences));
    e->losses = xcalloc(data->n, sizeof(*e->losses));
    struct tally tally = { .e = e, .data = data, .classes = m->shape.classes };
    const struct sweep sweep = { m, kernels, data->pixels, data->n, tally_logits, &tally };

    rc = sweep_logits(&sweep, err);
    if (rc < 0) {
        eval_finish(e);
        return rc;
    }
    e->accuracy = (double)e->n_right / (double)e->n;
    e->nll = tally.nll / (double)e->n;
    e->ece = calibration_error(e->bins, e->n);
    return 0;
}

void eval_finish(struct eval *e)
{
    if (!e)
        return;
    free(e->predicted);
    free(e->confidences);
    free(e->losses);
    memset(e, 0, sizeof(*e));
}

struct probabilities {
    float *out;
    size_t classes;
};

static void keep_probabilities(void *ctx, size_t first, const float *logits, size_t n)
{
    const struct probabilities *keep = ctx;
    double p[MODEL_MAX_CLASSES];

    for (size_t i = 0; i < n; i++) {
        (void)softmax(p, logits + i * keep->classes, keep->classes);
        for (size_t o = 0; o < keep->classes; o++)
            keep->out[(first + i) * keep->classes + o] = (float)p[o];
    }
}

int predict_probabilities(float *probabilities, const struct model *m, const uint8_t *pixels,
                          size_t n, const struct kernels *kernels, struct err *err)
{
    struct probabilities keep = { probabilities, m->shape.classes };
    const struct sweep sweep = { m, kernels, pixels, n, keep_probabilities, &keep };

    int rc = check_classifier(m, err);
    if (rc < 0)
        return rc;
    if (n == 0 || n > UINT32_MAX)
        return err_set(err, ERR_RANGE, "%zu images to predict", n);
    return sweep_logits(&sweep, err);
}
