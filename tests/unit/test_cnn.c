/* SPDX-License-Identifier: Apache-2.0 */
#include "model/arch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/rng.h"
#include "model/dataset.h"
#include "model/eval.h"
#include "model/model.h"
#include "model/onnx.h"
#include "model/train.h"

#include "tests/fixtures/model/golden_cnn.h"
#include "tests/unit/digits.h"

enum { SIDE = 28, N = 10, PIXELS = SIDE * SIDE };

/* Strokes at random places, labels in turn: enough for arithmetic. */
static void fill_large(struct dataset *data)
{
    uint8_t pixels[PIXELS];
    struct rng rng;

    dataset_init(data, SIDE);
    rng_init(&rng, 5, 5);
    for (size_t i = 0; i < N; i++) {
        size_t at = 28 * (4 + i % 10) + 6;

        memset(pixels, 0, sizeof(pixels));
        for (size_t p = 0; p < 280; p++)
            pixels[at + p] = (uint8_t)(p % 28 < 3 + i % 10 ? rng_u32(&rng) >> 24 : 0);
        assert_int_equal(dataset_add(data, pixels, (int64_t)(i % 10), NULL), 0);
    }
}

static struct model *new_model(size_t side, size_t hidden)
{
    struct shape shape = {
        .side = side, .max_value = side == 8 ? 16 : 255, .classes = 10, .hidden = hidden
    };
    struct model *m = NULL;
    struct rng rng;

    assert_int_equal(model_new(&m, &arch_cnn, &shape, NULL), 0);
    rng_init(&rng, 4, 4);
    m->arch->init(m, &rng);
    return m;
}

static const struct kernels *best_kernels(void)
{
    const struct kernels *k = NULL;

    assert_int_equal(kernels_choose(&k, NULL, NULL), 0);
    return k;
}

static struct train_options options_for(const struct kernels *k, size_t threads, size_t epochs)
{
    struct train_options options = {
        .arch = &arch_cnn, .recipe = arch_cnn.recipe, .kernels = k, .threads = threads
    };

    options.recipe.epochs = epochs;
    return options;
}

static void hash_of_training(char out[SHA256_HEX_SIZE], const struct dataset *data,
                             const struct train_options *options)
{
    struct model *m = NULL;
    struct buf file;

    buf_init(&file, MODEL_MAX_FILE_BYTES);
    assert_int_equal(train_model(&m, NULL, data, options, NULL), 0);
    assert_int_equal(model_write(&file, m, NULL), 0);
    sha256_hex(out, file.data, file.len);
    buf_finish(&file);
    model_free(m);
}

/* Every set and 1 to 3 threads give what the plain loops give. */
static void check_bits(const struct dataset *data, const char *what, size_t epochs)
{
    struct train_options options = options_for(kernels_reference(), 1, epochs);
    enum kernels_presence presence = KERNELS_ABSENT;
    char want[SHA256_HEX_SIZE], got[SHA256_HEX_SIZE];
    const struct kernels *k;

    hash_of_training(want, data, &options);
    for (size_t i = 0; (k = kernels_at(i, &presence)) != NULL; i++) {
        for (size_t threads = 1; threads <= 3 && presence == KERNELS_PRESENT; threads++) {
            options = options_for(k, threads, epochs);
            hash_of_training(got, data, &options);
            print_message("# cnn %s seed 0 %-8s %zu threads %s\n", what, k->name, threads, got);
            assert_string_equal(got, want);
        }
        if (presence != KERNELS_PRESENT)
            print_message("# cnn %s seed 0 %-8s not on this CPU\n", what, k->name);
    }
}

static void every_set_and_thread_count_trains_the_same_bits(void **state)
{
    struct dataset data = digits_part(SPLIT_PRACTICE), large;

    (void)state;
    check_bits(&data, "8x8", 1);
    fill_large(&large);
    check_bits(&large, "28x28", 1);
    dataset_finish(&large);
    dataset_finish(&data);
}

/* grad may be NULL. */
static double mean_loss(const struct model *m, struct model *grad, const struct batch *batch)
{
    const struct net_env env = { .kernels = best_kernels() };
    struct model *unused = model_copy(m);
    struct net *net = m->arch->open(m, &env);
    double loss = m->arch->gradient(net, grad ? grad : unused, batch) / (double)batch->n;

    m->arch->close(net);
    model_free(unused);
    return loss;
}

/* Of a slope: losses are sums of floats. */
#define NOISE 3e-4

