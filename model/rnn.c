/* SPDX-License-Identifier: Apache-2.0
 * rnn: an image read from top to bottom, one row a step (Elman 1990, doi
 * 10.1207/s15516709cog1402_1).
 *
 *   x_t (B,S) = row t of the pixels / max_value, t = 1..S
 *   h_0 (B,H) = 0
 *   h_t (B,H) = tanh(W_h [h_{t-1}, x_t] + b_h)        W_h (H, H + S)
 *   z (B,O)   = W_o h_S + b_o                          W_o (O,H)
 *   loss      = mean over B of -ln softmax(z)[label]
 *
 * and back through time, with dz = (softmax(z) - onehot) / B and a_t what tanh is taken of:
 *   dh_S = dz W_o              da_t = dh_t (1 - h_t^2)         dh_{t-1} = da_t W_h[:, h]
 *   dW_h = sum over t of da_t^T [h_{t-1}, x_t]                 db_h = sum over t of da_t
 *
 * All steps of a batch lie one behind the other, x_t before h_{t-1} in each row: then a step is
 * one product, and dW_h is one product over S B rows.
 *
 * Threads own images in the passes and hidden units in the gradients, so every sum is added up
 * by one thread in one order. */
#include "model/arch.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/graph.h"
#include "model/job.h"
#include "model/linear.h"
#include "model/model.h"
#include "model/profile.h"
#include "model/team.h"

enum { RNN_HIDDEN = 64 };

struct net {
    struct shape shape;
    const struct kernels *kernels;
    struct team *team;
    struct profile *profile;
    float value[256]; /* pixel -> input */
    size_t S, row;    /* row: S, H padded */
    struct linear cell, out;
    float *steps; /* ((S + 1) B, row): x_t and h_{t-1}; of step S + 1 only h_S */
    float *da;    /* (S B, H padded): dh_t, then da_t */
    float z[NET_MAX_BATCH * KERNEL_LANES], dz[NET_MAX_BATCH * KERNEL_LANES];
    float loss[NET_MAX_BATCH];
};

static size_t describe(struct tensor *tensors, const struct shape *s)
{
    const struct tensor all[] = {
        { .name = "cell.bias", .n_dims = 1, .dims = { s->hidden } },
        { .name = "cell.weight", .n_dims = 2, .dims = { s->hidden, s->hidden + s->side } },
        { .name = "fc.bias", .n_dims = 1, .dims = { s->classes } },
        { .name = "fc.weight", .n_dims = 2, .dims = { s->classes, s->hidden } },
    };

    memcpy(tensors, all, sizeof(all));
    return sizeof(all) / sizeof(all[0]);
}

static double flop(const struct shape *s)
{
    double side = (double)s->side, hidden = (double)s->hidden;

    return 2.0 * hidden * (side * (hidden + side) + (double)s->classes);
}

static void init(struct model *m, struct rng *rng)
{
    pack_glorot(model_tensor(m, "cell.weight"), rng);
    pack_glorot(model_tensor(m, "fc.weight"), rng);
}

/* ONNX keeps the halves of W_h apart and has two biases. */
static void graph(struct graph *g, const struct model *m)
{
    const int64_t H = (int64_t)m->shape.hidden, S = (int64_t)m->shape.side;
    const struct graph_node nodes[] = {
        { "Squeeze", { "grey", "axis 1" }, { "image" }, { { 0 } } },
        { "Transpose",
          { "image" },
          { "x" },
          { { "perm", GRAPH_INTS, { 3, { 1, 0, 2 } }, 0.0f } } },
        { "Split",
          { "cell.weight", "halves" },
          { "w_h", "w_x" },
          { { "axis", GRAPH_INT, { 1, { 1 } }, 0.0f } } },
        { "Unsqueeze", { "w_x", "axis 0" }, { "W" }, { { 0 } } },
        { "Unsqueeze", { "w_h", "axis 0" }, { "R" }, { { 0 } } },
        { "Pad", { "cell.bias", "H zeros" }, { "both biases" }, { { 0 } } },
        { "Unsqueeze", { "both biases", "axis 0" }, { "B" }, { { 0 } } },
        { "RNN",
          { "x", "W", "R", "B" },
          { "", "Y_h" },
          { { "hidden_size", GRAPH_INT, { 1, { H } }, 0.0f } } },
        { "Squeeze", { "Y_h", "axis 0" }, { "h" }, { { 0 } } },
    };

    graph_add_list(g, "axis 0", (struct graph_ints){ 1, { 0 } });
    graph_add_list(g, "axis 1", (struct graph_ints){ 1, { 1 } });
    graph_add_list(g, "halves", (struct graph_ints){ 2, { H, S } });
    graph_add_list(g, "H zeros", (struct graph_ints){ 2, { 0, H } });
    graph_add_grey(g, "grey");
    for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
        graph_add(g, &nodes[i]);
    graph_add_dense(g, "h", "fc.weight", "fc.bias", GRAPH_LOGITS);
    graph_add_softmax(g);
}

