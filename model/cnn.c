/* SPDX-License-Identifier: Apache-2.0
 * cnn: three convolutions and one dense layer, the accurate architecture.
 *
 *   x0 (S,S)        = pixels / max_value
 *   x1 (S,S,16)     = block 1 of x0              conv3x3, batch norm, ReLU (conv_block.h)
 *   x2 (S/2,S/2,C2) = block 2 of x1              and 2x2 max-pooling
 *   x3 (F,F,C3)     = block 3 of x2              pooled again where images are large
 *   z (classes)     = dropout(x3, 0.3) W + b
 *   loss            = mean over the batch of -ln softmax(z)[label]
 *
 * 8x8 digits: 16, 32 and 64 channels, F = 4, 33,658 parameters. 28x28: 16, 16 and 42, F = 7,
 * 29,234. Dropout: Srivastava et al. 2014, JMLR 15; kept values grow by 1 / 0.7 while training.
 *
 * A step is a list of phases with a barrier after each, since batch norm needs all images
 * before it can go on. Images belong to GROUPS of neighbours in the batch, groups to threads. A
 * group sums up the gradients of its images in their order, and the groups' sums are added in
 * theirs: the number of threads moves no bit. */
#include "model/cnn_net.h"

#include <string.h>

#include "model/job.h"
#include "model/mathf.h"
#include "model/model.h"
#include "model/profile.h"
#include "model/team.h"

#define DROPOUT_SCALE (1.0f / 0.7f)
enum { DROPOUT_SHARE = 1288490189 }; /* 0.3 * 2^32 */

/* The running mean and variance move a tenth of the way each step. */
#define RUNNING_MOMENTUM 0.1f

static struct cnn_images images_of(size_t group, size_t n)
{
    struct cnn_images images;

    team_share(&images.from, &images.to, n, 1, group, CNN_GROUPS);
    return images;
}

static const float *read_pixels(const struct net *net, const struct batch *batch, size_t b,
                                float *x)
{
    size_t side = net->shape.side;
    const uint8_t *pixels = batch->pixels + batch->rows[b] * side * side;
    float *inside = x + conv_inside(side, 1);

    for (size_t h = 0; h < side; h++) {
        for (size_t w = 0; w < side; w++)
            inside[h * (side + 2) + w] = net->value[pixels[h * side + w]];
    }
    return x;
}

/* What block l of image b reads, put into its room: pixels, or what the block before made.
 * `kept` is where that block keeps the image. */
static const float *input_of(const struct net *net, struct cnn_room *room,
                             const struct batch *batch, size_t l, size_t b, size_t kept)
{
    const struct conv_block *before = &net->blocks[l - (l > 0)];
    size_t side = net->blocks[l].side, I = net->blocks[l].I;

    if (l == 0)
        return read_pixels(net, batch, b, room->x[0]);
    conv_block_output(before, kept, room->x[l] + conv_inside(side, I), (side + 2) * I);
    return room->x[l];
}

/* What dropout of an image hangs on. */
static uint32_t dropout_key(const struct job *job, size_t b)
{
    uint64_t seed = job->update ? job->update->seed : 0;
    size_t number = job->update ? job->update->number : 0;
    uint32_t key = hash_u32((uint32_t)seed, (uint32_t)(seed >> 32));

    return hash_u32(hash_u32(key, (uint32_t)number), (uint32_t)b);
}

static void dropout(const struct job *job, size_t b, float *features)
{
    job->net->kernels->dropout(features + b * job->net->n_features, job->net->n_features,
                               dropout_key(job, b), DROPOUT_SHARE, DROPOUT_SCALE);
}

/* Phase: block l of a group's images. */
static void forward_block(const struct job *job, size_t l, size_t group)
{
    struct net *net = job->net;
    struct cnn_images images = images_of(group, job->batch->n);
    struct cnn_room *room = &net->rooms[group];

    for (size_t b = images.from; b < images.to; b++)
        conv_block_forward(&net->blocks[l], b, input_of(net, room, job->batch, l, b, b));
}

