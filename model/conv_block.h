/* SPDX-License-Identifier: Apache-2.0
 * model/conv_block.h
 * conv_block: 3x3 convolution, batch norm, ReLU and, where it pools, 2x2 max-pooling.
 *
 *   u (H,W,O) = conv3x3(x (H,W,I), w)                      no bias: the norm has one
 *   n         = gamma (u - mean) / sqrt(variance + 1e-5) + beta    by channel, over the batch
 *   y         = max(0, n), and of each 2x2 pixels the largest
 *
 * (Ioffe and Szegedy 2015, arXiv 1502.03167.) One image at a time, so that it stays in the
 * first caches; what needs the whole batch is settled in between. Only u and the gradient g
 * with respect to n are kept of each image: y is cheaper to compute again than to fetch.
 * Different images may be worked on by different threads.
 *
 * Owns its arrays, but not the parameters, which lie in the net's. */
#ifndef MODEL_CONV_BLOCK_H
#define MODEL_CONV_BLOCK_H
#include <stdbool.h>
#include <stddef.h>

struct kernels;

#define VARIANCE_EPSILON 1e-5

struct conv_block {
    const struct kernels *kernels;
    size_t side;     /* H and W of x and u */
    size_t out_side; /* of y: side, or half of it where the block pools */
    size_t I, O;     /* channels: I is 1 or, like O, a multiple of KERNEL_LANES */

    const float *w;                         /* (O / KERNEL_LANES, 3, 3, I, KERNEL_LANES) */
    const float *gamma, *beta;              /* (O) */
    float *running_mean, *running_variance; /* (O): of the data, for prediction */

    float *scale, *shift;           /* (O): n = scale u + shift */
    float *mean, *mean_g, *mean_gu; /* (O): see struct norm */
    float *turned;                  /* (I / KERNEL_LANES, 3, 3, O, KERNEL_LANES) */
    float *u, *g;                   /* (n_images, side, side, O) */
    float *sums;                    /* (n_images, 2, O) */
    float *room;                    /* of the arrays above (O) */
};

/* Sizes and kernels are set; the rest is zero. */
void conv_block_init(struct conv_block *block);
void conv_block_finish(struct conv_block *block); /* zeroed is fine */

/* Room for what a batch of NET_MAX_BATCH images leaves behind. Prediction needs one. */
void conv_block_prepare_training(struct conv_block *block);

size_t conv_block_weights(const struct conv_block *block); /* floats of w */

/* Floats of an image with its rim, and where its first pixel is. */
size_t conv_rimmed(size_t side, size_t C);
size_t conv_inside(size_t side, size_t C);

/* Image b: u, and while training its sums. x (side+2, side+2, I) with a rim. */
void conv_block_forward(struct conv_block *block, size_t b, const float *x);

/* Mean and variance of the batch of n images; with momentum > 0 the running ones move. */
void conv_block_settle(struct conv_block *block, size_t n, float momentum);

/* Uses the running mean and variance instead. */
void conv_block_settle_running(struct conv_block *block);

/* Image b: y (out_side, out_side, O), its rows y_row floats apart. */
void conv_block_output(const struct conv_block *block, size_t b, float *y, size_t y_row);

/* Image b: g and its sums from dy (out_side, out_side, O), the gradient of y. */
void conv_block_output_backward(struct conv_block *block, size_t b, const float *dy);

/* Gradients of gamma and beta (O); prepares the last pass. */
void conv_block_settle_backward(struct conv_block *block, size_t n, float *dgamma,
                                float *dbeta);

/* Image b: adds the gradient of w to dw; x as in forward. du (side+2, side+2, O) is
 * scratch. dx (side, side, I) receives the gradient of x; NULL: nobody asks. */
void conv_block_backward(struct conv_block *block, size_t b, float *dw, float *dx,
                         const float *x, float *du);

/* Turns w for backward: outputs [from, to). Each step once the weights are new. */
void conv_block_turn(struct conv_block *block, size_t from, size_t to);

#endif