static double slope_at(struct model *m, float *w, const struct batch *batch)
{
    const float h = 5e-4f, before = *w;

    *w = before + h;
    double above = mean_loss(m, NULL, batch);
    *w = before - h;
    double below = mean_loss(m, NULL, batch);
    *w = before;
    return (above - below) / (2.0 * (double)h);
}

/* gradient() against central differences on some weights of every tensor, as vectors: each
 * single difference may have a kink of some ReLU or pooling in between. */
static void check_differences(struct model *m, const struct batch *batch, size_t per_tensor)
{
    struct model *grad = model_copy(m);

    (void)mean_loss(m, grad, batch);
    for (size_t t = 0; t < m->n_tensors; t++) {
        struct tensor *at = &m->tensors[t];
        double off = 0.0, length = 0.0, n = 0.0;

        for (size_t i = 0; i < at->count; i += at->count / per_tensor + 1) {
            double slope = slope_at(m, &at->data[i], batch);
            double got = (double)grad->tensors[t].data[i];

            off += (slope - got) * (slope - got);
            length += slope * slope;
            n += 1.0;
        }
        print_message("# %-18s length %.4f, off by %.5f\n", at->name, sqrt(length), sqrt(off));
        assert_true(sqrt(off) <= 0.06 * sqrt(length) + NOISE * sqrt(n));
        assert_true(strstr(at->name, "running_") || sqrt(length) > 5 * NOISE * sqrt(n));
    }
    model_free(grad);
}

static void gradients_agree_with_finite_differences(void **state)
{
    struct dataset data = digits_part(SPLIT_PRACTICE), large;
    struct model *small_model = new_model(8, 20), *large_model = new_model(28, 12);
    uint32_t rows[9] = { 0, 3, 5, 9, 2, 7, 4, 8, 6 };

    (void)state;
    fill_large(&large);
    check_differences(small_model, &(struct batch){ data.pixels, data.labels, rows, 9, 0 }, 24);
    check_differences(large_model, &(struct batch){ large.pixels, large.labels, rows, 4, 0 },
                      12);
    model_free(large_model);
    model_free(small_model);
    dataset_finish(&large);
    dataset_finish(&data);
}

/* The i-th number in [0, 1) of a stream: make_golden_cnn.py has the same. */
static float made(size_t stream, size_t i)
{
    uint32_t key = (uint32_t)i * 2654435761u + (uint32_t)stream * 40503u + 12345u;

    return (float)(key >> 9 & 0xffff) / 65536.0f;
}

static void fill_made(struct model *m)
{
    static const struct {
        const char *part;
        float base, width;
    } scales[] = {
        { "conv", -0.25f, 0.5f },        { "fc", -0.125f, 0.25f },
        { "running_mean", -0.5f, 1.0f }, { "running_var", 0.5f, 1.0f },
        { ".weight", 0.5f, 1.0f },       { ".bias", -0.5f, 1.0f },
    };

    for (size_t t = 0; t < m->n_tensors; t++) {
        size_t k = 0;

        while (!strstr(m->tensors[t].name, scales[k].part))
            k++;
        for (size_t i = 0; i < m->tensors[t].count; i++)
            m->tensors[t].data[i] = scales[k].base + scales[k].width * made(t, i);
    }
}

/* What torch computed for one size of images. */
struct golden {
    size_t side, hidden;
    double loss;
    const double *logits, *gradients;
    size_t n_gradients;
};

static void check_golden(const struct golden *golden)
{
    enum { BATCH = 4, STEP = 211 };
    struct model *m = new_model(golden->side, golden->hidden), *grad = model_copy(m);
    const uint8_t labels[BATCH] = { 0, 3, 6, 9 };
    const uint32_t rows[BATCH] = { 0, 1, 2, 3 };
    static uint8_t pixels[BATCH * PIXELS];
    const struct net_env env = { .kernels = best_kernels() };
    struct batch batch = { pixels, labels, rows, BATCH, 0 };
    float logits[2 * 10];
    size_t at = 0;

    fill_made(m);
    for (size_t i = 0; i < BATCH * golden->side * golden->side; i++)
        pixels[i] = (uint8_t)(made(99, i) * (float)(m->shape.max_value + 1));
    struct net *net = m->arch->open(m, &env);
    batch.n = 2;
    m->arch->forward(net, logits, &batch);
    for (size_t i = 0; i < 20; i++)
        assert_true(fabs((double)logits[i] - golden->logits[i]) < 1e-5);
    batch.n = BATCH;
    double loss = m->arch->gradient(net, grad, &batch) / BATCH;
    assert_true(fabs(loss - golden->loss) < 1e-6);
    for (size_t t = 0; t < grad->n_tensors; t++) {
        for (size_t i = 0; i < grad->tensors[t].count; i += STEP) {
            double want = golden->gradients[at++];

            assert_true(fabs((double)grad->tensors[t].data[i] - want) <
                        2e-6 + 2e-5 * fabs(want));
        }
    }
    assert_int_equal(at, golden->n_gradients);
    m->arch->close(net);
    model_free(grad);
    model_free(m);
}

