/* SPDX-License-Identifier: Apache-2.0
 * model/kernels_isa.h
 * kernels_isa: the tables that kernels_isa.c defines, one per instruction set of the build.
 * Only kernels.c chooses among them. */
#ifndef MODEL_KERNELS_ISA_H
#define MODEL_KERNELS_ISA_H
#include "model/kernels.h"

/* What a file built once per instruction set defines is called NAME_SET. */
#ifdef KERNELS_SET
#define KERNELS_JOIN(name, set)  name##_##set
#define KERNELS_JOIN2(name, set) KERNELS_JOIN(name, set)
#define KERNELS_OF(name)         KERNELS_JOIN2(name, KERNELS_SET)
#define KERNELS_TEXT(set)        #set
#define KERNELS_TEXT2(set)       KERNELS_TEXT(set)
#define KERNELS_NAME             KERNELS_TEXT2(KERNELS_SET)

void KERNELS_OF(conv3x3)(const struct conv *conv);
void KERNELS_OF(conv3x3_weights)(float *dw, const float *x, const float *du,
                                 const struct conv *conv);
void KERNELS_OF(channel_sums)(float *sums, const float *u, size_t n, size_t C);
void KERNELS_OF(norm_relu)(float *y, size_t y_row, const struct norm *norm);
void KERNELS_OF(norm_relu_pool)(float *y, size_t y_row, const struct norm *norm);
void KERNELS_OF(norm_relu_backward)(float *g, float *sums, const float *dy,
                                    const struct norm *norm);
void KERNELS_OF(norm_relu_pool_backward)(float *g, float *sums, const float *dy,
                                         const struct norm *norm);
void KERNELS_OF(norm_backward)(float *du, size_t du_row, const float *g,
                               const struct norm *norm);
void KERNELS_OF(dropout)(float *x, size_t n, uint32_t key, uint32_t share, float scale);
void KERNELS_OF(tanh_rows)(float *y, size_t y_row, size_t B, size_t N);
void KERNELS_OF(cell_backward)(float *dy, size_t dy_row, const float *y, size_t y_row, size_t B,
                               size_t N);
#endif

extern const struct kernels kernels_baseline;
extern const struct kernels kernels_v3; /* x86-64 only: AVX2, FMA */
extern const struct kernels kernels_v4; /* x86-64 only: as v3, and AVX-512 F, VL, DQ, BW */

#endif
