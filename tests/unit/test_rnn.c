/* SPDX-License-Identifier: Apache-2.0 */
#include "model/arch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/eval.h"
#include "tests/fixtures/model/golden_nets.h"
#include "tests/unit/nets.h"

enum { HIDDEN = 20, N_IMAGES = 8, N_LOGITS = 4, STRIDE = 37 };

static const uint32_t rows[N_IMAGES] = { 0, 1, 2, 3, 4, 5, 6, 7 };

static void logits_and_gradients_are_those_of_torch(void **state)
{
    struct dataset holdout = digits_part(SPLIT_HOLDOUT);
    const struct net_env env = { .kernels = kernels_reference() };
    struct batch batch = { holdout.pixels, holdout.labels, rows, N_LOGITS, 0 };
    struct model *m = nets_model(&arch_rnn, HIDDEN), *grad = model_copy(m);
    struct net *net = m->arch->open(m, &env);
    float logits[N_LOGITS * 10];

    (void)state;
    m->arch->forward(net, logits, &batch);
    for (size_t i = 0; i < N_LOGITS * 10; i++)
        assert_true(fabs((double)logits[i] - golden_rnn_logits[i]) < 1e-5);
    m->arch->close(net);

    batch.n = N_IMAGES;
    (void)nets_loss(m, grad, &batch);
    nets_check_gradients(grad, golden_rnn_gradients,
                         sizeof(golden_rnn_gradients) / sizeof(golden_rnn_gradients[0]),
                         STRIDE);
    model_free(grad);
    model_free(m);
    dataset_finish(&holdout);
}

static void gradients_agree_with_finite_differences(void **state)
{
    (void)state;
    nets_check_slopes(&arch_rnn, HIDDEN, 0);
}

static void kernels_and_threads_give_the_same_bits(void **state)
{
    (void)state;
    nets_check_bits(&arch_rnn);
}

/* A net that was used for a large batch before, and a model of 28x28. */
static void what_was_computed_before_leaves_no_trace(void **state)
{
    struct shape shape = { .side = 28, .max_value = 255, .classes = 10, .hidden = 20 };
    const struct net_env env = { .kernels = kernels_reference() };
    static uint8_t pixels[NET_MAX_BATCH * 784];
    uint32_t all[NET_MAX_BATCH];
    float many[NET_MAX_BATCH * 10], one[10];
    struct model *m = NULL;
    struct rng rng;

    (void)state;
    rng_init(&rng, 3, 3);
    for (size_t i = 0; i < sizeof(pixels); i++)
        pixels[i] = (uint8_t)rng_u32(&rng);
    for (size_t i = 0; i < NET_MAX_BATCH; i++)
        all[i] = (uint32_t)i;
    assert_int_equal(model_new(&m, &arch_rnn, &shape, NULL), 0);
    m->arch->init(m, &rng);
    struct net *net = m->arch->open(m, &env);
    m->arch->forward(net, many, &(struct batch){ pixels, NULL, all, NET_MAX_BATCH, 0 });
    m->arch->forward(net, one, &(struct batch){ pixels, NULL, all + 41, 1, 0 });
    assert_memory_equal(one, many + 410, sizeof(one));
    m->arch->close(net);
    model_free(m);
}

static void it_reads_digits_that_it_never_saw(void **state)
{
    struct dataset base = digits_part(SPLIT_BASE), holdout = digits_part(SPLIT_HOLDOUT);
    struct train_options options = { .arch = &arch_rnn, .recipe = arch_rnn.recipe };
    struct model *m = NULL;
    struct eval e = { 0 };

    (void)state;
    options.threads = 1;
    assert_int_equal(kernels_choose(&options.kernels, NULL, NULL), 0);
    assert_int_equal(train_model(&m, NULL, &base, &options, NULL), 0);
    assert_int_equal(eval_model(&e, m, &holdout, options.kernels, NULL), 0);
    assert_true(e.accuracy > 0.96);
    eval_finish(&e);
    model_free(m);
    dataset_finish(&holdout);
    dataset_finish(&base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logits_and_gradients_are_those_of_torch),
        cmocka_unit_test(gradients_agree_with_finite_differences),
        cmocka_unit_test(kernels_and_threads_give_the_same_bits),
        cmocka_unit_test(what_was_computed_before_leaves_no_trace),
        cmocka_unit_test(it_reads_digits_that_it_never_saw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
