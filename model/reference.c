/* SPDX-License-Identifier: Apache-2.0
 * The plain loops that define what every kernel set computes, bit for bit (kernels.h). */
#include "model/reference.h"

#include <math.h>

#include "model/mathf.h"

static float flush(float x, float floor)
{
    return x < floor && x > -floor ? 0.0f : x;
}

static void dense(const struct dense_args *d)
{
    for (size_t m = 0; m < d->M; m++) {
        for (size_t n = 0; n < d->N; n++) {
            float sum = d->bias ? d->bias[n] : 0.0f;

            for (size_t k = 0; k < d->K; k++)
                sum = fmaf(d->a[m * d->a_row + k * d->a_col], d->b[k * d->b_row + n], sum);
            d->c[m * d->c_row + n] = sum;
        }
    }
}

static void cell(const struct dense_args *d)
{
    dense(d);
    for (size_t m = 0; m < d->M; m++) {
        for (size_t n = 0; n < d->N; n++)
            d->c[m * d->c_row + n] = tanh_f32(d->c[m * d->c_row + n]);
    }
}

static void cell_backward(float *dy, size_t dy_row, const float *y, size_t y_row, size_t B,
                          size_t N)
{
    for (size_t b = 0; b < B; b++) {
        for (size_t j = 0; j < N; j++) {
            float out = y[b * y_row + j], *at = &dy[b * dy_row + j];

            *at = flush(*at * (1.0f - out * out), GRADIENT_FLOOR);
        }
    }
}

static void sparse(const struct sparse_args *s)
{
    for (size_t m = 0; m < s->M; m++) {
        for (size_t n = 0; n < s->N; n++) {
            float sum = s->init ? s->init[m * s->init_row + n] : 0.0f;

            for (size_t k = 0; k < 64; k++) {
                if (s->masks[m] >> k & 1)
                    sum = fmaf(s->weights[s->a[m * s->a_row + k * s->a_col]],
                               s->b[k * s->b_row + n], sum);
            }
            s->c[m * s->c_row + n] = sum;
        }
    }
}

static void nonzero(uint64_t *masks, size_t mask_row, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        masks[i * mask_row] = 0;
        for (size_t k = 0; k < 64; k++)
            masks[i * mask_row] |= (uint64_t)(bytes[i * 64 + k] != 0) << k;
    }
}

static void relu(float *x, size_t x_row, size_t B, size_t N)
{
    for (size_t b = 0; b < B; b++) {
        for (size_t j = 0; j < N; j++) {
            float *at = &x[b * x_row + j];

            *at = *at > 0.0f ? *at : 0.0f;
        }
    }
}

static void relu_backward(float *dx, const float *y, size_t row, size_t B, size_t N)
{
    for (size_t b = 0; b < B; b++) {
        for (size_t j = 0; j < N; j++) {
            float *at = &dx[b * row + j];

            *at = y[b * row + j] > 0.0f ? flush(*at, GRADIENT_FLOOR) : 0.0f;
        }
    }
}

static void sum_rows(float *out, const float *x, size_t x_row, size_t B, size_t N)
{
    for (size_t j = 0; j < N; j++) {
        float sum = 0.0f;

        for (size_t b = 0; b < B; b++)
            sum += x[b * x_row + j];
        out[j] = sum;
    }
}

/* p_o = exp(z_o - max z) / sum; loss = ln(sum) - (z_label - max z). */
static void softmax_loss(float *d, float *loss, const float *logits, const uint8_t *labels,
                         float scale, size_t B, size_t O)
{
    for (size_t b = 0; b < B; b++) {
        const float *z = logits + b * KERNEL_LANES;
        float *row = d + b * KERNEL_LANES;
        float max = z[0], sum = 0.0f;

        for (size_t o = 1; o < O; o++)
            max = z[o] > max ? z[o] : max;
        for (size_t o = 0; o < O; o++) {
            row[o] = exp_f32(z[o] - max);
            sum += row[o];
        }
        loss[b] = (float)log_f64(sum) - (z[labels[b]] - max);
        float inverse = 1.0f / sum;
        for (size_t o = 0; o < KERNEL_LANES; o++) {
            float p = o < O ? row[o] * inverse : 0.0f;

            row[o] = flush((p - (o == labels[b] ? 1.0f : 0.0f)) * scale, GRADIENT_FLOOR);
        }
    }
}

/* m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  w -= rate m / (sqrt(v) + epsilon). */
static void adam_step(float *w, float *m, float *v, const float *g, size_t n,
                      const struct adam *a)
{
    for (size_t i = 0; i < n; i++) {
        float grad = flush(g[i], GRADIENT_FLOOR);

        m[i] = flush(a->beta1 * m[i] + (1.0f - a->beta1) * grad, MOMENT_FLOOR);
        v[i] = flush(a->beta2 * v[i] + (1.0f - a->beta2) * (grad * grad), MOMENT_FLOOR);
        w[i] -= a->rate * m[i] / (sqrtf(v[i]) + a->epsilon);
    }
}

const struct kernels *kernels_reference(void)
{
    static const struct kernels reference = {
        .name = "reference",
        .dense = dense,
        .sparse = sparse,
        .nonzero = nonzero,
        .relu = relu,
        .relu_backward = relu_backward,
        .sum_rows = sum_rows,
        .softmax_loss = softmax_loss,
        .adam = adam_step,
        .conv3x3 = reference_conv3x3,
        .conv3x3_weights = reference_conv3x3_weights,
        .channel_sums = reference_channel_sums,
        .norm_relu = reference_norm_relu,
        .norm_relu_pool = reference_norm_relu_pool,
        .norm_relu_backward = reference_norm_relu_backward,
        .norm_relu_pool_backward = reference_norm_relu_pool_backward,
        .norm_backward = reference_norm_backward,
        .cell = cell,
        .cell_backward = cell_backward,
        .dropout = reference_dropout,
    };
    return &reference;
}