static void logits_loss_and_gradients_are_those_of_torch(void **state)
{
    const struct golden small = {
        8,
        64,
        golden_loss_8,
        golden_logits_8,
        golden_gradients_8,
        sizeof(golden_gradients_8) / sizeof(golden_gradients_8[0]),
    };
    const struct golden large = {
        28,
        64,
        golden_loss_28,
        golden_logits_28,
        golden_gradients_28,
        sizeof(golden_gradients_28) / sizeof(golden_gradients_28[0]),
    };

    (void)state;
    check_golden(&small);
    check_golden(&large);
}

static void ten_epochs_read_the_hold_out_better_than_mlp(void **state)
{
    struct dataset base = digits_part(SPLIT_BASE), holdout = digits_part(SPLIT_HOLDOUT);
    struct train_options options = options_for(best_kernels(), 1, 10);
    struct model *m = NULL;
    struct eval e = { 0 };

    (void)state;
    assert_int_equal(train_model(&m, NULL, &base, &options, NULL), 0);
    assert_int_equal(eval_model(&e, m, &holdout, options.kernels, NULL), 0);
    print_message("# accuracy %.4f nll %.4f\n", e.accuracy, e.nll);
    assert_true(e.accuracy > 0.98);
    eval_finish(&e);
    model_free(m);
    dataset_finish(&base);
    dataset_finish(&holdout);
}

/* What was saved and read again predicts the same, also by the net that goes on training. */
static void a_saved_model_predicts_as_the_net_that_was_trained(void **state)
{
    struct dataset data = digits_part(SPLIT_PRACTICE);
    struct train_options options = options_for(best_kernels(), 1, 1);
    struct model *m = NULL, *again = NULL;
    float before[20], after[20];
    struct buf file;

    (void)state;
    buf_init(&file, MODEL_MAX_FILE_BYTES);
    assert_int_equal(train_model(&m, NULL, &data, &options, NULL), 0);
    assert_int_equal(model_write(&file, m, NULL), 0);
    assert_int_equal(model_read(&again, file.data, file.len, "again", NULL), 0);
    assert_int_equal(model_parameters(m), 33658 + 2 * (16 + 32 + 64));
    assert_int_equal(predict_probabilities(before, m, data.pixels, 2, options.kernels, NULL),
                     0);
    assert_int_equal(predict_probabilities(after, again, data.pixels, 2, options.kernels, NULL),
                     0);
    assert_memory_equal(before, after, sizeof(before));
    buf_finish(&file);
    model_free(again);
    model_free(m);
    dataset_finish(&data);
}

typedef int write_model(struct buf *out, const struct model *m, struct err *err);
typedef int read_model(struct model **ret, const void *bytes, size_t len, const char *what,
                       struct err *err);

static void check_refused(const struct model *m, write_model *write, read_model *read)
{
    struct model *again = NULL;
    struct err err = { 0 };
    struct buf file;

    buf_init(&file, MODEL_MAX_FILE_BYTES);
    assert_int_equal(write(&file, m, NULL), 0);
    assert_int_equal(read(&again, file.data, file.len, "bad", &err), -ERR_RANGE);
    assert_string_equal(err.msg, "bad: tensor 'bn2.running_var': element 3 is negative; a "
                                 "variance never is");
    assert_null(again);
    buf_finish(&file);
}

static void a_file_with_a_negative_variance_is_refused(void **state)
{
    struct model *m = new_model(8, 64);

    (void)state;
    model_tensor(m, "bn2.running_mean")->data[3] = -1.0f; /* as means may be */
    model_tensor(m, "bn2.running_var")->data[3] = -1e-3f;
    check_refused(m, model_write, model_read);
    check_refused(m, onnx_write, onnx_read);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_and_thread_count_trains_the_same_bits),
        cmocka_unit_test(gradients_agree_with_finite_differences),
        cmocka_unit_test(logits_loss_and_gradients_are_those_of_torch),
        cmocka_unit_test(ten_epochs_read_the_hold_out_better_than_mlp),
        cmocka_unit_test(a_saved_model_predicts_as_the_net_that_was_trained),
        cmocka_unit_test(a_file_with_a_negative_variance_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
