/* SPDX-License-Identifier: Apache-2.0
 * The fast kernels. meson builds this file once per instruction set, with
 *   KERNELS_SET     baseline, v3 or v4: names the table it defines, and in messages
 *   KERNELS_WIDTH   floats in one register: 4, 8 or 16
 * and beside it kernels_conv_isa.c and kernels_norm_isa.c, whose functions the table lists.
 * Each function computes what its namesake in reference.c does, bit for bit. */
#include "model/kernels_isa.h"

#include <math.h>

#include "model/kernels_vec.h"

enum {
    CLASSES = 10, /* so many rows has the gradient of the last layer */
    TILE_ROWS = WIDTH == 16  ? 16
                : WIDTH == 8 ? 6
                             : 3, /* sums fit the registers */
};

/* `rows` rows and KERNEL_LANES columns of c; rows is a constant at every call. */
INLINE void dense_tile(const struct dense_args *d, size_t m, size_t n, size_t rows)
{
    vec sum[TILE_ROWS][PER_BLOCK];
    const float *a = d->a + m * d->a_row;
    const float *b = d->b + n;

    for (size_t r = 0; r < rows; r++) {
        for (size_t j = 0; j < PER_BLOCK; j++)
            sum[r][j] = d->bias ? load(d->bias + n + j * WIDTH) : splat(0.0f);
    }
    for (size_t k = 0; k < d->K; k++) {
        for (size_t r = 0; r < rows; r++) {
            vec factor = splat(a[r * d->a_row + k * d->a_col]);

            for (size_t j = 0; j < PER_BLOCK; j++)
                sum[r][j] = multiply_add(factor, load(b + k * d->b_row + j * WIDTH), sum[r][j]);
        }
    }
    for (size_t r = 0; r < rows; r++) {
        for (size_t j = 0; j < PER_BLOCK; j++)
            store(d->c + (m + r) * d->c_row + n + j * WIDTH, sum[r][j]);
    }
}

static void dense(const struct dense_args *args)
{
    const struct dense_args d = *args;

    for (size_t n = 0; n < d.N; n += KERNEL_LANES) {
        size_t m = 0;

        for (; m + TILE_ROWS <= d.M; m += TILE_ROWS)
            dense_tile(&d, m, n, TILE_ROWS);
        for (; TILE_ROWS > CLASSES && m + CLASSES <= d.M; m += CLASSES)
            dense_tile(&d, m, n, CLASSES);
        for (; TILE_ROWS > 4 && m + 4 <= d.M; m += 4)
            dense_tile(&d, m, n, 4);
        for (; m < d.M; m++)
            dense_tile(&d, m, n, 1);
    }
}

static void cell(const struct dense_args *args)
{
    dense(args);
    KERNELS_OF(tanh_rows)(args->c, args->c_row, args->M, args->N);
}

/* The first `width` registers of each row; a constant at every call. */
INLINE void sparse_pass(const struct sparse_args *s, size_t width)
{
    vec sum[8];

    for (size_t m = 0; m < s->M; m++) {
        const uint8_t *a = s->a + m * s->a_row;
        float *c = s->c + m * s->c_row;

        for (size_t j = 0; j < width; j++)
            sum[j] = s->init ? load(s->init + m * s->init_row + j * WIDTH) : splat(0.0f);
        for (uint64_t left = s->masks[m]; left != 0; left &= left - 1) {
            size_t k = (size_t)__builtin_ctzll(left);
            const float *row = s->b + k * s->b_row;
            vec factor = splat(s->weights[a[k * s->a_col]]);

            for (size_t j = 0; j < width; j++)
                sum[j] = multiply_add(factor, load(row + j * WIDTH), sum[j]);
        }
        for (size_t j = 0; j < width; j++)
            store(c + j * WIDTH, sum[j]);
    }
}

static void sparse(const struct sparse_args *args)
{
    struct sparse_args s = *args;

    while (s.N > 0) {
        size_t width = s.N >= 8 * WIDTH ? 8 : WIDTH > 4 && s.N >= 4 * WIDTH ? 4 : PER_BLOCK;

        if (width == 8)
            sparse_pass(&s, 8);
        else if (WIDTH > 4 && width == 4)
            sparse_pass(&s, 4);
        else
            sparse_pass(&s, PER_BLOCK);
        s.c += width * WIDTH;
        s.init = s.init ? s.init + width * WIDTH : NULL;
        s.b += width * WIDTH;
        s.N -= width * WIDTH;
    }
}

/* Bit i is set when byte i is not 0. */
INLINE uint64_t bits_of(const uint8_t bytes[64])
{
    uint64_t bits = 0;
#if KERNELS_WIDTH == 16
    const __m512i all = _mm512_loadu_si512(bytes);

    bits = _mm512_test_epi8_mask(all, all);
#elif KERNELS_WIDTH == 8
    for (size_t i = 0; i < 64; i += 32) {
        __m256i half = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + i));
        __m256i is_zero = _mm256_cmpeq_epi8(half, _mm256_setzero_si256());

        bits |= (uint64_t) ~(uint32_t)_mm256_movemask_epi8(is_zero) << i;
    }
