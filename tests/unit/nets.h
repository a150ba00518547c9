/* SPDX-License-Identifier: Apache-2.0
 * nets: what the tests of single architectures share. Each check ends the test that fails. */
#ifndef TESTS_UNIT_NETS_H
#define TESTS_UNIT_NETS_H
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/rng.h"
#include "model/arch.h"
#include "model/model.h"
#include "model/train.h"
#include "tests/unit/digits.h"

/* Weights that make_golden_nets.py makes too. */
static inline struct model *nets_model(const struct arch *arch, size_t hidden)
{
    struct shape shape = { .side = 8, .max_value = 16, .classes = 10, .hidden = hidden };
    struct model *m = NULL;

    assert_int_equal(model_new(&m, arch, &shape, NULL), 0);
    for (size_t t = 0; t < m->n_tensors; t++) {
        for (size_t i = 0; i < m->tensors[t].count; i++)
            m->tensors[t].data[i] =
                (float)((int)((i * 7919 + t * 104729) % 2003) - 1001) / 4006;
    }
    return m;
}

/* The sum of losses, and where grad is not NULL the gradients of their mean. */
static inline double nets_loss(const struct model *m, struct model *grad,
                               const struct batch *batch)
{
    const struct net_env env = { .kernels = kernels_reference() };
    struct net *net = m->arch->open(m, &env);
    struct model *unused = grad ? NULL : model_copy(m);
    double loss = m->arch->gradient(net, grad ? grad : unused, batch);

    m->arch->close(net);
    model_free(unused);
    return loss;
}

/* Every n-th gradient against what the file of golden values says, in file order. */
static inline void nets_check_gradients(const struct model *grad, const double *golden,
                                        size_t n_golden, size_t stride)
{
    size_t at = 0;

    for (size_t t = 0; t < grad->n_tensors; t++) {
        for (size_t i = 0; i < grad->tensors[t].count; i += stride) {
            double got = (double)grad->tensors[t].data[i];

            assert_true(at < n_golden);
            if (fabs(got - golden[at]) > 1e-6 + 1e-5 * fabs(golden[at]))
                fail_msg("%s[%zu]: %.9g, not %.9g", grad->tensors[t].name, i, got, golden[at]);
            at++;
        }
    }
    assert_int_equal(at, n_golden);
}

/* gradient() against central differences of its own loss, some 40 weights of every tensor.
 * Nets without kinks agree everywhere; of others a few weights may disagree. */
static inline void nets_check_slopes(const struct arch *arch, size_t hidden,
                                     size_t kinks_in_hundred)
{
    const float h = 2e-3f;
    const uint32_t rows[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
    struct dataset data = digits_part(SPLIT_PRACTICE);
    const struct batch batch = { data.pixels, data.labels, rows, 8, 0 };
    struct model *m = nets_model(arch, hidden), *grad = model_copy(m);
    size_t n = 0, n_wrong = 0;

    (void)nets_loss(m, grad, &batch);
    for (size_t t = 0; t < m->n_tensors; t++) {
        for (size_t i = 0; i < m->tensors[t].count; i += m->tensors[t].count / 40 + 1) {
            float *w = &m->tensors[t].data[i], before = *w;

            *w = before + h;
            double above = nets_loss(m, NULL, &batch);
            *w = before - h;
            double below = nets_loss(m, NULL, &batch);
            *w = before;
            double slope = (above - below) / (double)batch.n / (2.0 * (double)h);
            double got = (double)grad->tensors[t].data[i];

            n++;
            n_wrong += fabs(slope - got) > 5e-4 + 0.01 * fabs(slope);
        }
    }
    assert_true(n > 100 && n_wrong * 100 <= n * kinks_in_hundred);
    model_free(grad);
    model_free(m);
    dataset_finish(&data);
}

static inline void nets_train(struct buf *file, const struct arch *arch,
                              const struct dataset *data, const struct kernels *kernels,
                              size_t threads)
{
    struct train_options options = { .arch = arch, .recipe = arch->recipe };
    struct model *m = NULL;

    options.recipe.epochs = 1;
    options.kernels = kernels;
    options.threads = threads;
    buf_init(file, MODEL_MAX_FILE_BYTES);
    assert_int_equal(train_model(&m, NULL, data, &options, NULL), 0);
    assert_int_equal(model_write(file, m, NULL), 0);
    model_free(m);
}

/* One epoch gives one file, with the plain loops and with every set of kernels that this CPU
 * has, on one to three threads. */
static inline void nets_check_bits(const struct arch *arch)
{
    struct dataset data = digits_part(SPLIT_PRACTICE);
    enum kernels_presence presence = KERNELS_ABSENT;
    const struct kernels *kernels;
    struct buf first, other;

    nets_train(&first, arch, &data, kernels_reference(), 1);
    for (size_t i = 0; (kernels = kernels_at(i, &presence)) != NULL; i++) {
        for (size_t threads = 1; presence == KERNELS_PRESENT && threads <= 3; threads++) {
            nets_train(&other, arch, &data, kernels, threads);
            assert_int_equal(other.len, first.len);
            assert_memory_equal(other.data, first.data, first.len);
            buf_finish(&other);
        }
    }
    buf_finish(&first);
    dataset_finish(&data);
}

#endif
