/* SPDX-License-Identifier: Apache-2.0
 * The last layer of a cnn: z (B,classes) = features (B,F) W + b. W is kept as its transpose
 * (classes,F), where vectors run along F, and turned for z alone. */
#include "model/cnn_net.h"

void cnn_dense_forward(struct net *net, struct cnn_images images)
{
    const struct dense_args args = {
        .c = net->z + images.from * KERNEL_LANES,
        .c_row = KERNEL_LANES,
        .a = net->features + images.from * net->n_features,
        .a_row = net->n_features,
        .a_col = 1,
        .b = net->dense_turned,
        .b_row = KERNEL_LANES,
        .bias = net->w + net->at_bias,
        .M = images.to - images.from,
        .N = KERNEL_LANES,
        .K = net->n_features,
    };
    net->kernels->dense(&args);
}

void cnn_dense_backward(struct net *net, struct cnn_images images)
{
    const struct dense_args args = {
        .c = net->d_features + images.from * net->n_features,
        .c_row = net->n_features,
        .a = net->dz + images.from * KERNEL_LANES,
        .a_row = KERNEL_LANES,
        .a_col = 1,
        .b = net->w + net->at_dense,
        .b_row = net->n_features,
        .M = images.to - images.from,
        .N = net->n_features,
        .K = net->shape.classes,
    };
    net->kernels->dense(&args);
}

void cnn_dense_weights(struct net *net, size_t n, size_t from, size_t to)
{
    const struct dense_args args = {
        .c = net->grad + net->at_dense + from,
        .c_row = net->n_features,
        .a = net->dz,
        .a_row = 1,
        .a_col = KERNEL_LANES,
        .b = net->features + from,
        .b_row = net->n_features,
        .M = net->shape.classes,
        .N = to - from,
        .K = n,
    };
    net->kernels->dense(&args);
}
