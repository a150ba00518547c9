/* SPDX-License-Identifier: Apache-2.0 */
#include "model/eval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "model/arch.h"
#include "model/kernels.h"
#include "model/model.h"

#include "tests/fixtures/model/golden.h"
#include "tests/unit/digits.h"

static struct model *champion(void)
{
    struct model *m = NULL;

    assert_int_equal(
        model_read(&m, bundled_champion()->data, bundled_champion()->len, "champion", NULL), 0);
    return m;
}

static void champion_has_the_figures_that_numpy_computes(void **state)
{
    struct dataset holdout = digits_part(SPLIT_HOLDOUT);
    struct model *m = champion();
    struct eval e = { 0 };
    size_t n = 0;

    (void)state;
    assert_int_equal(eval_model(&e, m, &holdout, kernels_reference(), NULL), 0);
    assert_int_equal(e.n, 360);
    /* It trains too little by today's measure, hence the poor calibration. */
    assert_int_equal(e.n_right, GOLDEN_RIGHT);
    assert_true(fabs(e.nll - golden_nll) < 1e-6);
    assert_true(fabs(e.ece - golden_ece) < 1e-6);
    for (size_t i = 0; i < 100; i++)
        n += e.confusion[i / 10][i % 10];
    assert_int_equal(n, 360);
    eval_finish(&e);
    model_free(m);
    dataset_finish(&holdout);
}

