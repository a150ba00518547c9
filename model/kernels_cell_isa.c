/* SPDX-License-Identifier: Apache-2.0
 * The recurrent cell; built once per instruction set, as kernels_isa.c is. */
#include "model/kernels_isa.h"

#include "model/kernels_vec.h"

void KERNELS_OF(tanh_rows)(float *y, size_t y_row, size_t B, size_t N)
{
    for (size_t b = 0; b < B; b++) {
        float *row = y + b * y_row;

        for (size_t j = 0; j < N; j++)
            row[j] = tanh_f32(row[j]);
    }
}

void KERNELS_OF(cell_backward)(float *dy, size_t dy_row, const float *y, size_t y_row, size_t B,
                               size_t N)
{
    for (size_t b = 0; b < B; b++) {
        for (size_t j = 0; j < N; j += WIDTH) {
            float *at = dy + b * dy_row + j;
            vec out = load(y + b * y_row + j);

            store(at, flush(load(at) * (splat(1.0f) - out * out), GRADIENT_FLOOR));
        }
    }
}