#else
    /* Eight at once: the top bit of each byte tells, and the product moves the eight of them
     * into the highest byte. */
    const uint64_t low = 0x7f7f7f7f7f7f7f7f, gather = 0x0002040810204081;

    for (size_t i = 0; i < 64; i += 8) {
        const uint8_t *p = bytes + i;
        uint64_t eight = (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
                         (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
                         (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
        uint64_t top = (((eight & low) + low) | eight) & ~low;

        bits |= ((top * gather) >> 56) << i;
    }
#endif
    return bits;
}

static void nonzero(uint64_t *masks, size_t mask_row, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        masks[i * mask_row] = bits_of(bytes + i * 64);
}

static void relu(float *x, size_t x_row, size_t B, size_t N)
{
    for (size_t b = 0; b < B; b++) {
        for (size_t j = 0; j < N; j += WIDTH) {
            vec at = load(x + b * x_row + j);

            store(x + b * x_row + j, select((mask)(at > splat(0.0f)), at));
        }
    }
}

static void relu_backward(float *dx, const float *y, size_t row, size_t B, size_t N)
{
    for (size_t b = 0; b < B; b++) {
        for (size_t j = 0; j < N; j += WIDTH) {
            float *at = dx + b * row + j;
            mask keep = (mask)(load(y + b * row + j) > splat(0.0f));

            store(at, select(keep, flush(load(at), GRADIENT_FLOOR)));
        }
    }
}

static void sum_rows(float *out, const float *x, size_t x_row, size_t B, size_t N)
{
    for (size_t j = 0; j < N; j += WIDTH) {
        vec sum = splat(0.0f);

        for (size_t b = 0; b < B; b++)
            sum += load(x + b * x_row + j);
        store(out + j, sum);
    }
}

/* Columns of z (O, KERNEL_MAX_BATCH) are samples: loops over b are the vector ones. */
struct columns {
    float z[KERNEL_LANES][KERNEL_MAX_BATCH];
};

static void softmax_columns(struct columns *c, float *max, float *sum, size_t O)
{
    enum { B = KERNEL_MAX_BATCH };

    for (size_t b = 0; b < B; b++) {
        max[b] = c->z[0][b];
        sum[b] = 0.0f;
    }
    for (size_t o = 1; o < O; o++) {
        for (size_t b = 0; b < B; b++)
            max[b] = c->z[o][b] > max[b] ? c->z[o][b] : max[b];
    }
    for (size_t o = 0; o < O; o++) {
        for (size_t b = 0; b < B; b++) {
            c->z[o][b] = exp_f32(c->z[o][b] - max[b]);
            sum[b] += c->z[o][b];
        }
    }
}

static void softmax_loss(float *d, float *loss, const float *logits, const uint8_t *labels,
                         float scale, size_t B, size_t O)
{
    struct columns c = { 0 };
    float max[KERNEL_MAX_BATCH], sum[KERNEL_MAX_BATCH];

    for (size_t b = 0; b < B; b++) {
        for (size_t o = 0; o < O; o++)
            c.z[o][b] = logits[b * KERNEL_LANES + o];
    }
    softmax_columns(&c, max, sum, O);
    for (size_t b = 0; b < B; b++) {
        float z_label = logits[b * KERNEL_LANES + labels[b]];
        float inverse = 1.0f / sum[b];
        float *row = d + b * KERNEL_LANES;

        loss[b] = (float)log_f64(sum[b]) - (z_label - max[b]);
        for (size_t o = 0; o < KERNEL_LANES; o++)
            row[o] = c.z[o][b] * inverse;
        row[labels[b]] -= 1.0f;
        for (size_t j = 0; j < KERNEL_LANES; j += WIDTH)
            store(row + j, flush(load(row + j) * splat(scale), GRADIENT_FLOOR));
    }
}

INLINE vec square_root(vec x)
{
    vec root;

    for (size_t i = 0; i < WIDTH; i++)
        root[i] = sqrtf(x[i]);
    return root;
}

static void adam_step(float *restrict w, float *restrict m, float *restrict v,
                      const float *restrict g, size_t n, const struct adam *a)
{
    const vec beta1 = splat(a->beta1), rest1 = splat(1.0f - a->beta1);
    const vec beta2 = splat(a->beta2), rest2 = splat(1.0f - a->beta2);
    const vec rate = splat(a->rate), epsilon = splat(a->epsilon);
    size_t i = 0;

    for (; i + WIDTH <= n; i += WIDTH) {
        vec grad = flush(load(g + i), GRADIENT_FLOOR);
        vec m_i = flush(beta1 * load(m + i) + rest1 * grad, MOMENT_FLOOR);
        vec v_i = beta2 * load(v + i) + rest2 * (grad * grad); /* never negative */

        v_i = select(~(mask)(v_i < splat(MOMENT_FLOOR)), v_i);
        store(m + i, m_i);
        store(v + i, v_i);
        store(w + i, load(w + i) - rate * m_i / (square_root(v_i) + epsilon));
    }
    if (i < n)
        kernels_reference()->adam(w + i, m + i, v + i, g + i, n - i, a);
}

const struct kernels KERNELS_OF(kernels) = {
    .name = KERNELS_NAME,
    .dense = dense,
    .sparse = sparse,
    .nonzero = nonzero,
    .relu = relu,
    .relu_backward = relu_backward,
    .sum_rows = sum_rows,
    .softmax_loss = softmax_loss,
    .adam = adam_step,
    .conv3x3 = KERNELS_OF(conv3x3),
    .conv3x3_weights = KERNELS_OF(conv3x3_weights),
    .channel_sums = KERNELS_OF(channel_sums),
    .norm_relu = KERNELS_OF(norm_relu),
    .norm_relu_pool = KERNELS_OF(norm_relu_pool),
    .norm_relu_backward = KERNELS_OF(norm_relu_backward),
    .norm_relu_pool_backward = KERNELS_OF(norm_relu_pool_backward),
    .norm_backward = KERNELS_OF(norm_backward),
    .cell = cell,
    .cell_backward = KERNELS_OF(cell_backward),
    .dropout = KERNELS_OF(dropout),
};
