/* SPDX-License-Identifier: Apache-2.0
 * mlp: pixels -> hidden ReLU units -> classes, the classic recipe for digits.
 *
 *   x (B,I) = pixels / max_value
 *   h (B,H) = max(0, x W1 + b1)          W1 (I,H), Glorot uniform, b1 zero
 *   z (B,O) = h W2 + b2                  W2 (H,O)
 *   loss    = mean over B of -ln softmax(z)[label]
 *
 * and backwards, with dz = (softmax(z) - onehot) / B:
 *   dh = dz W2^T where h > 0             dW2 = h^T dz     db2 = column sums of dz
 *                                        dW1 = x^T dh     db1 = column sums of dh
 *
 * Half of the pixels are 0, and 0 w adds nothing to a sum: x W1 and x^T dh leave them out, and
 * go over the pixels block by block, so that what belongs to a block stays in the first cache.
 * Rows of dW1 go straight into the optimizer while they are there.
 *
 * Threads own images up to dh, then pixels and hidden units, so every sum is added up by one
 * thread in one order. */
#include "model/mlp_net.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "model/graph.h"
#include "model/job.h"
#include "model/profile.h"
#include "model/team.h"

enum { MLP_HIDDEN = 128 };

static size_t describe(struct tensor *tensors, const struct shape *s)
{
    size_t inputs = s->side * s->side;
    const struct tensor all[] = {
        { .name = "fc1.bias", .n_dims = 1, .dims = { s->hidden } },
        { .name = "fc1.weight", .n_dims = 2, .dims = { s->hidden, inputs } },
        { .name = "fc2.bias", .n_dims = 1, .dims = { s->classes } },
        { .name = "fc2.weight", .n_dims = 2, .dims = { s->classes, s->hidden } },
    };

    memcpy(tensors, all, sizeof(all));
    return sizeof(all) / sizeof(all[0]);
}

static double flop(const struct shape *s)
{
    double inputs = (double)(s->side * s->side), hidden = (double)s->hidden;

    return 2.0 * hidden * (inputs + (double)s->classes);
}

static void init(struct model *m, struct rng *rng)
{
    pack_glorot(model_tensor(m, "fc1.weight"), rng);
    pack_glorot(model_tensor(m, "fc2.weight"), rng);
}

static void graph(struct graph *g, const struct model *m)
{
    (void)m;
    graph_add_grey(g, "grey");
    graph_add(
        g, &(struct graph_node){ .op = "Flatten", .inputs = { "grey" }, .outputs = { "x" } });
    graph_add_dense(g, "x", "fc1.weight", "fc1.bias", "fc1");
    graph_add_relu(g, "fc1", "h");
    graph_add_dense(g, "h", "fc2.weight", "fc2.bias", GRAPH_LOGITS);
    graph_add_softmax(g);
}

/* h for images [from, to). */
static void forward_hidden(struct net *net, const struct batch *batch, size_t from, size_t to)
{
    float *h = net->h + from * net->H;

    for (size_t k = 0; k < net->x.n_blocks; k++) {
        struct sparse_args args = sparse_images(&net->x, k, from);

        args.c = h;
        args.c_row = net->H;
        args.init = k == 0 ? net->blocks[B1].w : h;
        args.init_row = k == 0 ? 0 : net->H;
        args.b = net->blocks[W1].w + k * SPARSE_BLOCK * net->H;
        args.b_row = net->H;
        args.M = to - from;
        args.N = net->H;
        sparse_ask(&net->x, k, batch, from, to);
        net->kernels->sparse(&args);
    }
    net->kernels->relu(h, net->H, to - from, net->H);
}

/* z for images [from, to). */
static void forward_classes(struct net *net, size_t from, size_t to)
{
    const struct dense_args args = {
        .c = net->z + from * KERNEL_LANES,
        .c_row = KERNEL_LANES,
        .a = net->h + from * net->H,
        .a_row = net->H,
        .a_col = 1,
        .b = net->w2_turned,
        .b_row = KERNEL_LANES,
        .bias = net->blocks[B2].w,
        .M = to - from,
        .N = KERNEL_LANES,
        .K = net->shape.hidden,
    };
    net->kernels->dense(&args);
}

static void net_forward(struct net *net, float *logits, const struct batch *batch)
{
    sparse_take(&net->x, batch, 0, batch->n);
    forward_hidden(net, batch, 0, batch->n);
    forward_classes(net, 0, batch->n);
    for (size_t b = 0; b < batch->n; b++)
        memcpy(logits + b * net->O, net->z + b * KERNEL_LANES, net->O * sizeof(float));
}

/* The gradients g of n parameters of a block, from `at` on, are known: use them. */
static void take_gradient(const struct job *job, size_t block, size_t at, const float *g,
                          size_t n)
{
    struct mlp_block *b = &job->net->blocks[block];

    if (job->update)
        update_apply(job->update, job->net->kernels, b->w + at, b->m + at, b->v + at, g, n);
    else
        memcpy(b->grad + at, g, n * sizeof(*g));
}

/* dh for images [from, to). */
static void backward_hidden(struct net *net, size_t from, size_t to)
{
    const struct dense_args args = {
        .c = net->dh + from * net->H,
        .c_row = net->H,
        .a = net->dz + from * KERNEL_LANES,
        .a_row = KERNEL_LANES,
        .a_col = 1,
        .b = net->blocks[W2].w,
        .b_row = net->H,
        .M = to - from,
        .N = net->H,
        .K = net->O,
    };
    net->kernels->dense(&args);
    net->kernels->relu_backward(args.c, net->h + from * net->H, net->H, args.M, net->H);
}

