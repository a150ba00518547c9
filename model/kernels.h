/* SPDX-License-Identifier: Apache-2.0
 * model/kernels.h
 * kernels: the arithmetic that costs time, once per instruction set, the same bits from each.
 *
 * Why the bits agree: sums of products are fused explicitly (a b + c rounded once, in software
 * where the CPU cannot) and nothing else is (-ffp-contract=off); vectors run across the output
 * dimension only, so that every sum adds its terms in the order written here; exp is our own.
 * Hardware flushing of tiny values stays off; the places that flush are named.
 *
 * Pure arithmetic: no allocation, no I/O, cannot fail. Arrays are row-major float32 and the
 * caller's. Column counts N are multiples of KERNEL_LANES: callers pad with zeros. */
#ifndef MODEL_KERNELS_H
#define MODEL_KERNELS_H
#include <stddef.h>
#include <stdint.h>

struct err;

enum {
    KERNEL_LANES = 16,     /* floats that every column count is padded to */
    KERNEL_MAX_BATCH = 64, /* rows of one softmax_loss() call */
};

/* Below these an honest gradient has long lost its meaning, while denormals cost 100 cycles
 * each. A gradient below 2^-50 becomes 0 (its square then stays a normal number), a moment
 * below 2^-100 too. */
#define GRADIENT_FLOOR 0x1p-50f
#define MOMENT_FLOOR   0x1p-100f

/* One term of a weighted sum of rows. */
struct pick {
    uint32_t row;
    float weight;
};

struct dense_args {
    float *c; /* (M,N), row stride c_row */
    size_t c_row;
    const float *a; /* (M,K): element (m,k) at a[m * a_row + k * a_col] */
    size_t a_row, a_col;
    const float *b; /* (K,N), row stride b_row */
    size_t b_row;
    const float *bias; /* (N), or NULL for zeros */
    size_t M, N, K;
};

/* Adam (Kingma and Ba 2014, arXiv 1412.6980, algorithm 1, in the form with one step size). */
struct adam {
    float beta1, beta2;
    float rate;    /* lr * sqrt(1 - beta2^t) / (1 - beta1^t) */
    float epsilon; /* epsilon * sqrt(1 - beta2^t) */
};

struct kernels {
    const char *name; /* "reference", "baseline", "v3", "v4" */

    /* c = bias + a b, each element summed over k = 0..K-1 in this order, fused. */
    void (*dense)(const struct dense_args *args);

    /* out (N) = init + sum over i = 0..n-1 of picks[i].weight * b[picks[i].row].  b (?,N) with
     * row stride b_row; init (N) or NULL. One row of a sparse matrix times b. Fused. */
    void (*pick_rows)(float *out, const float *init, const struct pick *picks, size_t n,
                      const float *b, size_t b_row, size_t N);

    /* x = max(x, 0) over B rows of N, row stride x_row. */
    void (*relu)(float *x, size_t x_row, size_t B, size_t N);

    /* dx = dx where y > 0, else 0; flushed at GRADIENT_FLOOR. Shapes as relu, shared stride. */
    void (*relu_backward)(float *dx, const float *y, size_t row, size_t B, size_t N);

    /* out (N) = sum over the rows of x (B,N), in their order. */
    void (*sum_rows)(float *out, const float *x, size_t x_row, size_t B, size_t N);

    /* Softmax and cross-entropy (nats) of logits (B, KERNEL_LANES), the first O columns valid.
     * d (B, KERNEL_LANES) = (softmax - onehot(label)) * scale, flushed at GRADIENT_FLOOR; its
     * other columns become 0. loss (B). B <= KERNEL_MAX_BATCH. */
    void (*softmax_loss)(float *d, float *loss, const float *logits, const uint8_t *labels,
                         float scale, size_t B, size_t O);

    /* One step for n parameters w with gradients g and moments m, v; moments are flushed at
     * MOMENT_FLOOR. Any n. */
    void (*adam)(float *w, float *m, float *v, const float *g, size_t n,
                 const struct adam *adam);
};

/* The plain loops that say what the fast ones must compute. Never chosen, only compared. */
const struct kernels *kernels_reference(void);

/* The set called name ("baseline", "v3", "v4"), or the best one this CPU has when name is NULL
 * or empty. -ERR_USAGE for a name unknown, or a set that this CPU or build lacks. */
int kernels_choose(const struct kernels **ret, const char *name, struct err *err);

/* The i-th set of this build, best last, or NULL past the end; whether the CPU has it. */
enum kernels_presence { KERNELS_ABSENT, KERNELS_PRESENT };
const struct kernels *kernels_at(size_t i, enum kernels_presence *ret_presence);

#endif
