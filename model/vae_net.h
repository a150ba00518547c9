/* SPDX-License-Identifier: Apache-2.0
 * model/vae_net.h
 * vae_net: the arrays of a vae and its way from images to mu and back. vae.c trains and scores
 * with them, vae_pictures.c makes pictures. The formulas stand in vae.c. */
#ifndef MODEL_VAE_NET_H
#define MODEL_VAE_NET_H
#include "model/arch.h"
#include "model/linear.h"
#include "model/model.h"

enum { VAE_Z = 16 };

enum vae_layer { VAE_ENCODER, VAE_LATENT, VAE_DECODER, VAE_OUT, VAE_LAYERS };

struct net {
    struct shape shape;
    const struct kernels *kernels;
    struct team *team;
    struct profile *profile;
    float value[256]; /* pixel -> input */
    struct linear layers[VAE_LAYERS];
    float *x;                   /* (B, D padded) */
    float *h, *dh;              /* (B, H padded) */
    float *q, *dq;              /* (B, 2 VAE_Z): mu, ln v */
    float *z, *dz;              /* (B, VAE_Z) */
    float *noise;               /* (B, VAE_Z) */
    float *g, *dg;              /* (B, H padded) */
    float *l, *dl;              /* (B, D padded) */
    double loss[NET_MAX_BATCH]; /* -ELBO, nats */
};

/* Images [from, to) of a batch. */
struct vae_images {
    size_t from, to;
};

struct net *vae_open(const struct model *m, const struct net_env *env);
void vae_close(struct net *net); /* NULL is fine */
void vae_prepare_training(struct net *net);

/* Between a model's tensors and the layers' weights, or their gradients. */
enum vae_what { VAE_WEIGHTS, VAE_GRADIENTS };
void vae_exchange(const struct net *net, const struct model *m, enum vae_what what,
                  enum pack_way way);

/* Rows of these images in an array of so many columns. */
struct rows vae_rows(float *array, size_t columns, struct vae_images im);

/* q of the images, x and h on the way. */
void vae_encode(struct net *net, const struct batch *batch, struct vae_images im);

/* l of the images from their z, g on the way. */
void vae_decode(struct net *net, struct vae_images im);

/* z = mu + noise exp(ln v / 2), the noise being that of this seed and step and each image's
 * place in its data set; or z = mu. */
void vae_draw(struct net *net, const struct batch *batch, struct vae_images im,
              const struct update *update);
void vae_take_mean(struct net *net, struct vae_images im);

/* n numbers from N(0, 1): the polar method of Marsaglia and Bray 1964, doi 10.1137/1006063. */
void vae_normals(float *out, size_t n, uint64_t seed, uint64_t stream);

float vae_sigmoid(float l);

#endif
