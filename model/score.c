/* SPDX-License-Identifier: Apache-2.0 */
#include "model/score.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "model/dataset.h"
#include "model/model.h"

static int check_scores(const struct score *scores, size_t n, struct err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = model_check_answer(scores[i].elbo, err);
        if (rc == 0)
            rc = model_check_answer(scores[i].reconstruction_error, err);
    }
    return rc;
}

int score_images(struct score *scores, const struct model *m, const uint8_t *pixels, size_t n,
                 const struct kernels *kernels, struct err *err)
{
    const struct net_env env = { .kernels = kernels };
    uint32_t rows[NET_MAX_BATCH];

    if (!m->arch->score)
        return err_set(err, ERR_REFUSED, "a model of the architecture '%s' makes no images",
                       m->arch->name);
    if (n == 0 || n > UINT32_MAX)
        return err_set(err, ERR_RANGE, "%zu images to score", n);
    struct net *net = m->arch->open(m, &env);
    int rc = 0;
    for (size_t at = 0; rc == 0 && at < n; at += NET_MAX_BATCH) {
        struct batch batch = { .pixels = pixels,
                               .rows = rows,
                               .n = n - at < NET_MAX_BATCH ? n - at : NET_MAX_BATCH };

        for (size_t i = 0; i < batch.n; i++)
            rows[i] = (uint32_t)(at + i);
        m->arch->score(net, scores + at, &batch);
        rc = check_scores(scores + at, batch.n, err);
    }
    m->arch->close(net);
    return rc;
}

/* One per sample; the caller frees. */
static int score_all(struct score **ret, const struct model *m, const struct dataset *data,
                     const struct kernels *kernels, struct err *err)
{
    if (data->n == 0)
        return err_set(err, ERR_RANGE, "no sample to evaluate on");
    int rc = model_check_data(m, data, err);
    if (rc < 0)
        return rc;
    struct score *scores = xcalloc(data->n, sizeof(*scores));
    rc = score_images(scores, m, data->pixels, data->n, kernels, err);
    if (rc < 0)
        free(scores);
    else
        *ret = scores;
    return rc;
}

int score_dataset(struct score_summary *ret, const struct model *m, const struct dataset *data,
                  const struct kernels *kernels, struct err *err)
{
    struct score *scores = NULL, sum = { 0 };

    int rc = score_all(&scores, m, data, kernels, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < data->n; i++) {
        sum.elbo += scores[i].elbo;
        sum.reconstruction_error += scores[i].reconstruction_error;
    }
    ret->n = data->n;
    ret->mean.elbo = sum.elbo / (double)data->n;
    ret->mean.reconstruction_error = sum.reconstruction_error / (double)data->n;
    free(scores);
    return 0;
}

json_t *score_json(const struct score_summary *s)
{
    static const char *const absent[] = { "accuracy", "nll", "ece", "per_class", "confusion" };
    json_t *doc = json_pack("{s:I, s:f, s:f}", "n", (json_int_t)s->n, "elbo", s->mean.elbo,
                            "reconstruction_error", s->mean.reconstruction_error);

    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
        json_object_set_new(doc, absent[i], json_null());
    return doc;
}

static int by_error(const void *a, const void *b)
{
    const struct score *x = a, *y = b;

    return x->reconstruction_error < y->reconstruction_error
               ? -1
               : x->reconstruction_error > y->reconstruction_error;
}

int score_threshold(double *ret, const struct model *m, const struct dataset *data,
                    double share, const struct kernels *kernels, struct err *err)
{
    struct score *scores = NULL;

    if (!(share > 0.0 && share <= 1.0))
        return err_set(err, ERR_RANGE, "a share of %g is not in (0, 1]", share);
    int rc = score_all(&scores, m, data, kernels, err);
    if (rc < 0)
        return rc;
    qsort(scores, data->n, sizeof(*scores), by_error);
    size_t passes = (size_t)ceil(share * (double)data->n);
    *ret = scores[passes - 1].reconstruction_error;
    free(scores);
    return 0;
}
