/* SPDX-License-Identifier: Apache-2.0
 * W2 is kept as its transpose (O,H), where vectors run along H; only h W2 needs it the other
 * way round, turned anew in each step. H is padded to KERNEL_LANES; padding starts at 0 and
 * stays there, since its gradients are 0. */
#include "model/mlp_net.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "model/kernels.h"

void mlp_exchange(const struct net *net, const struct model *m, float *const *arrays,
                  enum pack_way way)
{
    pack_turn(model_tensor(m, "fc1.weight"), arrays[W1], net->H, way);
    pack_copy(model_tensor(m, "fc1.bias"), arrays[B1], way);
    for (size_t o = 0; o < net->O; o++)
        pack_row(model_tensor(m, "fc2.weight"), o, arrays[W2] + o * net->H, way);
    pack_copy(model_tensor(m, "fc2.bias"), arrays[B2], way);
}

void mlp_turn_classes(struct net *net, size_t from, size_t to)
{
    for (size_t o = 0; o < net->O; o++) {
        for (size_t j = from; j < to; j++)
            net->w2_turned[j * KERNEL_LANES + o] = net->blocks[W2].w[o * net->H + j];
    }
}

struct net *mlp_open(const struct model *m, const struct net_env *env)
{
    struct net *net = xaligned(64, sizeof(*net));
    const struct shape *s = &m->shape;

    net->shape = *s;
    net->kernels = env->kernels;
    net->team = env->team;
    net->profile = env->profile;
    net->I = s->side * s->side;
    net->H = pack_padded(s->hidden);
    net->O = s->classes;
    sparse_init(&net->x, net->kernels, net->I, s->max_value);

    const size_t sizes[MLP_BLOCKS] = { net->I * net->H, net->H, net->O * net->H, KERNEL_LANES };
    float *weights[MLP_BLOCKS];
    for (size_t i = 0; i < MLP_BLOCKS; i++) {
        net->blocks[i].n = sizes[i];
        net->blocks[i].w = weights[i] = pack_new(sizes[i]);
    }
    mlp_exchange(net, m, weights, PACK_INTO_NET);

    net->h = pack_new(NET_MAX_BATCH * net->H);
    net->w2_turned = pack_new(net->H * KERNEL_LANES);
    mlp_turn_classes(net, 0, net->H);
    return net;
}

void mlp_close(struct net *net)
{
    if (!net)
        return;
    for (size_t i = 0; i < MLP_BLOCKS; i++) {
        free(net->blocks[i].w);
        free(net->blocks[i].m);
        free(net->blocks[i].v);
        free(net->blocks[i].grad);
    }
    sparse_finish(&net->x);
    free(net->h);
    free(net->dh);
    free(net->w2_turned);
    free(net->dw2);
    free(net);
}

void mlp_store(const struct net *net, struct model *m)
{
    float *const weights[MLP_BLOCKS] = { net->blocks[W1].w, net->blocks[B1].w,
                                         net->blocks[W2].w, net->blocks[B2].w };

    mlp_exchange(net, m, weights, PACK_OUT_OF_NET);
}

void mlp_prepare_training(struct net *net)
{
    if (net->dh)
        return;
    for (size_t i = 0; i < MLP_BLOCKS; i++) {
        net->blocks[i].m = pack_new(net->blocks[i].n);
        net->blocks[i].v = pack_new(net->blocks[i].n);
    }
    net->dh = pack_new(NET_MAX_BATCH * net->H);
    net->dw2 = pack_new(net->O * net->H);
}

size_t mlp_state(struct net *net, struct span *spans)
{
    size_t n = 0;

    mlp_prepare_training(net);
    for (size_t i = 0; i < MLP_BLOCKS; i++) {
        const struct mlp_block *b = &net->blocks[i];

        spans[n++] = (struct span){ b->w, b->n };
        spans[n++] = (struct span){ b->m, b->n };
        spans[n++] = (struct span){ b->v, b->n };
    }
    spans[n++] = (struct span){ net->w2_turned, net->H * KERNEL_LANES };
    return n;
}
