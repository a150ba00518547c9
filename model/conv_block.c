/* SPDX-License-Identifier: Apache-2.0 */
#include "model/conv_block.h"

#include <math.h>
#include <stdlib.h>

#include "model/pack.h"
#include "model/arch.h"

size_t conv_rimmed(size_t side, size_t C)
{
    return (side + 2) * (side + 2) * C;
}

size_t conv_inside(size_t side, size_t C)
{
    return (side + 3) * C;
}

size_t conv_block_weights(const struct conv_block *block)
{
    return 9 * block->I * block->O;
}

static bool pools(const struct conv_block *block)
{
    return block->out_side != block->side;
}

static size_t image_floats(const struct conv_block *block)
{
    return block->side * block->side * block->O;
}

void conv_block_init(struct conv_block *block)
{
    float **const all[] = { &block->running_mean, &block->running_variance,
                            &block->scale,        &block->shift,
                            &block->mean,         &block->mean_g,
                            &block->mean_gu };
    enum { N = sizeof(all) / sizeof(all[0]) };

    block->room = pack_new(N * block->O);
    for (size_t i = 0; i < N; i++)
        *all[i] = block->room + i * block->O;
    block->u = pack_new(image_floats(block));
}

void conv_block_prepare_training(struct conv_block *block)
{
    free(block->u);
    block->u = pack_new(NET_MAX_BATCH * image_floats(block));
    block->g = pack_new(NET_MAX_BATCH * image_floats(block));
    block->sums = pack_new(NET_MAX_BATCH * 2 * block->O);
    block->turned = pack_new(conv_block_weights(block));
}

void conv_block_finish(struct conv_block *block)
{
    free(block->room);
    free(block->turned);
    free(block->u);
    free(block->g);
    free(block->sums);
}

static struct norm norm_of(const struct conv_block *block, size_t b)
{
    return (struct norm){
        .u = block->u + b * image_floats(block),
        .scale = block->scale,
        .shift = block->shift,
        .mean = block->mean,
        .mean_g = block->mean_g,
        .mean_gu = block->mean_gu,
        .H = block->side,
        .W = block->side,
        .C = block->O,
    };
}

void conv_block_forward(struct conv_block *block, size_t b, const float *x)
{
    float *u = block->u + b * image_floats(block);
    const struct conv conv = { .y = u,
                               .x = x,
                               .w = block->w,
                               .H = block->side,
                               .W = block->side,
                               .I = block->I,
                               .O = block->O };

    block->kernels->conv3x3(&conv);
    if (block->sums)
        block->kernels->channel_sums(block->sums + b * 2 * block->O, u,
                                     block->side * block->side, block->O);
}

void conv_block_backward(struct conv_block *block, size_t b, float *dw, float *dx,
                         const float *x, float *du)
{
    const struct norm norm = norm_of(block, b);
    struct conv conv = { .H = block->side, .W = block->side, .I = block->I, .O = block->O };

    block->kernels->norm_backward(du + conv_inside(block->side, block->O),
                                  (block->side + 2) * block->O,
                                  block->g + b * image_floats(block), &norm);
    block->kernels->conv3x3_weights(dw, x, du, &conv);
    if (!dx)
        return;
    conv.y = dx; /* the convolution with the kernel turned around, from outputs to inputs */
    conv.x = du;
    conv.w = block->turned;
    conv.I = block->O;
    conv.O = block->I;
    block->kernels->conv3x3(&conv);
}

void conv_block_turn(struct conv_block *block, size_t from, size_t to)
{
    const size_t L = KERNEL_LANES, I = block->I, O = block->O;

    for (size_t o = from; o < to; o++) {
        for (size_t tap = 0; tap < 9; tap++) {
            const float *w = block->w + (o / L * 9 + tap) * I * L + o % L;
            float *turned = block->turned + ((8 - tap) * O + o) * L;

            for (size_t i = 0; i < I; i++)
                turned[i / L * 9 * O * L + i % L] = w[i * L];
        }
    }
}

static void set_scale(struct conv_block *block, size_t c, double mean, double variance)
{
    double scale = (double)block->gamma[c] / sqrt(variance + VARIANCE_EPSILON);

    block->mean[c] = (float)mean;
    block->scale[c] = (float)scale;
    block->shift[c] = (float)((double)block->beta[c] - mean * scale);
}

/* Sum over the images of their sums: which = 0 of values, 1 of products. */
static double sum_of(const struct conv_block *block, size_t n, size_t which, size_t c)
{
    double sum = 0.0;

    for (size_t b = 0; b < n; b++)
        sum += (double)block->sums[(2 * b + which) * block->O + c];
    return sum;
}

static void move(float *running, double value, float momentum)
{
    *running = (float)((1.0 - (double)momentum) * (double)*running + (double)momentum * value);
}

void conv_block_settle(struct conv_block *block, size_t n, float momentum)
{
    double count = (double)(n * block->side * block->side);

    for (size_t c = 0; c < block->O; c++) {
        double mean = sum_of(block, n, 0, c) / count;
        double variance = sum_of(block, n, 1, c) / count - mean * mean;

        variance = variance > 0.0 ? variance : 0.0;
        set_scale(block, c, mean, variance);
        block->mean_gu[c] = (float)(1.0 / (variance + VARIANCE_EPSILON)); /* until backward */
        if (momentum > 0.0f) {
            move(&block->running_mean[c], mean, momentum);
            move(&block->running_variance[c], variance * count / (count - 1.0), momentum);
        }
    }
}

/* With r = 1 / sqrt(variance + epsilon): dgamma = r sum of g (u - mean), dbeta = sum of g. */
void conv_block_settle_backward(struct conv_block *block, size_t n, float *dgamma, float *dbeta)
{
    double count = (double)(n * block->side * block->side);

    for (size_t c = 0; c < block->O; c++) {
        double sum_g = sum_of(block, n, 0, c), sum_gu = sum_of(block, n, 1, c);
        double r_squared = (double)block->mean_gu[c];

        dgamma[c] = (float)(sum_gu * sqrt(r_squared));
        dbeta[c] = (float)sum_g;
        block->mean_g[c] = (float)(sum_g / count);
        block->mean_gu[c] = (float)(sum_gu / count * r_squared);
    }
}

void conv_block_settle_running(struct conv_block *block)
{
    for (size_t c = 0; c < block->O; c++)
        set_scale(block, c, (double)block->running_mean[c], (double)block->running_variance[c]);
}

void conv_block_output(const struct conv_block *block, size_t b, float *y, size_t y_row)
{
    const struct norm norm = norm_of(block, b);

    if (pools(block))
        block->kernels->norm_relu_pool(y, y_row, &norm);
    else
        block->kernels->norm_relu(y, y_row, &norm);
}

void conv_block_output_backward(struct conv_block *block, size_t b, const float *dy)
{
    const struct norm norm = norm_of(block, b);
    float *g = block->g + b * image_floats(block), *sums = block->sums + b * 2 * block->O;

    if (pools(block))
        block->kernels->norm_relu_pool_backward(g, sums, dy, &norm);
    else
        block->kernels->norm_relu_backward(g, sums, dy, &norm);
}
