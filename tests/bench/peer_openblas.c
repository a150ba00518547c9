/* SPDX-License-Identifier: Apache-2.0
 * peer_openblas: the classic recipe as one would write it with a BLAS: matrices stay dense,
 * sgemm does the products, plain loops the rest, compiled for the instruction set that it is
 * compared with. A yardstick.
 *
 *     peer_openblas_SIDE_SET TRAIN TEST RUNS    one line of milliseconds of CPU per fit
 *
 * The last line is "accuracy A". Run it with OPENBLAS_NUM_THREADS=1. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cblas.h>
#undef I /* complex.h says so */

#include "base/err.h"
#include "base/parse.h"
#include "base/rng.h"
#include "model/dataset.h"

enum { I = SIDE * SIDE, H = 128, O = 10, B = 64, EPOCHS = 10 };

/* Parameters, their gradients and moments: w1 (I,H), b1 (H), w2 (H,O), b2 (O). */
struct layers {
    float w1[I * H], b1[H], w2[H * O], b2[O];
};

enum { N_PARAMETERS = sizeof(struct layers) / sizeof(float) };

struct fit {
    struct layers p, grad, m, v;
    float x[B * I], h[B * H], z[B * O], dh[B * H];
    int labels[B];
};

static void draw(struct rng *rng, float *w, size_t n, float limit)
{
    for (size_t i = 0; i < n; i++)
        w[i] = ((float)rng_uniform(rng) * 2.0f - 1.0f) * limit;
}

static void forward(struct fit *f, int n)
{
    for (int b = 0; b < n; b++) {
        memcpy(f->h + b * H, f->p.b1, sizeof(f->p.b1));
        memcpy(f->z + b * O, f->p.b2, sizeof(f->p.b2));
    }
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, H, I, 1.0f, f->x, I, f->p.w1, H,
                1.0f, f->h, H);
    for (int i = 0; i < n * H; i++)
        f->h[i] = f->h[i] > 0.0f ? f->h[i] : 0.0f;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, O, H, 1.0f, f->h, H, f->p.w2, O,
                1.0f, f->z, O);
}

/* z becomes the gradient of the mean loss with respect to it. */
static void softmax_gradient(struct fit *f, int n)
{
    for (int b = 0; b < n; b++) {
        float *z = f->z + b * O, max = z[0], sum = 0.0f;

        for (int o = 1; o < O; o++)
            max = z[o] > max ? z[o] : max;
        for (int o = 0; o < O; o++)
            sum += z[o] = expf(z[o] - max);
        for (int o = 0; o < O; o++)
            z[o] = (z[o] / sum - (float)(o == f->labels[b])) / (float)n;
    }
}

static void backward(struct fit *f, int n)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, H, O, n, 1.0f, f->h, H, f->z, O, 0.0f,
                f->grad.w2, O);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, H, O, 1.0f, f->z, O, f->p.w2, O,
                0.0f, f->dh, H);
    memset(f->grad.b1, 0, sizeof(f->grad.b1));
    memset(f->grad.b2, 0, sizeof(f->grad.b2));
    for (int b = 0; b < n; b++) {
        for (int j = 0; j < H; j++) {
            f->dh[b * H + j] = f->h[b * H + j] > 0.0f ? f->dh[b * H + j] : 0.0f;
            f->grad.b1[j] += f->dh[b * H + j];
        }
        for (int o = 0; o < O; o++)
            f->grad.b2[o] += f->z[b * O + o];
    }
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, I, H, n, 1.0f, f->x, I, f->dh, H, 0.0f,
                f->grad.w1, H);
}

static void adam(struct fit *f, int step)
{
    float *p = f->p.w1, *m = f->m.w1, *v = f->v.w1;
    const float *g = f->grad.w1;
    float root = sqrtf(1.0f - powf(0.999f, (float)step));
    float rate = 1e-3f * root / (1.0f - powf(0.9f, (float)step));

    for (int i = 0; i < N_PARAMETERS; i++) {
        m[i] = 0.9f * m[i] + 0.1f * g[i];
        v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
        p[i] -= rate * m[i] / (sqrtf(v[i]) + 1e-8f * root);
    }
}

static void load(struct fit *f, const struct dataset *ds, const uint32_t *rows, int n)
{
    for (int b = 0; b < n; b++) {
        const uint8_t *pixels = dataset_image(ds, rows[b]);

        f->labels[b] = ds->labels[rows[b]];
        for (int i = 0; i < I; i++)
            f->x[b * I + i] = (float)pixels[i] / (float)ds->max_value;
    }
}

static void fit(struct fit *f, const struct dataset *ds, uint64_t seed)
{
    uint32_t *order = malloc(ds->n * sizeof(*order));
    struct rng rng;
    int step = 0;

    memset(f, 0, sizeof(*f));
    rng_init(&rng, seed, 0);
    draw(&rng, f->p.w1, I * H, sqrtf(6.0f / (I + H)));
    draw(&rng, f->p.w2, H * O, sqrtf(6.0f / (H + O)));
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        rng_permutation(&rng, order, ds->n);
        for (size_t at = 0; at < ds->n; at += B) {
            int n = ds->n - at < B ? (int)(ds->n - at) : B;

            load(f, ds, order + at, n);
            forward(f, n);
            softmax_gradient(f, n);
            backward(f, n);
            adam(f, ++step);
        }
    }
    free(order);
}

static double accuracy(struct fit *f, const struct dataset *ds)
{
    size_t n_right = 0;

    for (uint32_t row = 0; row < ds->n; row++) {
        int best = 0;

        load(f, ds, &row, 1);
        forward(f, 1);
        for (int o = 1; o < O; o++)
            best = f->z[o] > f->z[best] ? o : best;
        n_right += best == f->labels[0];
    }
    return (double)n_right / (double)ds->n;
}

int main(int argc, char **argv)
{
    struct dataset train = { 0 }, test = { 0 };
    struct fit *f = malloc(sizeof(*f));
    struct err err = { 0 };
    int64_t runs = 0;

    if (argc != 4 || dataset_read_path(&train, argv[1], &err) < 0 ||
        dataset_read_path(&test, argv[2], &err) < 0 ||
        parse_i64(&runs, argv[3], 1, 100000, "RUNS", &err) < 0) {
        fprintf(stderr, "peer_openblas: TRAIN TEST RUNS: %s\n", err.msg);
        return 2;
    }
    for (int64_t run = 0; run < runs; run++) {
        clock_t start = clock();

        fit(f, &train, (uint64_t)run);
        printf("%.4f\n", (double)(clock() - start) * 1e3 / CLOCKS_PER_SEC);
    }
    printf("accuracy %.4f\n", accuracy(f, &test));
    free(f);
    dataset_finish(&train);
    dataset_finish(&test);
    return 0;
}
