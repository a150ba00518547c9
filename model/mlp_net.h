/* SPDX-License-Identifier: Apache-2.0
 * model/mlp_net.h
 * mlp_net: the arrays of an mlp: its parameters as the kernels like them, and scratch.
 * mlp.c computes with them; mlp_net.c makes them from a model and the other way round. */
#ifndef MODEL_MLP_NET_H
#define MODEL_MLP_NET_H
#include <stddef.h>

#include "model/arch.h"
#include "model/model.h"
#include "model/pack.h"
#include "model/sparse.h"

enum { W1, B1, W2, B2, MLP_BLOCKS };

/* One array of parameters in packed form, with what the optimizer remembers of it. */
struct mlp_block {
    size_t n;
    float *w;
    float *m, *v; /* moments; NULL before the first step */
    float *grad;  /* NULL but after gradient() */
};

struct net {
    struct shape shape;
    const struct kernels *kernels;
    struct team *team;
    struct profile *profile;
    size_t I, H, O;                      /* H is padded, O is not */
    struct mlp_block blocks[MLP_BLOCKS]; /* W1 (I,H), B1 (H), W2 (O,H), B2 (KERNEL_LANES) */
    float *w2_turned;                    /* (H,KERNEL_LANES) */

    struct sparse_batch x; /* (B,I) */
    float *h, *dh;         /* (B,H) */
    float *dw2;            /* (O,H) */
    float z[NET_MAX_BATCH * KERNEL_LANES], dz[NET_MAX_BATCH * KERNEL_LANES];
    float loss[NET_MAX_BATCH];
};

struct net *mlp_open(const struct model *m, const struct net_env *env);
void mlp_close(struct net *net); /* NULL is fine */

/* What only training needs. */
void mlp_prepare_training(struct net *net);

/* Between a model's tensors and one array per block, of weights or gradients. */
void mlp_exchange(const struct net *net, const struct model *m, float *const *arrays,
                  enum pack_way way);

/* w2_turned for hidden units [from, to). */
void mlp_turn_classes(struct net *net, size_t from, size_t to);

/* See struct arch. */
void mlp_store(const struct net *net, struct model *m);
size_t mlp_state(struct net *net, struct span *spans);

#endif
