/* SPDX-License-Identifier: Apache-2.0
 * Tensors are named and shaped as torch does: conv1.weight (O,I,3,3), bn1.weight (O), fc.weight
 * (classes, C3 F F). */
#include "model/cnn_net.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/pack.h"

/* Channels and sides of a network for a shape. */
struct plan {
    size_t channels[CNN_BLOCKS];
    size_t side[CNN_BLOCKS], out_side[CNN_BLOCKS];
};

/* shape.hidden: channels of the last block on 8x8; larger images have two thirds of them, and
 * a smaller second block, since they cost 12 times the time. */
static struct plan plan_of(const struct shape *s)
{
    size_t few = s->hidden > 1 ? 2 * s->hidden / 3 : 1;

    if (s->side == 8)
        return (struct plan){ { 16, 32, s->hidden }, { 8, 8, 4 }, { 8, 4, 4 } };
    return (struct plan){ { 16, 16, few }, { 28, 28, 14 }, { 28, 14, 7 } };
}

bool cnn_is_pooled(const struct shape *shape, size_t l)
{
    const struct plan plan = plan_of(shape);

    return plan.out_side[l] < plan.side[l];
}

static struct tensor *name_tensor(struct tensor *t, const char *layer, size_t l,
                                  const char *part)
{
    (void)snprintf(t->name, sizeof(t->name), "%s%zu.%s", layer, l + 1, part);
    return t;
}

size_t cnn_describe(struct tensor *tensors, const struct shape *s)
{
    static const struct {
        const char *part;
        bool is_variance;
    } norm[] = { { "bias", false },
                 { "running_mean", false },
                 { "running_var", true },
                 { "weight", false } };
    const struct plan plan = plan_of(s);
    const size_t *channels = plan.channels;
    size_t last = CNN_BLOCKS - 1, n_inputs = plan.out_side[last] * plan.out_side[last];
    size_t n = 0;

    for (size_t l = 0; l < CNN_BLOCKS; l++) {
        for (size_t i = 0; i < 4; i++) {
            tensors[n] = (struct tensor){ .n_dims = 1,
                                          .dims = { channels[l] },
                                          .is_variance = norm[i].is_variance };
            name_tensor(&tensors[n++], "bn", l, norm[i].part);
        }
    }
    for (size_t l = 0; l < CNN_BLOCKS; l++) {
        size_t I = l > 0 ? channels[l - 1] : 1;

        tensors[n] = (struct tensor){ .n_dims = 4, .dims = { channels[l], I, 3, 3 } };
        name_tensor(&tensors[n++], "conv", l, "weight");
    }
    tensors[n++] = (struct tensor){ .name = "fc.bias", .n_dims = 1, .dims = { s->classes } };
    tensors[n++] = (struct tensor){ .name = "fc.weight",
                                    .n_dims = 2,
                                    .dims = { s->classes, n_inputs * channels[last] } };
    return n;
}

static const struct tensor *tensor_of(const struct model *m, const char *layer, size_t l,
                                      const char *part)
{
    struct tensor wanted;

    return model_tensor(m, name_tensor(&wanted, layer, l, part)->name);
}

/* U(-a, a) with a = 1 / sqrt(inputs of one sum), as torch starts its layers. */
static void init_uniform(const struct tensor *t, size_t n_inputs, struct rng *rng)
{
    float limit = 1.0f / sqrtf((float)n_inputs);

    for (size_t i = 0; i < t->count; i++) {
        float unit = (float)(rng_u32(rng) >> 8) * 0x1p-24f; /* [0, 1) */

        t->data[i] = (2.0f * unit - 1.0f) * limit;
    }
}

static void init_ones(const struct tensor *t)
{
    for (size_t i = 0; i < t->count; i++)
        t->data[i] = 1.0f;
}

void cnn_init(struct model *m, struct rng *rng)
{
    for (size_t l = 0; l < CNN_BLOCKS; l++) {
        const struct tensor *conv = tensor_of(m, "conv", l, "weight");

        init_uniform(conv, conv->dims[1] * 9, rng);
        init_ones(tensor_of(m, "bn", l, "weight"));
        init_ones(tensor_of(m, "bn", l, "running_var"));
    }
    const struct tensor *fc = model_tensor(m, "fc.weight");
    init_uniform(fc, fc->dims[1], rng);
    init_uniform(model_tensor(m, "fc.bias"), fc->dims[1], rng);
}

