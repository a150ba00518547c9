/* SPDX-License-Identifier: Apache-2.0 */
#include "model/vae_pictures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "model/eval.h"
#include "model/score.h"
#include "model/vae_net.h"
#include "tests/fixtures/model/golden_nets.h"
#include "tests/unit/nets.h"

enum { HIDDEN = 20, N_IMAGES = 8, STRIDE = 37, SIZE = 64 };

static const uint32_t rows[N_IMAGES] = { 0, 1, 2, 3, 4, 5, 6, 7 };

static void scores_and_gradients_are_those_of_torch(void **state)
{
    struct dataset holdout = digits_part(SPLIT_HOLDOUT);
    struct batch batch = { holdout.pixels, holdout.labels, rows, N_IMAGES, 0 };
    struct model *m = nets_model(&arch_vae, HIDDEN), *grad = model_copy(m);
    struct score scores[N_IMAGES];
    double sum = 0.0;

    (void)state;
    assert_int_equal(
        score_images(scores, m, holdout.pixels, N_IMAGES, kernels_reference(), NULL), 0);
    for (size_t i = 0; i < N_IMAGES; i++) {
        assert_true(fabs(scores[i].elbo - golden_vae_elbos[i]) < 1e-4);
        assert_true(fabs(scores[i].reconstruction_error - golden_vae_errors[i]) < 1e-6);
        sum -= golden_vae_elbos[i];
    }
    assert_true(fabs(nets_loss(m, grad, &batch) - sum) < 1e-3);
    nets_check_gradients(grad, golden_vae_gradients,
                         sizeof(golden_vae_gradients) / sizeof(golden_vae_gradients[0]),
                         STRIDE);
    model_free(grad);
    model_free(m);
    dataset_finish(&holdout);
}

static void gradients_agree_with_finite_differences(void **state)
{
    (void)state;
    nets_check_slopes(&arch_vae, HIDDEN, 5);
}

static void kernels_and_threads_give_the_same_bits(void **state)
{
    (void)state;
    nets_check_bits(&arch_vae);
}

static void scores_hang_on_the_image_and_its_place_alone(void **state)
{
    struct dataset data = digits_part(SPLIT_HOLDOUT);
    struct model *m = nets_model(&arch_vae, HIDDEN);
    struct score many[100], few[70];

    (void)state;
    assert_int_equal(score_images(many, m, data.pixels, 100, kernels_reference(), NULL), 0);
    assert_int_equal(score_images(few, m, data.pixels, 70, kernels_reference(), NULL), 0);
    assert_memory_equal(many, few, sizeof(few));
    model_free(m);
    dataset_finish(&data);
}

static void noise_is_normal(void **state)
{
    enum { N = 20001 };
    static float x[N];
    double sum = 0.0, squares = 0.0, fourths = 0.0;

    (void)state;
    vae_normals(x, N, 5, 7);
    for (size_t i = 0; i < N; i++) {
        double square = (double)x[i] * (double)x[i];

        sum += (double)x[i];
        squares += square;
        fourths += square * square;
    }
    assert_true(fabs(sum / N) < 0.03);
    assert_true(fabs(squares / N - 1.0) < 0.05);
    assert_true(fabs(fourths / N - 3.0) < 0.3);
}

static struct model *trained(const struct dataset *data)
{
    struct train_options options = { .arch = &arch_vae, .recipe = arch_vae.recipe };
    struct model *m = NULL;

    options.recipe.epochs = 40;
    options.threads = 1;
    assert_int_equal(kernels_choose(&options.kernels, NULL, NULL), 0);
    assert_int_equal(train_model(&m, NULL, data, &options, NULL), 0);
    return m;
}

static double share_above(const struct model *m, const uint8_t *pixels, size_t n,
                          double threshold)
{
    struct score *scores = calloc(n, sizeof(*scores));
    size_t above = 0;

    assert_int_equal(score_images(scores, m, pixels, n, kernels_reference(), NULL), 0);
    for (size_t i = 0; i < n; i++)
        above += scores[i].reconstruction_error > threshold;
    free(scores);
    return (double)above / (double)n;
}

/* Thresholds come from data that it never saw; what is no digit passes them. */
static void a_threshold_tells_digits_from_other_marks(void **state)
{
    struct dataset base = digits_part(SPLIT_BASE), holdout = digits_part(SPLIT_HOLDOUT);
    struct model *m = trained(&base);
    uint8_t *other = malloc(holdout.n * SIZE);
    double threshold = 0.0;
    struct rng rng;

    (void)state;
    assert_int_equal(score_threshold(&threshold, m, &holdout, 0.98, kernels_reference(), NULL),
                     0);
    double refused = share_above(m, holdout.pixels, holdout.n, threshold);
    assert_true(refused > 0.0 && refused <= 0.02);

    rng_init(&rng, 8, 8);
    for (size_t i = 0; i < holdout.n * SIZE; i++)
        other[i] = (uint8_t)rng_below(&rng, 17);
    assert_true(share_above(m, other, holdout.n, threshold) == 1.0);
    for (size_t i = 0; i < holdout.n * SIZE; i++) /* turned by 90 degrees */
        other[i] = holdout.pixels[i / SIZE * SIZE + i % 8 * 8 + 7 - i % SIZE / 8];
    assert_true(share_above(m, other, holdout.n, threshold) > 0.8);
    free(other);
    model_free(m);
    dataset_finish(&holdout);
    dataset_finish(&base);
}