static void exchange(const struct net *net, const struct model *m, float *cell, float *out,
                     enum pack_way way)
{
    linear_exchange(&net->cell, cell, model_tensor(m, "cell.weight"),
                    model_tensor(m, "cell.bias"), net->shape.hidden, way);
    linear_exchange(&net->out, out, model_tensor(m, "fc.weight"), model_tensor(m, "fc.bias"), 0,
                    way);
}

static struct net *net_open(const struct model *m, const struct net_env *env)
{
    struct net *net = xaligned(64, sizeof(*net));
    const struct shape *s = &m->shape;

    net->shape = *s;
    net->kernels = env->kernels;
    net->team = env->team;
    net->profile = env->profile;
    net->S = s->side;
    for (size_t i = 0; i <= s->max_value; i++)
        net->value[i] = (float)i / (float)s->max_value;
    linear_init(&net->cell, s->side + s->hidden, s->hidden);
    linear_init(&net->out, s->hidden, s->classes);
    exchange(net, m, net->cell.w, net->out.w, PACK_INTO_NET);
    net->row = pack_padded(net->S + net->cell.columns);
    net->steps = pack_new((net->S + 1) * NET_MAX_BATCH * net->row);
    return net;
}

static void net_close(struct net *net)
{
    if (!net)
        return;
    linear_finish(&net->cell);
    linear_finish(&net->out);
    free(net->steps);
    free(net->da);
    free(net);
}

static void net_store(const struct net *net, struct model *m)
{
    exchange(net, m, net->cell.w, net->out.w, PACK_OUT_OF_NET);
}

/* What only training needs. */
static void prepare_training(struct net *net)
{
    if (net->da)
        return;
    linear_prepare_training(&net->cell);
    linear_prepare_training(&net->out);
    net->da = pack_new(net->S * NET_MAX_BATCH * net->cell.columns);
}

static size_t net_state(struct net *net, struct span *spans)
{
    prepare_training(net);
    size_t n = linear_state(&net->cell, spans);
    return n + linear_state(&net->out, spans + n);
}

/* Images [from, to) of a batch of n. */
struct images {
    size_t from, to, n;
};

/* x_t, counted from 0 here, with h_{t-1} behind it. */
static struct rows step_rows(const struct net *net, struct images im, size_t t)
{
    return (struct rows){ net->steps + (t * im.n + im.from) * net->row, net->row,
                          im.to - im.from };
}

/* What step t makes: it lies where step t + 1 reads it. */
static struct rows h_rows(const struct net *net, struct images im, size_t t)
{
    struct rows rows = step_rows(net, im, t + 1);

    rows.at += net->S;
    return rows;
}

static struct rows da_rows(const struct net *net, struct images im, size_t t)
{
    return (struct rows){ net->da + (t * im.n + im.from) * net->cell.columns, net->cell.columns,
                          im.to - im.from };
}

static struct rows lanes_of(float *z, struct images im)
{
    return (struct rows){ z + im.from * KERNEL_LANES, KERNEL_LANES, im.to - im.from };
}

static void read_rows(struct net *net, const struct batch *batch, struct images im, size_t t)
{
    struct rows x = step_rows(net, im, t);

    for (size_t b = im.from; b < im.to; b++) {
        const uint8_t *pixels = batch->pixels + (batch->rows[b] * net->S + t) * net->S;
        float *row = x.at + (b - im.from) * x.row;

        for (size_t i = 0; i < net->S; i++)
            row[i] = net->value[pixels[i]];
        if (t == 0)
            memset(row + net->S, 0, net->cell.columns * sizeof(*row));
    }
}

static void forward(struct net *net, const struct batch *batch, struct images im)
{
    for (size_t t = 0; t < net->S; t++) {
        read_rows(net, batch, im, t);
        const struct dense_args step =
            linear_args(&net->cell, h_rows(net, im, t), step_rows(net, im, t));
        net->kernels->cell(&step);
    }
    const struct dense_args last =
        linear_args(&net->out, lanes_of(net->z, im), h_rows(net, im, net->S - 1));
    net->kernels->dense(&last);
}