/* Phase: from the last block to the loss and back to the last block. */
static void classify(const struct job *job, size_t group)
{
    struct net *net = job->net;
    struct cnn_images images = images_of(group, job->batch->n);
    struct conv_block *last = &net->blocks[CNN_BLOCKS - 1];
    uint8_t labels[NET_MAX_BATCH];

    if (images.from == images.to)
        return;
    for (size_t b = images.from; b < images.to; b++) {
        labels[b - images.from] = job->batch->labels[job->batch->rows[b]];
        conv_block_output(last, b, net->features + b * net->n_features,
                          last->out_side * last->O);
        dropout(job, b, net->features);
    }
    cnn_dense_forward(net, images);
    net->kernels->softmax_loss(net->dz + images.from * KERNEL_LANES, net->loss + images.from,
                               net->z + images.from * KERNEL_LANES, labels,
                               1.0f / (float)job->batch->n, images.to - images.from,
                               net->shape.classes);
    cnn_dense_backward(net, images);
    for (size_t b = images.from; b < images.to; b++) {
        dropout(job, b, net->d_features);
        conv_block_output_backward(last, b, net->d_features + b * net->n_features);
    }
}

/* Phase: block l of a group's images backwards, down to the output of the block before. */
static void backward_block(const struct job *job, size_t l, size_t group)
{
    struct net *net = job->net;
    struct cnn_images images = images_of(group, job->batch->n);
    struct cnn_room *room = &net->rooms[group];
    float *dw = net->group_grad + group * net->n_parameters + net->at_block[l];
    float *dx = l > 0 ? room->dx : NULL;

    memset(dw, 0, conv_block_weights(&net->blocks[l]) * sizeof(float));
    for (size_t b = images.from; b < images.to; b++) {
        const float *x = input_of(net, room, job->batch, l, b, b);

        conv_block_backward(&net->blocks[l], b, dw, dx, x, room->du[l]);
        if (dx)
            conv_block_output_backward(&net->blocks[l - 1], b, dx);
    }
}

/* Runs a phase for the groups of this part, then waits for the others. */
static void for_each_group(const struct job *job, size_t part, size_t n_parts, size_t l,
                           void (*phase)(const struct job *job, size_t l, size_t group))
{
    size_t from, to;

    team_share(&from, &to, CNN_GROUPS, 1, part, n_parts);
    for (size_t group = from; group < to; group++)
        phase(job, l, group);
    team_sync(job->net->team);
}

static void classify_block(const struct job *job, size_t l, size_t group)
{
    (void)l;
    classify(job, group);
}

/* Turned weights, which the last step made stale. */
static void turn(struct net *net, size_t part, size_t n_parts)
{
    size_t from, to;

    for (size_t l = 1; l < CNN_BLOCKS; l++) {
        team_share(&from, &to, net->blocks[l].O, 1, part, n_parts);
        conv_block_turn(&net->blocks[l], from, to);
    }
    team_share(&from, &to, net->n_features, 1, part, n_parts);
    cnn_turn_dense(net, from, to);
}

static void forward(const struct job *job, size_t part, size_t n_parts)
{
    for (size_t l = 0; l < CNN_BLOCKS; l++) {
        for_each_group(job, part, n_parts, l, forward_block);
        if (part == 0)
            conv_block_settle(&job->net->blocks[l], job->batch->n,
                              job->update ? RUNNING_MOMENTUM : 0.0f);
        team_sync(job->net->team);
    }
}

static void backward(const struct job *job, size_t part, size_t n_parts)
{
    struct net *net = job->net;

    for (size_t l = CNN_BLOCKS; l-- > 0;) {
        struct conv_block *block = &net->blocks[l];
        float *gamma = net->grad + net->at_block[l] + conv_block_weights(block);

        if (part == 0)
            conv_block_settle_backward(block, job->batch->n, gamma, gamma + block->O);
        team_sync(net->team);
        for_each_group(job, part, n_parts, l, backward_block);
    }
}

/* The gradients of parameters [at, at + n) are known: use them. */
static void take_gradient(const struct job *job, size_t at, size_t n)
{
    struct net *net = job->net;

    if (job->update)
        update_apply(job->update, net->kernels, net->w + at, net->m + at, net->v + at,
                     net->grad + at, n);
}

/* This part's share of each array of parameters. */
static void update(const struct job *job, size_t part, size_t n_parts)
{
    struct net *net = job->net;
    size_t from, to;

    for (size_t l = 0; l < CNN_BLOCKS; l++) {
        size_t n_weights = conv_block_weights(&net->blocks[l]);

        team_share(&from, &to, n_weights, KERNEL_LANES, part, n_parts);
        net->kernels->sum_rows(net->grad + net->at_block[l] + from,
                               net->group_grad + net->at_block[l] + from, net->n_parameters,
                               CNN_GROUPS, to - from);
        take_gradient(job, net->at_block[l] + from, to - from);
        if (part == 0)
            take_gradient(job, net->at_block[l] + n_weights, 2 * net->blocks[l].O);
    }
    team_share(&from, &to, net->n_parameters - net->at_dense, KERNEL_LANES, part, n_parts);
    take_gradient(job, net->at_dense + from, to - from);
}

