/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/retrain/likeness.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "model/arch.h"
#include "model/model.h"
#include "model/score.h"
#include "model/train.h"

/* Enough to tell digits from noise; more would cost time and know mirrored ones better. */
enum { EPOCHS = 20 };

static const double USUAL_SHARE = 0.99;

static int learn(struct model **ret, const struct likeness_basis *basis, struct err *err)
{
    struct train_options options = { .arch = &arch_vae,
                                     .recipe = *arch_recipe(&arch_vae, 8),
                                     .kernels = basis->kernels,
                                     .threads = 1 };

    options.recipe.epochs = EPOCHS;
    return train_model(ret, NULL, basis->trusted, &options, err);
}

int likeness_measure(double *ratios, const uint8_t *pixels, size_t n,
                     const struct likeness_basis *basis, struct err *err)
{
    struct score *scores = xcalloc(n, sizeof(*scores));
    struct model *vae = NULL;
    double usual = 0.0;

    int rc = learn(&vae, basis, err);
    if (rc == 0)
        rc = score_threshold(&usual, vae, basis->holdout, USUAL_SHARE, basis->kernels, err);
    if (rc == 0)
        rc = score_images(scores, vae, pixels, n, basis->kernels, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        ratios[i] = scores[i].reconstruction_error / usual;
    model_free(vae);
    free(scores);
    return rc;
}