static void move(float *ours, float *theirs, size_t n, enum cnn_direction way)
{
    memcpy(way == CNN_FROM_MODEL ? ours : theirs, way == CNN_FROM_MODEL ? theirs : ours,
           n * sizeof(float));
}

static void exchange_conv(const struct conv_block *block, const struct tensor *t, float *packed,
                          enum cnn_direction way)
{
    const size_t L = KERNEL_LANES, I = t->dims[1];

    for (size_t i = 0; i < t->count; i++) {
        size_t o = i / (9 * I), in = i / 9 % I, tap = i % 9;

        move(&packed[((o / L * 9 + tap) * block->I + in) * L + o % L], &t->data[i], 1, way);
    }
}

/* Their inputs are (C3,F,F), ours (F,F,C3 padded). */
static void exchange_dense(const struct net *net, const struct tensor *t, float *packed,
                           enum cnn_direction way)
{
    const struct conv_block *last = &net->blocks[CNN_BLOCKS - 1];
    size_t pixels = last->out_side * last->out_side;

    for (size_t i = 0; i < t->count; i++) {
        size_t o = i / t->dims[1], c = i % t->dims[1] / pixels, pixel = i % pixels;

        move(&packed[o * net->n_features + pixel * last->O + c], &t->data[i], 1, way);
    }
}

void cnn_exchange(const struct net *net, const struct model *m, float *parameters,
                  enum cnn_direction way)
{
    for (size_t l = 0; l < CNN_BLOCKS; l++) {
        const struct tensor *gamma = tensor_of(m, "bn", l, "weight");
        const struct tensor *beta = tensor_of(m, "bn", l, "bias");
        float *w = parameters + net->at_block[l];
        float *norm = w + conv_block_weights(&net->blocks[l]);

        exchange_conv(&net->blocks[l], tensor_of(m, "conv", l, "weight"), w, way);
        move(norm, gamma->data, gamma->count, way);
        move(norm + net->blocks[l].O, beta->data, beta->count, way);
    }
    exchange_dense(net, model_tensor(m, "fc.weight"), parameters + net->at_dense, way);
    move(parameters + net->at_bias, model_tensor(m, "fc.bias")->data, net->shape.classes, way);
}

void cnn_exchange_running(const struct net *net, const struct model *m, enum cnn_direction way)
{
    for (size_t l = 0; l < CNN_BLOCKS; l++) {
        const struct tensor *mean = tensor_of(m, "bn", l, "running_mean");
        const struct tensor *variance = tensor_of(m, "bn", l, "running_var");

        move(net->blocks[l].running_mean, mean->data, mean->count, way);
        move(net->blocks[l].running_variance, variance->data, variance->count, way);
    }
}

void cnn_turn_dense(struct net *net, size_t from, size_t to)
{
    for (size_t o = 0; o < net->shape.classes; o++) {
        const float *w = net->w + net->at_dense + o * net->n_features;

        for (size_t f = from; f < to; f++)
            net->dense_turned[f * KERNEL_LANES + o] = w[f];
    }
}

/* Sizes of the blocks, and where their parameters lie. */
static void lay_out(struct net *net)
{
    const struct plan plan = plan_of(&net->shape);
    size_t at = 0;

    for (size_t l = 0; l < CNN_BLOCKS; l++) {
        struct conv_block *block = &net->blocks[l];

        block->kernels = net->kernels;
        block->side = plan.side[l];
        block->out_side = plan.out_side[l];
        block->I = l > 0 ? net->blocks[l - 1].O : 1;
        block->O = pack_padded(plan.channels[l]);
        conv_block_init(block);
        net->at_block[l] = at;
        at += conv_block_weights(block) + 2 * block->O;
        net->n_features = block->out_side * block->out_side * block->O;
    }
    net->at_dense = at;
    net->at_bias = at + net->shape.classes * net->n_features;
    net->n_parameters = net->at_bias + KERNEL_LANES;
}

static void point_at_parameters(struct net *net)
{
    for (size_t l = 0; l < CNN_BLOCKS; l++) {
        struct conv_block *block = &net->blocks[l];

        block->w = net->w + net->at_block[l];
        block->gamma = block->w + conv_block_weights(block);
        block->beta = block->gamma + block->O;
    }
}

