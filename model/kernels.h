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

/* A matrix a (M,64) of bytes, most of which are 0: element (m,k) is
 * weights[a[m * a_row + k * a_col]], and only counts when bit k of masks[m] is set. */
struct sparse_args {
    float *c; /* (M,N), row stride c_row */
    size_t c_row;
    const float *init;     /* (M,N), row stride init_row: may be c, or one row with stride 0 */
    size_t init_row;       /* init NULL: zeros */
    const uint64_t *masks; /* (M) */
    const uint8_t *a;
    size_t a_row, a_col;
    const float *weights; /* (256) */
    const float *b;       /* (64,N), row stride b_row */
    size_t b_row;
    size_t M, N;
};

/* Adam (Kingma and Ba 2014, arXiv 1412.6980, algorithm 1, in the form with one step size). */
struct adam {
    float beta1, beta2;
    float rate;    /* lr * sqrt(1 - beta2^t) / (1 - beta1^t) */
    float epsilon; /* epsilon * sqrt(1 - beta2^t) */
};

/* A 3x3 convolution of one image, stride 1. The image lies within a rim of one pixel that
 * nobody reads; what the kernel would find there is left out: x (H+2, W+2, I). y (H, W, O),
 * w (O / KERNEL_LANES, 3, 3, I, KERNEL_LANES): the columns of one block of outputs lie
 * together. O is a multiple of KERNEL_LANES. */
struct conv {
    float *y;
    const float *x, *w;
    size_t H, W, I, O;
};

/* Batch norm of one image u (H, W, C) by channel, once the batch's mean and variance are known
 * (Ioffe and Szegedy 2015, arXiv 1502.03167), and ReLU: y = max(0, scale u + shift), with
 * scale = gamma / sqrt(variance + epsilon) and shift = beta - mean scale.
 * C is a multiple of KERNEL_LANES. */
struct norm {
    const float *u;
    const float *scale, *shift;
    const float *mean, *mean_g, *mean_gu; /* for the backward passes, see there */
    size_t H, W, C;
};

struct kernels {
    const char *name; /* "reference", "baseline", "v3", "v4" */

    /* c = bias + a b, each element summed over k = 0..K-1 in this order, fused. */
    void (*dense)(const struct dense_args *args);

    /* c = init + a b, each element summed over k in this order, fused. */
    void (*sparse)(const struct sparse_args *args);

    /* The masks of n times 64 bytes: bit k of masks[i * mask_row] is set when bytes[i * 64 + k]
     * is not 0. */
    void (*nonzero)(uint64_t *masks, size_t mask_row, const uint8_t *bytes, size_t n);

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

    /* One step for n parameters w with gradients g and moments m and v >= 0; moments are
     * flushed at MOMENT_FLOOR. Any n. */
    void (*adam)(float *w, float *m, float *v, const float *g, size_t n,
                 const struct adam *adam);

    /* y(h,w,o) = sum over ky, kx = 0..2, i = 0..I-1 of x(h+ky,w+kx,i) w(ky,kx,i,o), fused,
     * without what is on the rim. */
    void (*conv3x3)(const struct conv *conv);

    /* dw(ky,kx,i,o) += sum over h, w of x(h+ky,w+kx,i) du(h,w,o), fused, without what is
     * on the rim. dw as w above; du (H+2, W+2, O) has a rim too. Takes the sizes from conv. */
    void (*conv3x3_weights)(float *dw, const float *x, const float *du,
                            const struct conv *conv);

    /* sums (2,C): of u and of u^2 over n pixels u (n,C). Four sums, for pixels 0, 4, 8.., for
     * 1, 5, 9.. and so on, are added as (s0 + s1) + (s2 + s3); squares fused. */
    void (*channel_sums)(float *sums, const float *u, size_t n, size_t C);

    /* y (H,W,C) = max(0, scale u + shift), fused; rows of y are y_row floats apart. */
    void (*norm_relu)(float *y, size_t y_row, const struct norm *norm);

    /* The same, and of each 2x2 pixels the largest: y (H/2, W/2, C). H and W are even. */
    void (*norm_relu_pool)(float *y, size_t y_row, const struct norm *norm);

    /* g (H,W,C) = dy where scale u + shift > 0, else 0, flushed at GRADIENT_FLOOR.
     * sums (2,C): of g and of g (u - mean), four each as in channel_sums(). */
    void (*norm_relu_backward)(float *g, float *sums, const float *dy, const struct norm *norm);

    /* The same for dy (H/2, W/2, C): it goes to the first largest of each 2x2 pixels. The four
     * sums are those of the four corners. */
    void (*norm_relu_pool_backward)(float *g, float *sums, const float *dy,
                                    const struct norm *norm);

    /* du (H,W,C) = scale ((g - mean_g) - (u - mean) mean_gu), flushed at GRADIENT_FLOOR; rows
     * of du are du_row floats apart. mean_g: of g over the batch; mean_gu: of g (u - mean),
     * divided by variance + epsilon. */
    void (*norm_backward)(float *du, size_t du_row, const float *g, const struct norm *norm);

    /* One step of a recurrent cell: c = tanh(bias + a b), sums as in dense(). */
    void (*cell)(const struct dense_args *args);

    /* dy = dy (1 - y^2) over B rows of N, flushed at GRADIENT_FLOOR; y came from cell(). */
    void (*cell_backward)(float *dy, size_t dy_row, const float *y, size_t y_row, size_t B,
                          size_t N);

    /* x(i) = 0 where the i-th number of `key` is below share, else x(i) scale. n numbers,
     * uniform in 0..2^32-1 (hash_u32). n is a multiple of KERNEL_LANES. */
    void (*dropout)(float *x, size_t n, uint32_t key, uint32_t share, float scale);
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
