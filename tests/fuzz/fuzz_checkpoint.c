/* SPDX-License-Identifier: Apache-2.0
 * A checkpoint for a network of three numbers. What is accepted is finite, and within what the
 * training asked for. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "model/checkpoint.h"
#include "model/model.h"
#include "model/train_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EPOCHS = 3, WEIGHTS = 3 };

struct net {
    float weights[WEIGHTS];
};

static size_t state(struct net *net, struct span *spans)
{
    spans[0] = (struct span){ net->weights, WEIGHTS };
    return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct arch arch = { .name = "three", .state = state };
    const struct train_options options = { .arch = &arch, .recipe = { .epochs = EPOCHS } };
    struct model model = { .arch = &arch };
    struct net net = { { 0 } };
    struct train_epoch epochs[EPOCHS];
    struct train_run run = { .options = &options, .model = &model, .net = &net };

    memset(epochs, 0, sizeof(epochs));
    run.epochs = epochs;
    if (checkpoint_parse(&run, data, size, "input", NULL) < 0)
        return 0;
    assert(run.n_epochs >= 1 && run.n_epochs <= EPOCHS && run.best_epoch <= run.n_epochs);
    for (size_t i = 0; i < WEIGHTS; i++)
        assert(isfinite(net.weights[i]));
    return 0;
}
