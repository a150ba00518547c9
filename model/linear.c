/* SPDX-License-Identifier: Apache-2.0 */
#include "model/linear.h"

#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "model/optimizer.h"

void linear_init(struct linear *l, size_t I, size_t O)
{
    memset(l, 0, sizeof(*l));
    l->I = I;
    l->O = O;
    l->columns = pack_padded(O);
    l->turned_row = pack_padded(I) + KERNEL_LANES;
    l->w = pack_new((I + 1) * l->columns);
}

void linear_finish(struct linear *l)
{
    free(l->w);
    free(l->grad);
    free(l->m);
    free(l->v);
    free(l->turned);
    memset(l, 0, sizeof(*l));
}

/* The weights of columns [from, to) that are outputs. */
static void turn(struct linear *l, size_t from, size_t to)
{
    for (size_t o = from; o < to && o < l->O; o++) {
        for (size_t i = 0; i < l->I; i++)
            l->turned[o * l->turned_row + i] = l->w[i * l->columns + o];
    }
}

void linear_prepare_training(struct linear *l)
{
    size_t n = (l->I + 1) * l->columns;

    if (l->grad)
        return;
    l->grad = pack_new(n);
    l->m = pack_new(n);
    l->v = pack_new(n);
    l->turned = pack_new(l->O * l->turned_row);
    turn(l, 0, l->columns);
}

size_t linear_state(const struct linear *l, struct span spans[LINEAR_SPANS])
{
    size_t n = (l->I + 1) * l->columns;

    spans[0] = (struct span){ l->w, n };
    spans[1] = (struct span){ l->m, n };
    spans[2] = (struct span){ l->v, n };
    spans[3] = (struct span){ l->turned, l->O * l->turned_row };
    return LINEAR_SPANS;
}

static void move(float *ours, float *theirs, enum pack_way way)
{
    *(way == PACK_INTO_NET ? ours : theirs) = *(way == PACK_INTO_NET ? theirs : ours);
}

void linear_exchange(const struct linear *l, float *array, const struct tensor *weight,
                     const struct tensor *bias, size_t shift, enum pack_way way)
{
    for (size_t o = 0; o < l->O; o++) {
        for (size_t i = 0; i < l->I; i++)
            move(&array[i * l->columns + o], &weight->data[o * l->I + (i + shift) % l->I], way);
        move(&array[l->I * l->columns + o], &bias->data[o], way);
    }
}

struct dense_args linear_args(const struct linear *l, struct rows y, struct rows x)
{
    return (struct dense_args){
        .c = y.at,
        .c_row = y.row,
        .a = x.at,
        .a_row = x.row,
        .a_col = 1,
        .b = l->w,
        .b_row = l->columns,
        .bias = l->w + l->I * l->columns,
        .M = y.n,
        .N = l->columns,
        .K = l->I,
    };
}

void linear_backward(const struct linear *l, const struct kernels *kernels, struct rows dx,
                     struct rows dy, size_t first, size_t N)
{
    const struct dense_args args = {
        .c = dx.at,
        .c_row = dx.row,
        .a = dy.at,
        .a_row = dy.row,
        .a_col = 1,
        .b = l->turned + first,
        .b_row = l->turned_row,
        .M = dx.n,
        .N = N,
        .K = l->O,
    };
    kernels->dense(&args);
}

void linear_gradient(struct linear *l, const struct kernels *kernels, struct rows x,
                     struct rows dy, size_t from, size_t to)
{
    const struct dense_args args = {
        .c = l->grad + from,
        .c_row = l->columns,
        .a = x.at,
        .a_row = 1,
        .a_col = x.row,
        .b = dy.at + from,
        .b_row = dy.row,
        .M = l->I,
        .N = to - from,
        .K = dy.n,
    };

    if (from == to)
        return;
    kernels->dense(&args);
    kernels->sum_rows(l->grad + l->I * l->columns + from, dy.at + from, dy.row, dy.n,
                      to - from);
}

void linear_step(struct linear *l, const struct kernels *kernels, const struct update *update,
                 size_t from, size_t to)
{
    for (size_t i = 0; from < to && i <= l->I; i++) {
        size_t at = i * l->columns + from;

        update_apply(update, kernels, l->w + at, l->m + at, l->v + at, l->grad + at, to - from);
    }
    turn(l, from, to);
}