static void room_init(struct cnn_room *room, const struct net *net)
{
    for (size_t l = 0; l < CNN_BLOCKS; l++)
        room->x[l] = pack_new(conv_rimmed(net->blocks[l].side, net->blocks[l].I));
}

static void room_prepare_training(struct cnn_room *room, const struct net *net)
{
    size_t dx = 0;

    for (size_t l = 0; l < CNN_BLOCKS; l++) {
        const struct conv_block *block = &net->blocks[l];
        size_t size = block->side * block->side * block->I;

        room->du[l] = pack_new(conv_rimmed(block->side, block->O));
        dx = size > dx ? size : dx;
    }
    room->dx = pack_new(dx);
}

static void room_finish(struct cnn_room *room)
{
    for (size_t l = 0; l < CNN_BLOCKS; l++) {
        free(room->x[l]);
        free(room->du[l]);
    }
    free(room->dx);
}

struct net *cnn_open(const struct model *m, const struct net_env *env)
{
    struct net *net = xaligned(64, sizeof(*net));

    net->shape = m->shape;
    net->kernels = env->kernels;
    net->team = env->team;
    net->profile = env->profile;
    for (size_t i = 0; i < 256; i++)
        net->value[i] = (float)i / (float)m->shape.max_value;
    lay_out(net);
    net->w = pack_new(net->n_parameters);
    point_at_parameters(net);
    cnn_exchange(net, m, net->w, CNN_FROM_MODEL);
    cnn_exchange_running(net, m, CNN_FROM_MODEL);
    net->dense_turned = pack_new(net->n_features * KERNEL_LANES);
    net->features = pack_new(net->n_features);
    room_init(&net->rooms[0], net);
    return net;
}

void cnn_prepare_training(struct net *net)
{
    if (net->grad)
        return;
    net->m = pack_new(net->n_parameters);
    net->v = pack_new(net->n_parameters);
    net->grad = pack_new(net->n_parameters);
    net->group_grad = pack_new(CNN_GROUPS * net->n_parameters);
    free(net->features);
    net->features = pack_new(NET_MAX_BATCH * net->n_features);
    net->d_features = pack_new(NET_MAX_BATCH * net->n_features);
    for (size_t l = 0; l < CNN_BLOCKS; l++)
        conv_block_prepare_training(&net->blocks[l]);
    for (size_t group = 0; group < CNN_GROUPS; group++) {
        if (group > 0)
            room_init(&net->rooms[group], net);
        room_prepare_training(&net->rooms[group], net);
    }
}

void cnn_close(struct net *net)
{
    if (!net)
        return;
    for (size_t l = 0; l < CNN_BLOCKS; l++)
        conv_block_finish(&net->blocks[l]);
    for (size_t group = 0; group < CNN_GROUPS; group++)
        room_finish(&net->rooms[group]);
    free(net->w);
    free(net->m);
    free(net->v);
    free(net->grad);
    free(net->group_grad);
    free(net->dense_turned);
    free(net->features);
    free(net->d_features);
    free(net);
}

size_t cnn_state(struct net *net, struct span *spans)
{
    size_t n = 0;

    cnn_prepare_training(net);
    net->is_settled = false; /* who writes into the spans changes what it follows from */
    spans[n++] = (struct span){ net->w, net->n_parameters };
    spans[n++] = (struct span){ net->m, net->n_parameters };
    spans[n++] = (struct span){ net->v, net->n_parameters };
    for (size_t l = 0; l < CNN_BLOCKS; l++) {
        const struct conv_block *block = &net->blocks[l];

        spans[n++] = (struct span){ block->running_mean, block->O };
        spans[n++] = (struct span){ block->running_variance, block->O };
    }
    return n;
}

double cnn_flop(const struct shape *s)
{
    const struct plan plan = plan_of(s);
    size_t products = 0, last = CNN_BLOCKS - 1;

    for (size_t l = 0; l < CNN_BLOCKS; l++) {
        size_t I = l > 0 ? plan.channels[l - 1] : 1;

        products += 9 * I * plan.channels[l] * plan.side[l] * plan.side[l];
    }
    products += plan.out_side[last] * plan.out_side[last] * plan.channels[last] * s->classes;
    return 2.0 * (double)products;
}