static double squared_distance(const uint8_t *a, const uint8_t *b, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return sum;
}

static void noise_is_taken_out_of_pictures(void **state)
{
    struct dataset base = digits_part(SPLIT_BASE), holdout = digits_part(SPLIT_HOLDOUT);
    struct model *m = trained(&base);
    size_t size = holdout.n * SIZE;
    uint8_t *noisy = malloc(size), *clean = malloc(size);
    struct rng rng;

    (void)state;
    rng_init(&rng, 9, 9);
    for (size_t i = 0; i < size; i++) {
        int ink = holdout.pixels[i] + (int)rng_below(&rng, 21) - 10;

        noisy[i] = (uint8_t)(ink < 0 ? 0 : ink > 16 ? 16 : ink);
    }
    assert_int_equal(vae_denoise(clean, m, noisy, holdout.n, kernels_reference(), NULL), 0);
    double before = squared_distance(noisy, holdout.pixels, size);
    assert_true(squared_distance(clean, holdout.pixels, size) < 0.7 * before);
    free(clean);
    free(noisy);
    model_free(m);
    dataset_finish(&holdout);
    dataset_finish(&base);
}

static void samples_hang_on_seed_and_number_alone(void **state)
{
    struct model *m = nets_model(&arch_vae, HIDDEN);
    static uint8_t many[100 * SIZE], few[70 * SIZE], others[70 * SIZE];

    (void)state;
    assert_int_equal(vae_sample(many, m, 100, 3, kernels_reference(), NULL), 0);
    assert_int_equal(vae_sample(few, m, 70, 3, kernels_reference(), NULL), 0);
    assert_int_equal(vae_sample(others, m, 70, 4, kernels_reference(), NULL), 0);
    assert_memory_equal(many, few, sizeof(few));
    assert_memory_not_equal(many, others, sizeof(others));
    for (size_t i = 0; i < sizeof(many); i++)
        assert_true(many[i] <= 16);
    model_free(m);
}

static void weights_past_any_use_make_no_pictures(void **state)
{
    struct model *m = nets_model(&arch_vae, HIDDEN);
    const struct tensor *mean = model_tensor(m, "latent.bias");
    const struct tensor *decoder = model_tensor(m, "decoder.weight");
    const uint8_t pixels[SIZE] = { [27] = 16 };
    uint8_t out[SIZE * 64];
    struct score score;
    struct err err = { 0 };

    (void)state;
    for (size_t k = 0; k < mean->count; k++)
        mean->data[k] = 10.0f;
    for (size_t k = 0; k < decoder->count; k++)
        decoder->data[k] = 3e38f; /* makes infinities, which the last layer subtracts */
    assert_int_equal(score_images(&score, m, pixels, 1, kernels_reference(), &err), -ERR_RANGE);
    assert_non_null(strstr(err.msg, "nothing can be told"));
    assert_int_equal(vae_denoise(out, m, pixels, 1, kernels_reference(), &err), -ERR_RANGE);
    assert_int_equal(vae_sample(out, m, 64, 0, kernels_reference(), &err), -ERR_RANGE);
    model_free(m);
}

static void what_it_cannot_do_is_refused(void **state)
{
    struct dataset data = digits_part(SPLIT_PRACTICE), large;
    struct model *vae = nets_model(&arch_vae, HIDDEN), *rnn = nets_model(&arch_rnn, HIDDEN);
    const struct kernels *k = kernels_reference();
    struct score_summary summary;
    struct score score;
    struct eval e = { 0 };
    struct err err = { 0 };
    uint8_t pixels[SIZE];
    float p[10];

    (void)state;
    dataset_init(&large, 28);
    assert_int_equal(eval_model(&e, vae, &data, k, &err), -ERR_REFUSED);
    assert_non_null(strstr(err.msg, "'vae' tells no classes apart"));
    assert_int_equal(predict_probabilities(p, vae, data.pixels, 1, k, NULL), -ERR_REFUSED);
    assert_int_equal(score_images(&score, rnn, data.pixels, 1, k, &err), -ERR_REFUSED);
    assert_non_null(strstr(err.msg, "'rnn' makes no images"));
    assert_int_equal(vae_sample(pixels, rnn, 1, 0, k, NULL), -ERR_REFUSED);
    assert_int_equal(vae_denoise(pixels, rnn, data.pixels, 1, k, NULL), -ERR_REFUSED);
    assert_int_equal(score_dataset(&summary, vae, &large, k, NULL), -ERR_RANGE);
    assert_int_equal(score_images(&score, vae, data.pixels, 0, k, NULL), -ERR_RANGE);
    model_free(rnn);
    model_free(vae);
    dataset_finish(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_and_gradients_are_those_of_torch),
        cmocka_unit_test(gradients_agree_with_finite_differences),
        cmocka_unit_test(kernels_and_threads_give_the_same_bits),
        cmocka_unit_test(scores_hang_on_the_image_and_its_place_alone),
        cmocka_unit_test(noise_is_normal),
        cmocka_unit_test(a_threshold_tells_digits_from_other_marks),
        cmocka_unit_test(noise_is_taken_out_of_pictures),
        cmocka_unit_test(samples_hang_on_seed_and_number_alone),
        cmocka_unit_test(weights_past_any_use_make_no_pictures),
        cmocka_unit_test(what_it_cannot_do_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