/* dW2 for hidden units [from, to). */
static void update_classes(const struct job *job, size_t from, size_t to)
{
    struct net *net = job->net;
    const struct dense_args args = {
        .c = net->dw2 + from,
        .c_row = net->H,
        .a = net->dz,
        .a_row = 1,
        .a_col = KERNEL_LANES,
        .b = net->h + from,
        .b_row = net->H,
        .M = net->O,
        .N = to - from,
        .K = job->batch->n,
    };
    net->kernels->dense(&args);
    for (size_t o = 0; o < net->O; o++)
        take_gradient(job, W2, o * net->H + from, args.c + o * net->H, to - from);
    mlp_turn_classes(net, from, to);
}

enum { ROWS = 8, PIECE = 128 }; /* so much of dW1 is computed, then used, at a time */

/* dW1 for n pixels, from pixel i of block k on, all within it. */
static void update_rows(const struct job *job, size_t k, size_t i, size_t n,
                        const uint64_t *by_pixel)
{
    struct net *net = job->net;
    struct sparse_args args = sparse_pixels(&net->x, k, i, by_pixel);
    _Alignas(64) float g[ROWS * PIECE];

    for (size_t j = 0; j < net->H; j += PIECE) {
        args.c = g;
        args.c_row = PIECE;
        args.b = net->dh + j;
        args.b_row = net->H;
        args.M = n;
        args.N = net->H - j < PIECE ? net->H - j : PIECE;
        net->kernels->sparse(&args);
        for (size_t r = 0; r < n; r++)
            take_gradient(job, W1, (k * SPARSE_BLOCK + i + r) * net->H + j, g + r * PIECE,
                          args.N);
    }
}

/* dW1 for pixels [from, to); from is a multiple of ROWS. */
static void update_hidden(const struct job *job, size_t from, size_t to)
{
    uint64_t by_pixel[SPARSE_BLOCK];

    for (size_t pixel = from; pixel < to; pixel += ROWS) {
        size_t k = pixel / SPARSE_BLOCK, i = pixel % SPARSE_BLOCK;

        if (pixel == from || i == 0)
            sparse_turn(by_pixel, &job->net->x, k, job->batch->n);
        update_rows(job, k, i, to - pixel < ROWS ? to - pixel : ROWS, by_pixel);
    }
}

/* The gradient of a bias is the sum of what came to its unit: units [from, to) of d (B,row). */
static void update_bias(const struct job *job, size_t block, const float *d, size_t row,
                        size_t from, size_t to)
{
    float g[KERNEL_LANES];

    for (size_t j = from; j < to; j += KERNEL_LANES) {
        job->net->kernels->sum_rows(g, d + j, row, job->batch->n, KERNEL_LANES);
        take_gradient(job, block, j, g, KERNEL_LANES);
    }
}

/* One step, as part `part` of n_parts. Between two syncs nobody reads what another writes. */
static void work(void *ctx, size_t part, size_t n_parts)
{
    const struct job *job = ctx;
    struct net *net = job->net;
    size_t n = job->batch->n, image, image_end, pixel, pixel_end, unit, unit_end;

    team_share(&image, &image_end, n, 1, part, n_parts);
    team_share(&pixel, &pixel_end, net->I, ROWS, part, n_parts);
    team_share(&unit, &unit_end, net->H, KERNEL_LANES, part, n_parts);

    struct profile *profile = part == 0 ? net->profile : NULL;
    uint8_t labels[NET_MAX_BATCH];

    profile_start(profile);
    sparse_take(&net->x, job->batch, image, image_end);
    for (size_t b = image; b < image_end; b++)
        labels[b - image] = job->batch->labels[job->batch->rows[b]];
    profile_mark(profile, PHASE_INPUT);

    forward_hidden(net, job->batch, image, image_end);
    forward_classes(net, image, image_end);
    net->kernels->softmax_loss(net->dz + image * KERNEL_LANES, net->loss + image,
                               net->z + image * KERNEL_LANES, labels, 1.0f / (float)n,
                               image_end - image, net->O);
    profile_mark(profile, PHASE_FORWARD);

    backward_hidden(net, image, image_end);
    team_sync(net->team);
    update_hidden(job, pixel, pixel_end);
    update_classes(job, unit, unit_end);
    update_bias(job, B1, net->dh, net->H, unit, unit_end);
    if (part == 0)
        update_bias(job, B2, net->dz, KERNEL_LANES, 0, KERNEL_LANES);
    profile_mark(profile, PHASE_BACKWARD);
}

static double net_step(struct net *net, const struct batch *batch, const struct update *update)
{
    struct job job = { net, batch, update };
    double sum = 0.0;

    mlp_prepare_training(net);
    team_run(net->team, work, &job);
    for (size_t b = 0; b < batch->n; b++)
        sum += (double)net->loss[b];
    return sum;
}

static double net_gradient(struct net *net, struct model *grad, const struct batch *batch)
{
    float *grads[MLP_BLOCKS];

    for (size_t i = 0; i < MLP_BLOCKS; i++) {
        if (!net->blocks[i].grad)
            net->blocks[i].grad = pack_new(net->blocks[i].n);
        grads[i] = net->blocks[i].grad;
    }
    double loss = net_step(net, batch, NULL);
    mlp_exchange(net, grad, grads, PACK_OUT_OF_NET);
    return loss;
}

const struct arch arch_mlp = {
    .name = "mlp",
    .summary = "64 -> 128 ReLU -> 10, the classic recipe",
    .recipe = { .seed = 0, .epochs = 10, .batch = 64, .learning_rate = 1e-3 },
    .hidden = MLP_HIDDEN,
    .describe = describe,
    .init = init,
    .graph = graph,
    .open = mlp_open,
    .close = mlp_close,
    .store = mlp_store,
    .forward = net_forward,
    .gradient = net_gradient,
    .step = net_step,
    .state = mlp_state,
    .flop = flop,
};
