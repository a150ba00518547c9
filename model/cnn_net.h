/* SPDX-License-Identifier: Apache-2.0
 * model/cnn_net.h
 * cnn_net: the arrays of a cnn: its parameters as the kernels like them, and scratch.
 * cnn.c computes with them; cnn_net.c makes them from a model and the other way round. */
#ifndef MODEL_CNN_NET_H
#define MODEL_CNN_NET_H
#include <stdbool.h>
#include <stddef.h>

#include "model/arch.h"
#include "model/conv_block.h"
#include "model/model.h"

enum { CNN_BLOCKS = 3, CNN_GROUPS = 8 };

/* Scratch of one group of images. */
struct cnn_room {
    float *x[CNN_BLOCKS];  /* inputs, (side+2, side+2, I) */
    float *du[CNN_BLOCKS]; /* (side+2, side+2, O) */
    float *dx;             /* (side, side, I) of the largest block */
};

/* Parameters lie in one array: per block w, gamma, beta; then the dense weights (classes,
 * n_features) and its bias (KERNEL_LANES). Channels are padded to KERNEL_LANES; padding starts
 * at 0 and stays there, since its gradients are 0. */
struct net {
    struct shape shape;
    const struct kernels *kernels;
    struct team *team;
    struct profile *profile;
    float value[256]; /* pixel -> input */
    struct conv_block blocks[CNN_BLOCKS];
    size_t at_block[CNN_BLOCKS], at_dense, at_bias; /* places in the arrays of parameters */
    size_t n_parameters, n_features;                /* features: (F, F, C3) */
    float *w, *m, *v, *grad;                        /* (n_parameters) */
    float *group_grad;                              /* (CNN_GROUPS, n_parameters): of the w */
    float *dense_turned;                            /* (n_features, KERNEL_LANES) */
    float *features, *d_features;                   /* (B, n_features) */
    struct cnn_room rooms[CNN_GROUPS];
    bool is_settled; /* scales are those of the running means */
    float z[NET_MAX_BATCH * KERNEL_LANES], dz[NET_MAX_BATCH * KERNEL_LANES];
    float loss[NET_MAX_BATCH];
};

struct net *cnn_open(const struct model *m, const struct net_env *env);
void cnn_close(struct net *net); /* NULL is fine */

/* What only training needs. */
void cnn_prepare_training(struct net *net);

/* Between a model's tensors and parameters in our order; n_parameters of weights or gradients.
 * The running means go with the weights. */
enum cnn_direction { CNN_FROM_MODEL, CNN_INTO_MODEL };
void cnn_exchange(const struct net *net, const struct model *m, float *parameters,
                  enum cnn_direction way);
void cnn_exchange_running(const struct net *net, const struct model *m, enum cnn_direction way);

/* Images [from, to) of a batch. */
struct cnn_images {
    size_t from, to;
};

/* The last layer (cnn_dense.c): z from features; gradients of the features from dz; and, over
 * n images, those of the weights that belong to features [from, to). */
void cnn_dense_forward(struct net *net, struct cnn_images images);
void cnn_dense_backward(struct net *net, struct cnn_images images);
void cnn_dense_weights(struct net *net, size_t n, size_t from, size_t to);

/* dense_turned for features [from, to). */
void cnn_turn_dense(struct net *net, size_t from, size_t to);

/* See struct arch. */
size_t cnn_state(struct net *net, struct span *spans);
double cnn_flop(const struct shape *shape);
/* Whether block l of a net of this shape pools. */
bool cnn_is_pooled(const struct shape *shape, size_t l);

struct graph;
void cnn_graph(struct graph *g, const struct model *m);
size_t cnn_describe(struct tensor *tensors, const struct shape *shape);
void cnn_init(struct model *m, struct rng *rng);

#endif