/* One step, as part `part` of n_parts. Between two syncs nobody reads what another writes. */
static void work(void *ctx, size_t part, size_t n_parts)
{
    const struct job *job = ctx;
    struct net *net = job->net;
    size_t from, to;

    struct profile *profile = part == 0 ? net->profile : NULL;

    profile_start(profile);
    turn(net, part, n_parts);
    forward(job, part, n_parts);
    for_each_group(job, part, n_parts, 0, classify_block);
    profile_mark(profile, PHASE_FORWARD);
    team_share(&from, &to, net->n_features, KERNEL_LANES, part, n_parts);
    cnn_dense_weights(net, job->batch->n, from, to);
    if (part == 0)
        net->kernels->sum_rows(net->grad + net->at_bias, net->dz, KERNEL_LANES, job->batch->n,
                               KERNEL_LANES);
    backward(job, part, n_parts);
    profile_mark(profile, PHASE_BACKWARD);
    update(job, part, n_parts);
    profile_mark(profile, PHASE_UPDATE);
}

static double net_step(struct net *net, const struct batch *batch, const struct update *update)
{
    struct job job = { net, batch, update };
    double sum = 0.0;

    cnn_prepare_training(net);
    net->is_settled = false;
    team_run(net->team, work, &job);
    for (size_t b = 0; b < batch->n; b++)
        sum += (double)net->loss[b];
    return sum;
}

/* Running means, no dropout; one image at a time. */
static void net_forward(struct net *net, float *logits, const struct batch *batch)
{
    struct conv_block *last = &net->blocks[CNN_BLOCKS - 1];

    if (!net->is_settled) {
        for (size_t l = 0; l < CNN_BLOCKS; l++)
            conv_block_settle_running(&net->blocks[l]);
        cnn_turn_dense(net, 0, net->n_features);
        net->is_settled = true;
    }
    for (size_t b = 0; b < batch->n; b++) {
        for (size_t l = 0; l < CNN_BLOCKS; l++)
            conv_block_forward(&net->blocks[l], 0,
                               input_of(net, &net->rooms[0], batch, l, b, 0));
        conv_block_output(last, 0, net->features, last->out_side * last->O);
        cnn_dense_forward(net, (struct cnn_images){ 0, 1 });
        memcpy(logits + b * net->shape.classes, net->z, net->shape.classes * sizeof(float));
    }
}

static double net_gradient(struct net *net, struct model *grad, const struct batch *batch)
{
    double loss = net_step(net, batch, NULL);

    for (size_t i = 0; i < grad->n_tensors; i++) /* the running means have none */
        memset(grad->tensors[i].data, 0, grad->tensors[i].count * sizeof(float));
    cnn_exchange(net, grad, net->grad, CNN_INTO_MODEL);
    return loss;
}

static void net_store(const struct net *net, struct model *m)
{
    cnn_exchange(net, m, net->w, CNN_INTO_MODEL);
    cnn_exchange_running(net, m, CNN_INTO_MODEL);
}

/* 28x28: more images need fewer epochs. */
static const struct recipe recipe_large = {
    .epochs = 10,
    .batch = 64,
    .learning_rate = 4e-3,
    .optimizer = OPTIMIZER_ADAMW,
    .schedule = SCHEDULE_ONE_CYCLE,
    .weight_decay = 0.01,
    .augment = { .rotation = 8.0, .slant = 0.1, .shift = 1.2, .scale = 0.1, .elastic = 1.0 },
};

const struct arch arch_cnn = {
    .name = "cnn",
    .summary = "three convolutions and one dense layer, the accurate one",
    .recipe = { .epochs = 100,
                .batch = 64,
                .learning_rate = 3e-3,
                .optimizer = OPTIMIZER_ADAMW,
                .schedule = SCHEDULE_ONE_CYCLE,
                .weight_decay = 0.01,
                .augment = { .rotation = 12.0, .shift = 0.72, .scale = 0.12 } },
    .recipe_large = &recipe_large,
    .hidden = 64,
    .describe = cnn_describe,
    .init = cnn_init,
    .graph = cnn_graph,
    .open = cnn_open,
    .close = cnn_close,
    .state = cnn_state,
    .flop = cnn_flop,
    .store = net_store,
    .forward = net_forward,
    .gradient = net_gradient,
    .step = net_step,
};