static void logits_and_gradients_are_those_of_numpy(void **state)
{
    struct dataset holdout = digits_part(SPLIT_HOLDOUT);
    const struct net_env env = { .kernels = kernels_reference() };
    const uint32_t rows[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
    struct batch batch = { holdout.pixels, holdout.labels, rows, 3, 0 };
    struct model *m = champion(), *grad = model_copy(m);
    struct net *net = m->arch->open(m, &env);
    float logits[3 * 10];
    size_t at = 0;

    (void)state;
    m->arch->forward(net, logits, &batch);
    for (size_t i = 0; i < 30; i++)
        assert_true(fabs((double)logits[i] - golden_logits[i]) < 1e-5);
    batch.n = 8;
    m->arch->gradient(net, grad, &batch);
    for (size_t t = 0; t < grad->n_tensors; t++) {
        for (size_t i = 0; i < grad->tensors[t].count; i += 97)
            assert_true(fabs((double)grad->tensors[t].data[i] - golden_gradients[at++]) < 1e-6);
    }
    assert_int_equal(at, sizeof(golden_gradients) / sizeof(golden_gradients[0]));
    m->arch->close(net);
    model_free(grad);
    model_free(m);
    dataset_finish(&holdout);
}

static void figures_are_those_of_the_probabilities(void **state)
{
    static float p[137 * 10];
    struct dataset data = digits_part(SPLIT_PRACTICE);
    struct model *m = champion();
    struct eval e = { 0 };
    double nll = 0.0;
    size_t n_right = 0;

    (void)state;
    assert_int_equal(eval_model(&e, m, &data, kernels_reference(), NULL), 0);
    assert_int_equal(
        predict_probabilities(p, m, data.pixels, data.n, kernels_reference(), NULL), 0);
    for (size_t i = 0; i < data.n; i++) {
        size_t best = 0;
        float sum = 0.0f;

        for (size_t o = 0; o < 10; o++) {
            best = p[10 * i + o] > p[10 * i + best] ? o : best;
            sum += p[10 * i + o];
        }
        assert_true(fabsf(sum - 1.0f) < 1e-6f);
        assert_int_equal(best, e.predicted[i]);
        n_right += best == data.labels[i];
        nll -= log((double)p[10 * i + data.labels[i]]);
    }
    assert_int_equal(n_right, e.n_right);
    assert_true(fabs(nll / (double)data.n - e.nll) < 1e-6);
    eval_finish(&e);
    model_free(m);
    dataset_finish(&data);
}

static void every_set_gives_the_same_figures(void **state)
{
    struct dataset data = digits_part(SPLIT_HOLDOUT);
    struct model *m = champion();
    enum kernels_presence presence = KERNELS_ABSENT;
    struct eval want = { 0 };
    const struct kernels *k;

    (void)state;
    assert_int_equal(eval_model(&want, m, &data, kernels_reference(), NULL), 0);
    for (size_t i = 0; (k = kernels_at(i, &presence)) != NULL; i++) {
        struct eval e = { 0 };

        if (presence != KERNELS_PRESENT)
            continue;
        assert_int_equal(eval_model(&e, m, &data, k, NULL), 0);
        assert_true(e.nll == want.nll && e.ece == want.ece);
        assert_memory_equal(e.predicted, want.predicted, data.n);
        eval_finish(&e);
    }
    eval_finish(&want);
    model_free(m);
    dataset_finish(&data);
}

static void json_has_null_where_there_is_nothing_to_divide(void **state)
{
    struct eval e = { .n = 2, .n_right = 1, .accuracy = 0.5 };

    (void)state;
    e.confusion[3][3] = 1;
    e.confusion[4][3] = 1;
    json_t *doc = eval_json(&e);
    const json_t *three = json_array_get(json_object_get(doc, "per_class"), 3);
    const json_t *five = json_array_get(json_object_get(doc, "per_class"), 5);
    assert_true(json_real_value(json_object_get(three, "recall")) == 1.0);
    assert_true(json_real_value(json_object_get(three, "precision")) == 0.5);
    assert_true(json_is_null(json_object_get(five, "recall")));
    assert_true(json_is_null(json_object_get(five, "precision")));
    json_decref(doc);
}

static void data_of_another_size_are_refused(void **state)
{
    struct model *m = champion();
    struct dataset ds, small;
    uint8_t pixels[784] = { 0 };
    struct err err = { 0 };
    struct eval e = { 0 };

    (void)state;
    dataset_init(&ds, 28);
    assert_int_equal(eval_model(&e, m, &ds, kernels_reference(), &err), -ERR_RANGE);
    assert_int_equal(dataset_add(&ds, pixels, 0, NULL), 0);
    assert_int_equal(eval_model(&e, m, &ds, kernels_reference(), &err), -ERR_RANGE);
    assert_non_null(strstr(err.msg, "the data are 28x28"));
    dataset_init(&small, 8);
    assert_int_equal(dataset_add(&small, pixels, 3, NULL), 0);
    m->shape.max_value = 255;
    assert_int_equal(eval_model(&e, m, &small, kernels_reference(), &err), -ERR_RANGE);
    assert_non_null(strstr(err.msg, "reads pixels of 0..255, the data's are 0..16"));
    dataset_finish(&small);
    dataset_finish(&ds);
    model_free(m);
}

static void answers_that_are_no_numbers_are_an_error(void **state)
{
    struct dataset holdout = digits_part(SPLIT_HOLDOUT);
    struct model *m = champion();
    struct eval e = { 0 };
    struct err err = { 0 };
    float p[10];

    (void)state;
    for (size_t i = 0; i < m->n_tensors; i++) {
        for (size_t k = 0; k < m->tensors[i].count; k++)
            m->tensors[i].data[k] = 3e38f; /* finite, as files must be; its sums are not */
    }
    assert_int_equal(eval_model(&e, m, &holdout, kernels_reference(), &err), -ERR_RANGE);
    assert_non_null(strstr(err.msg, "nothing can be told"));
    assert_null(e.predicted);
    assert_int_equal(predict_probabilities(p, m, holdout.pixels, 1, kernels_reference(), &err),
                     -ERR_RANGE);
    model_free(m);
    dataset_finish(&holdout);
}

/* Values of scipy.stats.binomtest(a, a + b, 0.5), two-sided and one-sided. */
static void mcnemar_gives_exact_binomial_probabilities(void **state)
{
    const struct {
        size_t first, second;
        double p, worse;
    } rows[] = {
        { 0, 0, 1.0, 1.0 },
        { 1, 0, 1.0, 0.5 },
        { 5, 0, 0.0625, 0.03125 },
        { 0, 5, 0.0625, 1.0 },
        { 10, 2, 0.03857421875, 0.019287109375 },
        { 7, 7, 1.0, 0.60474 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mcnemar m = mcnemar_exact(rows[i].first, rows[i].second);

        assert_true(fabs(m.p - rows[i].p) < 1e-12);
        assert_true(fabs(m.p_second_worse - rows[i].worse) < 1e-5);
    }
    struct mcnemar large = mcnemar_exact(50000, 50000);
    assert_true(large.p == 1.0 && fabs(large.p_second_worse - 0.50126) < 1e-5);
    assert_true(mcnemar_exact(6000, 0).p >= 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(champion_has_the_figures_that_numpy_computes),
        cmocka_unit_test(logits_and_gradients_are_those_of_numpy),
        cmocka_unit_test(figures_are_those_of_the_probabilities),
        cmocka_unit_test(every_set_gives_the_same_figures),
        cmocka_unit_test(json_has_null_where_there_is_nothing_to_divide),
        cmocka_unit_test(data_of_another_size_are_refused),
        cmocka_unit_test(answers_that_are_no_numbers_are_an_error),
        cmocka_unit_test(mcnemar_gives_exact_binomial_probabilities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