static void net_forward(struct net *net, float *logits, const struct batch *batch)
{
    size_t O = net->shape.classes;

    forward(net, batch, (struct images){ 0, batch->n, batch->n });
    for (size_t b = 0; b < batch->n; b++)
        memcpy(logits + b * O, net->z + b * KERNEL_LANES, O * sizeof(float));
}

static void loss_of(struct net *net, const struct batch *batch, struct images im)
{
    uint8_t labels[NET_MAX_BATCH];

    for (size_t b = im.from; b < im.to; b++)
        labels[b - im.from] = batch->labels[batch->rows[b]];
    net->kernels->softmax_loss(net->dz + im.from * KERNEL_LANES, net->loss + im.from,
                               net->z + im.from * KERNEL_LANES, labels, 1.0f / (float)im.n,
                               im.to - im.from, net->shape.classes);
}

static void backward(struct net *net, struct images im)
{
    const struct linear *cell = &net->cell;

    linear_backward(&net->out, net->kernels, da_rows(net, im, net->S - 1),
                    lanes_of(net->dz, im), 0, cell->columns);
    for (size_t t = net->S; t-- > 0;) {
        struct rows da = da_rows(net, im, t), h = h_rows(net, im, t);

        net->kernels->cell_backward(da.at, da.row, h.at, h.row, da.n, cell->columns);
        if (t > 0)
            linear_backward(cell, net->kernels, da_rows(net, im, t - 1), da, net->S,
                            cell->columns);
    }
}

/* Gradients of hidden units [from, to), over all steps and images; of the classes too where
 * `from` is 0. */
static void gradients(struct net *net, size_t n, size_t from, size_t to)
{
    const struct images all = { 0, n, n };
    struct rows x = step_rows(net, all, 0), da = da_rows(net, all, 0);

    x.n = da.n = net->S * n;
    linear_gradient(&net->cell, net->kernels, x, da, from, to);
    if (from == 0)
        linear_gradient(&net->out, net->kernels, h_rows(net, all, net->S - 1),
                        lanes_of(net->dz, all), 0, net->out.columns);
}

/* One step, as part `part` of n_parts. Between two syncs nobody reads what another writes. */
static void work(void *ctx, size_t part, size_t n_parts)
{
    const struct job *job = ctx;
    struct net *net = job->net;
    struct images im = { .n = job->batch->n };
    size_t unit, unit_end;

    struct profile *profile = part == 0 ? net->profile : NULL;

    profile_start(profile);
    team_share(&im.from, &im.to, im.n, 1, part, n_parts);
    team_share(&unit, &unit_end, net->cell.columns, KERNEL_LANES, part, n_parts);
    if (im.from < im.to) {
        forward(net, job->batch, im);
        loss_of(net, job->batch, im);
    }
    profile_mark(profile, PHASE_FORWARD);
    if (im.from < im.to)
        backward(net, im);
    team_sync(net->team);
    gradients(net, im.n, unit, unit_end);
    profile_mark(profile, PHASE_BACKWARD);

    if (!job->update)
        return;
    linear_step(&net->cell, net->kernels, job->update, unit, unit_end);
    if (unit == 0)
        linear_step(&net->out, net->kernels, job->update, 0, net->out.columns);
    profile_mark(profile, PHASE_UPDATE);
}

static double net_step(struct net *net, const struct batch *batch, const struct update *update)
{
    struct job job = { net, batch, update };
    double sum = 0.0;

    prepare_training(net);
    team_run(net->team, work, &job);
    for (size_t b = 0; b < batch->n; b++)
        sum += (double)net->loss[b];
    return sum;
}

static double net_gradient(struct net *net, struct model *grad, const struct batch *batch)
{
    double loss = net_step(net, batch, NULL);

    exchange(net, grad, net->cell.grad, net->out.grad, PACK_OUT_OF_NET);
    return loss;
}

/* 28x28: more images need fewer epochs, and 28 steps in a row smaller ones. */
static const struct recipe recipe_large = {
    .epochs = 10,
    .batch = 64,
    .learning_rate = 3e-3,
    .schedule = SCHEDULE_ONE_CYCLE,
};

const struct arch arch_rnn = {
    .name = "rnn",
    .summary = "the rows of an image as a sequence, 64 tanh units",
    .recipe = { .epochs = 60,
                .batch = 64,
                .learning_rate = 5e-3,
                .schedule = SCHEDULE_ONE_CYCLE },
    .recipe_large = &recipe_large,
    .hidden = RNN_HIDDEN,
    .describe = describe,
    .flop = flop,
    .init = init,
    .graph = graph,
    .open = net_open,
    .close = net_close,
    .store = net_store,
    .state = net_state,
    .forward = net_forward,
    .gradient = net_gradient,
    .step = net_step,
};
