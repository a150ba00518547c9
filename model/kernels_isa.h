/* SPDX-License-Identifier: Apache-2.0
 * model/kernels_isa.h
 * kernels_isa: the tables that kernels_isa.c defines, one per instruction set of the build.
 * Only kernels.c chooses among them. */
#ifndef MODEL_KERNELS_ISA_H
#define MODEL_KERNELS_ISA_H
#include "model/kernels.h"

extern const struct kernels kernels_baseline;
extern const struct kernels kernels_v3; /* x86-64 only: AVX2, FMA */
extern const struct kernels kernels_v4; /* x86-64 only: as v3, and AVX-512 F, VL, DQ, BW */

#endif
