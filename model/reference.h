/* SPDX-License-Identifier: Apache-2.0
 * model/reference.h
 * reference: the plain loops of convolutions and what belongs to them (reference_conv.c), for
 * the table in reference.c. What they compute stands in kernels.h. */
#ifndef MODEL_REFERENCE_H
#define MODEL_REFERENCE_H
#include "model/kernels.h"

void reference_conv3x3(const struct conv *conv);
void reference_conv3x3_weights(float *dw, const float *x, const float *du,
                               const struct conv *conv);
void reference_channel_sums(float *sums, const float *u, size_t n, size_t C);
void reference_norm_relu(float *y, size_t y_row, const struct norm *norm);
void reference_norm_relu_pool(float *y, size_t y_row, const struct norm *norm);
void reference_norm_relu_backward(float *g, float *sums, const float *dy,
                                  const struct norm *norm);
void reference_norm_relu_pool_backward(float *g, float *sums, const float *dy,
                                       const struct norm *norm);
void reference_norm_backward(float *du, size_t du_row, const float *g, const struct norm *norm);
void reference_dropout(float *x, size_t n, uint32_t key, uint32_t share, float scale);

#endif
